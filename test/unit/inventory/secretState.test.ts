import { describe, expect, it } from 'vitest';
import type { ServiceAccountInfo, TokenSecretInfo } from '../../../src/cluster/api/objects.ts';
import { cleaning } from '../../../src/inventory/cleaner.ts';
import { secretState } from '../../../src/inventory/secretState.ts';

const secret = (more: Partial<TokenSecretInfo> = {}): TokenSecretInfo => ({
  namespace: 'ci',
  name: 'deployer-token',
  uid: 'u',
  serviceAccount: 'deployer',
  serviceAccountUid: 'sa-uid',
  lastUsed: undefined,
  invalidSince: undefined,
  missing: [],
  created: Date.UTC(2024, 0, 1, 12) / 1000,
  ...more,
});
const account = (secrets: readonly string[] = []): ServiceAccountInfo => ({
  namespace: 'ci',
  name: 'deployer',
  uid: 'sa-uid',
  settings: {
    automount: undefined,
    imagePullSecrets: [],
    secrets,
    enforcesMountable: false,
    identities: [],
  },
});

describe('a token Secret', () => {
  it.each<[string, Partial<TokenSecretInfo>, ServiceAccountInfo | 'missing' | 'unknown']>([
    ['filled', {}, account()],
    ['filled', { serviceAccountUid: undefined }, account()],
    ['waiting', { missing: ['token'] }, account()],
    ['unknown', { missing: undefined }, account()],
    ['invalid', { invalidSince: '2026-01-01' }, account()],
    ['other-uid', { serviceAccountUid: 'an earlier one', invalidSince: '2026-01-01' }, account()],
    ['orphan', {}, 'missing'],
    // Where ServiceAccounts may not be listed, nobody can say that one is missing.
    ['filled', { serviceAccountUid: 'any' }, 'unknown'],
  ])('is %s where it is %j', (kind, more, of) => {
    expect(secretState(secret(more), of).kind).toBe(kind);
  });
});

describe('the cleaner of legacy tokens', () => {
  const listed = account(['deployer-token']);

  it('leaves alone what the ServiceAccount does not list, and what it cannot read', () => {
    expect(cleaning(secret(), account(['another']), '2024-01-01')).toBeUndefined();
    expect(cleaning(secret({ lastUsed: 'yesterday' }), listed, '2024-01-01')).toBeUndefined();
  });

  it('marks what is unused for 365 days since it was made, used, or uses began to be noted', () => {
    const from = (more: Partial<TokenSecretInfo>, since: string | undefined): string | undefined =>
      cleaning(secret(more), listed, since)?.from;
    expect(from({}, '2023-01-01')).toBe('2024-12-31'); // 2024 has 366 days.
    expect(from({ lastUsed: '2025-06-01' }, '2023-01-01')).toBe('2026-06-02');
    expect(from({}, '2026-01-01')).toBe('2027-01-02');
    expect(cleaning(secret(), listed, undefined)).toEqual({
      does: 'invalidate',
      from: '2024-12-31',
      isExact: false,
    });
  });

  it('deletes what it has marked, another 365 days later', () => {
    expect(cleaning(secret({ invalidSince: '2026-01-01' }), listed, '2023-01-01')).toEqual({
      does: 'delete',
      from: '2027-01-02',
      isExact: true,
    });
  });
});
