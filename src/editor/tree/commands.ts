import * as vscode from 'vscode';
import { commands, VIEW } from '../../contributions.ts';
import type { ObjectRef } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import { said } from '../../harmless.ts';
import type { Services } from '../services.ts';
import { accessUri } from './access/uri.ts';
import { isSearch, withoutFilter, type Choices } from './filter.ts';
import { pickFilter, pickServiceAccount, pickSort } from './find.ts';
import type { Following } from './following.ts';
import type { Inventory } from './inventory.ts';
import { bindingUri, manifestUri } from './manifest.ts';
import { accountOfNode, isTreeNode, type TreeNode } from './nodes.ts';
import type { ServiceAccountTree } from './provider.ts';
import type { TreeCommand } from './register.ts';
import type { Remembered } from './remembered.ts';
import { notify } from '../say.ts';

/** What the commands of the tree work on. */
export interface TreeParts {
  readonly services: Services;
  readonly tree: ServiceAccountTree;
  readonly remembered: Remembered;
  readonly following: Following;
  readonly view: vscode.TreeView<TreeNode>;
  /** The rows, loaded first where there are none yet. Throws a Problem. */
  readonly loaded: () => Promise<Inventory>;
  /** Brings title, message and status bar up to date. */
  readonly describe: () => void;
}

/** The commands of the view's title, of its rows, and of the palette. `argument` is a row, if it was called on one. */
export function treeCommands(
  parts: TreeParts,
): Readonly<Record<TreeCommand, (argument: unknown) => Promise<unknown>>> {
  const { services, tree, remembered, following, view, loaded, describe } = parts;
  const { contexts } = services;

  const choose = async (choices: Choices | undefined): Promise<void> => {
    if (!choices) return;
    if (choices.only.includes('cluster-admin')) tree.inventory?.followAccess();
    tree.show(tree.inventory, choices);
    describe();
    await remembered.keep(choices, contexts.selected?.server);
    if (isSearch(choices)) await unfold(parts);
  };
  const star = async (node: unknown, isStarred: boolean): Promise<void> => {
    const row = node ?? view.selection[0];
    if (!isTreeNode(row) || row.kind !== 'namespace') return;
    const others = tree.choices.starred.filter((name) => name !== row.name);
    await choose({ ...tree.choices, starred: isStarred ? [...others, row.name].sort() : others });
  };
  const open = async (uri: vscode.Uri | undefined): Promise<void> => {
    if (uri) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  };

  return {
    [commands.refresh]: async () => {
      await following.refresh();
    },
    [commands.findServiceAccount]: async () => {
      const account = await pickServiceAccount(await loaded(), following.onDidChange);
      if (account) await revealAccount(parts, account);
    },
    [commands.filterServiceAccounts]: async () => {
      await choose(await pickFilter(tree.inventory, following.onDidChange, tree.choices));
    },
    [commands.clearFilter]: async () => {
      await choose(withoutFilter(tree.choices));
    },
    [commands.sortServiceAccounts]: async () => {
      await choose(await pickSort(tree.choices));
    },
    [commands.starNamespace]: async (node) => {
      await star(node, true);
    },
    [commands.unstarNamespace]: async (node) => {
      await star(node, false);
    },
    [commands.copyName]: async (node) => {
      const name = nameOf(node ?? view.selection[0]);
      if (name !== undefined) await vscode.env.clipboard.writeText(name);
    },
    [commands.openManifest]: async (node) => {
      const row = node ?? view.selection[0];
      if (isTreeNode(row)) await open(manifestUri(row));
    },
    [commands.openBinding]: async (node) => {
      const row = node ?? view.selection[0];
      if (isTreeNode(row) && row.kind === 'access') await open(bindingUri(row));
    },
    [commands.showMore]: async (node) => {
      if (isTreeNode(node) && node.kind === 'more') tree.showMore(node.level);
      await Promise.resolve();
    },
    [commands.showAccess]: async (node) => {
      const row = node ?? view.selection[0];
      const given = isTreeNode(row) ? accountOfNode(row) : undefined;
      const account =
        given ??
        (await pickServiceAccount(
          await loaded(),
          following.onDidChange,
          'What may which ServiceAccount do?',
        ));
      if (account) await open(accessUri(account));
    },
    [commands.whoMay]: async () => {
      const { askWhoMay } = await import('./access/access.ts');
      await askWhoMay(parts);
    },
    [commands.showReason]: async () => {
      await notify.information(said(following.problem ?? 'There is nothing to explain.'));
    },
  };
}

/** Of more namespaces nobody wants to see all at once. */
const MOST_UNFOLDED = 20;

/** Opens what a search has left, so that it is seen. What is opened so stays open when all is shown again. */
async function unfold({ tree, view }: TreeParts): Promise<void> {
  const found = tree.shownNamespaces();
  if (found.length > MOST_UNFOLDED) return;
  for (const node of found) await view.reveal(node, { select: false, focus: false, expand: true });
}

/** Selects a ServiceAccount's row and opens it. Throws not-found where there is no such ServiceAccount any more. */
export async function revealAccount({ tree, view, describe }: TreeParts, ref: ObjectRef): Promise<void> {
  const account = tree.inventory?.account(ref);
  if (!account)
    throw new Problem('not-found', `There is no ServiceAccount ${ref.namespace}/${ref.name} any more.`);
  // What was picked from gives the keyboard back to where it was; the row is where the person wants to be.
  await vscode.commands.executeCommand(`${VIEW}.focus`);
  await view.reveal(tree.pin(account), { select: true, focus: true, expand: true });
  describe();
}

function nameOf(node: unknown): string | undefined {
  if (!isTreeNode(node)) return undefined;
  switch (node.kind) {
    case 'namespace':
      return node.name;
    case 'serviceAccount':
    case 'tokenSecret':
    case 'pod':
      return node.info.name;
    case 'access':
      return node.info.role.name;
    case 'setting':
      return node.description;
    case 'issuedToken':
      return node.entry.serviceAccount;
    case 'orphans':
    case 'group':
    case 'commonRoles':
    case 'endedTokens':
    case 'note':
    case 'more':
      return undefined;
  }
}
