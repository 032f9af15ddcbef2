import * as vscode from 'vscode';
import type { Lines } from '../../manifest/fieldAt.ts';
import type { Text } from '../../manifest/pieces.ts';

/** The lines of a document, of any number and length: none is copied. */
export function linesOf(document: vscode.TextDocument): Lines {
  return { count: document.lineCount, line: (index) => document.lineAt(index).text };
}

/** A document's text, of which no more is put together than is read. */
export function textOf(document: vscode.TextDocument): Text {
  return {
    length: document.offsetAt(document.lineAt(document.lineCount - 1).range.end),
    read: (from, to) =>
      document.getText(new vscode.Range(document.positionAt(from), document.positionAt(to))),
  };
}
