import * as vscode from 'vscode';
import { VIEW } from '../../contributions.ts';
import { registerCommand } from '../subject/door.ts';
import type { Services } from '../workbench/services.ts';
import { ACCESS_SCHEME, MANIFEST_SCHEME, treeCommandIds } from './ids.ts';
import type { TreeNode } from '../subject/row.ts';
import type { OpenedTree } from './view.ts';

/**
 * The ServiceAccounts view with its commands and documents. Their code is loaded when the view is first seen, or one
 * of them is first asked for: most windows show files and never a cluster.
 */
export function registerTree(services: Services, memory: vscode.Memento): vscode.Disposable {
  const rowsChanged = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  const accessChanged = new vscode.EventEmitter<vscode.Uri>();
  let opening: Promise<OpenedTree> | undefined;
  const opened = async (): Promise<OpenedTree> => await (opening ??= open());
  const view = vscode.window.createTreeView<TreeNode>(VIEW, {
    treeDataProvider: {
      onDidChangeTreeData: rowsChanged.event,
      getTreeItem: async (node) => (await opened()).rows.getTreeItem(node),
      getChildren: async (node) => (await opened()).rows.getChildren(node),
      getParent: async (node) => (await opened()).rows.getParent(node),
    },
    showCollapseAll: true,
    canSelectMany: true,
  });

  async function open(): Promise<OpenedTree> {
    const { openTree } = await import('./view.ts');
    const tree = openTree(services, memory, view);
    tree.rows.onDidChangeTreeData((node) => {
      rowsChanged.fire(node);
    });
    tree.onDidChangeAccess(() => {
      for (const { uri } of vscode.workspace.textDocuments) {
        if (uri.scheme === ACCESS_SCHEME) accessChanged.fire(uri);
      }
    });
    return tree;
  }

  async function end(): Promise<void> {
    const tree = await opening?.catch(() => undefined); // Who asked for it was told why not.
    tree?.dispose();
  }

  return vscode.Disposable.from(
    view,
    rowsChanged,
    accessChanged,
    {
      dispose() {
        void end();
      },
    },
    vscode.workspace.registerTextDocumentContentProvider(MANIFEST_SCHEME, {
      provideTextDocumentContent: async (uri, cancellation) =>
        await (await opened()).manifestAt(uri, signalOf(cancellation)),
    }),
    vscode.workspace.registerTextDocumentContentProvider(ACCESS_SCHEME, {
      onDidChange: accessChanged.event,
      provideTextDocumentContent: async (uri, cancellation) =>
        await (await opened()).accessAt(uri, signalOf(cancellation)),
    }),
    ...treeCommandIds.map((id) =>
      registerCommand(services, id, ['row'], async (about) => await (await opened()).run[id](about?.row)),
    ),
  );
}

function signalOf(cancellation: vscode.CancellationToken): AbortSignal {
  const abort = new AbortController();
  cancellation.onCancellationRequested(() => {
    abort.abort();
  });
  return abort.signal;
}
