import * as vscode from 'vscode';
import { inLabel } from '../../harmless.ts';
import { redact } from '../../redact.ts';

const SCHEME = 'serviceaccount-compared';
const texts = new Map<string, string>();
let provider: vscode.Disposable | undefined;

/**
 * A read-only document that is in no file, with every token masked unless `mask` says otherwise; `path` is what its tab shows and what its language
 * is told by. Its text is forgotten when the last tab that shows it is closed.
 */
export function virtualDocument(path: string, text: string, mask = redact): vscode.Uri {
  provider ??= vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
    }),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) texts.delete(uri.toString());
    }),
  );
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${inLabel(path)}`, query: crypto.randomUUID() });
  texts.set(uri.toString(), mask(text));
  return uri;
}

/** Opens a difference in a group of its own, below: a question about it stands at the top and would cover its beginning. */
export async function openBelow(
  command: 'vscode.diff' | 'vscode.changes',
  ...shown: readonly unknown[]
): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.newGroupBelow');
  await vscode.commands.executeCommand(command, ...shown);
}

/** Closes the tabs that show differences under a title, which VS Code may follow by the number of files. */
export async function closeDifference(title: string): Promise<void> {
  const tabs = vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ label, input }) => label.startsWith(title) && !(input instanceof vscode.TabInputText));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
}
