import * as vscode from 'vscode';
import { findAt, MAX_LENGTH, type Finding } from '../../token/find.ts';

/** What stands at a place of a document, and its range. Reads 64 Ki UTF-16 units to either side, never the whole. */
export function findingAt(
  document: vscode.TextDocument,
  position: vscode.Position,
): { found: Finding; range: vscode.Range } | undefined {
  const offset = document.offsetAt(position);
  const from = Math.max(0, offset - MAX_LENGTH);
  const window = new vscode.Range(document.positionAt(from), document.positionAt(offset + MAX_LENGTH));
  const found = findAt(document.getText(window), offset - from);
  if (!found) return undefined;
  const range = new vscode.Range(
    document.positionAt(from + found.start),
    document.positionAt(from + found.end),
  );
  return { found, range };
}
