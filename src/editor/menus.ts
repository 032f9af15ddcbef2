import * as vscode from 'vscode';
import { contextKeys } from '../contributions.ts';
import { heldIn, type Held } from '../manifest/holds.ts';
import type { TokenDocuments } from './documents/tokens.ts';
import { textOf } from './documents/lines.ts';

type Kind = Held | 'tokenFiles';

const KEYS: Readonly<Record<Kind, string>> = {
  kubeconfigs: contextKeys.kubeconfigs,
  tokenSecrets: contextKeys.tokenSecrets,
  manifests: contextKeys.manifests,
  workloads: contextKeys.workloads,
  tokenFiles: contextKeys.tokenFiles,
};
const KINDS: readonly Kind[] = ['kubeconfigs', 'tokenSecrets', 'manifests', 'workloads', 'tokenFiles'];

/** How much of a document is looked at, in UTF-16 units. */
const MOST_READ = 256 * 1024;
/** How many files are remembered of each kind, those that were seen last. */
const MOST_FILES = 2000;

/**
 * Tells the menus of files what is in them, as far as that is known: of what is or was open, and of what was found in the
 * workspace. A file that was never looked at has no such menu.
 */
export class FileMenus implements vscode.Disposable {
  readonly #files = new Map<Kind, Map<string, vscode.Uri>>(KINDS.map((kind) => [kind, new Map()]));
  readonly #subscription: vscode.Disposable;

  constructor(documents: TokenDocuments) {
    this.#subscription = documents.onDidRead((document) => {
      const held: ReadonlySet<Kind> = heldIn(
        textOf(document).read(0, Math.min(textOf(document).length, MOST_READ)),
      );
      const hasTokens = documents.findings(document).some(({ kind }) => kind === 'jws');
      this.#note(document.uri, hasTokens ? new Set([...held, 'tokenFiles']) : held);
    });
  }

  /** Remembers files in which tokens were found. */
  noteTokens(uris: readonly vscode.Uri[]): void {
    const files = this.#files.get('tokenFiles');
    const before = files?.size;
    for (const uri of uris) files?.set(uri.toString(), uri);
    if (files?.size !== before) this.#tell('tokenFiles');
  }

  #note(uri: vscode.Uri, held: ReadonlySet<Kind>): void {
    const name = uri.toString();
    for (const kind of KINDS) {
      const files = this.#files.get(kind);
      const had = files?.has(name) === true;
      if (had === held.has(kind)) continue;
      if (had) files.delete(name);
      else files?.set(name, uri);
      this.#tell(kind);
    }
  }

  #tell(kind: Kind): void {
    const files = this.#files.get(kind) ?? new Map<string, vscode.Uri>();
    for (const oldest of files.keys()) {
      if (files.size <= MOST_FILES) break;
      files.delete(oldest);
    }
    // As Uris, not as text: VS Code makes of them what `resource` is in the window, which is no file: on a remote machine
    // (vs/platform/contextkey/browser/contextKeyService.ts, stringifyURIs).
    void vscode.commands.executeCommand('setContext', KEYS[kind], [...files.values()]);
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
