import * as vscode from 'vscode';
import type { FoundToken } from '../../token/find.ts';
import { toYaml } from '../../yaml/plainYaml.ts';

const SCHEME = 'serviceaccount-token-claims';
/** What is shown where the editor outlived the window that held its text. */
const GONE =
  '"These claims were held in memory only, and are gone. Point at the token in its file to see them again."';

/** The claims as JSON, with what is not to be seen in them (as marks that turn text around) written as escapes. */
export function claimsAsJson({ decoded }: FoundToken): string {
  return escapeHidden(JSON.stringify(decoded.claims, undefined, 2));
}

/** The claims as YAML, likewise. */
export function claimsAsYaml({ decoded }: FoundToken): string {
  return escapeHidden(toYaml(decoded.claims).trimStart());
}

/** Both writers put quotes around every text with such a character, where JSON and YAML know this escape. */
function escapeHidden(text: string): string {
  return text.replaceAll(/[\p{Cf}\p{Zl}\p{Zp}\u0080-\u009F]/gu, (character) =>
    Array.from(character.split(''), (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}

/** Read-only documents with a token's header and claims. Their URI is a random id: it holds nothing of the token. */
export class ClaimsDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable;

  constructor() {
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === SCHEME) this.#texts.delete(uri.path);
      }),
    );
  }

  provideTextDocumentContent({ path }: vscode.Uri): string {
    return this.#texts.get(path) ?? GONE;
  }

  /** Shows a token's claims beside nothing else of it. */
  async show(found: FoundToken): Promise<void> {
    const path = `/${crypto.randomUUID()}/Claims.json`;
    const { header, claims } = found.decoded;
    this.#texts.set(path, escapeHidden(`${JSON.stringify({ header, claims }, undefined, 2)}\n`));
    const document = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: SCHEME, path }));
    await vscode.window.showTextDocument(document);
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#texts.clear();
  }
}
