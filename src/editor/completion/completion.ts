import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../../kubernetes.ts';
import * as vscode from 'vscode';
import { cursorAt, type Cursor } from '../../manifest/cursorAt.ts';
import { snippetsAt } from './snippets.ts';
import type { KnownAccount, KnownAccounts } from '../documents/knownAccounts.ts';

/** How much of a document around the cursor is looked at for what the object says of itself, in lines. */
const AROUND = 300;
/** No list is longer. */
const MOST_OFFERED = 200;

/** What can stand at a place of a manifest: what it says of ServiceAccounts and their tokens. Never causes a request. */
export async function complete(
  known: KnownAccounts,
  document: vscode.TextDocument,
  position: vscode.Position,
  token: vscode.CancellationToken,
): Promise<vscode.CompletionList | undefined> {
  const { text } = document.lineAt(position.line);
  if (text.length > 2000) return undefined;
  const above = (distance: number): string | undefined =>
    distance > position.line ? undefined : document.lineAt(position.line - distance).text.slice(0, 2000);
  const cursor = cursorAt(text.slice(0, position.character), above);
  if (!cursor) return undefined;
  const rest = text.slice(position.character);
  const at = new Place(document, position, cursor, rest);
  if (cursor.is === 'key') {
    return at.ownerKey() ?? (document.languageId === 'yaml' ? at.snippets() : undefined);
  }
  const field = cursor.path.at(-1);
  if (field === 'type') return at.type();
  if (field === 'expirationSeconds') return at.lives();
  if (field !== OWNER_ANNOTATION && field !== 'serviceAccountName' && field !== 'serviceAccount')
    return undefined;
  const { accounts, isComplete } = await known.accounts(at.namespace, token);
  return token.isCancellationRequested ? undefined : at.accounts(accounts, isComplete);
}

/** The place that is completed, and how what is chosen is written there. */
class Place {
  readonly #cursor: Cursor;
  readonly #range: { readonly inserting: vscode.Range; readonly replacing: vscode.Range };
  readonly #rest: string;
  readonly #line: string;
  /** The lines of the same document around it. */
  readonly #object: string;

  constructor(document: vscode.TextDocument, position: vscode.Position, cursor: Cursor, rest: string) {
    this.#cursor = cursor;
    this.#rest = rest;
    const from = position.with({ character: cursor.from });
    const behind = /^[\w./-]*/.exec(rest)?.[0].length ?? 0;
    this.#range = {
      inserting: new vscode.Range(from, position),
      replacing: new vscode.Range(from, position.translate(0, behind)),
    };
    this.#line = document.lineAt(position.line).text.slice(0, position.character);
    this.#object = objectAround(document, position.line);
  }

  /** The namespace that the object names. */
  get namespace(): string | undefined {
    return /^[ \t]*"?namespace"?:[ \t]*["']?([\w-]+)/m.exec(this.#object)?.[1];
  }

  type(): vscode.CompletionList | undefined {
    const isOfObject = this.#cursor.path.length === 1 || this.#cursor.path.at(-2) === 'items';
    if (!isOfObject || !this.#isSecret()) return undefined;
    const item = this.#item(TOKEN_SECRET_TYPE, vscode.CompletionItemKind.EnumMember);
    item.detail = 'A token Secret';
    item.documentation =
      'The token controller fills in a token for the ServiceAccount that the annotation names.';
    return new vscode.CompletionList([item]);
  }

  ownerKey(): vscode.CompletionList | undefined {
    const [parent, grandparent] = this.#cursor.path.toReversed();
    if (parent !== 'annotations' || grandparent !== 'metadata' || !this.#isSecret()) return undefined;
    const item = this.#item(OWNER_ANNOTATION, vscode.CompletionItemKind.Property);
    item.detail = 'The ServiceAccount of a token Secret';
    const follows = /^[\w./-]*["']?\s*:/.test(this.#rest);
    if (!follows) {
      item.insertText =
        this.#cursor.quote === '' ? `${OWNER_ANNOTATION}: ` : `${OWNER_ANNOTATION}${this.#cursor.quote}: `;
      item.command = { title: 'Suggest', command: 'editor.action.triggerSuggest' };
    }
    return new vscode.CompletionList([item]);
  }

  snippets(): vscode.CompletionList | undefined {
    return snippetsAt(this.#cursor, this.#object, this.#line, this.#range);
  }

  lives(): vscode.CompletionList | undefined {
    if (this.#cursor.quote !== '' || !this.#object.includes('serviceAccountToken')) return undefined;
    const lives: [number, string][] = [
      [3600, 'An hour, as without this field'],
      [600, '10 minutes, the shortest'],
      [86_400, 'A day'],
    ];
    const items = lives.map(([seconds, detail], index) => {
      const item = this.#item(String(seconds), vscode.CompletionItemKind.Value);
      item.detail = detail;
      item.sortText = String(index);
      return item;
    });
    return new vscode.CompletionList(items);
  }

  accounts(accounts: readonly KnownAccount[], isComplete: boolean): vscode.CompletionList {
    const items = accounts.slice(0, MOST_OFFERED).map(({ name, namespace, from }) => {
      const item = this.#item(
        { label: name, description: namespace ?? '' },
        vscode.CompletionItemKind.Reference,
      );
      item.detail = `ServiceAccount ${namespace === undefined ? '' : `in ${namespace} `}${from}`;
      return item;
    });
    return new vscode.CompletionList(items, !isComplete || accounts.length > MOST_OFFERED);
  }

  #item(label: string | vscode.CompletionItemLabel, kind: vscode.CompletionItemKind): vscode.CompletionItem {
    const item = new vscode.CompletionItem(label, kind);
    const text = typeof label === 'string' ? label : label.label;
    item.range = this.#range;
    item.filterText = text;
    item.insertText = this.#cursor.needsSpace ? ` ${text}` : text;
    return item;
  }

  #isSecret(): boolean {
    return /^[ \t-]*"?kind"?:[ \t]*["']?Secret\b/m.test(this.#object);
  }
}

/** The lines of the document that a line is in, as far as they are near. */
function objectAround(document: vscode.TextDocument, line: number): string {
  const isMark = (at: number): boolean =>
    /^(?:---|\.\.\.)(?:\s|$)/.test(document.lineAt(at).text.slice(0, 5));
  let first = line;
  while (first > 0 && line - first < AROUND && !isMark(first - 1)) first -= 1;
  let last = line;
  while (last < document.lineCount - 1 && last - line < AROUND && !isMark(last + 1)) last += 1;
  const lines = Array.from({ length: last - first + 1 }, (_, index) => document.lineAt(first + index).text);
  return lines.map((text) => text.slice(0, 1000)).join('\n');
}
