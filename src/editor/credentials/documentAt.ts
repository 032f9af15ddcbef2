import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';

/** A document, and the offset in it that a command is about; undefined where that is the whole document. */
export interface DocumentAt {
  readonly document: vscode.TextDocument;
  readonly offset: number | undefined;
}

/**
 * The place that a command is about: `{ uri, line, character }` as a link or lens gives it, a file's menu, else the
 * cursor. Throws bad-input where nothing is open; `what` says what was expected.
 */
export async function documentAt(argument: unknown, what: string): Promise<DocumentAt> {
  if (isPlace(argument)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri));
    return { document, offset: document.offsetAt(new vscode.Position(argument.line, argument.character)) };
  }
  const editor = vscode.window.activeTextEditor;
  if (argument instanceof vscode.Uri && argument.toString() !== editor?.document.uri.toString()) {
    return { document: await vscode.workspace.openTextDocument(argument), offset: undefined };
  }
  if (!editor) throw new Problem('bad-input', `No file is open. Open a manifest with ${what} first.`);
  return { document: editor.document, offset: editor.document.offsetAt(editor.selection.active) };
}

function isPlace(
  argument: unknown,
): argument is { readonly uri: string; readonly line: number; readonly character: number } {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    'uri' in argument &&
    typeof argument.uri === 'string' &&
    'line' in argument &&
    typeof argument.line === 'number' &&
    'character' in argument &&
    typeof argument.character === 'number'
  );
}
