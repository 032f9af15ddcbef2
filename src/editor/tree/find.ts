import * as vscode from 'vscode';
import type { ServiceAccountInfo } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import { count, NO_FILTER, summary, type Filter, type Inventory } from './inventory.ts';

/** As many matches as a person looks through; typing on narrows them down. */
const MATCHES = 200;

/** Finds a ServiceAccount by typing parts of its name and namespace, among however many there are; undefined where none was chosen. */
export async function pickServiceAccount(inventory: Inventory): Promise<ServiceAccountInfo | undefined> {
  if (inventory.count() === 0) throw new Problem('not-found', 'There is no ServiceAccount to find.');
  const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { account: ServiceAccountInfo }>();
  pick.title = `Find one of ${count(inventory.count(), 'ServiceAccount')}`;
  pick.placeholder = 'Parts of its name or namespace';
  // Matched here, not in the picker: handing over 100,000 items takes seconds.
  const update = (): void => {
    pick.items = inventory.search(pick.value, MATCHES).map((account) => ({
      account,
      label: account.name,
      description: account.namespace,
      detail: summary(inventory, account),
      alwaysShow: true,
    }));
  };
  update();
  pick.onDidChangeValue(update);
  return await new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.activeItems[0]?.account);
      pick.dispose();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

/** Lets the person choose what is shown; undefined where they left it as it was. */
export async function pickFilter(filter: Filter): Promise<Filter | undefined> {
  const ticked = (on: boolean): vscode.ThemeIcon => new vscode.ThemeIcon(on ? 'check' : 'blank');
  const items: (vscode.QuickPickItem & { next: () => Promise<Filter | undefined> | Filter })[] = [
    {
      label: 'Name or namespace holds…',
      description: filter.text,
      iconPath: ticked(filter.text !== ''),
      next: async () => {
        const text = await vscode.window.showInputBox({
          title: 'Show ServiceAccounts whose name or namespace holds',
          value: filter.text,
          prompt: 'Several words must all be there; empty shows all',
        });
        return text === undefined ? undefined : { ...filter, text: text.trim() };
      },
    },
    {
      label: 'No token Secret',
      description: 'only ServiceAccounts without one',
      iconPath: ticked(filter.withoutTokenSecret),
      next: () => ({ ...filter, withoutTokenSecret: !filter.withoutTokenSecret }),
    },
    {
      label: 'Hide system namespaces',
      description: 'those that begin with kube-',
      iconPath: ticked(filter.hideSystem),
      next: () => ({ ...filter, hideSystem: !filter.hideSystem }),
    },
    { label: 'Show all', iconPath: ticked(false), next: () => NO_FILTER },
  ];
  const picked = await vscode.window.showQuickPick(items, { title: 'Filter ServiceAccounts' });
  return await picked?.next();
}

/** The filter in words; empty where there is none. */
export function filterInWords({ text, withoutTokenSecret, hideSystem }: Filter): string {
  return [
    ...(text === '' ? [] : [`holds "${text}"`]),
    ...(withoutTokenSecret ? ['no token Secret'] : []),
    ...(hideSystem ? ['without kube- namespaces'] : []),
  ].join(', ');
}
