import * as vscode from 'vscode';
import { contextKeys, VIEW } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { ShownTokens } from '../ledger/shown.ts';
import type { Services } from '../services.ts';
import { registerAccess } from './access/register.ts';
import { registerTreeCommands, type TreeParts } from './commands.ts';
import { filterInWords, SHOW_ALL, showsAll } from './filter.ts';
import { count, type Inventory } from './inventory.ts';
import { Following } from './following.ts';
import { registerManifests } from './manifest.ts';
import { ServiceAccountTree } from './provider.ts';
import { Remembered } from './remembered.ts';

/** How many ServiceAccounts of any namespace other features are given. */
const MOST_NAMED = 500;

/** The ServiceAccounts view with its commands. Sends nothing before it is visible. */
export function registerTree(services: Services, memory: vscode.Memento): vscode.Disposable {
  const { contexts, live } = services;
  const tree = new ServiceAccountTree();
  live.comeFrom((namespace) =>
    namespace === undefined
      ? tree.inventory?.search('', MOST_NAMED)
      : tree.inventory?.accounts(namespace, SHOW_ALL),
  );
  const remembered = new Remembered(memory);
  const issued = new ShownTokens(services);
  const following = new Following(services, tree, remembered, issued);
  const view = vscode.window.createTreeView(VIEW, {
    treeDataProvider: tree,
    showCollapseAll: true,
    canSelectMany: true,
  });
  let watched: vscode.Disposable | undefined;
  let isFiltered = false;

  const describe = (): void => {
    const { selected } = contexts;
    const place = selected && redact(`${selected.name} · ${selected.cluster}`);
    view.description = place ?? '';
    const { inventory, choices } = tree;
    const filter = filterInWords(choices);
    view.message = [
      ...(inventory && following.note !== undefined ? [following.note] : []),
      ...(inventory && following.problem !== undefined ? [`Not up to date: ${following.problem}`] : []),
      ...(inventory && filter !== ''
        ? [
            `${inventory.count(choices).toLocaleString('en')} of ${count(inventory.count(), 'ServiceAccount')}: ${filter}`,
          ]
        : []),
    ].join('\n');
    if (isFiltered === showsAll(choices)) {
      isFiltered = !isFiltered;
      void vscode.commands.executeCommand('setContext', contextKeys.isFiltered, isFiltered);
    }
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

  const parts: TreeParts = { services, tree, remembered, following, view, loaded, describe };
  visibilityChanged();
  return vscode.Disposable.from(
    following,
    issued,
    view,
    registerManifests(services),
    registerTreeCommands(parts),
    registerAccess(parts),
    {
      dispose() {
        watched?.dispose();
      },
    },
    view.onDidChangeVisibility(visibilityChanged),
    following.onDidChange(describe),
    issued.onDidChange(() => {
      if (tree.inventory) tree.show(tree.inventory);
    }),
    contexts.onDidChange(startOver),
    vscode.workspace.onDidGrantWorkspaceTrust(startOver),
  );
}
