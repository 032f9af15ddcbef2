import { describe, expect, it } from 'vitest';
import { marksOf, partsOf } from '../../../src/authorization/marks.ts';
import { allowedByAny, type PolicyRule } from '../../../src/authorization/rules.ts';

const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  verbs: [],
  apiGroups: [''],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...more,
});
const action = (
  verb: string,
  resource: string,
  group = '',
): { verb: string; resource: string; group: string } => ({
  verb,
  resource,
  group,
});

describe('a rule', () => {
  const reads = [rule({ verbs: ['get', 'list'], resources: ['pods', 'pods/log'] })];

  it.each([
    ['get', 'pods', '', 'all'],
    ['list', 'pods/log', '', 'all'],
    ['get', 'pods/exec', '', undefined],
    ['delete', 'pods', '', undefined],
    ['get', 'pods', 'metrics.k8s.io', undefined],
  ])('that lets one get and list pods: %s %s of group "%s" is %s', (verb, resource, group, allowed) => {
    expect(allowedByAny(reads, action(verb, resource, group))).toBe(allowed);
  });

  it('covers subresources of anything by */name, and everything by *', () => {
    const scale = [rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*/scale'] })];
    expect(allowedByAny(scale, action('patch', 'deployments/scale', 'apps'))).toBe('all');
    expect(allowedByAny(scale, action('patch', 'deployments', 'apps'))).toBeUndefined();
    const all = [rule({ verbs: ['get'], resources: ['*'] })];
    expect(allowedByAny(all, action('get', 'pods/log'))).toBe('all');
    // Not a wildcard that RBAC knows.
    expect(
      allowedByAny([rule({ verbs: ['get'], resources: ['pods/*'] })], action('get', 'pods/log')),
    ).toBeUndefined();
  });

  it('says which objects alone it is about, unless another is about all', () => {
    const named = rule({ verbs: ['get'], resources: ['secrets'], resourceNames: ['one'] });
    const other = rule({ verbs: ['get'], resources: ['secrets'], resourceNames: ['two', 'one'] });
    expect(allowedByAny([named, other], action('get', 'secrets'))).toEqual({ only: ['one', 'two'] });
    const every = rule({ verbs: ['get'], resources: ['secrets'] });
    expect(allowedByAny([named, every], action('get', 'secrets'))).toBe('all');
  });

  it('covers paths that are no resources by their beginning', () => {
    const paths = [rule({ verbs: ['get'], nonResourceURLs: ['/healthz', '/metrics/*'] })];
    const get = (path: string): unknown => allowedByAny(paths, { verb: 'get', path });
    expect([get('/healthz'), get('/healthz/etcd'), get('/metrics/slis'), get('/metrics')]).toEqual([
      'all',
      undefined,
      'all',
      undefined,
    ]);
  });
});

describe('what stands out in a role', () => {
  it.each<[string, Partial<PolicyRule>, readonly string[]]>([
    ['every verb on everything', { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, ['everything']],
    [
      'every verb on everything of one group',
      { verbs: ['*'], resources: ['*'] },
      [
        'wildcard',
        'reads-secrets',
        'creates-tokens',
        'impersonates',
        'creates-workloads',
        'enters-pods',
        'reaches-nodes',
      ],
    ],
    ['watching Secrets', { verbs: ['watch'], resources: ['secrets'] }, ['reads-secrets']],
    [
      'reading one Secret',
      { verbs: ['get'], resources: ['secrets'], resourceNames: ['a'] },
      ['reads-secrets'],
    ],
    ['writing Secrets only', { verbs: ['create', 'update'], resources: ['secrets'] }, []],
    ['creating tokens', { verbs: ['create'], resources: ['serviceaccounts/token'] }, ['creates-tokens']],
    ['creating ServiceAccounts', { verbs: ['create'], resources: ['serviceaccounts'] }, []],
    ['impersonating', { verbs: ['impersonate'], resources: ['users'] }, ['impersonates']],
    [
      'binding roles',
      { verbs: ['bind'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] },
      ['escalates'],
    ],
    ['creating Pods', { verbs: ['create'], resources: ['pods'] }, ['creates-workloads']],
    [
      'changing Deployments',
      { verbs: ['patch'], apiGroups: ['apps'], resources: ['deployments'] },
      ['creates-workloads'],
    ],
    ['changing Jobs', { verbs: ['patch'], apiGroups: ['batch'], resources: ['jobs'] }, []],
    [
      'creating a Pod of one name, which no request to create has',
      { verbs: ['create'], resources: ['pods'], resourceNames: ['a'] },
      [],
    ],
    [
      'applying a Pod of one name',
      { verbs: ['create', 'patch'], resources: ['pods'], resourceNames: ['a'] },
      ['creates-workloads', 'enters-pods'],
    ],
    ['running commands in Pods', { verbs: ['create'], resources: ['pods/exec'] }, ['enters-pods']],
    [
      'attaching to one Pod',
      { verbs: ['get'], resources: ['pods/attach'], resourceNames: ['a'] },
      ['enters-pods'],
    ],
    [
      'adding ephemeral containers',
      { verbs: ['patch'], resources: ['pods/ephemeralcontainers'] },
      ['enters-pods'],
    ],
    ['reading logs', { verbs: ['get'], resources: ['pods/log', 'nodes'] }, []],
    ['reaching kubelets', { verbs: ['get'], resources: ['nodes/proxy'] }, ['reaches-nodes']],
    [
      'adding a webhook',
      {
        verbs: ['create'],
        apiGroups: ['admissionregistration.k8s.io'],
        resources: ['validatingwebhookconfigurations'],
      },
      ['changes-admission'],
    ],
    [
      'approving requests without a signer of them',
      {
        verbs: ['update'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval'],
      },
      [],
    ],
    [
      'approving what a signer signs',
      {
        verbs: ['update', 'approve'],
        apiGroups: ['certificates.k8s.io'],
        resources: ['certificatesigningrequests/approval', 'signers'],
      },
      ['approves-certificates'],
    ],
    [
      'impersonating within limits',
      {
        verbs: ['impersonate:user-info', 'impersonate-on:user-info:get'],
        apiGroups: ['authentication.k8s.io', ''],
        resources: ['users', 'pods'],
      },
      ['impersonates-within-limits'],
    ],
    [
      'impersonating in one mode what another allows',
      {
        verbs: ['impersonate:user-info', 'impersonate-on:serviceaccount:get'],
        apiGroups: ['authentication.k8s.io', ''],
        resources: ['users', 'pods'],
      },
      [],
    ],
    ['reading every path', { verbs: ['*'], apiGroups: [], nonResourceURLs: ['*'] }, []],
  ])('is told of %s', (_what, members, marks) => {
    expect(marksOf(partsOf([rule(members)], true))).toEqual(marks);
  });

  it('is not what a RoleBinding cannot give', () => {
    const rules = [
      rule({ verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'] }),
      rule({ verbs: ['get', 'impersonate'], resources: ['nodes/proxy', 'users'] }),
      rule({ verbs: ['*'], apiGroups: ['admissionregistration.k8s.io'], resources: ['*'] }),
    ];
    expect(marksOf(partsOf(rules, false))).toEqual(['wildcard', 'escalates']);
    expect(marksOf(partsOf(rules, true))).toEqual([
      'wildcard',
      'impersonates',
      'escalates',
      'reaches-nodes',
      'changes-admission',
    ]);
  });

  it('is seen in each of two roles that lead there together', () => {
    const approval = partsOf(
      [
        rule({
          verbs: ['update'],
          apiGroups: ['certificates.k8s.io'],
          resources: ['certificatesigningrequests/approval'],
        }),
      ],
      true,
    );
    const signer = partsOf(
      [rule({ verbs: ['approve'], apiGroups: ['certificates.k8s.io'], resources: ['signers'] })],
      true,
    );
    const both = new Set([...approval, ...signer]);
    expect([marksOf(approval), marksOf(signer)]).toEqual([[], []]);
    expect([marksOf(approval, both), marksOf(signer, both)]).toEqual([
      ['approves-certificates'],
      ['approves-certificates'],
    ]);
  });
});
