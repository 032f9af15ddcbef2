import * as vscode from 'vscode';
import { commands, VIEW, type CommandId } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { registerCommand } from '../commands.ts';
import type { Services } from '../services.ts';
import { filterInWords, pickFilter, pickServiceAccount } from './find.ts';
import { count, type Inventory } from './inventory.ts';
import { Following } from './following.ts';
import { manifestUri, registerManifests } from './manifest.ts';
import { isTreeNode } from './nodes.ts';
import { ServiceAccountTree } from './provider.ts';

/** The ServiceAccounts view with its commands and its item in the status bar. Sends nothing before it is visible. */
export function registerTree(services: Services): vscode.Disposable {
  const { contexts } = services;
  const tree = new ServiceAccountTree();
  const following = new Following(services, tree);
  const view = vscode.window.createTreeView(VIEW, { treeDataProvider: tree, showCollapseAll: true });
  const status = vscode.window.createStatusBarItem('context', vscode.StatusBarAlignment.Left);
  let watched: vscode.Disposable | undefined;

  const describe = (): void => {
    const { selected } = contexts;
    const place = selected && redact(`${selected.name} · ${selected.cluster}`);
    view.description = place ?? '';
    const filter = filterInWords(tree.filter);
    view.message = [
      ...(tree.inventory && following.problem !== undefined ? [`Not up to date: ${following.problem}`] : []),
      ...(tree.inventory && filter !== ''
        ? [
            `${tree.inventory.count(tree.filter).toLocaleString('en')} of ${count(tree.inventory.count(), 'ServiceAccount')}: ${filter}`,
          ]
        : []),
    ].join('\n');
    if (!selected || place === undefined) {
      status.hide();
      return;
    }
    status.name = 'ServiceAccount Context';
    status.text = `$(key) ${selected.name.replaceAll('$(', '$ (')}`;
    status.tooltip = `ServiceAccount Tokens looks at ${place} (${redact(selected.server)})`;
    status.accessibilityInformation = { label: `ServiceAccount context ${place}`, role: 'button' };
    status.command = commands.selectContext;
    status.show();
  };

  const visibilityChanged = (): void => {
    watched?.dispose();
    watched = view.visible ? contexts.follow() : undefined;
    following.setVisible(view.visible);
  };
  const startOver = (): void => {
    following.startOver();
    describe();
  };

  /** The rows, loaded first where there are none yet. */
  const loaded = async (): Promise<Inventory> => {
    if (!tree.inventory) await following.refresh();
    if (tree.inventory) return tree.inventory;
    await contexts.cluster(); // Says why, in the words of what is wrong.
    throw new Problem('refused', following.problem ?? 'ServiceAccounts could not be listed.');
  };

  const run: readonly [CommandId, (node: unknown) => Promise<unknown>][] = [
    [commands.selectContext, async () => await contexts.select()],
    [
      commands.refresh,
      async () => {
        await following.refresh();
      },
    ],
    [
      commands.findServiceAccount,
      async () => {
        const account = await pickServiceAccount(await loaded());
        if (!account) return;
        await view.reveal(tree.pin(account), { select: true, focus: true, expand: true });
        describe();
      },
    ],
    [
      commands.filterServiceAccounts,
      async () => {
        const filter = await pickFilter(tree.filter);
        if (!filter) return;
        tree.show(tree.inventory, filter);
        describe();
      },
    ],
    [
      commands.copyName,
      async (node) => {
        const name = nameOf(node ?? view.selection[0]);
        if (name !== undefined) await vscode.env.clipboard.writeText(name);
      },
    ],
    [
      commands.openManifest,
      async (node) => {
        const row = node ?? view.selection[0];
        const uri = isTreeNode(row) ? manifestUri(row) : undefined;
        if (uri) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      },
    ],
    [
      commands.showMore,
      async (node) => {
        if (isTreeNode(node) && node.kind === 'more') tree.showMore(node.level);
        await Promise.resolve();
      },
    ],
    [
      commands.showReason,
      async () => {
        await vscode.window.showInformationMessage(following.problem ?? 'There is nothing to explain.');
      },
    ],
  ];

  visibilityChanged();
  return vscode.Disposable.from(
    following,
    view,
    status,
    registerManifests(services),
    {
      dispose() {
        watched?.dispose();
      },
    },
    view.onDidChangeVisibility(visibilityChanged),
    following.onDidChange(describe),
    contexts.onDidChange(startOver),
    vscode.workspace.onDidGrantWorkspaceTrust(startOver),
    ...run.map(([id, command]) => registerCommand(services, id, command)),
  );
}

function nameOf(node: unknown): string | undefined {
  if (!isTreeNode(node)) return undefined;
  if (node.kind === 'namespace') return node.name;
  return 'info' in node ? node.info.name : undefined;
}
