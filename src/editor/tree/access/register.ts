import * as vscode from 'vscode';
import { commands } from '../../../contributions.ts';
import { registerCommand } from '../../commands.ts';
import type { TreeParts } from '../commands.ts';
import { pickServiceAccount } from '../find.ts';
import { accountOfNode, isTreeNode } from '../nodes.ts';
import { accessUri, SCHEME } from './uri.ts';

/** "What May It Do?" and "Who May…?", and the read-only documents that answer them. Loaded when first asked. */
export function registerAccess(parts: TreeParts): vscode.Disposable {
  const { services, following, view, loaded } = parts;
  const changed = new vscode.EventEmitter<vscode.Uri>();
  return vscode.Disposable.from(
    changed,
    following.onDidChange(() => {
      for (const { uri } of vscode.workspace.textDocuments) if (uri.scheme === SCHEME) changed.fire(uri);
    }),
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      async provideTextDocumentContent(uri, cancellation) {
        const abort = new AbortController();
        cancellation.onCancellationRequested(() => {
          abort.abort();
        });
        const { documentAt } = await import('./access.ts');
        return await documentAt(parts, uri, abort.signal);
      },
    }),
    registerCommand(services, commands.showAccess, async (argument) => {
      const row = argument ?? view.selection[0];
      const given = isTreeNode(row) ? accountOfNode(row) : undefined;
      const account =
        given ?? (await pickServiceAccount(await loaded(), 'What may which ServiceAccount do?'));
      if (!account) return;
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(accessUri(account)));
    }),
    registerCommand(services, commands.whoMay, async () => {
      const { askWhoMay } = await import('./access.ts');
      await askWhoMay(parts);
    }),
  );
}
