import type * as vscode from 'vscode';
import type { Lines } from '../../manifest/fieldAt.ts';

/** The lines of a document, of any number and length: none is copied. */
export function linesOf(document: vscode.TextDocument): Lines {
  return { count: document.lineCount, line: (index) => document.lineAt(index).text };
}
