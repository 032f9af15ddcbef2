import * as vscode from 'vscode';
import type { Finding } from '../../token/find.ts';
import { TokenTrack } from '../../token/track.ts';
import { runInSlices } from '../../slices.ts';
import { textOf } from './lines.ts';

/** How long typing rests before a document is read again, in milliseconds. */
const DEBOUNCE = 100;

interface Followed {
  readonly track: TokenTrack;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Knows the tokens of every open document, read in slices and after an edit only where it touched. */
export class TokenDocuments implements vscode.Disposable {
  readonly #followed = new Map<vscode.TextDocument, Followed>();
  readonly #changed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #closed = new vscode.EventEmitter<vscode.TextDocument>();
  readonly #subscriptions: vscode.Disposable[];

  /** Fires when all the tokens of a document are known again. */
  readonly onDidRead = this.#changed.event;
  readonly onDidClose = this.#closed.event;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => {
        this.#follow(document);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const followed = this.#followed.get(document);
        if (!followed || contentChanges.length === 0) return;
        followed.track.edit(
          contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
            offset: rangeOffset,
            removed: rangeLength,
            inserted: text.length,
          })),
        );
        this.#schedule(document, followed, DEBOUNCE);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        clearTimeout(this.#followed.get(document)?.timer);
        this.#followed.delete(document);
        this.#closed.fire(document);
      }),
    ];
    for (const document of vscode.workspace.textDocuments) this.#follow(document);
  }

  /** What is known of a document at this moment, in the order of its text. */
  findings(document: vscode.TextDocument): readonly Finding[] {
    return this.#followed.get(document)?.track.findings ?? [];
  }

  /** Every document whose tokens are known. */
  get documents(): Iterable<vscode.TextDocument> {
    return this.#followed.keys();
  }

  #follow(document: vscode.TextDocument): void {
    // A log of our own, shown as a document, would be read whenever it grows; a comparison's other side holds nothing new.
    if (document.uri.scheme === 'output' || document.uri.scheme.startsWith('serviceaccount-')) return;
    const length = document.offsetAt(document.lineAt(document.lineCount - 1).range.end);
    const followed: Followed = { track: new TokenTrack(length), timer: undefined };
    this.#followed.set(document, followed);
    this.#schedule(document, followed, 0);
  }

  #schedule(document: vscode.TextDocument, followed: Followed, delay: number): void {
    clearTimeout(followed.timer);
    const timer = setTimeout(
      () => void this.#read(document, followed, () => followed.timer === timer),
      delay,
    );
    followed.timer = timer;
  }

  /** Reads what has yet to be read, unless that is put off meanwhile, as the document changes. */
  async #read(document: vscode.TextDocument, { track }: Followed, isWanted: () => boolean): Promise<void> {
    await runInSlices(
      track.scan((from, to) => textOf(document).read(from, to)),
      () => !document.isClosed && isWanted(),
    );
    if (track.isComplete && isWanted()) this.#changed.fire(document);
  }

  dispose(): void {
    for (const { timer } of this.#followed.values()) clearTimeout(timer);
    this.#followed.clear();
    vscode.Disposable.from(...this.#subscriptions, this.#changed, this.#closed).dispose();
  }
}
