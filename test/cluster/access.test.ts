import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Action } from '../../src/authorization/rules.ts';
import { resourceInWords } from '../../src/authorization/words.ts';
import type { Place } from '../../src/authorization/grants.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import type { AccessInfo } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { accessDocument } from '../../src/editor/tree/access/document.ts';
import { servedResources } from '../../src/inventory/resources.ts';
import { whoMay } from '../../src/inventory/whoMay.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { serverAllows } from '../support/cluster/authorizer.ts';
import { parse } from 'yaml';

const run = promisify(execFile);
const { kubeconfig, kubectl } = inject('controlPlane');
const soon = { timeout: 30_000, interval: 50 };
const accounts = ['root', 'reader', 'minter', 'named', 'escalator', 'nobody'];
const namespaces = ['access-a', 'access-b'];

let cluster: Cluster;
let view: LiveView;
let inventory: Inventory;

async function admin(...args: string[]): Promise<string> {
  return (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout.trim();
}

async function apply(...objects: object[]): Promise<void> {
  await Promise.all(
    objects.map(async (object) => {
      const { path, ...body } = object as { path: string };
      const answer = await cluster.ask({ method: 'POST', path, body }, AbortSignal.timeout(10_000));
      expect(answer).toMatchObject({ status: 201 });
    }),
  );
}

const rbac = '/apis/rbac.authorization.k8s.io/v1';
const core = '/api/v1/namespaces';
const subject = (name: string): object => ({ kind: 'ServiceAccount', namespace: 'access-a', name });
const roleRef = (kind: string, name: string): object => ({
  apiGroup: 'rbac.authorization.k8s.io',
  kind,
  name,
});

beforeAll(async () => {
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await apply(...namespaces.map((name) => ({ path: core, metadata: { name } })));
  await apply(
    ...accounts.map((name) => ({ path: `${core}/access-a/serviceaccounts`, metadata: { name } })),
    {
      path: `${rbac}/clusterroles`,
      metadata: { name: 'access-minter' },
      rules: [{ apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] }],
    },
    {
      path: `${rbac}/clusterroles`,
      metadata: { name: 'access-escalator' },
      rules: [
        {
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles'],
          verbs: ['bind', 'escalate'],
        },
        { apiGroups: ['*'], resources: ['*/scale'], verbs: ['*'] },
        { nonResourceURLs: ['/metrics', '/logs/*'], verbs: ['get'] },
      ],
    },
    {
      path: `${rbac}/namespaces/access-b/roles`,
      metadata: { name: 'one-secret' },
      rules: [{ apiGroups: [''], resources: ['secrets'], resourceNames: ['one'], verbs: ['get'] }],
    },
  );
  await apply(
    {
      path: `${rbac}/clusterrolebindings`,
      metadata: { name: 'access-root' },
      roleRef: roleRef('ClusterRole', 'cluster-admin'),
      subjects: [subject('root')],
    },
    {
      path: `${rbac}/clusterrolebindings`,
      metadata: { name: 'access-escalator' },
      roleRef: roleRef('ClusterRole', 'access-escalator'),
      subjects: [{ kind: 'User', name: 'system:serviceaccount:access-a:escalator' }],
    },
    {
      path: `${rbac}/clusterrolebindings`,
      metadata: { name: 'access-everybody' },
      roleRef: roleRef('ClusterRole', 'system:node-proxier'),
      subjects: [{ kind: 'Group', name: 'system:serviceaccounts:access-a' }],
    },
    {
      path: `${rbac}/namespaces/access-a/rolebindings`,
      metadata: { name: 'minter' },
      roleRef: roleRef('ClusterRole', 'access-minter'),
      subjects: [subject('minter')],
    },
    {
      path: `${rbac}/namespaces/access-b/rolebindings`,
      metadata: { name: 'reader' },
      roleRef: roleRef('ClusterRole', 'admin'),
      subjects: [subject('reader')],
    },
    {
      path: `${rbac}/namespaces/access-b/rolebindings`,
      metadata: { name: 'named' },
      roleRef: roleRef('Role', 'one-secret'),
      subjects: [subject('named')],
    },
    {
      path: `${rbac}/namespaces/access-b/rolebindings`,
      metadata: { name: 'missing' },
      roleRef: roleRef('Role', 'no-such-role'),
      subjects: [subject('nobody')],
    },
  );
  view = cluster.live();
  view.followAccess();
  view.resume();
  inventory = new Inventory(view);
  await vi.waitUntil(
    () =>
      inventory.access({ namespace: 'access-a', name: 'named' })[0]?.role.name === 'one-secret' &&
      (['clusterRoles', 'clusterRoleBindings'] as const).every(
        (kind) => view.state(kind).phase === 'ready',
      ) &&
      // The aggregation controller has filled it.
      inventory.marks({ namespace: 'access-a', name: 'reader' }, ADMIN).length > 0,
    soon,
  );
});

afterAll(() => {
  view.dispose();
  cluster.dispose();
});

const ADMIN: Pick<AccessInfo, 'role' | 'binding'> = {
  role: { kind: 'ClusterRole', name: 'admin' },
  binding: { namespace: 'access-b', name: 'reader' },
};
const actions: readonly Action[] = [
  ...['get', 'list', 'create', 'delete'].map((verb) => ({ verb, group: '', resource: 'secrets' })),
  { verb: 'create', group: '', resource: 'serviceaccounts/token' },
  { verb: 'impersonate', group: '', resource: 'serviceaccounts' },
  { verb: 'get', group: '', resource: 'pods/log' },
  { verb: 'watch', group: '', resource: 'services' },
  { verb: 'patch', group: 'apps', resource: 'deployments/scale' },
  { verb: 'patch', group: 'apps', resource: 'deployments' },
  { verb: 'bind', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' },
  { verb: 'create', group: 'rbac.authorization.k8s.io', resource: 'rolebindings' },
  { verb: 'get', path: '/metrics' },
  { verb: 'get', path: '/logs/x' },
  { verb: 'get', path: '/healthz' },
];

/** Who of the test's ServiceAccounts may, as the tree says it; a right to named objects alone is none to all. */
function treeAllows(action: Action, place: Place): string[] {
  const holders = whoMay(inventory, action, place).filter(({ how }) => !how.includes('; only '));
  return accounts.filter((name) =>
    holders.some(
      ({ account, group }) =>
        (account?.namespace === 'access-a' && account.name === name) ||
        ['system:serviceaccounts', 'system:serviceaccounts:access-a', 'system:authenticated'].includes(
          group ?? '',
        ),
    ),
  );
}

describe('who may do something', () => {
  it.each(
    actions.map((action) => [`${action.verb} ${'path' in action ? action.path : action.resource}`, action]),
  )('is who the API server lets %s, in each namespace and everywhere', async (_words, action) => {
    const places: readonly Place[] =
      'path' in action ? ['everywhere'] : ['everywhere', ...namespaces.map((namespace) => ({ namespace }))];
    for (const place of places) {
      const namespace = typeof place === 'object' ? place.namespace : undefined;
      const asked = await Promise.all(
        accounts.map(async (name) =>
          (await serverAllows(cluster, { namespace: 'access-a', name }, action, { namespace })) ? [name] : [],
        ),
      );
      expect(treeAllows(action, place)).toEqual(asked.flat());
    }
  });

  it('says it of a right to single objects, and of everybody in a group once', () => {
    const secrets = whoMay(
      inventory,
      { verb: 'get', group: '', resource: 'secrets' },
      { namespace: 'access-b' },
    );
    expect(secrets).toContainEqual({
      account: { namespace: 'access-a', name: 'named' },
      group: undefined,
      on: { only: ['one'] },
      how: 'Role one-secret, by RoleBinding named; in namespace access-b; only one',
    });
    const watch = whoMay(inventory, { verb: 'watch', group: '', resource: 'services' }, 'everywhere');
    expect(watch[0]).toMatchObject({ account: undefined, group: 'system:serviceaccounts:access-a' });
  });
});

describe('what a ServiceAccount may do', () => {
  /** `kubectl auth can-i --list` as one entry a resource, name and verb. */
  async function listed(account: string, namespace: string): Promise<string[]> {
    const table = await admin(
      'auth',
      'can-i',
      '--list',
      '-n',
      namespace,
      `--as=system:serviceaccount:access-a:${account}`,
    );
    return table
      .split('\n')
      .slice(1)
      .flatMap((line) => {
        const [, resource = '', urls = '', names = '', verbs = ''] =
          /^(\S*)\s+\[(.*?)\]\s+\[(.*?)\]\s+\[(.*?)\]$/.exec(line) ?? [];
        const objects =
          resource === ''
            ? urls.split(' ')
            : names === ''
              ? [resource]
              : names.split(' ').map((name) => `${resource} ${name}`);
        return objects.flatMap((object) => verbs.split(' ').map((verb) => `${verb} ${object}`));
      });
  }

  function ours(account: string, namespace: string): string[] {
    const given = inventory.access({ namespace: 'access-a', name: account });
    const here = given.filter(({ binding }) => binding.namespace === '' || binding.namespace === namespace);
    return here.flatMap((one) => {
      const role = inventory.role(one);
      const rules = typeof role === 'string' ? [] : role.rules;
      return rules.flatMap(({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }) => {
        const whole = apiGroups.flatMap((group) =>
          resources.map((resource) => resourceInWords(group, resource)),
        );
        const objects = whole.flatMap((object) =>
          resourceNames.length === 0 ? [object] : resourceNames.map((name) => `${object} ${name}`),
        );
        const paths = one.binding.namespace === '' ? nonResourceURLs : [];
        return [...objects, ...paths].flatMap((object) => verbs.map((verb) => `${verb} ${object}`));
      });
    });
  }

  it.each(accounts)('is what kubectl lists for %s, in either namespace', async (account) => {
    for (const namespace of namespaces) {
      const expected = [...new Set(await listed(account, namespace))].sort();
      expect([...new Set(ours(account, namespace))].sort()).toEqual(expected);
    }
  });

  it('is told in a document that is YAML, with what stands out', () => {
    const text = accessDocument(inventory, { namespace: 'access-a', name: 'escalator' }, 'context sandbox');
    expect(text).toContain('# Stands out: wildcard, escalates.');
    expect(text).toContain('ClusterRole access-escalator, by the ClusterRoleBinding of that name');
    const { everywhere } = parse(text) as { everywhere: unknown[] };
    expect(everywhere.slice(0, 3)).toEqual([
      { 'all verbs': '*/scale of all API groups' },
      { 'bind, escalate': 'clusterroles.rbac.authorization.k8s.io' },
      { get: '/metrics, /logs/*' },
    ]);
    const missing = accessDocument(inventory, { namespace: 'access-a', name: 'nobody' }, 'context sandbox');
    expect(missing).toContain(
      'in namespace access-b:\n  # Role no-such-role, by RoleBinding missing\n  - [] # the role is missing',
    );
  });

  it('is told with where the rules of an aggregated ClusterRole come from', () => {
    const text = accessDocument(inventory, { namespace: 'access-a', name: 'reader' }, 'context sandbox');
    expect(text).toContain(
      '# Its rules are aggregated from the ClusterRoles labelled rbac.authorization.k8s.io/aggregate-to-admin=true.',
    );
    const { 'access-b': rules } = parse(text.replace('in namespace access-b', 'access-b')) as Record<
      string,
      unknown[]
    >;
    expect(JSON.stringify(rules)).toContain('serviceaccounts/token');
  });

  it('stands out where it leads further', () => {
    const marks = (name: string): readonly string[] => {
      const account = { namespace: 'access-a', name };
      const each = inventory.access(account).flatMap((one) => inventory.marks(account, one));
      expect(new Set(each)).toEqual(new Set(inventory.accountMarks(account)));
      return inventory.accountMarks(account);
    };
    expect(accounts.map(marks)).toEqual([
      ['everything'],
      ['reads-secrets', 'creates-tokens', 'impersonates', 'creates-workloads', 'enters-pods'],
      ['creates-tokens'],
      ['reads-secrets'],
      ['wildcard', 'escalates'],
      [],
    ]);
  });
});

it('knows every resource that the API server serves, with its subresources', async () => {
  const resources = await servedResources(cluster, AbortSignal.timeout(10_000));
  const names = resources.map(({ group, resource }) => resourceInWords(group, resource));
  const listed = (await admin('api-resources', '-o', 'name')).split('\n').sort();
  expect(names).toEqual(expect.arrayContaining(listed));
  expect(names).toEqual(
    expect.arrayContaining(['serviceaccounts/token', 'deployments.apps/scale', 'pods/exec']),
  );
  expect(resources.find(({ resource }) => resource === 'namespaces')?.namespaced).toBe(false);
});
