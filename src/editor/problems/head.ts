import * as vscode from 'vscode';

/** How much of a document is looked at to tell what kind it is, in UTF-16 units. */
const HEAD = 20_000;

/** A document's beginning; its lines may be of any length, and are not read beyond it. */
export function headOf(document: vscode.TextDocument): string {
  return document.getText(new vscode.Range(new vscode.Position(0, 0), document.positionAt(HEAD)));
}
