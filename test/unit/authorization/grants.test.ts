import { describe, expect, it } from 'vitest';
import { grantsOf, type Binding, type Place } from '../../../src/authorization/grants.ts';
import type { Action, PolicyRule } from '../../../src/authorization/rules.ts';
import { namesInWords } from '../../../src/authorization/words.ts';

const RBAC = 'rbac.authorization.k8s.io';
const every: PolicyRule = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  resourceNames: [],
  nonResourceURLs: ['*'],
};
const named = (...resourceNames: string[]): PolicyRule => ({ ...every, resourceNames, nonResourceURLs: [] });
const action = (verb: string, resource: string, group = ''): Action => ({ verb, group, resource });

/** What a binding gives by one rule: of ClusterRoleBindings the namespace is empty. */
function given(rule: PolicyRule, namespace: string, asked: Action, place: Place): unknown {
  const binding: Binding = { namespace, name: 'b', role: { kind: 'ClusterRole', name: 'r' } };
  return grantsOf([binding], () => [rule], asked, place)[0]?.allowed;
}

describe('a RoleBinding', () => {
  it.each<[words: string, action: Action]>([
    ['all Namespaces', action('list', 'namespaces')],
    ['a new Namespace', action('create', 'namespaces')],
    ['watching all Namespaces', action('watch', 'namespaces')],
    ['deleting many Namespaces', action('deletecollection', 'namespaces')],
    ['a user', action('impersonate', 'users')],
    ['a group', action('impersonate', 'groups')],
    ['a group within limits', action('impersonate:user-info', 'groups', 'authentication.k8s.io')],
    ['a uid', action('impersonate:user-info', 'uids', 'authentication.k8s.io')],
    ['a user within limits', action('impersonate:user-info', 'users', 'authentication.k8s.io')],
    ['a node', action('impersonate:arbitrary-node', 'nodes', 'authentication.k8s.io')],
    ['an extra', action('impersonate', 'userextras/example.com/a', 'authentication.k8s.io')],
    ['a signer', action('approve', 'signers', 'certificates.k8s.io')],
    ['more in a ClusterRole', action('escalate', 'clusterroles', RBAC)],
    ['a path', { verb: 'get', path: '/metrics' }],
  ])('gives nothing of what is in no namespace: %s', (_words, asked) => {
    expect(given(every, 'ci', asked, 'anywhere')).toBeUndefined();
    expect(given(every, '', asked, 'anywhere')).toBe('all');
  });

  it('gives the one Namespace that it is in, where its rule does not leave that out', () => {
    const get = action('get', 'namespaces');
    expect(given(every, 'ci', get, 'anywhere')).toBe('all');
    expect(given(every, 'ci', get, { namespace: 'other' })).toBeUndefined();
    expect(given(named('ci'), 'ci', get, 'anywhere')).toBe('all');
    expect(given(named('other'), 'ci', get, 'anywhere')).toBeUndefined();
    expect(given(named('other', 'ci'), '', get, { namespace: 'ci' })).toEqual({ only: ['ci'] });
    expect(given(named('other'), '', get, { namespace: 'ci' })).toBeUndefined();
  });

  it('gives what is of its one Namespace, and what is named as one and is none', () => {
    for (const asked of [
      action('update', 'namespaces/finalize'),
      action('create', 'namespaces/x'),
      action('list', 'namespaces', 'example.com'),
      action('get', 'users', 'example.com'),
      action('impersonate', 'serviceaccounts'),
      action('escalate', 'roles', RBAC),
    ]) {
      expect([asked, given(every, 'ci', asked, 'anywhere')]).toEqual([asked, 'all']);
      expect(given(every, 'ci', asked, 'everywhere')).toBeUndefined();
    }
    expect(
      grantsOf(
        [{ namespace: '', name: 'b', role: { kind: 'Role', name: 'r' } }],
        () => undefined,
        action('get', 'pods'),
        'anywhere',
      ),
    ).toEqual([]);
  });

  it('gives the binding of a ClusterRole in its namespace', () => {
    const bind = action('bind', 'clusterroles', RBAC);
    expect(given(named('view'), 'ci', bind, { namespace: 'ci' })).toEqual({ only: ['view'] });
    expect(given(named('view'), 'ci', bind, 'everywhere')).toBeUndefined();
  });
});

describe('a rule that names objects', () => {
  const on = (verb: string, resource = 'pods', ...names: string[]): unknown =>
    given(named(...names), '', action(verb, resource), 'everywhere');

  it('lets nobody delete many at once, and make one of its name by server-side apply alone', () => {
    expect(on('deletecollection', 'pods', 'one')).toBeUndefined();
    expect(on('create', 'pods', 'one')).toEqual({ only: ['one'] });
    expect(namesInWords({ only: ['one'] }, action('create', 'pods'))).toBe(
      'only by server-side apply, which needs patch too, of one',
    );
    expect(namesInWords({ only: ['one'] }, action('create', 'serviceaccounts/token'))).toBe('only one');
  });

  it('names a request without a name by an empty one', () => {
    expect(['list', 'watch', 'create', 'deletecollection'].map((verb) => on(verb, 'pods', ''))).toEqual(
      Array.from({ length: 4 }, () => 'all'),
    );
    expect(on('get', 'pods', '')).toBeUndefined();
    expect(on('create', 'pods/exec', '', 'one')).toEqual({ only: ['one'] });
  });
});
