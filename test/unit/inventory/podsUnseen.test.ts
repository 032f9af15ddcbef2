import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../../src/cluster/api/live.ts';
import type { PodUse } from '../../../src/cluster/api/objects.ts';
import { SHOW_ALL } from '../../../src/inventory/choices.ts';
import { groupInWords } from '../../../src/editor/tree/groups.ts';
import { podsUnseen, type Inventory } from '../../../src/inventory/inventory.ts';
import { doubtsAbout } from '../../../src/editor/tree/needs.ts';
import { tokenSecretWords } from '../../../src/editor/tree/rows/tokenSecret.ts';
import { inventoryOf } from '../../support/texts/inventory.ts';

const settings = {
  automount: undefined,
  imagePullSecrets: [],
  secrets: ['old'],
  enforcesMountable: false,
  identities: [],
};
const account = { namespace: 'apps', name: 'web', uid: 'u', settings };
const secret = {
  namespace: 'apps',
  name: 'old',
  uid: 's',
  serviceAccount: 'web',
  lastUsed: '2020-01-01',
  invalidSince: undefined,
  missing: [],
  created: 1_500_000_000,
};
const expiring = { ...SHOW_ALL, only: ['expiring' as const] };

function inventoryWhere(phase: LiveState['phase']): Inventory {
  return inventoryOf({
    accounts: [account],
    secrets: [secret],
    podsState: { phase, problem: undefined },
    minor: 30,
  });
}

const use = (name: string): PodUse => ({
  namespace: 'apps',
  name: 'p',
  uid: 'p',
  serviceAccount: 'web',
  owner: undefined,
  graceSeconds: 30,
  secrets: [{ name, how: 'volume' }],
});

describe('Pods that were not looked at', () => {
  const unasked = inventoryWhere('unasked');
  const group = { kind: 'group', group: 'pods', account } as const;

  it('are not shown as none, nor are those that are being read', () => {
    expect(podsUnseen(unasked, account)).toBe('Pods not looked at yet');
    expect(groupInWords(unasked, group)).toBe('not looked at yet');
    expect(podsUnseen(inventoryWhere('loading'), account)).toBe('Pods loading…');
    expect(podsUnseen(inventoryWhere('ready'), account)).toBe('');
    expect(groupInWords(inventoryWhere('ready'), group)).toBe('none');
  });

  it('leave it open what the cleaner does to a token Secret', () => {
    const row = tokenSecretWords(secret, unasked);
    expect(row.description).not.toMatch(/cleaner|deleted/);
    expect(row.tooltip).toContain('Whether a Pod names it was not looked at yet.');
    expect(tokenSecretWords(secret, inventoryWhere('ready')).description).toMatch(/cleaner from/);
  });
});

describe('a filter that goes by Pods', () => {
  it('says what was not looked at, and that there may be more', () => {
    const inventory = inventoryWhere('unasked');
    expect(inventory.undecided()).toEqual([secret]);
    expect(inventory.count(expiring)).toBe(0);
    expect(doubtsAbout(inventory, expiring)).toEqual([
      'Whether Pods name 1 token Secret was not looked at: filter again to look',
    ]);
  });

  it.each([
    ['none', [use('other')], 1],
    ['one', [use('old')], 0],
  ])('knows once all were looked through, where %s names it', (_, items, left) => {
    const inventory = inventoryWhere('unasked');
    expect(inventory.count(expiring)).toBe(0);
    inventory.looked([secret], { items, problem: undefined });
    expect(inventory.undecided()).toEqual([]);
    expect(inventory.count(expiring)).toBe(left);
    expect(doubtsAbout(inventory, expiring)).toEqual([]);
  });

  it('says the right that it lacked where they could not be seen', () => {
    const inventory = inventoryWhere('unasked');
    inventory.looked([secret], { items: [], problem: 'Needs list pods.' });
    expect(doubtsAbout(inventory, expiring)).toEqual(['Needs list pods.']);
  });
});
