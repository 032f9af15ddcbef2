import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { findTokens } from '../../token/find.ts';
import type { UsableTokens } from './rows.ts';

/** Two letters at most. Not one that git has for a file: U, M, A, D, R, C, T, S. */
const BADGE = 'SA';

/** Marks files in the Explorer, and wherever else VS Code shows them, that have usable tokens by the last look through the workspace. */
export class FileMarks implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeFileDecorations = this.#changed.event;
  readonly #disposables: vscode.Disposable;
  #files: ReadonlyMap<string, UsableTokens> = new Map();
  /** Files that were saved without a token since. */
  readonly #cleaned = new Set<string>();

  constructor() {
    this.#disposables = vscode.Disposable.from(
      this.#changed,
      vscode.window.registerFileDecorationProvider(this),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(settings.fileMarks)) this.#changed.fire(undefined);
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        this.#look(document);
      }),
    );
  }

  /** Shows what a look has found, by the files' uris. `isNew`: it is another look, and no word of time on the last. */
  show(files: ReadonlyMap<string, UsableTokens>, isNew: boolean): void {
    this.#files = files;
    if (isNew) this.#cleaned.clear();
    this.#changed.fire(undefined);
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const found = this.#files.get(uri.toString());
    if (!found || this.#cleaned.has(uri.toString()) || !isOn(uri)) return undefined;
    const color = found.color === undefined ? undefined : new vscode.ThemeColor(found.color);
    return new vscode.FileDecoration(BADGE, found.words, color);
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  #look(document: vscode.TextDocument): void {
    const uri = document.uri.toString();
    if (!this.#files.has(uri)) return;
    const wasCleaned = this.#cleaned.has(uri);
    if (findTokens(document.getText()).length > 0) this.#cleaned.delete(uri);
    else this.#cleaned.add(uri);
    if (wasCleaned !== this.#cleaned.has(uri)) this.#changed.fire(undefined);
  }
}

function isOn(uri: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(undefined, uri).get<unknown>(settings.fileMarks) !== false;
}
