import { describe, expect, it } from 'vitest';
import {
  EVERYTHING,
  markInWords,
  markMeaning,
  marksOf,
  partsOf,
  type Mark,
} from '../../../src/authorization/ruleParts.ts';
import { allowedByAny, type PolicyRule } from '../../../src/authorization/rules.ts';
import { assertPhrase, assertSentence } from '../../support/texts/sentences.ts';

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

  it('gives an update of whatever impersonation is on by the verb itself', () => {
    const on = rule({
      verbs: ['impersonate-on:user-info:create', 'impersonate-on:user-info:get'],
      resources: ['pods'],
      resourceNames: ['', 'a'],
    });
    expect(allowedByAny([on], action('impersonate-on:user-info:create', 'pods'))).toBe('all');
    expect(allowedByAny([on], action('impersonate-on:user-info:get', 'pods'))).toEqual({ only: ['a'] });
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

  it.each<[mark: Mark, group: string, verbs: readonly string[], resources: readonly string[]]>([
    ['reads-secrets', '', ['get', 'list', 'watch'], ['secrets']],
    ['creates-tokens', '', ['create'], ['serviceaccounts/token']],
    ['impersonates', '', ['impersonate'], ['users', 'groups', 'serviceaccounts']],
    ['escalates', 'rbac.authorization.k8s.io', ['escalate', 'bind'], ['roles', 'clusterroles']],
    ['creates-workloads', '', ['create'], ['pods']],
    ['creates-workloads', '', ['create', 'update', 'patch'], ['replicationcontrollers']],
    [
      'creates-workloads',
      'apps',
      ['create', 'update', 'patch'],
      ['daemonsets', 'deployments', 'replicasets', 'statefulsets'],
    ],
    ['creates-workloads', 'batch', ['create', 'update', 'patch'], ['cronjobs']],
    ['creates-workloads', 'batch', ['create'], ['jobs']],
    ['enters-pods', '', ['create', 'get'], ['pods/exec', 'pods/attach']],
    ['enters-pods', '', ['update', 'patch'], ['pods', 'pods/ephemeralcontainers']],
    ['reaches-nodes', '', ['create', 'get'], ['nodes/proxy']],
    [
      'changes-admission',
      'admissionregistration.k8s.io',
      ['create', 'update', 'patch'],
      [
        'mutatingwebhookconfigurations',
        'validatingwebhookconfigurations',
        'mutatingadmissionpolicies',
        'mutatingadmissionpolicybindings',
      ],
    ],
  ])('is %s by each verb on each resource of group "%s": %j, %j', (mark, group, verbs, resources) => {
    for (const verb of verbs) {
      for (const resource of resources) {
        const rules = [rule({ verbs: [verb], apiGroups: [group], resources: [resource] })];
        expect([verb, resource, marksOf(partsOf(rules, true))]).toEqual([verb, resource, [mark]]);
        const elsewhere = [rule({ verbs: [verb], apiGroups: ['example.com'], resources: [resource] })];
        expect(marksOf(partsOf(elsewhere, true))).toEqual([]);
      }
    }
  });

  it.each([
    ['user-info', 'users'],
    ['serviceaccount', 'serviceaccounts'],
    ['arbitrary-node', 'nodes'],
    ['associated-node', 'nodes'],
  ])('is that it impersonates in the mode %s alone, or in any', (mode, resource) => {
    for (const on of [`impersonate-on:${mode}:list`, '*']) {
      const rules = [
        rule({ verbs: [`impersonate:${mode}`], apiGroups: ['authentication.k8s.io'], resources: [resource] }),
        rule({ verbs: [on], nonResourceURLs: ['/x'] }),
      ];
      expect(marksOf(partsOf(rules, true))).toEqual(['impersonates-within-limits']);
      expect(marksOf(partsOf(rules.slice(1), true))).toEqual([]);
    }
  });

  it('is a wildcard, and not everything, where something is left out', () => {
    const all = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
    for (const less of [{ verbs: ['get'] }, { apiGroups: ['x'] }, { resourceNames: ['a'] }]) {
      const marks = marksOf(partsOf([rule({ ...all, ...less })], true));
      expect(marks[0]).toBe('wildcard');
      expect(marks).not.toContain('everything');
    }
    const oneResource = { verbs: ['*'], apiGroups: ['x'], resources: ['widgets'] };
    expect(marksOf(partsOf([rule(oneResource)], true))).toEqual(['wildcard']);
    expect(marksOf(partsOf([rule({ ...oneResource, verbs: ['get'] })], true))).toEqual([]);
    expect(marksOf(EVERYTHING)).toEqual(['everything']);
  });

  it('may be the approval of one request, by either verb, for a signer that is named', () => {
    for (const verb of ['update', 'patch']) {
      const rules = [
        rule({
          verbs: [verb],
          apiGroups: ['certificates.k8s.io'],
          resources: ['certificatesigningrequests/approval'],
        }),
        rule({
          verbs: ['approve'],
          apiGroups: ['certificates.k8s.io'],
          resources: ['signers'],
          resourceNames: ['kubernetes.io/kube-apiserver-client'],
        }),
      ];
      expect(marksOf(partsOf(rules, true))).toEqual(['approves-certificates']);
    }
  });

  it('counts what an apply makes of a name where patch is given for it too', () => {
    const pods = (verb: string, ...resourceNames: string[]): PolicyRule =>
      rule({ verbs: [verb], resources: ['pods'], resourceNames });
    const makes = (...rules: readonly PolicyRule[]): boolean =>
      marksOf(partsOf(rules, true)).includes('creates-workloads');
    expect(makes(pods('create', 'a'), pods('patch', 'b'))).toBe(false);
    expect(makes(pods('create', 'a', 'b'), pods('patch', 'b', 'c'))).toBe(true);
    expect(makes(pods('create', 'a'), pods('patch'))).toBe(true);
    expect(makes(pods('create', 'a'), pods('update'))).toBe(false);
  });

  it('is said in a few words, and what it leads to in a sentence', () => {
    const everyMark: Readonly<Record<Mark, string>> = {
      everything: 'may do everything',
      wildcard: 'wildcard',
      'reads-secrets': 'reads Secrets',
      'creates-tokens': 'creates tokens',
      impersonates: 'impersonates',
      'impersonates-within-limits': 'impersonates within limits',
      escalates: 'escalates',
      'creates-workloads': 'creates workloads',
      'enters-pods': 'enters Pods',
      'reaches-nodes': 'reaches nodes',
      'approves-certificates': 'approves certificates',
      'changes-admission': 'changes admission',
    };
    for (const mark of Object.keys(everyMark) as Mark[]) {
      expect(markInWords(mark)).toBe(everyMark[mark]);
      assertPhrase(markInWords(mark));
      assertSentence(markMeaning(mark));
    }
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
