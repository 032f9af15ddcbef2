import * as vscode from 'vscode';
import { textIfSmall } from '../workbench/smallFile.ts';

/** A larger file is taken as it was read, in bytes. */
const MOST = 16 * 1024 * 1024;
/** VS Code hears within a second or so that a file was written, in milliseconds. */
const PATIENCE = 2000;

/**
 * A document with its file's text as it is now, also where a program has just written it. A file that nobody has open
 * beside the workspace is not watched: its text is read, and the document stays as it was.
 */
export async function upToDate(
  uri: vscode.Uri,
): Promise<{ readonly document: vscode.TextDocument; readonly text: string }> {
  const document = await vscode.workspace.openTextDocument(uri);
  const onDisk = await textOnDisk(document);
  if (onDisk === undefined || isSame(document, onDisk)) return { document, text: document.getText() };
  await new Promise<void>((resolve) => {
    const finish = (): void => {
      changes.dispose();
      clearTimeout(timer);
      resolve();
    };
    const changes = vscode.workspace.onDidChangeTextDocument((event) => {
      if (event.document === document && isSame(document, onDisk)) finish();
    });
    const timer = setTimeout(finish, PATIENCE);
  });
  return { document, text: isSame(document, onDisk) ? document.getText() : onDisk };
}

/** Undefined where the document does not follow its file, or the file cannot be read. */
async function textOnDisk({ uri, isDirty }: vscode.TextDocument): Promise<string | undefined> {
  return isDirty || uri.scheme !== 'file' ? undefined : await textIfSmall(uri, MOST);
}

/** VS Code makes line ends alike. */
function isSame(document: vscode.TextDocument, text: string): boolean {
  return document.getText().replaceAll('\r', '') === text.replaceAll('\r', '');
}
