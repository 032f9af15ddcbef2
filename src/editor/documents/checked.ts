import * as vscode from 'vscode';
import { piecesOf } from '../../manifest/pieces.ts';
import { runInSlices } from '../../slices.ts';
import type { CheckedText, ReadPieces } from '../../problems/documentChecks.ts';
import type { TokenDocuments } from './tokens.ts';
import { textOf } from './lines.ts';

/** The languages of kubeconfigs and manifests; `properties` because of kubeadm's admin.conf. */
const LANGUAGES = /^(?:plaintext|properties|ini)$|yaml|json|helm|kube/;

interface Followed {
  readonly version: number;
  readonly checking: Promise<CheckedText | undefined>;
  /** What came of it, once it has. */
  result: CheckedText | undefined;
  /** What was read for this version or the last one that was checked whole. */
  read: ReadPieces;
}

/** Checks the kubeconfigs and manifests among the open documents, after each change, in slices. */
export class CheckedDocuments implements vscode.Disposable {
  readonly #followed = new Map<vscode.TextDocument, Followed>();
  /** The documents of which it was last told that there is something to them. */
  readonly #told = new Set<vscode.TextDocument>();
  readonly #checked = new vscode.EventEmitter<vscode.TextDocument>();
  /** Fires when what is known of a document is up to date again. */
  readonly onDidCheck = this.#checked.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(documents: TokenDocuments) {
    this.#subscriptions = [
      documents.onDidRead((document) => void this.#read(document)),
      documents.onDidClose((document) => {
        this.#followed.delete(document);
        this.#told.delete(document);
      }),
    ];
  }

  /** What is known of a document as it is now; undefined where it is no kubeconfig or manifest, or is still being read. */
  checked(document: vscode.TextDocument): CheckedText | undefined {
    const followed = this.#followed.get(document);
    return followed?.version === document.version ? followed.result : undefined;
  }

  /** The same, once it is known; undefined also where the document changes meanwhile. */
  async whenChecked(document: vscode.TextDocument): Promise<CheckedText | undefined> {
    const before = this.#followed.get(document);
    if (before?.version === document.version) return await before.checking;
    const read: ReadPieces = before?.read ?? new Map();
    const checking = this.#check(document, read);
    const followed: Followed = { version: document.version, checking, result: undefined, read };
    this.#followed.set(document, followed);
    const result = await checking;
    followed.result = result;
    followed.read = result?.read ?? read;
    return result;
  }

  /** Every document that has something to it. */
  get documents(): vscode.TextDocument[] {
    return [...this.#followed.keys()].filter((document) => this.checked(document));
  }

  async #read(document: vscode.TextDocument): Promise<void> {
    const has = await this.whenChecked(document);
    const had = this.#told.delete(document);
    if (has) this.#told.add(document);
    if (had || has) this.#checked.fire(document);
  }

  async #check(document: vscode.TextDocument, read: ReadPieces): Promise<CheckedText | undefined> {
    const { languageId, version } = document;
    if (!LANGUAGES.test(languageId)) return undefined;
    const isWanted = (): boolean => !document.isClosed && document.version === version;
    const found = await runInSlices(piecesOf(textOf(document)), isWanted);
    if (!found || (found.pieces.length === 0 && found.leftOutFrom === undefined)) return undefined;
    const { checkText } = await import('../../problems/documentChecks.ts');
    return await runInSlices(checkText(found, read), isWanted);
  }

  dispose(): void {
    this.#followed.clear();
    vscode.Disposable.from(...this.#subscriptions, this.#checked).dispose();
  }
}
