import * as vscode from 'vscode';

const SCHEME = 'serviceaccount-report';

/**
 * Shows a text read-only beside what is open. It is held in memory while it is shown, and is nowhere on disk; `name` is
 * all that the editor remembers of it.
 */
export async function showText(name: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name.replaceAll('/', '\u2215')}` });
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: (asked) =>
      asked.toString() === uri.toString() ? text : 'This is no longer held.',
  });
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
  const closing = vscode.workspace.onDidCloseTextDocument((closed) => {
    if (closed !== document) return;
    closing.dispose();
    provider.dispose();
  });
}
