import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roleParts, serviceAccountPart, tokenSecretPart } from '../../../src/manifest/buildManifest.ts';
import { nameProblem, namespaceProblem } from '../../../src/manifest/names.ts';
import { distance, nearest } from '../../../src/manifest/nearest.ts';
import { nextName } from '../../../src/manifest/nextName.ts';
import { mountPathProblem, secondsProblem, tokenPathProblem } from '../../../src/manifest/projected.ts';
import {
  commonRights,
  mergeRules,
  parseRights,
  RIGHTS_EXAMPLE,
  type Rule,
} from '../../../src/manifest/rights.ts';

const rule = (group: string, resources: string, verbs: string, names?: string): Rule => ({
  apiGroups: [group],
  resources: resources.split(','),
  ...(names !== undefined && { resourceNames: names.split(',') }),
  verbs: verbs.split(','),
});

describe('a resource that is typed', () => {
  it.each<[string, string]>([
    ...['deployments', 'daemonsets', 'statefulsets', 'replicasets', 'controllerrevisions'].map(
      (one): [string, string] => [one, 'apps'],
    ),
    ...['jobs', 'cronjobs'].map((one): [string, string] => [one, 'batch']),
    ...['ingresses', 'networkpolicies'].map((one): [string, string] => [one, 'networking.k8s.io']),
    ...['roles', 'rolebindings'].map((one): [string, string] => [one, 'rbac.authorization.k8s.io']),
    ['leases', 'coordination.k8s.io'],
    ['endpointslices', 'discovery.k8s.io'],
    ['poddisruptionbudgets', 'policy'],
    ['horizontalpodautoscalers', 'autoscaling'],
    ['secrets', ''],
    ['x1-y', ''],
  ])('%s is of the group %j', (resource, group) => {
    expect(parseRights(`get ${resource}`)).toEqual([rule(group, resource, 'get')]);
  });

  it.each([
    'pod',
    'secret',
    'configmap',
    'service',
    'serviceaccount',
    'deployment',
    'daemonset',
    'statefulset',
    'replicaset',
    'job',
    'cronjob',
    'event',
    'lease',
    'role',
    'rolebinding',
    'persistentvolumeclaim',
  ])('%s has a plural', (singular) => {
    expect(parseRights(`get ${singular}`)).toBe(`RBAC knows resources by their plural: ${singular}s.`);
    expect(parseRights(`get x${singular}`)).toEqual([rule('', `x${singular}`, 'get')]);
    expect(parseRights(`get ${singular}x`)).toEqual([rule('', `${singular}x`, 'get')]);
  });

  it('ingress has a plural of its own', () => {
    expect(parseRights('get ingress')).toBe('RBAC knows resources by their plural: ingresses.');
  });

  it.each([
    'nodes',
    'namespaces',
    'persistentvolumes',
    'clusterroles',
    'clusterrolebindings',
    'customresourcedefinitions',
    'storageclasses',
  ])('%s belong to no namespace', (resource) => {
    expect(parseRights(`get ${resource}`)).toBe(
      `${resource} belong to no namespace: a Role cannot give them. That takes a ClusterRole and a ClusterRoleBinding.`,
    );
    expect(parseRights(`get x${resource}`)).toEqual([rule('', `x${resource}`, 'get')]);
    expect(parseRights(`get ${resource}x`)).toEqual([rule('', `${resource}x`, 'get')]);
  });

  it.each([
    '1pods',
    '-pods',
    'po_ds',
    'pods/',
    'pods/1',
    'pods/Log',
    'pods/log/x',
    'pods.',
    'pods.A',
    'pods.a_b',
    '/log',
    '',
  ])('%j is none', (typed) => {
    expect(parseRights(`get pods,${typed}`)).toBe(
      `"${typed}" is no resource. Resources are spelled as pods, pods/log or deployments.apps.`,
    );
  });
});

describe('rights that are typed', () => {
  it.each([
    ['', 'Type rights such as: get,list pods; patch deployments.apps named web'],
    [' ; ', 'Type rights such as: get,list pods; patch deployments.apps named web'],
    ['get', '"get" is not of the form: get,list pods; patch deployments.apps named web'],
    ['get pods x y', '"get pods x y" is not of the form: get,list pods; patch deployments.apps named web'],
    [
      'get pods named',
      '"get pods named" is not of the form: get,list pods; patch deployments.apps named web',
    ],
    [
      'get pods named a b',
      '"get pods named a b" is not of the form: get,list pods; patch deployments.apps named web',
    ],
    ['get pods; list', '"list" is not of the form: get,list pods; patch deployments.apps named web'],
    ['* pods', '"*" gives verbs that are not known yet. Name those that are needed.'],
    ['get,* pods', '"*" gives verbs that are not known yet. Name those that are needed.'],
    ['get *', '"*" gives resources that are not known yet. Name those that are needed.'],
    ['get, pods', '"" is no verb. Verbs are get, list, watch, create, update, patch, delete.'],
    ['get1 pods', '"get1" is no verb. Verbs are get, list, watch, create, update, patch, delete.'],
    ['gEt pods', '"gEt" is no verb. Verbs are get, list, watch, create, update, patch, delete.'],
    ['get pods named a,B', '"B" cannot be the name of an object.'],
    [
      'get,create pods named a',
      'The right to create pods cannot be limited to a name: the server does not know it yet when it decides.',
    ],
    [
      'deletecollection pods named a',
      'The right to create pods cannot be limited to a name: the server does not know it yet when it decides.',
    ],
  ])('%j are refused with what is wrong', (typed, why) => {
    expect(parseRights(typed)).toBe(why);
  });

  it.each([
    ['get\t pods', [rule('', 'pods', 'get')]],
    ['creates pods named a', [rule('', 'pods', 'creates', 'a')]],
    ['recreate pods named a', [rule('', 'pods', 'recreate', 'a')]],
    ['create pods/exec named a', [rule('', 'pods/exec', 'create', 'a')]],
    ['get roles named system:a,b', [rule('rbac.authorization.k8s.io', 'roles', 'get', 'system:a,b')]],
    ['get pods.example.com', [rule('example.com', 'pods', 'get')]],
    ['get pods,jobs', [rule('', 'pods', 'get'), rule('batch', 'jobs', 'get')]],
  ])('%j are rules', (typed, rules) => {
    expect(parseRights(typed)).toEqual(rules);
  });

  it('become one rule where nothing but their verbs or their resources differ', () => {
    expect(
      mergeRules([
        rule('', 'pods', 'get'),
        rule('', 'pods', 'get,list'),
        rule('', 'secrets', 'get,list'),
        rule('', 'secrets', 'get', 'a'),
        rule('apps', 'pods', 'get'),
      ]),
    ).toEqual([
      rule('', 'pods,secrets', 'get,list'),
      rule('', 'secrets', 'get', 'a'),
      rule('apps', 'pods', 'get'),
    ]);
  });

  it('are offered as software needs them, each with a name', () => {
    expect(commonRights.map(({ label }) => label)).toEqual([
      'Follow Pods',
      'Read the logs of Pods',
      'Follow ConfigMaps',
      'Follow Services',
      'Roll out Deployments',
      'Deploy workloads',
      'Run Jobs',
      'Elect a leader',
      'Record Events',
    ]);
    for (const { rights } of commonRights) expect(parseRights(rights)).not.toEqual([]);
    expect(parseRights(RIGHTS_EXAMPLE)).toEqual([
      rule('', 'pods', 'get,list'),
      rule('apps', 'deployments', 'patch', 'web'),
    ]);
  });
});

describe('a name that is typed', () => {
  it.each([
    ['', 'A name is needed.'],
    ['a'.repeat(254), 'At most 253 characters: this has 254.'],
    ['a.', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['.a', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['a.-b', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['a-.b', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['a.b_', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['a\n', 'Only lower-case letters, digits, "-" and ".", and a letter or digit at each end.'],
    ['a', undefined],
    ['0', undefined],
    ['a--b.c--d.e', undefined],
    ['a'.repeat(253), undefined],
  ])('of an object is told what is wrong with %j', (name, why) => {
    expect(nameProblem(name)).toBe(why);
  });

  it.each([
    ['', 'A name is needed.'],
    ['a'.repeat(64), 'At most 63 characters: this has 64.'],
    ['a.b', 'Only lower-case letters, digits and "-", and a letter or digit at each end.'],
    ['-a', 'Only lower-case letters, digits and "-", and a letter or digit at each end.'],
    ['a-', 'Only lower-case letters, digits and "-", and a letter or digit at each end.'],
    ['A', 'Only lower-case letters, digits and "-", and a letter or digit at each end.'],
    ['a', undefined],
    ['0-9', undefined],
    ['a'.repeat(63), undefined],
  ])('of a namespace is told what is wrong with %j', (name, why) => {
    expect(namespaceProblem(name)).toBe(why);
  });

  it.each([
    ['x', [], 'x-2'],
    ['x-1', [], 'x-2'],
    ['x-9999', [], 'x-10000'],
    ['x-12345', [], 'x-12345-2'],
    ['x-1-y', [], 'x-1-y-2'],
    ['x9', [], 'x9-2'],
    ['-2', [], '-3'],
    ['x', ['x-2', 'x-3'], 'x-4'],
    ['a'.repeat(253), [], `${'a'.repeat(251)}-2`],
    [`${'a'.repeat(250)}.-b`, [], `${'a'.repeat(250)}-2`],
    [`${'a'.repeat(249)}-9`, [], `${'a'.repeat(249)}-10`],
    [`${'a'.repeat(251)}-9`, [], `${'a'.repeat(250)}-10`],
  ])('%s is followed, where %j are taken, by %s', (name, taken, next) => {
    expect(nextName(name, taken)).toBe(next);
  });
});

describe('words', () => {
  it.each([
    ['', '', 0],
    ['', 'abc', 3],
    ['abc', '', 3],
    ['abc', 'abc', 0],
    ['abc', 'abd', 1],
    ['abc', 'bc', 1],
    ['abc', 'xabc', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 2],
    ['a'.repeat(100), 'a'.repeat(150), 0],
    [`${'a'.repeat(99)}bx`, `${'a'.repeat(99)}cy`, 1],
  ])('%s and %s differ by %d', (one, other, far) => {
    expect(distance(one, other)).toBe(far);
  });

  it('differ as much in either order, and by no more than the longer has', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (one, other, third) => {
        const far = distance(one, other);
        expect(far).toBe(distance(other, one));
        expect(far).toBeLessThanOrEqual(Math.max(one.length, other.length));
        expect(far).toBeLessThanOrEqual(distance(one, third) + distance(third, other));
        expect(far === 0).toBe(one === other);
      }),
      { numRuns: 300 },
    );
  });

  it('come in the order of their likeness, whatever their case, as long as they are not too many', () => {
    expect(nearest('robot', ['xxxxx', 'ROBOTS', 'rab', 'Robot'])).toEqual([
      'Robot',
      'ROBOTS',
      'rab',
      'xxxxx',
    ]);
    const many = Array.from({ length: 200 }, (_, index) => `x${index}`);
    expect(nearest('x199', many)[0]).toBe('x199');
    expect(nearest('x199', [...many, 'y'])[0]).toBe('x0');
  });
});

describe('a projected volume that is typed', () => {
  it.each([
    ['', 'A file name is needed.'],
    ['/a', 'The path is inside the volume: without / at its beginning.'],
    ['a/../b', 'The path must not contain "..".'],
    ['..', 'The path must not contain "..".'],
    ['..a', 'The path must not begin with "..".'],
    ['a/..b', undefined],
    ['a..', undefined],
    ['a', undefined],
  ])('has its token in %j, or not', (path, why) => {
    expect(tokenPathProblem(path)).toBe(why);
  });

  it.each([
    ['a', [], 'An absolute path, such as /var/run/secrets/tokens.'],
    ['a/', [], 'An absolute path, such as /var/run/secrets/tokens.'],
    ['/a:b', [], 'A mount path must not contain ":".'],
    ['/a', ['/b', '/a//'], 'A chosen container mounts something at /a already.'],
    ['/a/', ['/a'], 'A chosen container mounts something at /a/ already.'],
    ['/a', ['/b', '/ab', '/a/b'], undefined],
    ['/a', [], undefined],
  ])('is mounted at %j beside %j, or not', (path, taken, why) => {
    expect(mountPathProblem(path, taken)).toBe(why);
  });

  it.each([
    ['', 'A number of seconds.'],
    ['1h', 'A number of seconds.'],
    ['x600', 'A number of seconds.'],
    ['12345678901', 'A number of seconds.'],
    ['599', 'The API server takes no less than 600 seconds (10 minutes).'],
    ['4294967297', 'The API server takes no more than 4294967296 seconds.'],
    ['600', undefined],
    [' 600 ', undefined],
    ['4294967296', undefined],
  ])('lives for %j, or not', (typed, why) => {
    expect(secondsProblem(typed)).toBe(why);
  });
});

it('objects are made as they are spelled, with what their reader should know', () => {
  const account = { namespace: 'ci', name: 'robot' };
  expect(tokenSecretPart({ namespace: 'ci', name: 'robot-token', serviceAccount: 'robot' })).toEqual({
    comments: [
      'The token controller fills in token, ca.crt and namespace; nothing here is secret.',
      'The token never expires: it ends when this Secret or its ServiceAccount is deleted.',
    ],
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'robot-token',
        namespace: 'ci',
        annotations: { 'kubernetes.io/service-account.name': 'robot' },
      },
      type: 'kubernetes.io/service-account-token',
    },
  });
  expect(serviceAccountPart(account)).toEqual({
    comments: [
      'Comes first: the token controller deletes a token Secret whose ServiceAccount does not exist.',
    ],
    object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: 'ci' } },
  });
  expect(roleParts('reader', account, [rule('', 'pods', 'get')])).toEqual([
    {
      comments: [],
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name: 'reader', namespace: 'ci' },
        rules: [rule('', 'pods', 'get')],
      },
    },
    {
      comments: [],
      object: {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata: { name: 'reader', namespace: 'ci' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'ci' }],
      },
    },
  ]);
});
