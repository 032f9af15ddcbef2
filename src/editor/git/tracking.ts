import * as vscode from 'vscode';
import { runInSlices } from '../slices.ts';
import { MAX_INDEX, trackedPaths } from './gitIndex.ts';

/** How long changes of a repository gather before anybody is told, in milliseconds. */
const GATHER = 500;
/** How far above a file its repository's root is looked for. */
const MAX_ABOVE = 64;
/** No file that names a repository's folder is longer, in bytes. */
const MAX_LINK = 4096;

interface Repository {
  readonly root: vscode.Uri;
  /** Undefined where it cannot be told. */
  readonly paths: ReadonlySet<string> | undefined;
}

/**
 * Knows which files git tracks, by reading the indexes of their repositories: through the editor's own file systems and
 * without starting git, which may run programs that a repository names. So it may be asked in a folder that nobody trusts,
 * and wherever the editor runs.
 */
export class GitTracking implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when another answer is possible than before. */
  readonly onDidChange = this.#changed.event;
  /** The repository of each folder that was asked about; undefined: it is in none. */
  readonly #byFolder = new Map<string, Promise<Repository | undefined>>();
  readonly #byIndex = new Map<string, Promise<Repository['paths']>>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /** Whether git tracks a file; false where it is in no repository, and where that cannot be told. */
  async isTracked(uri: vscode.Uri): Promise<boolean> {
    const { fs, getWorkspaceFolder } = vscode.workspace;
    if (fs.isWritableFileSystem(uri.scheme) !== true && !getWorkspaceFolder(uri)) return false; // Kept nowhere.
    // A repository may come to be, or to an end.
    this.#watch('**/.git/{index,HEAD}');
    const repository = await this.#repositoryOf(parentOf(uri), 0);
    const root = repository?.root.path.replace(/\/$/, '') ?? '';
    return repository?.paths?.has(uri.path.slice(root.length + 1)) === true;
  }

  async #repositoryOf(folder: vscode.Uri, above: number): Promise<Repository | undefined> {
    const key = folder.toString();
    const known = this.#byFolder.get(key);
    if (known) return await known;
    const finding = this.#find(folder, above);
    this.#byFolder.set(key, finding);
    return await finding;
  }

  async #find(folder: vscode.Uri, above: number): Promise<Repository | undefined> {
    const gitFolder = await gitFolderIn(folder);
    if (!gitFolder) {
      const parent = parentOf(folder);
      return parent.path === folder.path || above > MAX_ABOVE
        ? undefined
        : await this.#repositoryOf(parent, above + 1);
    }
    const index = vscode.Uri.joinPath(gitFolder, 'index');
    const key = index.toString();
    this.#watch(new vscode.RelativePattern(gitFolder, 'index'));
    const reading = this.#byIndex.get(key) ?? readIndex(index);
    this.#byIndex.set(key, reading);
    return { root: folder, paths: await reading };
  }

  #watch(pattern: vscode.GlobPattern): void {
    const key = typeof pattern === 'string' ? pattern : pattern.baseUri.toString();
    if (this.#watchers.has(key)) return;
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    watcher.onDidChange(this.#forget);
    watcher.onDidCreate(this.#forget);
    watcher.onDidDelete(this.#forget);
    this.#watchers.set(key, watcher);
  }

  readonly #forget = (): void => {
    this.#byFolder.clear();
    this.#byIndex.clear();
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => {
      this.#changed.fire();
    }, GATHER);
  };

  dispose(): void {
    clearTimeout(this.#gathering);
    vscode.Disposable.from(...this.#watchers.values(), this.#changed).dispose();
  }
}

function parentOf(uri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(uri, '..');
}

/** Where the repository whose root a folder is keeps what it knows; undefined: it is none. */
async function gitFolderIn(folder: vscode.Uri): Promise<vscode.Uri | undefined> {
  const git = vscode.Uri.joinPath(folder, '.git');
  try {
    const { type, size } = await vscode.workspace.fs.stat(git);
    if ((type & vscode.FileType.Directory) !== 0) return git;
    if (size > MAX_LINK) return undefined;
    // Of a worktree or a submodule (gitrepository-layout(5)).
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(git));
    const path = /^gitdir: (.+?)\s*$/.exec(text)?.[1]?.replaceAll('\\', '/');
    // A path to another machine would be a request to it.
    if (path === undefined || path.startsWith('//')) return undefined;
    if (/^[A-Za-z]:\//.test(path)) return folder.with({ path: `/${path}` });
    return path.startsWith('/') ? folder.with({ path }) : vscode.Uri.joinPath(folder, path);
  } catch {
    return undefined; // There is none.
  }
}

async function readIndex(index: vscode.Uri): Promise<Repository['paths']> {
  try {
    const { size } = await vscode.workspace.fs.stat(index);
    if (size > MAX_INDEX) return undefined;
    return await runInSlices(trackedPaths(await vscode.workspace.fs.readFile(index)));
  } catch {
    return new Set(); // A new repository has none yet.
  }
}
