import * as vscode from 'vscode';

/** The little of the git extension's published API that is used here (extensions/git/src/api/git.d.ts). */
interface GitExtension {
  readonly enabled: boolean;
  getAPI(version: 1): GitApi;
}

interface GitApi {
  readonly repositories: readonly Repository[];
  readonly onDidOpenRepository: vscode.Event<Repository>;
  getRepository(uri: vscode.Uri): Repository | null;
}

interface Repository {
  readonly state: { readonly onDidChange: vscode.Event<void> };
  /** Throws where `treeish` (empty: the index) has no such path. */
  getObjectDetails(treeish: string, path: string): Promise<unknown>;
}

/** How long changes of a repository gather before anybody is told, in milliseconds. */
const GATHER = 500;

/** Knows which files git tracks, by the editor's own git. Asks it about a file once, and again after changes. */
export class GitTracking implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when another answer is possible than before. */
  readonly onDidChange = this.#changed.event;
  readonly #answers = new Map<string, Promise<boolean>>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #api: Promise<GitApi | undefined> | undefined;
  #gathering: ReturnType<typeof setTimeout> | undefined;

  /** Whether git tracks a file; false where there is no git, no repository, or no file. */
  async isTracked(uri: vscode.Uri): Promise<boolean> {
    if (uri.scheme !== 'file') return false;
    const key = uri.toString();
    const known = this.#answers.get(key);
    if (known) return await known;
    const asking = this.#ask(uri);
    this.#answers.set(key, asking);
    return await asking;
  }

  async #ask(uri: vscode.Uri): Promise<boolean> {
    try {
      this.#api ??= this.#open();
      const repository = (await this.#api)?.getRepository(uri);
      if (!repository) return false;
      await repository.getObjectDetails('', uri.fsPath);
      return true;
    } catch {
      return false; // git's way to say that it does not track the file.
    }
  }

  async #open(): Promise<GitApi | undefined> {
    const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
    if (!extension) return undefined;
    const git = extension.isActive ? extension.exports : await extension.activate();
    if (!git.enabled) return undefined;
    const api = git.getAPI(1);
    const follow = ({ state }: Repository): void => {
      this.#subscriptions.push(state.onDidChange(this.#gather));
    };
    for (const repository of api.repositories) follow(repository);
    this.#subscriptions.push(
      api.onDidOpenRepository((repository) => {
        follow(repository);
        this.#gather();
      }),
    );
    return api;
  }

  readonly #gather = (): void => {
    this.#answers.clear();
    clearTimeout(this.#gathering);
    this.#gathering = setTimeout(() => {
      this.#changed.fire();
    }, GATHER);
  };

  dispose(): void {
    clearTimeout(this.#gathering);
    vscode.Disposable.from(...this.#subscriptions, this.#changed).dispose();
  }
}
