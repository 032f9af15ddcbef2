import * as vscode from 'vscode';
import { virtualDocument } from './virtual.ts';

/** Shows a text read-only, with every token masked. */
export async function showText(name: string, text: string): Promise<void> {
  await vscode.window.showTextDocument(virtualDocument(flat(name), text), { preview: true });
}

/** Shows a token in clear, because the person asked to see it: in memory alone, and only while its tab is open. */
export async function revealToken(whose: string, token: string): Promise<void> {
  const uri = virtualDocument(flat(`Token of ${whose}`), `${token}\n`, (text) => text);
  await vscode.window.showTextDocument(uri, { preview: true });
}

/** One name, and no path. */
function flat(name: string): string {
  return name.replaceAll('/', '\u2215');
}
