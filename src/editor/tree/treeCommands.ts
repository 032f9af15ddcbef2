import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { said } from '../../harmless.ts';
import { accessUri } from './access/uri.ts';
import { isSearch, withoutFilter, type Choices } from '../../inventory/choices.ts';
import { pickFilter, pickServiceAccount, pickSort } from './find.ts';
import { revealAccount, type TreeParts } from './parts.ts';
import { bindingUri, manifestUri } from './manifest.ts';
import { rowKind } from './rows/kinds.ts';
import { accountOfNode, type TreeNode } from '../subject/row.ts';
import type { TreeCommand } from './ids.ts';
import { namingOneOf, saysPods } from '../workbench/lookedThrough.ts';
import { notify, withCancel } from '../workbench/say.ts';

/** The commands of the view's title, of its rows, and of the palette, which give no row. */
export function treeCommands(
  parts: TreeParts,
): Readonly<Record<TreeCommand, (row: TreeNode | undefined) => Promise<unknown>>> {
  const { services, tree, remembered, following, view, loaded, describe } = parts;
  const { contexts } = services;

  const choose = async (choices: Choices | undefined): Promise<void> => {
    if (!choices) return;
    if (choices.only.includes('cluster-admin')) tree.inventory?.followAccess();
    if (choices.only.includes('expiring')) await lookThroughPods(parts);
    tree.show(tree.inventory, choices);
    describe();
    await remembered.keep(choices, contexts.selected?.server);
    if (isSearch(choices)) await unfold(parts);
  };
  const orSelected = (node: TreeNode | undefined): TreeNode | undefined => node ?? view.selection[0];
  const star = async (node: TreeNode | undefined, isStarred: boolean): Promise<void> => {
    const row = orSelected(node);
    if (row?.kind !== 'namespace') return;
    const others = tree.choices.starred.filter((name) => name !== row.name);
    await choose({ ...tree.choices, starred: isStarred ? [...others, row.name].sort() : others });
  };
  const open = async (uri: vscode.Uri | undefined): Promise<void> => {
    if (uri) await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  };

  return {
    [commands.refresh]: async () => await following.refresh(),
    [commands.findServiceAccount]: async () => {
      const account = await pickServiceAccount(await loaded(), following.onDidChange);
      if (account) await revealAccount(parts, account);
    },
    [commands.filterServiceAccounts]: async () => {
      await choose(await pickFilter(tree.inventory, following.onDidChange, tree.choices));
    },
    [commands.clearFilter]: async () => await choose(withoutFilter(tree.choices)),
    [commands.sortServiceAccounts]: async () => {
      await choose(await pickSort(tree.choices));
    },
    [commands.starNamespace]: async (node) => await star(node, true),
    [commands.unstarNamespace]: async (node) => await star(node, false),
    [commands.copyName]: async (node) => {
      const row = orSelected(node);
      const name = row && rowKind(row.kind).name?.(row);
      if (name !== undefined) await vscode.env.clipboard.writeText(name);
    },
    [commands.openManifest]: async (node) => {
      const row = orSelected(node);
      if (row) await open(manifestUri(row));
    },
    [commands.openBinding]: async (node) => {
      const row = orSelected(node);
      if (row?.kind === 'access') await open(bindingUri(row));
    },
    [commands.showMore]: async (node) => {
      if (node?.kind === 'more') tree.showMore(node.level);
      await Promise.resolve();
    },
    [commands.showAccess]: async (node) => {
      const row = orSelected(node);
      const question = 'What may which ServiceAccount do?';
      const account =
        (row && accountOfNode(row)) ??
        (await pickServiceAccount(await loaded(), following.onDidChange, question));
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

/** Looks which token Secrets Pods name, where a filter goes by that: through all Pods, unless nothing hangs on it. */
async function lookThroughPods({ services, tree }: TreeParts): Promise<void> {
  const { inventory } = tree;
  const secrets = inventory?.undecided() ?? [];
  if (!inventory || secrets.length === 0) return;
  const cluster = await services.contexts.cluster();
  const namespaces = new Set(secrets.map(({ namespace }) => namespace));
  const [only] = namespaces.size === 1 ? namespaces : [];
  try {
    const { pods } = await withCancel('Which Pods name token Secrets', async (signal, report) => {
      const options = { keeps: namingOneOf(secrets), onPods: saysPods(report) };
      return await cluster.uses(only, signal, options);
    });
    inventory.looked(secrets, pods);
  } catch (error) {
    // The filter goes by what is known then, and says that it is not all.
    if (!Problem.is(error, 'cancelled')) throw error;
  }
}

/** Of more namespaces nobody wants to see all at once. */
const MOST_UNFOLDED = 20;

/** Opens what a search has left, so that it is seen. What is opened so stays open when all is shown again. */
async function unfold({ tree, view }: TreeParts): Promise<void> {
  const found = tree.shownNamespaces();
  if (found.length > MOST_UNFOLDED) return;
  for (const node of found) await view.reveal(node, { select: false, focus: false, expand: true });
}
