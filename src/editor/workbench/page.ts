import * as vscode from 'vscode';
import { pageOf } from './html.ts';

/** Writes a page of ours, which lies in `dist` in a folder of its name, into a webview. */
export async function writePage(
  webview: vscode.Webview,
  extensionUri: vscode.Uri,
  page: { readonly name: string; readonly title: string },
): Promise<void> {
  const folder = vscode.Uri.joinPath(extensionUri, 'dist', page.name);
  const [style, script] = await Promise.all([
    textOf(folder, `${page.name}.css`),
    textOf(folder, `${page.name}.js`),
  ]);
  webview.html = pageOf({ ...page, style, script });
}

const texts = new Map<string, string>();

/** A part of the page, which never changes while the extension runs. */
async function textOf(folder: vscode.Uri, name: string): Promise<string> {
  const uri = vscode.Uri.joinPath(folder, name);
  const known = texts.get(uri.toString());
  if (known !== undefined) return known;
  // The last line names the source map, which cannot be reached from the page.
  const whole = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const mark = Math.max(...['//', '/*'].map((start) => whole.lastIndexOf(`${start}# sourceMappingURL=`)));
  const text = mark < 0 ? whole : whole.slice(0, mark);
  texts.set(uri.toString(), text);
  return text;
}
