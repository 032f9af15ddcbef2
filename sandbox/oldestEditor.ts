import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { floor } from '../scripts/floor.ts';
import { isWindows, nodePackages, programNamed } from '../scripts/system.mjs';
import { cached } from './cache.ts';
import { ripgrep } from './ripgrep.ts';

/** An editor on the disk. */
export interface EditorProgram {
  /** Absolute path of its server. */
  readonly server: string;
  /** Absolute path of the Node that it runs on, and its extensions. */
  readonly node: string;
}

/** With the programs that watch files in it, where the one that VS Code names has to build them. */
const WATCHER = { name: '@parcel/watcher', version: '2.5.1' };

/** The oldest editor that is supported, on the Node of its time: had from npm once, then kept in this user's cache. */
export async function oldestEditor(): Promise<EditorProgram> {
  const folder = await cached(join('editor', `oldest-${floor.codeServer}-${floor.node}`), async (target) => {
    process.stdout.write(
      `Getting VS Code ${floor.vscode} from npm; this happens once, and takes about half a minute.\n`,
    );
    await unpack(`code-server@${floor.codeServer}`, target, 'editor');
    for (const part of [vscodeIn(target), join(vscodeIn(target), 'extensions')]) {
      await askNpmAlone(part);
      await npm(part, ['install', '--ignore-scripts', '--omit=dev']);
    }
    // Its own would be fetched from GitHub by a script at installation.
    const tools = join(vscodeIn(target), 'node_modules', '@vscode', 'ripgrep', 'bin');
    await mkdir(tools, { recursive: true });
    await copyFile(ripgrep(), join(tools, programNamed('rg')));
    // Its own terminals would have to be compiled.
    const pty = join('node_modules', 'node-pty');
    await rm(join(vscodeIn(target), pty), { recursive: true });
    await cp(join(newestVscode, pty), join(vscodeIn(target), pty), { recursive: true });
    await unpackNode(target);
  });
  const node = join(folder, 'node', 'bin', programNamed('node'));
  return {
    server: join(vscodeIn(folder), 'out', 'server-main.js'),
    // Where npm has no Node of that time for this machine, today's runs it.
    node: existsSync(node) ? node : process.execPath,
  };
}

const newestVscode = fileURLToPath(new URL('../node_modules/code-server/lib/vscode', import.meta.url));

const vscodeIn = (folder: string): string => join(folder, 'editor', 'lib', 'vscode');

async function unpackNode(target: string): Promise<void> {
  for (const name of nodePackages()) {
    try {
      await unpack(`${name}@${floor.node}`, target, 'node');
      return;
    } catch {
      // npm has another for this machine, or none.
    }
  }
}

/** Fetches a package, without what it depends on, and unpacks it to a folder of that name. */
async function unpack(spec: string, target: string, name: string): Promise<void> {
  const fetched = join(target, `${name}.fetched`);
  await mkdir(fetched);
  await npm(fetched, ['pack', spec]);
  const archive = `${spec.replace('@', '-')}.tgz`;
  await run('tar', ['-xzf', archive], fetched);
  await rename(join(fetched, 'package'), join(target, name));
  await rm(fetched, { recursive: true });
}

interface Listed {
  readonly dependencies?: Record<string, string>;
  readonly packages?: Record<
    string,
    { readonly dependencies?: Record<string, string>; readonly resolved?: string }
  >;
}

/** Makes a folder's package.json and lock ask npm for what they have from git, and for all else as they did. */
async function askNpmAlone(folder: string): Promise<void> {
  for (const name of ['package.json', 'npm-shrinkwrap.json']) {
    const path = join(folder, name);
    const listed = JSON.parse(await readFile(path, 'utf8')) as Listed;
    for (const { dependencies } of [listed, listed.packages?.[''] ?? {}]) {
      if (dependencies?.[WATCHER.name] !== undefined) dependencies[WATCHER.name] = WATCHER.version;
    }
    for (const [at, { resolved }] of Object.entries(listed.packages ?? {})) {
      if (resolved?.startsWith('git') === true || at.endsWith(WATCHER.name)) delete listed.packages?.[at];
    }
    await writeFile(path, JSON.stringify(listed));
  }
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  await run('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], cwd);
}

/** Throws with what the program said where it fails. */
async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: isWindows(), // npm is a script there.
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code ?? 'a signal'}:\n${said}`);
}
