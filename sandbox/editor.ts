import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openGuard, type Guard } from './guard.ts';
import { oldestEditor, type EditorProgram } from './oldestEditor.ts';
import { freePorts } from './ports.ts';

/** The editor that was installed with the packages, on the Node of this process. */
const newest: EditorProgram = {
  server: fileURLToPath(
    new URL('../node_modules/code-server/lib/vscode/out/server-main.js', import.meta.url),
  ),
  node: process.execPath,
};

/** A real VS Code, served to a browser from this machine's loopback interface. */
export interface Editor {
  /** A temporary folder that is removed with the editor. */
  readonly folder: string;
  /** The address to open in a browser; whoever knows it may use the editor. */
  url(open: OpenOptions): string;
  /** Ends the editor and removes its folder. */
  readonly stop: () => Promise<void>;
}

export interface OpenOptions {
  /** Absolute path of the workspace folder, or of a `.code-workspace` file. */
  readonly workspace: string;
  /** A file to show at once. */
  readonly file?: string;
  /** Absolute path of an extension to run from source. */
  readonly extension?: string;
  /** Absolute path of a CommonJS module whose `run` the extension host is to call. */
  readonly tests?: string;
}

export interface EditorOptions {
  /** Packaged extensions to install first. */
  readonly vsix?: string | readonly string[];
  /** More environment variables for the editor, its extensions and its terminals, given the editor's folder. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
  /** The user's settings; the defaults turn off what asks the internet and what distracts. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether opening a folder asks if its authors are trusted; otherwise every folder is. */
  readonly workspaceTrust: boolean;
  /** Whether it may be opened with an `extension` from source or with `tests`. Such an editor pops up no notification. */
  readonly isForTests?: boolean;
}

/** Whether the environment asks for the oldest editor, on which a suite is to run. */
export const isOldest = (): boolean => Boolean(process.env['OLDEST_EDITOR']);

const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'update.mode': 'none',
  'telemetry.telemetryLevel': 'off',
  'git.openRepositoryInParentFolders': 'never',
};

/**
 * Starts the editor on a free port and settles once it answers. It ends with this process, however that ends. It is the
 * oldest that is supported where `OLDEST_EDITOR` is set, else the one that was installed with the packages.
 */
export async function startEditor(options: EditorOptions): Promise<Editor> {
  const guard = openGuard('serviceaccount-tokens-editor');
  try {
    return await start(guard, options);
  } catch (error) {
    await guard.close();
    throw error;
  }
}

async function start(guard: Guard, options: EditorOptions): Promise<Editor> {
  const { vsix, env, settings, workspaceTrust, isForTests = false } = options;
  const program = isOldest() ? await oldestEditor() : newest;
  const { folder } = guard;
  const folders = [
    `--server-data-dir=${join(folder, 'server')}`,
    `--user-data-dir=${join(folder, 'user')}`,
    `--extensions-dir=${join(folder, 'extensions')}`,
  ];
  const user = join(folder, 'user', 'User');
  await mkdir(user, { recursive: true });
  await writeFile(
    join(user, 'settings.json'),
    JSON.stringify({ ...quietSettings, ...settings }, undefined, 2),
  );
  const environment = { ...process.env, ...env?.(folder) };

  const packages = typeof vsix === 'string' ? [vsix] : (vsix ?? []);
  if (packages.length > 0) {
    const installing = guard.start('install', program.node, [
      program.server,
      ...folders,
      ...packages.flatMap((file) => ['--install-extension', file]),
    ]);
    const how = await installing.exited;
    if (how !== 'exit code 0') {
      throw new Error(
        `${packages.join(', ')} could not be installed (${how}):\n${await installing.lastWords()}`,
      );
    }
  }

  const [port = 0] = await freePorts(1);
  const secret = randomBytes(24).toString('base64url');
  const running = guard.start(
    'editor',
    program.node,
    [
      program.server,
      ...folders,
      '--host=127.0.0.1',
      `--port=${port}`,
      `--connection-token=${secret}`,
      '--accept-server-license-terms',
      '--disable-telemetry',
      ...(isForTests ? ['--enable-smoke-test-driver'] : []),
      ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
    ],
    environment,
  );
  while (!(await answers(port))) {
    if (running.hasExited) {
      throw new Error(`The editor ended (${await running.exited}):\n${await running.lastWords()}`);
    }
    await sleep(100);
  }

  return {
    folder,
    url: ({ workspace, file, extension, tests }) => {
      const remote = (path: string): string => `vscode-remote://127.0.0.1:${port}${uriPath(path)}`;
      const payload = [
        ...(file === undefined ? [] : [['openFile', remote(file)]]),
        ...(extension === undefined ? [] : [['extensionDevelopmentPath', remote(extension)]]),
        ...(tests === undefined ? [] : [['extensionTestsPath', remote(tests)]]),
      ];
      const kind = workspace.endsWith('.code-workspace') ? 'workspace' : 'folder';
      const query = new URLSearchParams({ tkn: secret, [kind]: uriPath(workspace) });
      if (payload.length > 0) query.set('payload', JSON.stringify(payload));
      return `http://127.0.0.1:${port}/?${query.toString()}`;
    },
    stop: guard.close,
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
  } catch {
    return false;
  }
}

/** A path as the path of a URI: `C:\a` becomes `/c:/a`. */
function uriPath(path: string): string {
  const slashes = path.replaceAll('\\', '/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}
