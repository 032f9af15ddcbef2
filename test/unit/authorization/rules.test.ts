import { describe, expect, it } from 'vitest';
import { marksOf } from '../../../src/authorization/marks.ts';
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
      ['wildcard', 'reads-secrets', 'creates-tokens', 'impersonates'],
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
    ['reading every path', { verbs: ['*'], apiGroups: [], nonResourceURLs: ['*'] }, []],
  ])('is told of %s', (_what, members, marks) => {
    expect(marksOf([rule(members)])).toEqual(marks);
  });
});
