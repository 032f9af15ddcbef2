import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';

/**
 * Reads a file that a folder holds, through the editor's file systems: a regular file of so many bytes at most. Throws
 * bad-input where it is anything else, and FileSystemError where it cannot be read.
 */
export async function readSmallFile(uri: vscode.Uri, most: number): Promise<Uint8Array> {
  const { type, size } = await vscode.workspace.fs.stat(uri);
  // Also through a link; a pipe or a device is no type of VS Code's, and to read one may never end.
  if ((type & vscode.FileType.File) === 0) throw new Problem('bad-input', 'It is no file that can be read.');
  if (size > most) throw new Problem('bad-input', `too large (${Math.round(size / 1024 / 1024)} MB)`);
  // What says so on a disk is empty, or made while it is read, as in /proc, and may have no end.
  if (size === 0 && uri.scheme === 'file') return new Uint8Array();
  return await vscode.workspace.fs.readFile(uri);
}

/** The text of such a file; undefined where it is gone meanwhile, is not ours to read, or is none of that kind. */
export async function textIfSmall(uri: vscode.Uri, most: number): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readSmallFile(uri, most));
  } catch (error) {
    if (Problem.is(error) || error instanceof vscode.FileSystemError) return undefined;
    throw error;
  }
}
