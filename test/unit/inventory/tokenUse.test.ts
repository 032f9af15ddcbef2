import { describe, expect, it } from 'vitest';
import type { TokenSecretInfo } from '../../../src/cluster/api/objects.ts';
import { SHOW_ALL } from '../../../src/inventory/choices.ts';
import type { Inventory } from '../../../src/inventory/inventory.ts';
import { doubtsAbout } from '../../../src/editor/tree/needs.ts';
import { tokenSecretWords } from '../../../src/editor/tree/rows/tokenSecret.ts';
import { inventoryOf } from '../../support/texts/inventory.ts';
import { notesUses, useInWords, useMeaning, type Noted } from '../../../src/inventory/tokenUse.ts';

const now = Date.UTC(2026, 10, 28) / 1000;
const secret = (more: Partial<TokenSecretInfo> = {}): TokenSecretInfo => ({
  namespace: 'ci',
  name: 's',
  uid: 'u',
  serviceAccount: 'deployer',
  lastUsed: undefined,
  invalidSince: undefined,
  created: Date.UTC(2023, 0, 1) / 1000,
  ...more,
});
const owner = {
  namespace: 'ci',
  name: 'deployer',
  uid: 'd',
  settings: {
    automount: undefined,
    imagePullSecrets: [],
    secrets: ['s'],
    enforcesMountable: false,
    identities: [],
  },
};
const on = (minor: number | undefined, one: TokenSecretInfo): Inventory =>
  inventoryOf({ accounts: [owner], secrets: [one], ...(minor !== undefined && { minor }) });

const noted = (minor: number | undefined, since?: string): Noted => ({ minor, since });

describe('what is known of the use of a token Secret', () => {
  it('is the day of its last use where one is noted', () => {
    expect(useInWords(secret({ lastUsed: '2026-11-01' }), noted(37))).toBe('last used 2026-11-01');
  });

  it('is nothing on a server that notes none, and never that there was none', () => {
    expect(useInWords(secret(), noted(26))).toBe('uses not noted');
    expect(useMeaning(secret(), noted(26), now)).toBe(
      'Whether it is used is not known: this API server notes no uses, which Kubernetes does from 1.27 on.',
    );
    // An alpha feature that somebody turned on.
    expect(notesUses(noted(26, '2026-01-01'))).toBe(true);
    expect([notesUses(noted(27)), notesUses(noted(undefined))]).toEqual([true, undefined]);
  });

  it('is since when uses are noted, and that a year has not passed', () => {
    const tracked = noted(33, '2026-10-29');
    expect(useInWords(secret(), tracked)).toBe('no use recorded since 2026-10-29');
    expect(useMeaning(secret(), tracked, now)).toBe(
      'No use recorded since 2026-10-29 (UTC), when this API server began to note uses. What is used less often than every 31 days shows none yet.',
    );
    expect(useMeaning(secret(), noted(33, '2025-01-01'), now)).toBe(
      'No use recorded since 2025-01-01 (UTC), when this API server began to note uses.',
    );
  });

  it('does not reach back beyond the Secret itself', () => {
    const young = secret({ created: Date.UTC(2026, 10, 20, 13) / 1000 });
    expect(useMeaning(young, noted(33, '2024-01-01'), now)).toContain(
      'No use recorded since 2026-11-20 (UTC), when it was made. What is used less often than every 9 days',
    );
  });

  it('is said to be unknown where nobody could see since when', () => {
    expect(useInWords(secret(), noted(33))).toBe('no use recorded');
    expect(useMeaning(secret(), noted(33), now)).toMatch(/Since when uses are noted could not be seen/);
    expect(useMeaning(secret(), noted(33, 'soon'), now)).toMatch(/could not be seen/);
  });
});

describe('the row of a token Secret', () => {
  const row = (minor: number | undefined, more: Partial<TokenSecretInfo>) => {
    const one = secret({ missing: [], ...more });
    const { description, tooltip } = tokenSecretWords(one, on(minor, one));
    return { description, tooltip: tooltip.join('\n') };
  };

  it('promises no cleaner and no refusal of a server that has none', () => {
    const old = row(28, { invalidSince: '2026-01-01' });
    expect(old.description).toBe('marked invalid since 2026-01-01 · no use recorded');
    expect(old.tooltip).toContain('this API server accepts its token all the same');
    expect(old.tooltip).toContain('no cleaner of legacy tokens, which Kubernetes has from 1.29 on');
    const later = row(29, { invalidSince: '2026-01-01' });
    expect(later.description).toBe(
      'marked invalid since 2026-01-01 · no use recorded · deleted from 2027-01-02',
    );
    expect(later.tooltip).toContain('The API server refuses its token since 2026-01-01');
  });

  it('says that OpenShift pulls with it', () => {
    expect(row(27, { isForPulls: true }).description).toBe('no use recorded · OpenShift pulls with it');
  });
});

describe('the filter of token Secrets of which no use is recorded', () => {
  it('leaves none where no uses are noted, and says why', () => {
    const only = { ...SHOW_ALL, only: ['never-used'] as const };
    const left = (minor: number): number => on(minor, secret({ missing: [] })).countIn('ci', only);
    expect([left(26), left(27)]).toEqual([0, 1]);
    expect(doubtsAbout(on(26, secret()), only)).toEqual([
      'This API server notes no uses, which Kubernetes does from 1.27 on',
    ]);
    expect(doubtsAbout(on(27, secret()), only)).toEqual([]);
  });
});
