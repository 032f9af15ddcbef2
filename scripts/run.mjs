// node scripts/run.mjs FILE [ARGUMENT …]: sets up what every script needs (the packages, and the editor's own
// packages), then runs FILE on Node 24. It runs on whatever Node the machine has (20 or later), so it is plain
// JavaScript and imports no package. It is no pre-script because `ignore-scripts` switches those off.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWindows, nodePackages, programNamed } from './system.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = join(root, 'node_modules', '.set-up');
const vscode = join(root, 'node_modules', 'code-server', 'lib', 'vscode');

const key = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== key) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  install(root, 'the packages', ['ci', ...quiet]);
  const production = ['install', '--ignore-scripts', '--omit=dev', ...quiet];
  install(vscode, 'the editor', production);
  install(join(vscode, 'extensions'), "the editor's extensions", production);
  writeFileSync(stamp, key);
}

const [file, ...args] = process.argv.slice(2);
if (file) {
  const bin = join(root, 'node_modules', '.bin');
  const path = `${bin}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(node(), [join(root, file), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  // Ctrl-C reaches the child by itself, as it is in the same group: this process only has to outlive it.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  process.on('SIGHUP', () => child.kill('SIGHUP'));
  child.once('error', fail);
  child.once('close', (code) => process.exit(code ?? 1));
}

/** The Node to run on: the one that was installed with the packages, else this machine's, if it is new enough. */
function node() {
  const packaged = nodePackages()
    .map((name) => join(root, 'node_modules', name, 'bin', programNamed('node')))
    .find((path) => existsSync(path));
  if (packaged !== undefined) return packaged;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  fail(
    new Error(
      `npm has no Node 24 for ${process.platform} ${process.arch}, and this machine has Node ${process.versions.node}. ` +
        'Please install Node 24 or later (https://nodejs.org), and run this again.',
    ),
  );
}

/** Runs npm in a folder, and ends this process with npm's own exit code when it fails. */
function install(folder, what, args) {
  process.stdout.write(`Installing ${what} …\n`);
  const started = Date.now();
  const options = { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: isWindows() };
  const { status, error } = spawnSync('npm', args, options);
  if (error) fail(error);
  if (status !== 0) fail(new Error(`npm ${args.join(' ')} in ${folder} ended with ${status}.`), status ?? 1);
  process.stdout.write(`Installed ${what} in ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
}

function fail(error, code = 1) {
  process.stderr.write(`${error.message}\n`);
  process.exit(code);
}
