import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import { messageOf, Problem } from '../../errors.ts';
import { nameProblem, namespaceProblem } from '../../manifest/names.ts';
import type { Services } from '../workbench/services.ts';
import { accountOfNode } from '../subject/row.ts';
import type { Subject } from '../subject/subject.ts';
import type { Asker } from '../workbench/ask.ts';

/** The ServiceAccount that a row of the tree stands for or belongs to. */
export function accountOf(about: Subject | undefined): ObjectRef | undefined {
  return about?.is === 'row' ? accountOfNode(about.row) : undefined;
}

interface Item extends vscode.QuickPickItem {
  readonly account?: ObjectRef;
}

const TYPED: Item = { label: 'Type a Name…', iconPath: new vscode.ThemeIcon('edit'), alwaysShow: true };
const SEVERAL: Item = { label: 'Several…', iconPath: new vscode.ThemeIcon('checklist'), alwaysShow: true };

/** Asks for a ServiceAccount: one of the cluster's, or one typed, as where none may be listed. */
export async function askAccount(services: Services, ask: Asker): Promise<ObjectRef> {
  const { account } = await pickAccount(services, ask, [TYPED]);
  return account ?? (await typeAccount(services.contexts.selected?.namespace ?? 'default', ask));
}

/** Asks for ServiceAccounts: one, as `askAccount` does, or several of the cluster's. */
export async function askAccounts(services: Services, ask: Asker): Promise<readonly ObjectRef[]> {
  const item = await pickAccount(services, ask, [SEVERAL, TYPED]);
  if (item.account) return [item.account];
  if (item !== SEVERAL) return [await typeAccount(services.contexts.selected?.namespace ?? 'default', ask)];
  const chosen = await ask.pickMany<Item>({
    placeholder: 'Check ServiceAccounts',
    items: async (signal) => {
      const cluster = await services.contexts.cluster();
      return (await cluster.serviceAccounts(signal)).map(itemOf);
    },
  });
  return chosen.flatMap(({ account }) => account ?? []);
}

function itemOf(account: ObjectRef): Item {
  return { label: account.name, description: account.namespace, account };
}

async function pickAccount({ contexts }: Services, ask: Asker, more: readonly Item[]): Promise<Item> {
  return await ask.pick<Item>({
    placeholder: 'Which ServiceAccount?',
    items: async (signal) => {
      try {
        const cluster = await contexts.cluster();
        const found = await cluster.serviceAccounts(signal);
        return [...found.map(itemOf), ...more];
      } catch (error) {
        if (Problem.is(error, 'cancelled') || !Problem.is(error)) throw error;
        return [{ ...TYPED, detail: `They cannot be listed. ${messageOf(error)}` }];
      }
    },
  });
}

/** Asks for a ServiceAccount by its names. */
export async function typeAccount(namespace: string, ask: Asker): Promise<ObjectRef> {
  const parse = (value: string): ObjectRef | string => {
    const [first = '', second, ...more] = value.trim().split('/');
    if (second === undefined || more.length > 0) return 'Type namespace/name.';
    return namespaceProblem(first) ?? nameProblem(second) ?? { namespace: first, name: second };
  };
  const typed = await ask.input({
    prompt: 'The ServiceAccount as namespace/name',
    value: `${namespace}/`,
    selected: 0,
    check: (value) => {
      const account = parse(value);
      return typeof account === 'string' ? account : undefined;
    },
  });
  const account = parse(typed);
  if (typeof account === 'string') throw new Problem('bad-input', account);
  return account;
}
