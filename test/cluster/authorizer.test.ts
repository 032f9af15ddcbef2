import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { Place } from '../../src/authorization/grants.ts';
import type { Action } from '../../src/authorization/rules.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import type { ObjectRef } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { whoMay } from '../../src/inventory/whoMay.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { serverAllows, type Target } from '../support/cluster/authorizer.ts';

const run = promisify(execFile);
const { kubeconfig, kubectl } = inject('controlPlane');
const soon = { timeout: 30_000, interval: 50 };
const RBAC = 'rbac.authorization.k8s.io';
const namespaces = ['held-a', 'held-b'];

let cluster: Cluster;
let view: LiveView;
let inventory: Inventory;

async function post(path: string, body: object): Promise<number> {
  return (await cluster.ask({ method: 'POST', path, body }, AbortSignal.timeout(20_000))).status;
}

async function apply(...objects: (readonly [path: string, body: object])[]): Promise<void> {
  const statuses = await Promise.all(objects.map(async ([path, body]) => await post(path, body)));
  expect(statuses).toEqual(objects.map(() => 201));
}

const rbac = (resource: string, namespace?: string): string =>
  `/apis/${RBAC}/v1/${namespace === undefined ? '' : `namespaces/${namespace}/`}${resource}`;
const role = (name: string, ...rules: readonly object[]): object => ({ metadata: { name }, rules });
const account = (name: string, namespace?: string): object => ({ kind: 'ServiceAccount', namespace, name });
const binding = (name: string, kind: string, of: string, ...subjects: readonly object[]): object => ({
  metadata: { name },
  roleRef: { apiGroup: RBAC, kind, name: of },
  subjects,
});
const action = (verb: string, resource: string, group = ''): Action => ({ verb, group, resource });

beforeAll(async () => {
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await apply(
    ...namespaces.map((name) => ['/api/v1/namespaces', { metadata: { name } }] as const),
    [rbac('clusterroles'), role('held-all', { apiGroups: ['*'], resources: ['*'], verbs: ['*'] })],
    [
      rbac('clusterroles'),
      role(
        'held-namespaces',
        { apiGroups: [''], resources: ['namespaces', 'namespaces/status'], verbs: ['*'] },
        { apiGroups: [RBAC], resources: ['clusterroles', 'roles'], verbs: ['bind', 'escalate'] },
        { apiGroups: [''], resources: ['users', 'serviceaccounts'], verbs: ['impersonate'] },
        {
          apiGroups: ['authentication.k8s.io'],
          resources: ['users', 'serviceaccounts', 'nodes'],
          verbs: ['impersonate:user-info', 'impersonate:serviceaccount', 'impersonate:arbitrary-node'],
        },
        { apiGroups: ['certificates.k8s.io'], resources: ['signers'], verbs: ['approve'] },
      ),
    ],
  );
  await apply(
    [
      rbac('roles', 'held-a'),
      role(
        'named',
        {
          apiGroups: [''],
          resources: ['pods', 'configmaps', 'serviceaccounts/token'],
          resourceNames: ['one'],
          verbs: ['*'],
        },
        { apiGroups: [''], resources: ['namespaces'], resourceNames: ['held-b'], verbs: ['get'] },
      ),
    ],
    [
      rbac('clusterroles'),
      role('held-extra', {
        apiGroups: ['authentication.k8s.io'],
        resources: ['userextras/example.com/scope'],
        verbs: ['impersonate'],
      }),
    ],
    [
      rbac('roles', 'held-a'),
      // An empty name is the name of a request without one.
      role('unnamed', { apiGroups: [''], resources: ['secrets'], resourceNames: [''], verbs: ['*'] }),
    ],
  );
  await apply(
    [
      rbac('rolebindings', 'held-a'),
      binding('unqualified', 'ClusterRole', 'held-all', account('unqualified')),
    ],
    [
      rbac('rolebindings', 'held-a'),
      binding('keeper', 'ClusterRole', 'held-namespaces', account('keeper', 'held-a')),
    ],
    [rbac('rolebindings', 'held-a'), binding('named', 'Role', 'named', account('named', 'held-a'))],
    [rbac('rolebindings', 'held-a'), binding('unnamed', 'Role', 'unnamed', account('unnamed', 'held-a'))],
    [
      rbac('rolebindings', 'held-a'),
      binding('longer', 'ClusterRole', 'held-all', {
        kind: 'User',
        name: 'system:serviceaccount:held-a:longer:name',
      }),
    ],
    [
      rbac('clusterrolebindings'),
      binding('held-extra', 'ClusterRole', 'held-extra', account('extra', 'held-a')),
    ],
  );
  view = cluster.live();
  view.followAccess();
  view.resume();
  inventory = new Inventory(view);
  await vi.waitUntil(
    () =>
      (['roles', 'roleBindings', 'clusterRoles', 'clusterRoleBindings'] as const).every(
        (kind) => view.state(kind).phase === 'ready',
      ),
    soon,
  );
});

afterAll(() => {
  view.dispose();
  cluster.dispose();
});

/** Whether a ServiceAccount may by what the tree says, of an object's name or without one. */
function treeAllows(who: ObjectRef, asked: Action, place: Place, name: string | undefined): boolean {
  const groups = new Set([
    'system:serviceaccounts',
    `system:serviceaccounts:${who.namespace}`,
    'system:authenticated',
  ]);
  return whoMay(inventory, asked, place)
    .filter((holder) =>
      holder.account
        ? holder.account.namespace === who.namespace && holder.account.name === who.name
        : groups.has(holder.group ?? ''),
    )
    .some(({ on }) => on === 'all' || (name !== undefined && on.only.includes(name)));
}

/** Both answers, ours and the server's, once its authorizer has heard of the last binding. */
async function both(
  who: ObjectRef,
  asked: Action,
  on: Target,
): Promise<{ readonly ours: boolean; readonly servers: boolean }> {
  const place = on.namespace === undefined ? 'everywhere' : { namespace: on.namespace };
  const until = Date.now() + 10_000;
  for (;;) {
    const ours = treeAllows(who, asked, place, on.name);
    const servers =
      (await serverAllows(cluster, who, asked, on)) ||
      // Who may list or create without a name reaches the object of that name too.
      (isOfMany(asked) && (await serverAllows(cluster, who, asked, { ...on, name: undefined })));
    if (ours === servers || Date.now() > until) return { ours, servers };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Whether requests need not name an object. */
function isOfMany(asked: Action): boolean {
  if ('path' in asked || asked.resource.includes('/')) return false;
  return ['create', 'list', 'deletecollection'].includes(asked.verb.replace(/^impersonate-on:[^:]*:/, ''));
}

describe("what the tree says of access is the API server's authorizer's answer", () => {
  const inA = { namespace: 'held-a' };
  it.each<[name: string, action: Action, on: Target, allowed: boolean]>([
    ['unqualified', action('get', 'secrets'), inA, true],
    ['unqualified', action('get', 'secrets'), { namespace: 'held-b' }, false],
    ['longer', action('get', 'secrets'), inA, false],
    ['named', action('create', 'pods'), inA, false],
    ['named', action('create', 'pods'), { ...inA, name: 'one' }, true],
    ['named', action('deletecollection', 'pods'), inA, false],
    ['named', action('list', 'pods'), inA, false],
    ['named', action('list', 'pods'), { ...inA, name: 'one' }, true],
    ['named', action('create', 'serviceaccounts/token'), { ...inA, name: 'one' }, true],
    ['named', action('create', 'serviceaccounts/token'), { ...inA, name: 'two' }, false],
    ['named', action('get', 'namespaces'), { ...inA, name: 'held-a' }, false],
    ['named', action('get', 'namespaces'), { namespace: 'held-b', name: 'held-b' }, false],
    ['unnamed', action('list', 'secrets'), inA, true],
    ['unnamed', action('create', 'secrets'), inA, true],
    ['unnamed', action('deletecollection', 'secrets'), inA, true],
    ['unnamed', action('get', 'secrets'), { ...inA, name: 'one' }, false],
    ['keeper', action('get', 'namespaces'), { ...inA, name: 'held-a' }, true],
    ['keeper', action('update', 'namespaces/status'), { ...inA, name: 'held-a' }, true],
    ['keeper', action('delete', 'namespaces'), { namespace: 'held-b', name: 'held-b' }, false],
    ['keeper', action('list', 'namespaces'), {}, false],
    ['keeper', action('create', 'namespaces'), {}, false],
    ['keeper', action('bind', 'clusterroles', RBAC), { ...inA, name: 'held-all' }, true],
    ['keeper', action('bind', 'clusterroles', RBAC), { name: 'held-all' }, false],
    ['keeper', action('impersonate', 'users'), { name: 'root' }, false],
    ['keeper', action('impersonate', 'serviceaccounts'), { ...inA, name: 'one' }, true],
    ['keeper', action('impersonate:user-info', 'users', 'authentication.k8s.io'), { name: 'root' }, false],
    [
      'keeper',
      action('impersonate:serviceaccount', 'serviceaccounts', 'authentication.k8s.io'),
      { ...inA, name: 'one' },
      true,
    ],
    ['keeper', action('approve', 'signers', 'certificates.k8s.io'), { name: 'example.com/x' }, false],
    [
      'extra',
      action('impersonate', 'userextras/example.com/scope', 'authentication.k8s.io'),
      { name: 'x' },
      true,
    ],
  ])('for %s: %o on %o', async (name, asked, on, allowed) => {
    expect(await both({ namespace: 'held-a', name }, asked, on)).toEqual({ ours: allowed, servers: allowed });
  });
});

describe('what the API server does', () => {
  async function as(name: string, ...args: string[]): Promise<string> {
    const all = ['--kubeconfig', kubeconfig, `--as=system:serviceaccount:held-a:${name}`, ...args];
    return await run(kubectl, all).then(
      ({ stdout }) => stdout.trim(),
      (error: unknown) => String((error as { stdout?: string }).stdout).trim(),
    );
  }

  it('with a namespace by a RoleBinding of its own is to give it, and no other', async () => {
    expect(await as('keeper', 'get', 'namespace', 'held-a', '-o', 'name')).toBe('namespace/held-a');
    expect(await as('keeper', 'get', 'namespace', 'held-b', '-o', 'name')).toBe('');
    expect(await as('keeper', 'auth', 'can-i', 'get', 'namespaces/held-a', '-n', 'held-a')).toBe('yes');
  });

  it('with a right to create one name is to refuse a create and let server-side apply make it', async () => {
    const folder = inject('controlPlane').folder;
    const file = `${folder}/held-one.json`;
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace: 'held-a' } };
    await writeFile(file, JSON.stringify(body));
    expect(await as('named', 'create', '-f', file, '-o', 'name')).toBe('');
    expect(await as('named', 'apply', '--server-side', '-f', file, '-o', 'name')).toBe('configmap/one');
  });
});

describe('whatever roles and bindings there are', () => {
  const people = Array.from({ length: 24 }, (_, index) => `p${index}`);
  const names = ['x', 'y'];
  const groups = ['', 'apps', RBAC, 'authentication.k8s.io', 'certificates.k8s.io', '*'];
  const verbs = [
    'get',
    'list',
    'create',
    'deletecollection',
    'patch',
    'impersonate',
    'bind',
    'approve',
    'impersonate:serviceaccount',
    'impersonate-on:serviceaccount:create',
    '*',
  ];
  const resources = [
    'pods',
    'pods/exec',
    'secrets',
    'serviceaccounts',
    'serviceaccounts/token',
    'deployments',
    'deployments/scale',
    'clusterroles',
    'namespaces',
    'namespaces/status',
    'users',
    'signers',
    'nodes/proxy',
  ];
  const some = (from: readonly string[]): fc.Arbitrary<string[]> =>
    fc.uniqueArray(fc.constantFrom(...from), { minLength: 1, maxLength: 3 });
  const rule = fc.record({
    verbs: some(verbs),
    apiGroups: some(groups),
    resources: some([...resources, '*', '*/token', '*/scale', 'pods/*']),
    resourceNames: fc.oneof(fc.constant([]), some([...names, '', ...namespaces])),
  });
  const place = fc.constantFrom('', ...namespaces);
  const subject = fc.oneof(
    fc.record({
      kind: fc.constant('ServiceAccount'),
      name: fc.constantFrom(...people),
      namespace: fc.option(fc.constantFrom(...namespaces), { nil: undefined }),
    }),
    fc.record({
      kind: fc.constant('User'),
      name: fc.constantFrom(...people.map((name) => `system:serviceaccount:held-b:${name}`), 'p1'),
    }),
    fc.record({
      kind: fc.constant('Group'),
      name: fc.constantFrom('system:serviceaccounts:held-b', 'system:masters'),
    }),
  );
  const world = fc.record({
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
    /** Empty: a ClusterRole. */
    home: place,
    bound: place,
    subjects: fc.array(subject, { minLength: 1, maxLength: 3 }),
  });
  const question = fc.record({
    who: fc.record({ namespace: fc.constantFrom(...namespaces), name: fc.constantFrom(...people) }),
    asked: fc.record({
      verb: fc.constantFrom(...verbs.filter((verb) => verb !== '*'), 'delete'),
      group: fc.constantFrom(...groups.filter((group) => group !== '*')),
      resource: fc.constantFrom(...resources),
    }),
    namespace: place,
    name: fc.constantFrom(...names),
    isNamed: fc.boolean(),
  });

  it('who may what is what the API server says, 600 times', async () => {
    const seed = Number(process.env['SEED'] ?? 20_261);
    const worlds = fc.sample(world, { numRuns: 80, seed });
    await Promise.all(
      worlds.map(async ({ rules, home, bound, subjects }, index) => {
        // A ClusterRoleBinding names a ClusterRole, and a RoleBinding a Role of its own namespace.
        const isCluster = home === '' || bound !== home;
        const kind = isCluster ? 'ClusterRole' : 'Role';
        const name = `held-some-${index}`;
        const made = [
          await post(isCluster ? rbac('clusterroles') : rbac('roles', home), role(name, ...rules)),
          await post(
            bound === '' ? rbac('clusterrolebindings') : rbac('rolebindings', bound),
            binding(name, kind, name, ...subjects),
          ),
        ];
        // A ClusterRoleBinding whose ServiceAccount has no namespace is refused, and then gives nothing to either.
        expect(made[0]).toBe(201);
        expect([201, 422]).toContain(made[1]);
      }),
    );
    const last = binding('held-last', 'ClusterRole', 'held-all', account('last', 'held-a'));
    await apply([rbac('rolebindings', 'held-a'), last]);
    const isKnown = (): boolean =>
      inventory
        .access({ namespace: 'held-a', name: 'last' })
        .some((given) => given.binding.name === 'held-last');
    await vi.waitUntil(isKnown, soon);
    const differing: object[] = [];
    const answers = { yes: 0, no: 0 };
    for (const { who, asked, namespace, name, isNamed } of fc.sample(question, { numRuns: 600, seed })) {
      const on = targetOf(asked, namespace, name, isNamed);
      const found = await both(who, asked, on);
      answers[found.servers ? 'yes' : 'no'] += 1;
      if (found.ours !== found.servers) differing.push({ seed, who, asked, on, ...found });
      if (differing.length === 5) break;
    }
    expect(differing).toEqual([]);
    expect(answers.yes).toBeGreaterThan(20);
  });

  /** What the API server tells its authorizer of such a request (apiserver pkg/endpoints/request/requestinfo.go). */
  function targetOf(asked: Action, namespace: string, name: string, isNamed: boolean): Target {
    const { verb, resource } = asked as Extract<Action, { resource: string }>;
    const isCollection = isOfMany(asked);
    const named = !isCollection || (verb !== 'deletecollection' && isNamed) ? { name } : {};
    const isOfGroup = 'group' in asked && asked.group === '';
    if (isOfGroup && resource.split('/')[0] === 'namespaces') {
      const one = namespace === '' ? 'held-a' : namespace;
      return isCollection ? named : { namespace: one, name: one };
    }
    // A ClusterRole is in no namespace, and only its binding is asked about in one.
    const isOfCluster = 'group' in asked && asked.group === RBAC && resource === 'clusterroles';
    const isVirtual = ['users', 'signers', 'nodes/proxy'].includes(resource);
    const hasNone = isVirtual || (isOfCluster && verb !== 'bind');
    return namespace === '' || hasNone ? named : { namespace, ...named };
  }
});
