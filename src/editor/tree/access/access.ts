import * as vscode from 'vscode';
import type { Place } from '../../../authorization/grants.ts';
import { Problem } from '../../../errors.ts';
import { words } from '../../../harmless.ts';
import { redact } from '../../../redact.ts';
import { pick, withCancel, type Choice } from '../../workbench/say.ts';
import { revealAccount, type TreeParts } from '../parts.ts';
import { GROUPS } from '../groups.ts';
import { count, type Inventory } from '../../../inventory/inventory.ts';
import { needOf } from '../needs.ts';
import { askAction } from './askAccess.ts';
import { accessDocument } from './document.ts';
import { questionAt, whoMayUri } from './uri.ts';
import {
  questionInWords,
  unseenBindings,
  whoMay,
  whoMayDocument,
  type Holder,
} from '../../../inventory/whoMay.ts';

/** The text of a document that answers a question. Throws a Problem: not-found, cancelled, or why nothing is known. */
export async function documentAt(parts: TreeParts, uri: vscode.Uri, signal: AbortSignal): Promise<string> {
  const question = questionAt(uri);
  if (!question) throw new Problem('not-found', 'There is no such document.');
  const inventory = await known(parts, signal);
  if (question.kind === 'account') return redact(accessDocument(inventory, question.account, placeOf(parts)));
  const { action, place } = question;
  const unseen = unseenInWords(inventory, place);
  const text = whoMayDocument(
    questionInWords(action, place),
    placeOf(parts),
    unseen,
    whoMay(inventory, action, place),
  );
  return redact(text);
}

interface Item extends Choice {
  readonly leadsTo: Holder | 'document';
}

/** Asks for a verb, a resource and a place, and lists who may: a ServiceAccount leads to its row. */
export async function askWhoMay(parts: TreeParts): Promise<void> {
  const { action, place } = await askAction(parts);
  const inventory = parts.following.knowsAccess ? await parts.loaded() : await knownWithProgress(parts);
  const holders = whoMay(inventory, action, place);
  const unseen = unseenInWords(inventory, place);
  const question = questionInWords(action, place);
  const document: Item = {
    label: 'Open as a Document',
    iconPath: new vscode.ThemeIcon('go-to-file'),
    ...(unseen.length > 0 && { detail: `Not all could be seen. ${unseen.join('. ')}.` }),
    leadsTo: 'document',
  };
  const picked = await pick<Item>([document, ...holders.map((holder) => itemOf(inventory, holder))], {
    title: words`${count(holders.length, 'answer')}: who may ${question}`,
    placeHolder:
      holders.length === 0 ? 'Nobody that can be seen' : 'Choose a ServiceAccount to go to its row',
    matchesAll: true,
  });
  if (!picked) return;
  const { leadsTo } = picked;
  if (leadsTo !== 'document' && leadsTo.account) {
    await revealAccount(parts, leadsTo.account);
    return;
  }
  const uri = whoMayUri(`Who may ${question}`, action, place);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
}

function itemOf(inventory: Inventory, holder: Holder): Item {
  const { account, group, how } = holder;
  const icon = (name: string): vscode.ThemeIcon => new vscode.ThemeIcon(name);
  if (!account) {
    return {
      label: words`Every one in ${group ?? ''}`,
      detail: how,
      iconPath: icon('organization'),
      leadsTo: holder,
    };
  }
  const isMissing = inventory.account(account) === undefined;
  return {
    label: account.name,
    description: isMissing ? `${account.namespace} · no such ServiceAccount` : account.namespace,
    detail: how,
    iconPath: icon('account'),
    leadsTo: holder,
  };
}

async function known({ loaded, following }: TreeParts, signal: AbortSignal): Promise<Inventory> {
  const inventory = await loaded();
  await following.knowAccess(signal);
  return inventory;
}

async function knownWithProgress(parts: TreeParts): Promise<Inventory> {
  return await withCancel('Reading bindings and roles', async (signal) => await known(parts, signal));
}

function unseenInWords(inventory: Inventory, place: Place): readonly string[] {
  const namespace = typeof place === 'object' ? place.namespace : undefined;
  const kinds = GROUPS.access.kinds.flatMap((kind) => needOf(inventory, kind, namespace)?.text ?? []);
  const bindings = unseenBindings(inventory, place).map(
    ({ role, name }) => `The rules of ${role.kind} ${role.name}, which ${name} gives, could not be seen`,
  );
  return [...kinds, ...bindings];
}

function placeOf({ services: { contexts } }: TreeParts): string {
  return contexts.selected ? `context ${contexts.selected.name}` : 'this cluster';
}
