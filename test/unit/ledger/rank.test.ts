import { describe, expect, it } from 'vitest';
import type { PodUse, SecretMention, TokenSecretInfo, Uses } from '../../../src/cluster/api.ts';
import { rankSecrets } from '../../../src/editor/ledger/legacy/rank.ts';

const secret = (name: string, lastUsed?: string, invalidSince?: string): TokenSecretInfo => ({
  namespace: 'ci',
  name,
  uid: name,
  serviceAccount: 'deployer',
  lastUsed,
  invalidSince,
});
const pod = (name: string, how: SecretMention['how'], named: string, namespace = 'ci'): PodUse => ({
  namespace,
  name,
  uid: name,
  serviceAccount: 'deployer',
  owner: undefined,
  graceSeconds: 30,
  secrets: [{ name: named, how }],
});
const uses = (pods: readonly PodUse[], problem?: string): Uses => ({
  pods: { items: pods, problem },
  serviceAccounts: { items: [], problem: undefined },
});
const ranked = (secrets: readonly TokenSecretInfo[], used = uses([])) =>
  rankSecrets(secrets, used).map((one) => one.secret.name);

describe('token Secrets on their way out', () => {
  it('come in the order in which one is rid of them: refused, never used, then the longest unused', () => {
    const secrets = [
      secret('today', '2026-11-24'),
      secret('never'),
      secret('old', '2025-01-02'),
      secret('invalid', '2026-11-23', '2026-11-01'),
    ];
    expect(ranked(secrets)).toEqual(['invalid', 'never', 'old', 'today']);
  });

  it('come after others of the same use where Pods name them, of their own namespace', () => {
    const used = uses([pod('a', 'volume', 'b-used'), pod('x', 'volume', 'c-free', 'elsewhere')]);
    expect(ranked([secret('b-used'), secret('c-free')], used)).toEqual(['c-free', 'b-used']);
  });

  it('have advice by who uses them', () => {
    const advice = (one: TokenSecretInfo, used = uses([])): string =>
      rankSecrets([one], used)[0]?.advice ?? '';
    expect(advice(secret('s'))).toMatch(/no Pod names it: delete it/);
    expect(advice(secret('s', '2026-11-01'))).toMatch(/outside: issue a revocable kubeconfig/);
    expect(advice(secret('s'), uses([pod('p', 'volume', 's')]))).toMatch(/^Mount a projected token/);
    expect(advice(secret('s'), uses([pod('p', 'env', 's')]))).toMatch(/environment variable/);
  });

  it('are not said to be named by nobody where Pods could not be seen', () => {
    const [found] = rankSecrets([secret('s')], uses([], 'Needs list pods.'));
    expect(found?.advice).toMatch(/could not be seen/);
  });
});
