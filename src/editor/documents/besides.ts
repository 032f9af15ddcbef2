import * as vscode from 'vscode';
import { longestInBytes } from '../../since124/needles.ts';
import { textIfSmall } from '../workbench/smallFile.ts';

/** The texts of files in a file's folder, by the relative paths that name them, as they stand in an editor; without those that cannot be read. */
export async function textsBeside(
  uri: vscode.Uri,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const file = vscode.Uri.joinPath(uri, '..', name);
    const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === file.toString());
    const text = open?.getText() ?? (await textIfSmall(file, longestInBytes(file.path)));
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}
