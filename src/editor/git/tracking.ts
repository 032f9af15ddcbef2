import * as vscode from 'vscode';
import { runInSlices } from '../../slices.ts';
import { readSmallFile } from '../workbench/smallFile.ts';
import { isTrackedIn, MAX_INDEX, trackedPaths } from '../../files/git/gitIndex.ts';
import { folderNamedIn, MAX_LINK } from '../../files/git/gitLinks.ts';

/** How long changes of a repository gather before anybody is told, in milliseconds. */
const GATHER = 500;

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
  /** The repositories that each folder is in, of those that were asked about. */
  readonly #byFolder = new Map<string, Promise<readonly Repository[]>>();
  readonly #byIndex = new Map<string, Promise<Repository['paths']>>();
  readonly #watchers = new Map<string, vscode.Disposable>();
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /**
   * Whether git tracks a file, in the repository that it is in or any around that; undefined where that cannot be told, and
   * false where it is in none.
   */
  async isTracked(uri: vscode.Uri): Promise<boolean | undefined> {
    const { fs, getWorkspaceFolder } = vscode.workspace;
    if (fs.isWritableFileSystem(uri.scheme) !== true && !getWorkspaceFolder(uri)) return false; // Kept nowhere.
    // A repository may come to be, or to an end.
    this.#watch('**/.git/{index,HEAD}');
    let isTracked: boolean | undefined = false;
    for (const { root, paths } of await this.#repositoriesOf(parentOf(uri))) {
      const start = root.path.replace(/\/$/, '').length + 1;
      const isThere = paths && isTrackedIn(paths, uri.path.slice(start));
      if (isThere === true) return true;
      isTracked = isThere === undefined ? undefined : isTracked;
    }
    return isTracked;
  }

  /** The innermost first: what says that it is one need not keep git from the next. */
  async #repositoriesOf(folder: vscode.Uri): Promise<readonly Repository[]> {
    const key = folder.toString();
    const known = this.#byFolder.get(key);
    if (known) return await known;
    const finding = this.#find(folder);
    this.#byFolder.set(key, finding);
    return await finding;
  }

  async #find(folder: vscode.Uri): Promise<readonly Repository[]> {
    const parent = parentOf(folder);
    const others = parent.path === folder.path ? [] : await this.#repositoriesOf(parent);
    const gitFolder = await gitFolderIn(folder);
    if (gitFolder === 'none') return others;
    if (gitFolder === 'unknown') return [{ root: folder, paths: undefined }, ...others];
    const index = vscode.Uri.joinPath(gitFolder, 'index');
    const key = index.toString();
    this.#watch(new vscode.RelativePattern(gitFolder, 'index'));
    const reading = this.#byIndex.get(key) ?? readIndex(index);
    this.#byIndex.set(key, reading);
    return [{ root: folder, paths: await reading }, ...others];
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

/** Where the repository whose root a folder is keeps what it knows, if it is one. */
async function gitFolderIn(folder: vscode.Uri): Promise<vscode.Uri | 'none' | 'unknown'> {
  const git = vscode.Uri.joinPath(folder, '.git');
  const type = await typeOf(git);
  if (type === 'none' || type === 'unknown') return type;
  if ((type & vscode.FileType.Directory) !== 0) {
    // Without it, git looks further up (its setup.c).
    const head = await typeOf(vscode.Uri.joinPath(git, 'HEAD'));
    return head === 'none' ? 'none' : git;
  }
  try {
    const text = new TextDecoder().decode(await readSmallFile(git, MAX_LINK));
    const isWindows = /^\/[A-Za-z]:\//.test(folder.path);
    const path = folderNamedIn(text, isWindows);
    if (path === undefined) return 'unknown';
    const isAbsolute = path.startsWith('/') || (isWindows && /^[A-Za-z]:\//.test(path));
    const named = isAbsolute
      ? folder.with({ path: path.startsWith('/') ? path : `/${path}` })
      : vscode.Uri.joinPath(folder, path);
    return (await typeOf(vscode.Uri.joinPath(named, 'HEAD'))) === 'none' ? 'unknown' : named;
  } catch {
    return 'unknown';
  }
}

async function typeOf(uri: vscode.Uri): Promise<vscode.FileType | 'none' | 'unknown'> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type;
  } catch (error) {
    return isNotFound(error) ? 'none' : 'unknown';
  }
}

async function readIndex(index: vscode.Uri): Promise<Repository['paths']> {
  try {
    return await runInSlices(trackedPaths(await readSmallFile(index, MAX_INDEX)));
  } catch (error) {
    return isNotFound(error) ? new Set() : undefined; // A new repository has none yet.
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof vscode.FileSystemError && error.code === 'FileNotFound';
}
