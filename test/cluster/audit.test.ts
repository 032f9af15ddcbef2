import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../sandbox/eventually.ts';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { leastRoles } from '../../src/audit/leastRole.ts';
import { rolesYaml } from '../../src/audit/roleYaml.ts';
import type { AccountUse, AuditSummary } from '../../src/audit/summary.ts';
import { modelOf } from '../../src/editor/audit/model.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { does } from '../../src/versions.ts';
import { parseAllDocuments } from 'yaml';
import { elsewhere, startAudited, type Audited, type Sent } from '../support/cluster/audited.ts';
import { claimsOf, keyIdOf, signed, signingKeyOf } from '../support/cluster/configured.ts';

const LEVELS = { metadata: 'Metadata', request: 'Request', response: 'RequestResponse' } as const;
const NAMESPACES = Object.keys(LEVELS);
/** Whether the server that is tried tells which token it was: it does so from the version on that gives each an id. */
const { minor } = inject('controlPlane');
const hasIds = does(minor, 'names jti and Node in tokens') === true;
const mindsMark = does(minor, 'refuses what is marked invalid') === true;
/** So many tokens are refused with 401 in each namespace. */
const REFUSED = mindsMark ? 8 : 7;

let folder: string;
let audited: Audited;
let plane: ControlPlane;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audited-'));
  audited = await startAudited(folder, [
    ...Object.entries(LEVELS).map(([namespace, level]) => ({ level, namespaces: [namespace] })),
    { level: 'Metadata' },
  ]);
  ({ plane } = audited);
});
afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true });
});

type TokenOf = (name: string, spec?: object) => Promise<string>;

const boundTo = (kind: string, name: string): object => ({
  boundObjectRef: { apiVersion: 'v1', kind, name },
});

/** Waits until a server refuses a token, as it remembers for a while that it took it. */
async function untilRefused(token: string): Promise<void> {
  await eventually('the token to be refused', async () => {
    const review = await plane.request('POST', '/apis/authentication.k8s.io/v1/tokenreviews', {
      spec: { token },
    });
    return (review as { status: { authenticated?: boolean } }).status.authenticated !== true;
  });
}

/** Tokens that are refused with 401, each for another cause. */
async function refusedTokens(namespace: string, tokenOf: TokenOf, pods: string): Promise<string[]> {
  const { request } = plane;
  const core = `/api/v1/namespaces/${namespace}`;
  const good = await tokenOf('refused');
  const now = Math.floor(Date.now() / 1000);
  const expired = { ...claimsOf(good), iat: now - 900, nbf: now - 900, exp: now - 100 };
  const gone = [
    [await tokenOf('pod', boundTo('Pod', 'gone-0')), `${pods}/gone-0`],
    [await tokenOf('ci', boundTo('Secret', 'gone')), `${core}/secrets/gone`],
    [await tokenOf('gone'), `${core}/serviceaccounts/gone`],
  ] as const;
  for (const [, path] of gone) await request('DELETE', path, { gracePeriodSeconds: 0 });
  for (const [token] of gone) await untilRefused(token);
  return [
    `${good}x`,
    'nonsense',
    await tokenOf('refused', { audiences: ['vault'] }),
    await signed(expired, await signingKeyOf(plane), keyIdOf(good)),
    ...gone.map(([token]) => token),
  ];
}

/** What every client does in one namespace. */
async function clients(namespace: string): Promise<{ readonly bound: string; readonly ofSecret: string }> {
  const { send } = audited;
  const { request } = plane;
  const core = `/api/v1/namespaces/${namespace}`;
  await request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  for (const name of ['legacy', 'stale', 'pod', 'ci', 'proxy', 'refused', 'gone']) {
    await request('POST', `${core}/serviceaccounts`, { metadata: { name } });
  }
  await request('POST', `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
    metadata: { name: 'all' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
    subjects: ['legacy', 'stale', 'pod', 'ci', 'proxy'].map((name) => ({
      kind: 'ServiceAccount',
      name,
      namespace,
    })),
  });
  const type = 'kubernetes.io/service-account-token';
  const annotations = { 'kubernetes.io/service-account.name': 'legacy' };
  await request('POST', `${core}/secrets`, { metadata: { name: 'legacy-token', annotations }, type });
  const labels = { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' };
  await request('POST', `${core}/secrets`, { metadata: { name: 'marked', annotations, labels }, type });
  for (const name of ['sentinel', 'gone']) await request('POST', `${core}/secrets`, { metadata: { name } });
  const containers = [{ name: 'c', image: 'none' }];
  for (const [name, serviceAccountName] of [
    ['pod-0', 'pod'],
    ['gone-0', 'pod'],
    ['stale-0', 'stale'],
  ]) {
    await request('POST', `${core}/pods`, { metadata: { name }, spec: { serviceAccountName, containers } });
  }
  const tokenOf: TokenOf = async (name, spec = {}) => {
    const made = await request('POST', `${core}/serviceaccounts/${name}/token`, { spec });
    return (made as { status: { token: string } }).status.token;
  };
  const legacy = await audited.tokenOf(namespace, 'legacy-token');
  const fresh = await tokenOf('stale', boundTo('Pod', 'stale-0'));
  const claims = claimsOf(fresh);
  const own = claims['kubernetes.io'] as object;
  const warnafter = Math.floor(Date.now() / 1000) - 600;
  const stale = await signed(
    { ...claims, 'kubernetes.io': { ...own, warnafter } },
    await signingKeyOf(plane),
    keyIdOf(fresh),
  );
  const bound = await tokenOf('pod', boundTo('Pod', 'pod-0'));
  const ofSecret = await tokenOf('ci', boundTo('Secret', 'sentinel'));
  const pods = `${core}/pods`;
  for (let count = 0; count < 3; count++) await send(legacy, pods, { agent: 'old/1' });
  for (let count = 0; count < 2; count++) await send(stale, pods);
  for (let count = 0; count < 4; count++) await send(bound, pods);
  await send(bound, `${core}/secrets`, {
    agent: 'curl/8',
    from: elsewhere,
  });
  await send(ofSecret, `${pods}?watch=1&timeoutSeconds=1`);
  await send(ofSecret, `${core}/services/none/proxy/`);
  await send(await tokenOf('proxy'), pods, { as: `system:serviceaccount:${namespace}:pod` });
  const refused = await tokenOf('refused');
  for (let count = 0; count < 2; count++) await send(refused, `${core}/secrets`);
  await send(refused, pods, { as: `system:serviceaccount:${namespace}:pod` });
  // Where the server does not mind the mark, it is one more legacy token.
  if (mindsMark) await send(await audited.tokenOf(namespace, 'marked'), pods);
  const no = await refusedTokens(namespace, tokenOf, pods);
  expect(await Promise.all(no.map(async (token) => await send(token, pods)))).toEqual(no.map(() => 401));
  return { bound, ofSecret };
}

const jtiOf = (token: string): string => String(decodeToken(token)?.claims['jti']);

describe('the audit log of a real server', () => {
  let all: readonly { readonly bound: string; readonly ofSecret: string }[];
  let summary: AuditSummary;
  beforeAll(async () => {
    all = await Promise.all(NAMESPACES.map(clients));
    const refused = (one: AuditSummary): number =>
      one.refusals.filter(({ code }) => code === 401).reduce((sum, { count }) => sum + count, 0);
    summary = await audited.told((one) => refused(one) >= NAMESPACES.length * REFUSED);
  });

  it.each(NAMESPACES)('tells exactly who came with what, at the level of the namespace %s', (namespace) => {
    const told = Object.fromEntries(
      summary.accounts
        .filter((account) => account.namespace === namespace)
        .map(({ name, byKind, refused, actedAs, actedAsIt }) => [
          name,
          [
            byKind.legacy?.count ?? 0,
            byKind.stale?.count ?? 0,
            byKind.bound?.count ?? 0,
            byKind.untold?.count ?? 0,
            refused,
            actedAs,
            actedAsIt,
          ],
        ]),
    );
    const bound = (count: number): readonly number[] => (hasIds ? [count, 0] : [0, count]);
    expect(told).toEqual({
      legacy: [3, 0, 0, 0, 0, 0, 0],
      stale: [0, 2, 0, 0, 0, 0, 0],
      pod: [0, 0, ...bound(5), 0, 0, 1],
      ci: [0, 0, ...bound(2), 0, 0, 0],
      proxy: [0, 0, ...bound(1), 0, 1, 0],
      // It may not act as others: refused before it is somebody else.
      refused: [0, 0, ...bound(3), 3, 0, 0],
    });
    expect(summary.broken).toBe(0);
    const { secrets = [], uid } =
      summary.accounts.find((one) => one.namespace === namespace && one.name === 'legacy') ?? {};
    expect(uid).toMatch(/^[\da-f-]{36}$/);
    expect(secrets.map(({ name, count, places }) => [name, count, places.map(({ agent }) => agent)])).toEqual(
      hasIds ? [['legacy-token', 3, ['old/1']]] : [],
    );
  });

  it('says what this server’s log cannot tell', () => {
    const looked = {
      name: 'audit.log',
      now: 0,
      filter: '',
      account: undefined,
      token: undefined,
      canCompare: false,
    };
    const { cannotTell } = modelOf(summary, { ...looked, state: 'read' });
    const said = (words: RegExp): boolean => cannotTell.some((one) => words.test(one));
    expect([
      said(/^Which token it was, and of which Pod/),
      said(/whether its token was bound/),
      said(/of which Secret: the server does not note it/),
    ]).toEqual([!hasIds, !hasIds, !hasIds]);
  });

  it.runIf(hasIds)('tells a token’s trail from its issue to where it was used away from its Pod', () => {
    for (const [at, { bound, ofSecret }] of all.entries()) {
      const token = summary.tokens.find(({ jti }) => jti === jtiOf(bound));
      expect([token?.pod, token?.used?.count, token?.issued?.by]).toEqual(['pod-0', 5, 'sandbox-admin']);
      expect(token?.strange).toEqual(elsewhere === '127.0.0.1' ? [] : [elsewhere]);
      const other = summary.tokens.find(({ jti }) => jti === jtiOf(ofSecret));
      const isLogged = NAMESPACES[at] !== 'metadata';
      expect([other?.issued?.boundTo, other?.issued?.life]).toEqual(
        isLogged ? ['Secret sentinel', 3600] : [undefined, undefined],
      );
    }
    expect(summary.answersWithToken).toBeGreaterThan(0);
  });

  it('tells that tokens were no good, and neither whose they were nor why: the server notes not even the mark of a Secret', () => {
    const unknown = summary.refusals.filter(({ code }) => code === 401);
    expect(unknown.map(({ who, why, count }) => [who, why, count])).toEqual([
      ['', 'Unauthorized', NAMESPACES.length * REFUSED],
    ]);
  });
});

describe('the least Role of twenty workloads', () => {
  const core = '/api/v1/namespaces/work';
  const kinds: readonly (readonly [resource: string, path: string])[] = [
    ['configmaps', `${core}/configmaps`],
    ['services', `${core}/services`],
    ['deployments', '/apis/apps/v1/namespaces/work/deployments'],
    ['leases', '/apis/coordination.k8s.io/v1/namespaces/work/leases'],
    ['nodes', '/api/v1/nodes'],
    ['namespaces', '/api/v1/namespaces'],
  ];

  /** What a workload sends, by its number. */
  const requestsOf = (number: number): (readonly [path: string, sent: Sent])[] =>
    Array.from({ length: 5 }, (_, step) => {
      const [, path = ''] = kinds[(number * 7 + step * 5) % kinds.length] ?? [];
      const body = { metadata: { name: `made-${number}-${step}` } };
      const apply = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `applied-${number}` } };
      switch ((number + step * (1 + (number % 7))) % 8) {
        case 0:
          return [path, {}] as const;
        case 1:
          return [`${path}/one`, {}] as const;
        case 2:
          return [`${path}/two`, { method: 'DELETE' }] as const;
        case 3:
          return [`${core}/configmaps`, { method: 'POST', body }] as const;
        case 4:
          return [
            `${core}/configmaps/applied-${number}?fieldManager=f`,
            { method: 'PATCH', body: apply },
          ] as const;
        case 5:
          return [`${core}/pods/none/log`, {}] as const;
        case 6:
          return [`${path}?labelSelector=none%3Dsuch`, { method: 'DELETE' }] as const;
        default:
          return ['/metrics', {}] as const;
      }
    });

  it('allows all that each did, and with any rule taken away refuses something of it', async () => {
    const { send } = audited;
    const { request } = plane;
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await request('POST', '/api/v1/namespaces', { metadata: { name: 'work' } });
    const tokenOf = async (name: string): Promise<string> => {
      await request('POST', `${core}/serviceaccounts`, { metadata: { name } });
      const made = await request('POST', `${core}/serviceaccounts/${name}/token`, { spec: {} });
      return (made as { status: { token: string } }).status.token;
    };
    const numbers = Array.from({ length: 20 }, (_, number) => number);
    const tokens = await Promise.all(numbers.map(async (number) => await tokenOf(`w${number}`)));
    const probe = await tokenOf('probe');
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    const names = [...numbers.map((number) => `w${number}`), 'probe'];
    const subjects = names.map((name) => ({ kind: 'ServiceAccount', name, namespace: 'work' }));
    await request('POST', `${rbac}/clusterrolebindings`, { metadata: { name: 'work' }, roleRef, subjects });
    while ((await send(probe, '/api/v1/nodes')) === 403) await sleep(50);
    /** Does what a workload does, from nothing that it made before; returns what was refused. */
    const refusedTo = async (token: string, number: number): Promise<string[]> => {
      await request('DELETE', `${core}/configmaps?fieldSelector=metadata.name%21%3Dkube-root-ca.crt`);
      const refused: string[] = [];
      for (const [path, sent] of requestsOf(number)) {
        if ((await send(token, path, sent)) === 403) refused.push(`${sent.method ?? 'GET'} ${path}`);
      }
      return refused;
    };
    for (const number of numbers) expect(await refusedTo(tokens[number] ?? '', number)).toEqual([]);
    const isWork = ({ namespace, name }: AccountUse): boolean => namespace === 'work' && name !== 'probe';
    const summary = await audited.told(
      ({ accounts }) => accounts.filter(isWork).reduce((sum, { count }) => sum + count, 0) >= 100,
    );
    const workloads = summary.accounts.filter(isWork);
    expect(workloads).toHaveLength(20);

    const variants = workloads.flatMap((account) => {
      const roles = leastRoles(account);
      const count = roles.reduce((sum, { rules }) => sum + rules.length, 0);
      expect([account.name, count > 0]).toEqual([account.name, true]);
      return Array.from({ length: count + 1 }, (_, left) => {
        let index = 0;
        const some = roles
          .map(({ namespace, rules }) => ({ namespace, rules: rules.filter(() => ++index !== left) }))
          .filter(({ rules }) => rules.length > 0);
        const who = `${account.name}-${left}`;
        return {
          number: Number(account.name.slice(1)),
          rules: left === 0 ? count : count - 1,
          isWhole: left === 0,
          who,
          yaml: rolesYaml({ ...account, name: who }, some, summary),
        };
      });
    });
    for (const { yaml } of variants) {
      for (const document of parseAllDocuments(yaml)) {
        const object = document.toJS() as { kind: string; metadata: { namespace?: string } } | null;
        if (object === null) continue;
        const { namespace } = object.metadata;
        const place = namespace === undefined ? '' : `/namespaces/${namespace}`;
        await request('POST', `${rbac}${place}/${object.kind.toLowerCase()}s`, object);
      }
    }
    await sleep(1000);
    for (const { number, who, rules, isWhole } of variants) {
      const token = await tokenOf(who);
      let refused = await refusedTo(token, number);
      // The authorizer knows of a new role after a while.
      for (let left = isWhole ? 50 : 0; refused.length > 0 && left > 0; left--) {
        await sleep(100);
        refused = await refusedTo(token, number);
      }
      // Whoever has a rule left may do something of it.
      const isPart = rules === 0 || refused.length < requestsOf(number).length;
      expect([who, refused.length === 0, isPart, refused]).toEqual([who, isWhole, true, refused]);
    }
  });
});
