import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { IssuedToken } from '../../../issued/entry.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import { hasEnded, issuedContext, issuedRow } from '../issuedRow.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

export const issuedToken: RowKind<NodeOf['issuedToken']> = {
  words: ({ entry }, { inventory }) =>
    issuedRow(entry, inventory, placeOf(entry), isOneOfSeveral(entry, inventory)),
  menu: ({ entry }, { inventory }) => issuedContext(entry, inventory),
  parent: (node, of) =>
    of && hasEnded(node.entry, of.inventory)
      ? { kind: 'endedTokens', account: of.account }
      : inGroup('issuedTokens')(node, of),
  name: ({ entry }) => entry.serviceAccount,
};

/** Whether other records of the ServiceAccount bear the same name. */
function isOneOfSeveral(entry: IssuedToken, inventory: Inventory): boolean {
  const account = inventory.account({ namespace: entry.namespace, name: entry.serviceAccount });
  if (!account) return false;
  const place = placeOf(entry);
  return inventory.issued(account).some((one) => one.id !== entry.id && placeOf(one) === place);
}

function placeOf({ file, form }: IssuedToken): string {
  if (file === undefined) return form === 'clipboard' ? 'Clipboard' : 'No file';
  const path = vscode.workspace.asRelativePath(file);
  return path === file ? basename(file) : path;
}
