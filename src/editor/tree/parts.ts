import * as vscode from 'vscode';
import { VIEW } from '../../contributions.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import type { Services } from '../workbench/services.ts';
import type { Following } from './following.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import type { TreeNode } from '../subject/row.ts';
import type { ServiceAccountTree } from './provider.ts';
import type { Remembered } from './remembered.ts';

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
