import * as vscode from 'vscode';
import { findAt, MAX_LENGTH, type Finding } from '../../token/find.ts';

/** What was found at a place of a document, and its range there. */
export interface FoundAt {
  readonly found: Finding;
  readonly range: vscode.Range;
}

/** What stands at a place of a document, and its range. Reads 64 Ki UTF-16 units to either side, never the whole. */
export function findingAt(document: vscode.TextDocument, position: vscode.Position): FoundAt | undefined {
  const offset = document.offsetAt(position);
  const from = Math.max(0, offset - MAX_LENGTH);
  const window = new vscode.Range(document.positionAt(from), document.positionAt(offset + MAX_LENGTH));
  const inWindow = findAt(document.getText(window), offset - from);
  if (!inWindow) return undefined;
  const found = { ...inWindow, start: from + inWindow.start, end: from + inWindow.end };
  return { found, range: rangeOf(document, found) };
}

/** The range of what was found in a document. */
export function rangeOf(document: vscode.TextDocument, { start, end }: Finding): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
