import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import type { SubjectOf } from './subject.ts';

/** A document, and the offset in it that a command is about; undefined where that is the whole document. */
export interface DocumentAt {
  readonly document: vscode.TextDocument;
  readonly offset: number | undefined;
}

/** The place or the file that a command is about, else the cursor. Throws bad-input where nothing is open; `what` says what was expected. */
export async function documentAt(
  about: SubjectOf<'place' | 'file'> | undefined,
  what: string,
): Promise<DocumentAt> {
  if (about?.is === 'place') {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(about.uri, true));
    return { document, offset: document.offsetAt(new vscode.Position(about.line, about.character)) };
  }
  const editor = vscode.window.activeTextEditor;
  if (about && about.uri.toString() !== editor?.document.uri.toString()) {
    return { document: await vscode.workspace.openTextDocument(about.uri), offset: undefined };
  }
  if (!editor) throw new Problem('bad-input', `No file is open. Open a manifest with ${what} first.`);
  return { document: editor.document, offset: editor.document.offsetAt(editor.selection.active) };
}
