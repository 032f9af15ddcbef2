import * as vscode from 'vscode';
import type { ServiceAccountInfo } from '../../cluster/api/objects.ts';
import { Problem } from '../../errors.ts';
import { showsAll, type Choices, type Only, type Sort } from '../../inventory/choices.ts';
import { count, summary, type Inventory } from '../../inventory/inventory.ts';
import { LivePick, nothingTicked, pick as choose, type Choice, type Handle } from '../workbench/say.ts';
import { doubtsAbout } from './needs.ts';

/** As many matches as a person looks through; typing on narrows them down. */
const MATCHES = 200;

interface Found extends Choice {
  readonly account: ServiceAccountInfo;
}

/**
 * Finds a ServiceAccount by typing parts of its name and namespace, among however many there are; undefined where none
 * was chosen. `onDidChange` tells that the inventory has changed, as while it is still being read.
 */
export async function pickServiceAccount(
  inventory: Inventory,
  onDidChange: vscode.Event<void>,
  title?: string,
): Promise<ServiceAccountInfo | undefined> {
  if (inventory.count() === 0) throw new Problem('not-found', 'There is no ServiceAccount to find.');
  const pick = new LivePick<Found>({ title: title ?? '', placeHolder: 'Parts of its name or namespace' });
  const { handle } = pick;
  // Matched here, not in the picker: handing over 100,000 items takes seconds.
  const matches = (): Found[] =>
    inventory.search(handle.value, MATCHES).map((account) => ({
      account,
      label: account.name,
      description: account.namespace,
      detail: summary(inventory, account),
      alwaysShow: true,
    }));
  const update = (): void => {
    pick.title = title ?? `Find one of ${count(inventory.count(), 'ServiceAccount')}`;
    const found = matches();
    if (JSON.stringify(found) === JSON.stringify(pick.items)) return; // Setting them moves the person's place.
    const uid = pick.active[0]?.account.uid;
    pick.items = found;
    pick.active = found.filter(({ account }) => account.uid === uid).slice(0, 1);
  };
  update();
  handle.onDidChangeValue(() => {
    pick.items = matches();
  });
  const changes = onDidChange(update);
  try {
    return await shown(handle, () => pick.active[0]?.account);
  } finally {
    changes.dispose();
  }
}

interface FilterItem extends Choice {
  readonly only?: Only;
  /** Typing does not leave it out: it chooses words. */
  readonly alwaysShow: true;
}

const FILTERS: readonly FilterItem[] = [
  {
    label: 'Has a token Secret',
    description: 'only ServiceAccounts with one',
    only: 'with-token-secret',
    alwaysShow: true,
  },
  {
    label: 'No token Secret',
    description: 'only ServiceAccounts without one',
    only: 'without-token-secret',
    alwaysShow: true,
  },
  {
    label: 'No use recorded',
    description: 'with a token Secret, since uses are noted',
    only: 'never-used',
    alwaysShow: true,
  },
  {
    label: 'May do everything',
    description: 'cluster-admin, or as much',
    only: 'cluster-admin',
    alwaysShow: true,
  },
  {
    label: 'About to end',
    description: 'with a token Secret or an issued token that has 30 days at most',
    only: 'expiring',
    alwaysShow: true,
  },
  { label: 'Hide system namespaces', description: 'those that begin with kube-', alwaysShow: true },
];

/**
 * Lets the person choose what is shown: words by typing, the rest by ticking. Undefined where they left it as it was.
 * `onDidChange` tells that the inventory has changed, as when roles are first read.
 */
export async function pickFilter(
  inventory: Inventory | undefined,
  onDidChange: vscode.Event<void>,
  now: Choices,
): Promise<Choices | undefined> {
  const placeHolder = 'Words that are in the name or namespace';
  const pick = new LivePick<FilterItem>({ title: '', placeHolder, several: true });
  const { handle } = pick;
  handle.value = now.text;
  pick.items = FILTERS;
  pick.selected = FILTERS.filter(({ only }) =>
    only === undefined ? now.hideSystem : now.only.includes(only),
  );
  const chosen = (): Choices => ({
    ...now,
    text: handle.value.trim(),
    only: pick.selected.flatMap(({ only }) => only ?? []),
    hideSystem: pick.selected.some(({ only }) => only === undefined),
  });
  const tell = (): void => {
    if (chosen().only.includes('cluster-admin')) inventory?.followAccess();
    const left = inventory?.count(chosen()).toLocaleString('en');
    const all = inventory && count(inventory.count(), 'ServiceAccount');
    const isSure = !inventory || doubtsAbout(inventory, chosen()).length === 0;
    pick.title =
      left === undefined
        ? 'Filter ServiceAccounts'
        : `Filter: shows ${left} of ${all ?? ''}${isSure ? '' : ', perhaps more'}`;
  };
  tell();
  handle.onDidChangeValue(tell);
  pick.onDidChangeSelection(tell);
  const changes = onDidChange(tell);
  try {
    return await shown(handle, () => {
      if (!showsAll(chosen()) || !showsAll(now)) return chosen();
      pick.title = nothingTicked('Filter ServiceAccounts');
      return undefined;
    });
  } finally {
    changes.dispose();
  }
}

/** Lets the person choose the order of ServiceAccounts; undefined where they left it as it was. */
export async function pickSort(now: Choices): Promise<Choices | undefined> {
  const item = (sort: Sort, label: string, description = ''): Choice & { sort: Sort } => ({
    sort,
    label,
    description,
    iconPath: new vscode.ThemeIcon(sort === now.sort ? 'check' : 'blank'),
  });
  const items = [
    item('name', 'By name'),
    item('newest', 'Newest first'),
    item('last-used', 'Last used first', 'by the uses of their token Secrets'),
  ];
  const picked = await choose(items, { title: 'Sort ServiceAccounts' });
  return picked && { ...now, sort: picked.sort };
}

/** Shows a quick pick; returns what `chosen` gives when it is accepted, undefined when it is left. While that gives nothing, it stays. */
async function shown<T>(handle: Handle, chosen: () => T | undefined): Promise<T | undefined> {
  return await new Promise((resolve) => {
    handle.onDidAccept(() => {
      const answer = chosen();
      if (answer === undefined) return;
      resolve(answer);
      handle.dispose();
    });
    handle.onDidHide(() => {
      resolve(undefined);
      handle.dispose();
    });
    handle.show();
  });
}
