import * as vscode from 'vscode';
import { findingsBetween } from '../../token/finding.ts';
import type { TokenDocuments } from '../documents/tokens.ts';

/** How many UTF-16 units before a token are shown with it: its key. */
const BEFORE = 40;

/**
 * Who jumps to a token, as from the Problems view, has the token selected, and VS Code scrolls the line until the token's
 * first character stands at the left edge, or its last at the right (vs/editor/browser/viewParts/viewLines/viewLines.ts).
 * The hint, which stands before it, would be out of sight: then the line is scrolled back as far as the token's key. Who
 * moves by keys or the mouse is left where they are.
 */
export function keepHintsInSight(
  documents: TokenDocuments,
  isOn: (document: vscode.TextDocument) => boolean,
): vscode.Disposable {
  /** An editor that was opened at a token of a document that has still to be read. */
  let opened: vscode.TextEditor | undefined;
  const look = (editor: vscode.TextEditor): void => {
    const { document, selections } = editor;
    const [selection, second] = selections;
    if (!selection || second || !isOn(document)) return;
    const { start } = selection;
    const offset = document.offsetAt(start);
    const [found] = findingsBetween(documents.findings(document), offset, offset);
    if (found?.start !== offset) return;
    editor.revealRange(new vscode.Range(start.translate(0, -Math.min(start.character, BEFORE)), start));
  };
  return vscode.Disposable.from(
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      opened = editor;
      if (editor) look(editor);
    }),
    documents.onDidRead((document) => {
      if (opened?.document === document) look(opened);
      opened = undefined;
    }),
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
      const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
      if (kind !== Keyboard && kind !== Mouse) look(textEditor);
    }),
  );
}
