import { describe, expect, it } from 'vitest';
import { hasNamespace } from '../../../src/authorization/grants.ts';
import {
  UNSERVED,
  parseAsked,
  resourceProblem,
  verbProblem,
  verbsFor,
  type Asked,
} from '../../../src/inventory/asked.ts';
import type { Resource } from '../../../src/inventory/resources.ts';

const namespaces: Resource = { group: '', resource: 'namespaces', namespaced: false, verbs: ['get', 'list'] };
const known = [...UNSERVED, namespaces];
const group = 'rbac.authorization.k8s.io';

function isAskedInNamespace(asked: Asked, verb: string): boolean {
  if ('path' in asked) return hasNamespace({ verb, path: asked.path }, false);
  return hasNamespace({ verb, group: asked.group, resource: asked.resource }, asked.namespaced);
}

describe('what one may ask who may do', () => {
  it('is every verb of constrained impersonation, typed or chosen', () => {
    const verbs = ['impersonate:user-info', 'impersonate-on:serviceaccount:list', 'get', '*'];
    expect(verbs.map(verbProblem)).toEqual(verbs.map(() => undefined));
    expect(['', 'Get', 'get pods', 'get;'].map(verbProblem)).not.toContain(undefined);
    expect(verbsFor(parseAsked('serviceaccounts.authentication.k8s.io', known))).toEqual([
      'impersonate:serviceaccount',
    ]);
    expect(resourceProblem('userextras.authentication.k8s.io/example.com/scope')).toBeUndefined();
    expect(parseAsked('userextras.authentication.k8s.io/example.com/scope', known)).toMatchObject({
      group: 'authentication.k8s.io',
      resource: 'userextras/example.com/scope',
    });
  });

  it('is asked of a place where a RoleBinding may allow it', () => {
    const clusterRoles: Resource = { group, resource: 'clusterroles', namespaced: false, verbs: ['get'] };
    const typed = (text: string): Asked => parseAsked(text, known);
    const asked: readonly (readonly [Asked, string, boolean])[] = [
      [typed('secrets'), 'get', true],
      [typed('namespaces'), 'get', true],
      [typed('namespaces'), 'list', false],
      [clusterRoles, 'bind', true],
      [clusterRoles, 'escalate', false],
      [typed('users'), 'impersonate', false],
      [typed('serviceaccounts.authentication.k8s.io'), 'impersonate:serviceaccount', true],
      [typed('signers.certificates.k8s.io'), 'approve', false],
      [typed('/healthz'), 'get', false],
    ];
    expect(asked.map(([what, verb]) => isAskedInNamespace(what, verb))).toEqual(
      asked.map(([, , isPlaced]) => isPlaced),
    );
    expect(verbsFor(clusterRoles)).toEqual(['get', 'escalate', 'bind']);
  });
});
