import { describe, expect, it } from 'vitest';
import type { PodUse, SecretMention, TokenSecretInfo, Uses } from '../../../src/cluster/api/objects.ts';
import { rankSecrets } from '../../../src/inventory/rank.ts';
import type { Noted } from '../../../src/inventory/tokenUse.ts';

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
  rankSecrets(secrets, used, NOWHERE, tracked, now).map((one) => one.secret.name);
const NOWHERE = new Map<string, readonly string[]>();
const now = Date.UTC(2026, 10, 28) / 1000;
/** A server that has noted uses for more than a year. */
const tracked: Noted = { minor: 37, since: '2024-01-01' };

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
      rankSecrets([one], used, NOWHERE, tracked, now)[0]?.advice ?? '';
    expect(advice(secret('s', '2026-11-01'))).toMatch(/outside: issue a revocable kubeconfig/);
    expect(advice(secret('s'), uses([pod('p', 'volume', 's')]))).toMatch(/^Mount a projected token/);
    expect(advice(secret('s'), uses([pod('p', 'env', 's')]))).toMatch(/environment variable/);
  });

  it('are in use, as lately as an audit log saw them, whatever the server noted', () => {
    const place = { address: '192.0.2.9', forwarded: '', agent: 'old/1', pod: '', node: '' };
    const span = { count: 2, first: now - 7200, last: now - 3600 };
    const inLog = {
      log: 'audit.log',
      use: { name: 'never', isListed: false, ...span, places: [{ ...place, ...span }] },
    };
    const secrets = [secret('never'), secret('today', '2026-11-27'), secret('silent')];
    const found = rankSecrets(secrets, uses([]), NOWHERE, tracked, now, ({ name }) =>
      name === 'never' ? inLog : undefined,
    );
    expect(found.map(({ secret: { name }, use }) => [name, use])).toEqual([
      ['silent', 'unused'],
      ['today', 'used'],
      ['never', 'used'],
    ]);
    expect(found[2]?.advice).toMatch(
      /^In audit\.log it was used 2 times, last 1 h ago from 192\.0\.2\.9 by old\/1\. /,
    );
  });

  it('are not said to be named by nobody where Pods could not be seen', () => {
    const [found] = rankSecrets([secret('s')], uses([], 'Needs list pods.'), NOWHERE, tracked, now);
    expect(found?.advice).toMatch(/could not be seen/);
  });

  it('are never to be deleted because nothing was seen', () => {
    const servers: readonly Noted[] = [
      { minor: 25, since: undefined },
      { minor: 28, since: '2026-09-01' },
      { minor: 37, since: undefined },
      { minor: undefined, since: undefined },
      tracked,
    ];
    for (const noted of servers) {
      const [found] = rankSecrets([secret('s')], uses([]), NOWHERE, noted, now);
      expect(found?.advice).not.toMatch(/: delete it|then delete it|breaks nothing/);
      expect(found?.advice).toMatch(/no proof|Ask the owners of ServiceAccount deployer/);
    }
  });

  it('are said to be unknown in their use by a server that records none', () => {
    const [found] = rankSecrets([secret('s')], uses([]), NOWHERE, { minor: 26, since: undefined }, now);
    expect(found?.use).toBe('unknown');
    expect(found?.advice).toMatch(/^Whether it is used is not known: this API server notes no uses/);
  });

  it('are refused where they are marked invalid, by a server that minds', () => {
    const marked = secret('s', '2026-01-01', '2026-02-01');
    const on = (minor: number, one = marked) =>
      rankSecrets([one], uses([]), NOWHERE, { minor, since: '2024-01-01' }, now)[0];
    expect(on(28)?.use).toBe('used');
    expect(on(29)?.use).toBe('refused');
    expect(on(29)?.advice).toMatch(/no try since is recorded: deleting it breaks nothing/);
    expect(on(29, secret('s', '2026-11-01', '2026-02-01'))?.advice).toMatch(
      /somebody tried it on 2026-11-01/,
    );
  });

  it('are left where OpenShift pulls images with them, whatever else holds', () => {
    const [found] = rankSecrets([{ ...secret('s'), isForPulls: true }], uses([]), NOWHERE, tracked, now);
    expect([found?.use, found?.advice]).toEqual(['pulls', expect.stringMatching(/^Leave it: OpenShift/)]);
  });

  it('come later where uses are noted for less than a year, or a file of the workspace holds the token', () => {
    const made = (name: string, year: number) => ({ ...secret(name), created: Date.UTC(year, 0, 1) / 1000 });
    const files = new Map([['ci/held', ['deploy/ci.kubeconfig']]]);
    const secrets = [made('held', 2020), made('young', 2026), made('old', 2024), made('oldest', 2020)];
    const found = rankSecrets(secrets, uses([]), files, tracked, now);
    expect(found.map((one) => [one.secret.name, one.use])).toEqual([
      ['oldest', 'unused'],
      ['old', 'unused'],
      ['young', 'early'],
      ['held', 'here'],
    ]);
    expect(found.at(-1)?.advice).toMatch(/^Put another credential into deploy\/ci.kubeconfig first/);
  });

  it('are not told twice that no use is recorded, and never to be deleted for it', () => {
    const [found] = rankSecrets([secret('s')], uses([]), NOWHERE, { minor: 37, since: '2026-09-01' }, now);
    expect(found?.advice).toMatch(
      /^What is used less often than every 89 days shows none yet\. That nothing/,
    );
    expect(found?.advice).not.toMatch(/No use recorded|[Dd]elete/);
  });
});
