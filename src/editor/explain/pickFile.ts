import type * as vscode from 'vscode';
import { words } from '../../harmless.ts';
import { chooseFiles } from '../workbench/say.ts';

/** A file of the person's choice. */
export async function pickFile(): Promise<vscode.Uri | undefined> {
  const [file] = await chooseFiles(words`Which kubeconfig?`, 'Explain');
  return file;
}
