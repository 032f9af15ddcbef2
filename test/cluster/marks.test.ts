import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Mark } from '../../src/authorization/ruleParts.ts';
import type { Action } from '../../src/authorization/rules.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import type { ObjectRef } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { does } from '../../src/versions.ts';
import { serverAllows, type Target } from '../support/cluster/authorizer.ts';

const run = promisify(execFile);
const { kubectl, kubeconfig, server, caFile, minor } = inject('controlPlane');
const soon = { timeout: 30_000, interval: 50 };
const RBAC = 'rbac.authorization.k8s.io';
const ADMISSION = 'admissionregistration.k8s.io';
const CERTIFICATES = 'certificates.k8s.io';
const AUTHENTICATION = 'authentication.k8s.io';
const NAMESPACE = 'marks';

type Asked = readonly [verb: string, group: string, resource: string, on: Target];

/** Each right that leads further, as the API server is asked about it: the marks are held to its answers. */
const inNamespace: Target = { namespace: NAMESPACE, name: 'x' };
const unnamed: Target = { namespace: NAMESPACE };
const LEADS: Readonly<Record<Exclude<Mark, 'everything' | 'wildcard'>, readonly (readonly Asked[])[]>> = {
  'reads-secrets': [
    [['get', '', 'secrets', inNamespace]],
    [['list', '', 'secrets', unnamed]],
    [['watch', '', 'secrets', inNamespace]],
  ],
  'creates-tokens': [[['create', '', 'serviceaccounts/token', inNamespace]]],
  impersonates: [
    [['impersonate', '', 'serviceaccounts', inNamespace]],
    [['impersonate', '', 'users', { name: 'x' }]],
  ],
  'impersonates-within-limits': [
    [
      ['impersonate:user-info', AUTHENTICATION, 'users', { name: 'x' }],
      ['impersonate-on:user-info:get', '', 'pods', inNamespace],
    ],
    [
      ['impersonate:serviceaccount', AUTHENTICATION, 'serviceaccounts', inNamespace],
      ['impersonate-on:serviceaccount:list', '', 'pods', unnamed],
    ],
  ],
  escalates: [
    [['escalate', RBAC, 'roles', inNamespace]],
    [['bind', RBAC, 'clusterroles', inNamespace]],
    [['escalate', RBAC, 'clusterroles', { name: 'x' }]],
  ],
  'creates-workloads': [
    [['create', '', 'pods', unnamed]],
    [['patch', 'apps', 'deployments', inNamespace]],
    [['create', 'batch', 'jobs', unnamed]],
  ],
  'enters-pods': [
    [['create', '', 'pods/exec', inNamespace]],
    [['patch', '', 'pods', inNamespace]],
    [['update', '', 'pods', inNamespace]],
    [['patch', '', 'pods/ephemeralcontainers', inNamespace]],
  ],
  'reaches-nodes': [[['create', '', 'nodes/proxy', { name: 'x' }]]],
  'approves-certificates': [
    [
      ['update', CERTIFICATES, 'certificatesigningrequests/approval', { name: 'x' }],
      ['approve', CERTIFICATES, 'signers', { name: 'x' }],
    ],
  ],
  'changes-admission': [
    [['create', ADMISSION, 'mutatingwebhookconfigurations', {}]],
    [['patch', ADMISSION, 'validatingwebhookconfigurations', { name: 'x' }]],
  ],
};

let cluster: Cluster;
let view: LiveView;
let inventory: Inventory;

async function post(path: string, body: object): Promise<unknown> {
  const answer = await cluster.ask({ method: 'POST', path, body }, AbortSignal.timeout(20_000));
  expect(answer).toMatchObject({ status: 201 });
  return answer.body;
}

const rbac = (resource: string, namespace?: string): string =>
  `/apis/${RBAC}/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}${resource}`;

/** Gives rules to a ServiceAccount, in the namespace or everywhere. */
async function give(name: string, account: string, rules: readonly object[], where: string): Promise<void> {
  await post(rbac('clusterroles'), { metadata: { name }, rules });
  await post(where === '' ? rbac('clusterrolebindings') : rbac('rolebindings', where), {
    metadata: { name },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', namespace: NAMESPACE, name: account }],
  });
}

beforeAll(async () => {
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await post('/api/v1/namespaces', { metadata: { name: NAMESPACE } });
  view = cluster.live();
  view.followAccess();
  view.resume();
  inventory = new Inventory(view);
});

afterAll(() => {
  view.dispose();
  cluster.dispose();
});

/** Which rights that lead further the API server lets a ServiceAccount have. */
async function serversMarks(account: ObjectRef): Promise<string[]> {
  const found = Object.entries(LEADS).map(async ([mark, ways]) => {
    for (const way of ways) {
      const answers = way.map(async ([verb, group, resource, on]) => {
        const action: Action = { verb, group, resource };
        return await serverAllows(cluster, account, action, on);
      });
      if ((await Promise.all(answers)).every(Boolean)) return [mark];
    }
    return [];
  });
  return (await Promise.all(found)).flat();
}

describe('what stands out in access', () => {
  it('is what the API server lets one do that leads further, whatever rules there are', async () => {
    const asked = Object.values(LEADS).flat(2);
    const rule = fc.uniqueArray(fc.constantFrom(...asked), { minLength: 1, maxLength: 2 }).map((chosen) => ({
      verbs: chosen.map(([verb]) => verb),
      apiGroups: chosen.map(([, group]) => group),
      resources: chosen.map(([, , resource]) => resource),
    }));
    const others = fc.constantFrom(
      { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log', 'nodes', 'users'] },
      { verbs: ['create'], apiGroups: [''], resources: ['secrets'], resourceNames: ['x'] },
      { verbs: ['impersonate'], apiGroups: [''], resources: ['pods'] },
    );
    const given = fc.record({
      account: fc.constantFrom(...Array.from({ length: 40 }, (_, index) => `a${index}`)),
      rules: fc.array(fc.oneof({ weight: 3, arbitrary: rule }, others), { minLength: 1, maxLength: 2 }),
      where: fc.constantFrom('', NAMESPACE),
    });
    const seed = Number(process.env['SEED'] ?? 20_261);
    const all = fc.sample(given, { numRuns: 70, seed });
    await Promise.all(
      all.map(async ({ account, rules, where }, index) => {
        await give(`marks-${index}`, account, rules, where);
      }),
    );
    await vi.waitUntil(
      () => inventory.bindings().filter(({ name }) => /^marks-\d+$/.test(name)).length === all.length,
      soon,
    );
    for (const name of new Set(all.map(({ account }) => account))) {
      const account = { namespace: NAMESPACE, name };
      await vi.waitFor(async () => {
        const ours = inventory.accountMarks(account);
        expect({ seed, name, marks: ours }).toEqual({ seed, name, marks: await serversMarks(account) });
      }, soon);
    }
  });

  it('is said of constrained impersonation, which the API server grants for the named verbs alone', async () => {
    const serviceAccounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
    await post(serviceAccounts, { metadata: { name: 'limited' } });
    await post(serviceAccounts, { metadata: { name: 'wide' } });
    const everything = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    await give('limits-wide', 'wide', [everything], NAMESPACE);
    const whom = {
      verbs: ['impersonate:serviceaccount'],
      apiGroups: [AUTHENTICATION],
      resources: ['serviceaccounts'],
    };
    const onWhat = {
      verbs: ['impersonate-on:serviceaccount:list'],
      apiGroups: [''],
      resources: ['configmaps'],
    };
    await give('limits-whom', 'limited', [whom], NAMESPACE);
    await give('limits-on', 'limited', [onWhat], NAMESPACE);
    const body = { spec: { expirationSeconds: 600 } };
    const answer = await post(`${serviceAccounts}/limited/token`, body);
    const { token } = (answer as { status: { token: string } }).status;
    // Raw, as what kubectl asks first to know the kinds is not among the named verbs.
    const path = (resource: string): string => `/api/v1/namespaces/${NAMESPACE}/${resource}`;
    const as = async (...args: string[]): Promise<string> => {
      const login = ['--kubeconfig', '/dev/null', '--server', server, '--certificate-authority', caFile];
      const who = ['--token', token, `--as=system:serviceaccount:${NAMESPACE}:wide`];
      return await run(kubectl, [...login, ...who, ...args]).then(
        ({ stdout }) => stdout.trim(),
        (error: unknown) => String((error as { stderr?: string }).stderr).trim(),
      );
    };
    const isGranted = does(minor, 'impersonates within limits') === true;
    await vi.waitFor(async () => {
      expect(await as('get', '--raw', path('configmaps'))).toContain(
        isGranted ? 'kube-root-ca.crt' : 'cannot impersonate',
      );
    }, soon);
    expect(await as('get', '--raw', path('secrets'))).toContain('Forbidden');
    const account = { namespace: NAMESPACE, name: 'limited' };
    await vi.waitUntil(() => inventory.accountMarks(account).length > 0, soon);
    const rows = inventory
      .access(account)
      .filter(({ role }) => role.name.startsWith('limits-'))
      .map((given) => [given.role.name, inventory.marks(account, given)]);
    // Older servers may yet come to grant it: the mark stands there too, and says from which version on it counts.
    expect(Object.fromEntries(rows)).toEqual({
      'limits-on': ['impersonates-within-limits'],
      'limits-whom': ['impersonates-within-limits'],
    });
  });
});
