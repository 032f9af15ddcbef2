import * as vscode from 'vscode';
import snippets from '../../../media/snippets/yaml.json' with { type: 'json' };
import type { Cursor } from '../../manifest/cursorAt.ts';

/** Where a snippet fits: in a document that is empty yet, or in a list or mapping by its name. */
type Fits = 'document' | 'volumes' | 'serviceAccountToken';

const FITS: Readonly<Record<keyof typeof snippets, Fits>> = {
  'Token Secret': 'document',
  'ServiceAccount and Its Token Secret': 'document',
  'Projected Token Volume': 'volumes',
  'Projected Token for Another Service': 'volumes',
  'Audience and Life of a Projected Token': 'serviceAccountToken',
};

/**
 * The snippets that fit where a key is typed. Contributed by package.json they would be offered anywhere, and taken by Enter
 * in the middle of a key. `object` is the document around, `line` what of the cursor's line stands before it.
 */
export function snippetsAt(
  cursor: Cursor,
  object: string,
  line: string,
  range: NonNullable<vscode.CompletionItem['range']>,
): vscode.CompletionList | undefined {
  const [holder] = cursor.path.toReversed();
  const fits = holder ?? (isEmpty(object, cursor.typed) ? 'document' : undefined);
  const names = Object.entries(FITS).filter(([, place]) => place === fits);
  if (cursor.quote !== '' || names.length === 0) return undefined;
  const items = Object.entries(snippets).flatMap(([name, { prefix, body, description }]) => {
    if (!names.some(([one]) => one === name)) return [];
    const item = new vscode.CompletionItem(prefix, vscode.CompletionItemKind.Snippet);
    const text = body.join('\n');
    // A dash that is there already is not written again.
    item.insertText = new vscode.SnippetString(/- +[\w-]*$/.test(line) ? text.replace(/^- /, '') : text);
    item.range = range;
    item.filterText = prefix;
    item.detail = name;
    item.documentation = description;
    item.sortText = `~${prefix}`;
    return [item];
  });
  return new vscode.CompletionList(items);
}

/** Whether nothing is in a document yet but comments and what is typed. */
function isEmpty(object: string, typed: string): boolean {
  const lines = object.split('\n').filter((line) => !/^\s*(?:#.*)?$|^(?:---|\.\.\.)/.test(line));
  return lines.length === 0 || (lines.length === 1 && lines[0]?.trim() === typed);
}
