import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { leastRoles } from '../../src/audit/leastRole.ts';
import { rolesYaml } from '../../src/audit/roleYaml.ts';
import type { AccountUse, AuditSummary } from '../../src/audit/summary.ts';
import { modelOf } from '../../src/editor/audit/model.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { does } from '../../src/versions.ts';
import { parseAllDocuments } from 'yaml';
import { elsewhere, startAudited, type Audited, type Sent } from '../support/audited.ts';
import { claimsOf, keyIdOf, signed, signingKeyOf } from '../support/configured.ts';

const LEVELS = { metadata: 'Metadata', request: 'Request', response: 'RequestResponse' } as const;
const NAMESPACES = Object.keys(LEVELS);
/** Whether the server that is tried tells which token it was: it does so from the version on that gives each an id. */
const hasIds = does(inject('controlPlane').minor, 'names jti and Node in tokens') === true;

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

/** What every client does in one namespace. */
async function clients(namespace: string): Promise<{ readonly bound: string; readonly ofSecret: string }> {
  const { send } = audited;
  const { request } = plane;
  const core = `/api/v1/namespaces/${namespace}`;
  await request('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  for (const name of ['legacy', 'stale', 'pod', 'ci', 'proxy', 'refused']) {
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
  await request('POST', `${core}/secrets`, { metadata: { name: 'sentinel' } });
  const containers = [{ name: 'c', image: 'none' }];
  await request('POST', `${core}/pods`, {
    metadata: { name: 'pod-0' },
    spec: { serviceAccountName: 'pod', containers },
  });
  await request('POST', `${core}/pods`, {
    metadata: { name: 'stale-0' },
    spec: { serviceAccountName: 'stale', containers },
  });
  const tokenOf = async (name: string, kind?: string, bound?: string): Promise<string> => {
    const spec = kind === undefined ? {} : { boundObjectRef: { apiVersion: 'v1', kind, name: bound } };
    const made = await request('POST', `${core}/serviceaccounts/${name}/token`, { spec });
    return (made as { status: { token: string } }).status.token;
  };
  const legacy = await audited.tokenOf(namespace, 'legacy-token');
  const fresh = await tokenOf('stale', 'Pod', 'stale-0');
  const claims = claimsOf(fresh);
  const own = claims['kubernetes.io'] as object;
  const warnafter = Math.floor(Date.now() / 1000) - 600;
  const stale = await signed(
    { ...claims, 'kubernetes.io': { ...own, warnafter } },
    await signingKeyOf(plane),
    keyIdOf(fresh),
  );
  const bound = await tokenOf('pod', 'Pod', 'pod-0');
  const ofSecret = await tokenOf('ci', 'Secret', 'sentinel');
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
  await send(`${refused}x`, pods);
  await send('nonsense', pods);
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
    summary = await audited.told((one) => refused(one) >= 6);
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
      // It may not act as others: refused before it is somebody else.
      proxy: [0, 0, ...bound(1), 0, 1, 0],
      refused: [0, 0, ...bound(2), 2, 0, 0],
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

  it('tells that two tokens were no good, and nobody’s name', () => {
    const unknown = summary.refusals.filter(({ code }) => code === 401);
    expect(unknown.map(({ who, why, count }) => [who, why, count])).toEqual([['', 'Unauthorized', 6]]);
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
      switch ((number + step * 3) % 6) {
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
        default:
          return ['/metrics', {}] as const;
      }
    });

  it('allows all that each did, and with any rule taken away not all of it', async () => {
    const { send } = audited;
    const { request } = plane;
    const rbac = '/apis/rbac.authorization.k8s.io/v1';
    await request('POST', '/api/v1/namespaces', { metadata: { name: 'work' } });
    const subjects: object[] = [];
    const tokens: string[] = [];
    for (let number = 0; number < 20; number++) {
      const name = `w${number}`;
      await request('POST', `${core}/serviceaccounts`, { metadata: { name } });
      subjects.push({ kind: 'ServiceAccount', name, namespace: 'work' });
      const made = await request('POST', `${core}/serviceaccounts/${name}/token`, { spec: {} });
      tokens.push((made as { status: { token: string } }).status.token);
    }
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' };
    await request('POST', `${rbac}/clusterrolebindings`, { metadata: { name: 'work' }, roleRef, subjects });
    while ((await send(tokens[19] ?? '', '/api/v1/nodes')) === 403) await sleep(50);
    await Promise.all(
      tokens.map(async (token, number) => {
        for (const [path, sent] of requestsOf(number)) await send(token, path, sent);
      }),
    );
    const isWork = ({ namespace }: AccountUse): boolean => namespace === 'work';
    const summary = await audited.told(
      ({ accounts }) => accounts.filter(isWork).reduce((sum, { count }) => sum + count, 0) >= 100,
    );
    const workloads = summary.accounts.filter(isWork);
    expect(workloads).toHaveLength(20);

    // Each variant of a role is bound to a ServiceAccount that need not be there, as the authorizer goes by names.
    const variants = workloads.flatMap((account) => {
      const roles = leastRoles(account);
      const count = roles.reduce((sum, { rules }) => sum + rules.length, 0);
      return Array.from({ length: count + 1 }, (_, left) => {
        let index = 0;
        const some = roles
          .map(({ namespace, rules }) => ({ namespace, rules: rules.filter(() => ++index !== left) }))
          .filter(({ rules }) => rules.length > 0);
        return {
          account,
          isWhole: left === 0,
          who: `${account.name}-${left}`,
          yaml: rolesYaml({ ...account, name: `${account.name}-${left}` }, some, summary),
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
    const isAllowed = async (
      who: string,
      { verb, group, resource, namespace, path }: AccountUse['actions'][number],
      name: string,
    ): Promise<boolean> => {
      const [kind, subresource] = resource.split('/');
      const spec = {
        user: `system:serviceaccount:work:${who}`,
        groups: ['system:serviceaccounts', 'system:serviceaccounts:work', 'system:authenticated'],
        ...(resource === ''
          ? { nonResourceAttributes: { verb, path } }
          : { resourceAttributes: { verb, group, resource: kind, subresource, namespace, name } }),
      };
      const answer = await request('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', { spec });
      return (answer as { status: { allowed: boolean } }).status.allowed;
    };
    const refusedOf = async (who: string, { actions }: AccountUse): Promise<string[]> => {
      const asked = actions.flatMap((action) =>
        (action.names ?? ['']).map((name) => [action, name] as const),
      );
      const answers = await Promise.all(
        asked.map(async ([action, name]) => await isAllowed(who, action, name)),
      );
      return asked
        .filter((_, at) => answers[at] !== true)
        .map(([{ verb, resource, path }]) => `${verb} ${resource}${path}`);
    };
    await sleep(1000);
    for (const { account, who, isWhole } of variants) {
      const refused = await refusedOf(who, account);
      expect([who, refused.length === 0, refused]).toEqual([who, isWhole, refused]);
    }
  });
});
