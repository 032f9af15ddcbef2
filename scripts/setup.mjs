// Everything a script needs before it runs: the packages, and the editor's own packages.
// It runs on whatever Node the machine has (20 or later), so it is plain JavaScript.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const root = fileURLToPath(new URL('..', import.meta.url));
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
const stamp = join(root, 'node_modules', '.set-up');
const vscode = join(root, 'node_modules', 'code-server', 'lib', 'vscode');

const key = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== key) {
  install(root, 'the packages', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  const production = [
    'install',
    '--ignore-scripts',
    '--omit=dev',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  install(vscode, 'the editor', production);
  install(join(vscode, 'extensions'), "the editor's extensions", production);
  writeFileSync(stamp, key);
}

/** Runs npm in a folder, and ends this process with npm's own exit code when it fails. */
function install(folder, what, args) {
  process.stdout.write(`Installing ${what} …\n`);
  const started = Date.now();
  const { status, error } = spawnSync(npm, args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (error) throw error;
  if (status !== 0) {
    process.stderr.write(
      `Installing ${what} failed: npm ${args.join(' ')} in ${folder} ended with ${status}.\n`,
    );
    process.exit(status ?? 1);
  }
  process.stdout.write(`Installed ${what} in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
}
