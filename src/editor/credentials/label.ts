import * as vscode from 'vscode';
import { tilde } from '../contexts/source.ts';

/** A file in words: by its path in the workspace, where it is in there. */
export function labelOf(uri: vscode.Uri): string {
  return tilde(vscode.workspace.asRelativePath(uri));
}
