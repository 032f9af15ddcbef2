import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../src/cluster/api/live.ts';
import { Problem } from '../../src/errors.ts';
import { SHOW_ALL, type Choices } from '../../src/inventory/choices.ts';
import { type Inventory, summary } from '../../src/inventory/inventory.ts';
import { doubtsAbout } from '../../src/editor/tree/needs.ts';
import { isTreeNode, nodeId } from '../../src/editor/subject/row.ts';
import { inventoryOf, READY } from '../support/texts/inventory.ts';

const account = (namespace: string, name: string) => ({ namespace, name, uid: `uid of ${name}` });
const secret = (namespace: string, serviceAccount: string) => ({
  ...account(namespace, `${serviceAccount}-token`),
  serviceAccount,
  lastUsed: undefined,
  invalidSince: undefined,
});
const pod = (name: string) => ({
  ...account('kube-system', name),
  serviceAccount: 'mycontroller',
  phase: 'Pending',
  projectedTokens: [],
});

/** Rows in memory, as the live view has them, with what it says of the token Secrets. */
function inventoryWith(tokenSecrets: LiveState): Inventory {
  return inventoryOf({
    accounts: [
      account('kube-system', 'mycontroller'),
      account('kube-system', 'default'),
      account('apps', 'web'),
      account('apps', 'my-web'),
    ],
    // The same names in another namespace are another ServiceAccount's.
    secrets: tokenSecrets.phase === 'ready' ? [secret('apps', 'web'), secret('other', 'web')] : [],
    pods: [pod('b'), pod('a')],
    tokenSecrets,
  });
}

const inventory = inventoryWith(READY);
const names = (of: Inventory, choices: Choices): string[] =>
  of
    .namespaces(choices)
    .flatMap((namespace) => of.accounts(namespace, choices).map(({ name }) => `${namespace}/${name}`));

describe('the inventory of a cluster', () => {
  it('lists namespaces and ServiceAccounts in order of their names', () => {
    expect(names(inventory, SHOW_ALL)).toEqual([
      'apps/my-web',
      'apps/web',
      'kube-system/default',
      'kube-system/mycontroller',
    ]);
  });

  it('says what a ServiceAccount has', () => {
    expect(summary(inventory, account('apps', 'web'))).toBe('1 token Secret');
    expect(summary(inventory, account('kube-system', 'mycontroller'))).toBe('2 Pods');
  });

  it('says so where Secrets could not be listed, and not that there is no token Secret, which is the rule', () => {
    const problem = new Problem('forbidden', 'Needs list secrets.');
    const blind = inventoryWith({ phase: 'forbidden', problem });
    expect(summary(blind, account('apps', 'web'))).toBe('token Secrets: cannot tell');
    expect(blind.known('tokenSecrets', 'apps')).toEqual({ forbidden: 'Needs list secrets.' });
  });

  it('says nothing of token Secrets before they are known', () => {
    const early = inventoryWith({ phase: 'loading', problem: undefined });
    expect(summary(early, account('apps', 'web'))).toBe('');
  });

  it('filters by words of namespace and name, by missing token Secret, and by system namespace', () => {
    expect(names(inventory, { ...SHOW_ALL, text: 'APPS my' })).toEqual(['apps/my-web']);
    expect(names(inventory, { ...SHOW_ALL, only: ['without-token-secret'], hideSystem: true })).toEqual([
      'apps/my-web',
    ]);
  });

  it('leaves nothing by what cannot be seen, and says so', () => {
    const only: Choices = { ...SHOW_ALL, only: ['without-token-secret'] };
    expect(doubtsAbout(inventory, only)).toEqual([]);
    const problem = new Problem('forbidden', 'Needs list secrets.');
    const blind = inventoryWith({ phase: 'forbidden', problem });
    expect(names(blind, only)).toEqual([]);
    expect(doubtsAbout(blind, only)).toEqual([
      'Token Secrets cannot be seen: needs list and watch on secrets in every namespace',
    ]);
    expect(doubtsAbout(blind, SHOW_ALL)).toEqual([]);
    const early = inventoryWith({ phase: 'loading', problem: undefined });
    expect(names(early, only)).toEqual([]);
    expect(doubtsAbout(early, only)).toEqual(['Token Secrets are still being read']);
  });

  it('finds names that begin with what was typed before names that hold it', () => {
    expect(inventory.search('my', 10).map(({ name }) => name)).toEqual(['my-web', 'mycontroller']);
    expect(inventory.search('web', 10).map(({ name }) => name)).toEqual(['web', 'my-web']);
    expect(inventory.search('web', 1)).toHaveLength(1);
    expect(inventory.search('no such', 10)).toEqual([]);
  });
});

describe('the order of rows', () => {
  const made = (name: string, created: number) => ({ ...account('apps', name), created });
  const used = (name: string, lastUsed: string | undefined) => ({
    ...secret('apps', name),
    lastUsed,
    missing: [],
  });
  const rows = inventoryOf({
    accounts: [made('a', 1), made('b', 3), made('c', 2), account('kube-system', 'd')],
    secrets: [used('a', '2026-01-01'), used('b', undefined), used('c', '2026-02-01'), secret('apps', 'gone')],
  });

  it.each([
    ['name', ['a', 'b', 'c']],
    ['newest', ['b', 'c', 'a']],
    ['last-used', ['c', 'a', 'b']],
  ] as const)('is by %s', (sort, expected) => {
    expect(rows.accounts('apps', { ...SHOW_ALL, sort }).map(({ name }) => name)).toEqual(expected);
  });

  it('puts namespaces with a star first', () => {
    expect(rows.namespaces({ ...SHOW_ALL, starred: ['kube-system', 'not-there'] })).toEqual([
      'kube-system',
      'apps',
    ]);
  });

  it('leaves token Secrets that were never used, and such as are about to end', () => {
    expect(names(rows, { ...SHOW_ALL, only: ['never-used'] })).toEqual(['apps/b']);
    expect(names(rows, { ...SHOW_ALL, only: ['expiring'] })).toEqual([]);
  });

  it('keeps orphans in sight, unless the words are about something else', () => {
    const orphans = (choices: Choices): string[] => rows.orphans('apps', choices).map(({ name }) => name);
    expect(orphans(SHOW_ALL)).toEqual(['gone-token']);
    expect(orphans({ ...SHOW_ALL, text: 'apps gone' })).toEqual(['gone-token']);
    expect(orphans({ ...SHOW_ALL, text: 'other' })).toEqual([]);
    expect(orphans({ ...SHOW_ALL, only: ['cluster-admin'] })).toEqual([]);
  });
});

describe('a row', () => {
  it('keeps its id when its object is replaced by one of the same name', () => {
    const before = nodeId({ kind: 'serviceAccount', info: account('apps', 'web') });
    expect(nodeId({ kind: 'serviceAccount', info: { ...account('apps', 'web'), uid: 'another' } })).toBe(
      before,
    );
  });

  it('is told from whatever else a command may be given', () => {
    fc.assert(fc.property(fc.anything(), (value) => !isTreeNode(value)));
    expect(isTreeNode({ kind: 'namespace', name: 'apps' })).toBe(true);
  });
});
