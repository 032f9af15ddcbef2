import { describe, expect, it } from 'vitest';
import {
  grantsOf,
  hasNamespace,
  holdsIn,
  type Binding,
  type Place,
} from '../../../src/authorization/grants.ts';
import { marksOf, partsOf, markMeaning } from '../../../src/authorization/ruleParts.ts';
import {
  allowedByAny,
  baseVerb,
  partsOf as resourceParts,
  type Action,
  type PolicyRule,
} from '../../../src/authorization/rules.ts';
import { namesInWords, rulesInWords } from '../../../src/authorization/words.ts';

const RBAC = 'rbac.authorization.k8s.io';
const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  verbs: ['*'],
  apiGroups: [''],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...more,
});
const action = (verb: string, resource: string, group = ''): Extract<Action, { resource: string }> => ({
  verb,
  group,
  resource,
});

describe('what a rule covers', () => {
  it.each([
    ['impersonate-on:user-info:create', 'create'],
    ['impersonate-on::list', 'list'],
    ['liimpersonate-on:user-info:st', 'liimpersonate-on:user-info:st'],
    ['impersonate:user-info', 'impersonate:user-info'],
    ['get', 'get'],
  ])('of the verb %s is a request to %s', (verb, base) => {
    expect(baseVerb(verb)).toBe(base);
  });

  it.each([
    ['pods', 'pods', undefined],
    ['pods/log', 'pods', 'log'],
    ['userextras/example.com/scope', 'userextras', 'example.com/scope'],
    ['/x', '', 'x'],
  ])('of %s is a resource and what is under it', (resource, name, subresource) => {
    expect(resourceParts(resource)).toEqual([name, subresource]);
  });

  it('is a subresource of anything, with all its slashes, and no resource by that name', () => {
    const any = [rule({ resources: ['*/example.com/scope', '*/undefined'] })];
    expect(allowedByAny(any, action('get', 'userextras/example.com/scope'))).toBe('all');
    expect(allowedByAny(any, action('get', 'userextras/scope'))).toBeUndefined();
    expect(allowedByAny(any, action('get', 'pods'))).toBeUndefined();
  });

  it.each([
    ['*', '/a', 'all'],
    ['/a', '/a', 'all'],
    ['/a', '/ab', undefined],
    ['/a*', '/a', 'all'],
    ['/a*', '/ab/c', 'all'],
    ['/a**', '/ab', 'all'],
    ['/a/*', '/a', undefined],
    ['/a*b', '/axb', undefined],
    ['/a*', '/b/a', undefined],
  ])('by the path %s of %s is %s', (url, path, allowed) => {
    expect(allowedByAny([rule({ nonResourceURLs: [url] })], { verb: 'get', path })).toBe(allowed);
  });

  it('is nothing where its verb, its group or its paths are others', () => {
    const one = rule({ verbs: ['get'], resources: ['pods'], nonResourceURLs: ['/a'] });
    expect(allowedByAny([one], { verb: 'put', path: '/a' })).toBeUndefined();
    expect(allowedByAny([one], action('get', 'pods', 'x'))).toBeUndefined();
    expect(allowedByAny([rule({ apiGroups: [], resources: ['*'] })], action('get', 'pods'))).toBeUndefined();
    expect(allowedByAny([], action('get', 'pods'))).toBeUndefined();
  });

  it.each(['create', 'list', 'watch', 'escalate', 'deletecollection'])(
    'by an empty name is a request to %s without one',
    (verb) => {
      expect(allowedByAny([rule({ resources: ['roles'], resourceNames: [''] })], action(verb, 'roles'))).toBe(
        'all',
      );
      expect(
        allowedByAny([rule({ resources: ['roles/x'], resourceNames: [''] })], action(verb, 'roles/x')),
      ).toBeUndefined();
      const named = rule({ resources: ['roles'], resourceNames: ['a'] });
      expect(allowedByAny([named], action(verb, 'roles'))).toEqual(
        verb === 'deletecollection' ? undefined : { only: ['a'] },
      );
    },
  );

  it.each(['get', 'update', 'patch', 'delete', 'bind'])('by an empty name is nothing of %s', (verb) => {
    const both = rule({ resources: ['roles'], resourceNames: ['', 'a'] });
    expect(allowedByAny([both], action(verb, 'roles'))).toEqual({ only: ['a'] });
  });
});

describe('where a binding holds', () => {
  it.each<[string, Place, boolean]>([
    ['', 'anywhere', true],
    ['', 'everywhere', true],
    ['', { namespace: 'a' }, true],
    ['a', 'anywhere', true],
    ['a', 'everywhere', false],
    ['a', { namespace: 'a' }, true],
    ['a', { namespace: 'b' }, false],
  ])('of the namespace %j in %j', (namespace, place, holds) => {
    expect(holdsIn({ namespace }, place)).toBe(holds);
  });

  it.each<[Action, boolean, boolean]>([
    [{ verb: 'get', path: '/' }, true, false],
    [action('get', 'pods'), true, true],
    [action('get', 'nodes'), false, false],
    [action('get', 'namespaces'), false, true],
    [action('list', 'namespaces'), false, false],
    [action('impersonate-on:user-info:list', 'namespaces'), false, false],
    [action('impersonate-on:user-info:get', 'namespaces'), false, true],
    [action('list', 'namespaces/status'), false, true],
    [action('get', 'namespaces', 'x'), true, true],
    [action('bind', 'clusterroles', RBAC), false, true],
    [action('bind', 'clusterroles', 'x'), false, false],
    [action('get', 'clusterroles', RBAC), true, false],
    [action('bind', 'roles', RBAC), true, true],
    [action('impersonate', 'userextras/a', 'authentication.k8s.io'), true, false],
    [action('approve', 'signers', 'certificates.k8s.io'), true, false],
    [action('approve', 'signers'), true, true],
    [action('impersonate', 'uids'), true, true],
  ])('is asked about in a namespace, or not: %j', (asked, isNamespaced, has) => {
    expect(hasNamespace(asked, isNamespaced)).toBe(has);
  });

  it('is on the Namespaces that its rule names, in any or in one', () => {
    const given = (rules: readonly PolicyRule[], namespace: string, asked: Action, place: Place): unknown => {
      const binding: Binding = { namespace, name: 'b', role: { kind: 'ClusterRole', name: 'r' } };
      return grantsOf([binding], () => rules, asked, place);
    };
    const two = [rule({ resources: ['namespaces', 'pods'], resourceNames: ['a', 'b'] })];
    const binding = (namespace: string): object => ({
      namespace,
      name: 'b',
      role: { kind: 'ClusterRole', name: 'r' },
    });
    const get = action('get', 'namespaces');
    expect(given(two, '', get, 'anywhere')).toEqual([
      { binding: binding(''), allowed: { only: ['a', 'b'] } },
    ]);
    expect(given(two, '', get, { namespace: 'a' })).toEqual([
      { binding: binding(''), allowed: { only: ['a'] } },
    ]);
    expect(given(two, 'a', get, { namespace: 'a' })).toEqual([{ binding: binding('a'), allowed: 'all' }]);
    expect(given(two, 'c', get, 'anywhere')).toEqual([]);
    expect(given(two, 'a', action('get', 'pods'), { namespace: 'a' })).toEqual([
      { binding: binding('a'), allowed: { only: ['a', 'b'] } },
    ]);
    const secrets = [rule({ resources: ['secrets'] })];
    expect([given(secrets, '', get, 'anywhere'), given(secrets, 'a', get, 'anywhere')]).toEqual([[], []]);
    const ofOthers = [rule({ apiGroups: ['x'], resources: ['namespaces'], resourceNames: ['a'] })];
    expect(given(ofOthers, 'b', action('get', 'namespaces', 'x'), 'anywhere')).toEqual([
      { binding: binding('b'), allowed: { only: ['a'] } },
    ]);
  });
});

describe('what stands out where a RoleBinding gives it', () => {
  const CERTIFICATES = 'certificates.k8s.io';
  it.each([
    [CERTIFICATES, ['update'], ['certificatesigningrequests/approval']],
    [CERTIFICATES, ['approve'], ['signers']],
    [RBAC, ['escalate'], ['clusterroles']],
    ['', ['get'], ['nodes/proxy']],
    ['', ['impersonate'], ['users', 'groups']],
    ['admissionregistration.k8s.io', ['create'], ['mutatingwebhookconfigurations']],
    ['admissionregistration.k8s.io', ['create'], ['mutatingadmissionpolicies']],
  ])('is nothing of the group %s that is in no namespace: %j on %j', (group, verbs, resources) => {
    const rules = [rule({ verbs, apiGroups: [group], resources })];
    expect([...partsOf(rules, false)]).toEqual([]);
    expect(partsOf(rules, true).size).toBeGreaterThan(0);
  });

  it('is what it gives within its namespace', () => {
    const marks = (
      group: string,
      verbs: readonly string[],
      ...resources: readonly string[]
    ): readonly string[] => marksOf(partsOf([rule({ verbs, apiGroups: [group], resources })], false));
    expect(marks('', ['get'], 'secrets')).toEqual(['reads-secrets']);
    expect(marks('', ['impersonate'], 'serviceaccounts')).toEqual(['impersonates']);
    expect(marks(RBAC, ['escalate'], 'roles')).toEqual(['escalates']);
    expect(marks(RBAC, ['bind'], 'clusterroles')).toEqual(['escalates']);
    const limited = ['impersonate:serviceaccount', 'impersonate-on:serviceaccount:get'];
    expect(marks('authentication.k8s.io', limited, 'serviceaccounts')).toEqual([
      'impersonates-within-limits',
    ]);
    expect(
      marks('authentication.k8s.io', ['impersonate:user-info', 'impersonate-on:user-info:get'], 'users'),
    ).toEqual([]);
    expect(
      marks(
        'authentication.k8s.io',
        ['impersonate:serviceaccount', 'impersonate-on:x:serviceaccount:get'],
        'serviceaccounts',
      ),
    ).toEqual([]);
  });

  it('is no wildcard in a rule of paths, which has no resources', () => {
    expect(marksOf(partsOf([rule({ nonResourceURLs: ['*'] })], true))).toEqual([]);
    expect(marksOf(partsOf([rule({ verbs: ['get'], resources: ['pods/*'] })], true))).toEqual([]);
    expect(marksOf(partsOf([rule({ verbs: ['x'], apiGroups: ['y'], resources: ['a', '*'] })], true))).toEqual(
      ['wildcard'],
    );
  });

  it('is everything by one rule among others', () => {
    const all = rule({ apiGroups: ['*'], resources: ['*'] });
    expect(marksOf(partsOf([rule({ verbs: ['get'], resources: ['pods'] }), all], true))).toEqual([
      'everything',
    ]);
    expect(marksOf(partsOf([], true))).toEqual([]);
  });

  it('is said with since when, where it depends on the server', () => {
    expect(markMeaning('impersonates-within-limits')).toMatch(
      /^Constrained impersonation, on from Kubernetes 1\.\d\d: may do as somebody else what impersonate-on verbs allow\.$/,
    );
    expect(markMeaning('creates-tokens')).toBe(
      'Whoever creates serviceaccounts/token gets tokens of other ServiceAccounts.',
    );
  });
});

describe('words for rules', () => {
  it('put what is wide first, and leave all else in its order', () => {
    const lines = rulesInWords(
      [
        rule({ verbs: ['list'], resources: ['pods'] }),
        rule({ verbs: ['get'], resources: ['secrets', 'all-resources'] }),
        rule({ verbs: ['watch'], apiGroups: ['x'], resources: ['pods', '*'] }),
        rule({ resources: ['nodes'] }),
        rule({ verbs: ['patch'], resources: ['pods'] }),
      ],
      true,
    );
    expect(lines.map(({ verbs }) => verbs)).toEqual(['watch', 'all verbs', 'list', 'get', 'patch']);
    const wide = rulesInWords(
      [
        rule({ verbs: ['list'], resources: ['pods'] }),
        rule({ verbs: ['get'], resources: ['pods'] }),
        rule({ verbs: ['get'], apiGroups: ['x'], resources: ['pods'] }),
        rule({ verbs: ['get'], apiGroups: ['x'], resources: ['*'], resourceNames: ['a'] }),
      ],
      true,
    );
    expect(wide.map(({ verbs }) => verbs)).toEqual(['get', 'list']);
  });

  it('say of an impersonated apply that it makes only what is named', () => {
    expect(namesInWords({ only: ['a'] }, action('impersonate-on:user-info:create', 'pods'))).toBe(
      'only by server-side apply, which needs patch too, of a',
    );
    expect(namesInWords({ only: ['a'] }, action('update', 'pods'))).toBe('only a');
  });
});
