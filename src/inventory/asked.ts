import { resourceInWords } from '../authorization/words.ts';
import type { Resource } from './resources.ts';

/** A resource with what may be done to it, or a path. */
export type Asked = { readonly path: string } | Resource;

const AUTHENTICATION = 'authentication.k8s.io';
/** Verbs that the API server serves no request for, and what they are about. */
const SPECIAL: readonly (readonly [verbs: readonly string[], group: string, resource: string])[] = [
  [['impersonate'], '', 'serviceaccounts'],
  [['escalate', 'bind'], 'rbac.authorization.k8s.io', 'roles'],
  [['escalate', 'bind'], 'rbac.authorization.k8s.io', 'clusterroles'],
];

function unserved(group: string, resource: string, verbs: readonly string[], namespaced = false): Resource {
  return { group, resource, namespaced, verbs };
}

/**
 * Resources that authorizers are asked about and that no API serves: whom one impersonates, with verbs of their own for
 * each mode since Kubernetes 1.36 (apiserver pkg/endpoints/filters/impersonation/mode.go), and signers of certificates.
 */
export const UNSERVED: readonly Resource[] = [
  unserved('', 'users', ['impersonate']),
  unserved('', 'groups', ['impersonate']),
  unserved(AUTHENTICATION, 'users', ['impersonate:user-info']),
  unserved(AUTHENTICATION, 'groups', ['impersonate:user-info']),
  unserved(AUTHENTICATION, 'uids', ['impersonate', 'impersonate:user-info']),
  unserved(AUTHENTICATION, 'serviceaccounts', ['impersonate:serviceaccount'], true),
  unserved(AUTHENTICATION, 'nodes', ['impersonate:arbitrary-node', 'impersonate:associated-node']),
  unserved('certificates.k8s.io', 'signers', ['approve', 'sign', 'attest']),
];

const USUAL = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** The verbs that may be asked about, the usual ones first. */
export function verbsFor(asked: Asked): readonly string[] {
  if ('path' in asked) return ['get', 'post', 'put', 'delete'];
  const special = SPECIAL.filter(
    ([, group, resource]) => group === asked.group && resource === asked.resource,
  ).flatMap(([verbs]) => verbs);
  const verbs = new Set([...(asked.verbs.length === 0 ? USUAL : asked.verbs), ...special]);
  return [...verbs].sort((one, other) => place(one) - place(other));
}

/** What is wrong with a typed verb, for people. */
export function verbProblem(value: string): string | undefined {
  return /^[a-z*][a-z:*-]*$/.test(value.trim())
    ? undefined
    : 'A verb is in lower case, as get, impersonate:user-info or impersonate-on:serviceaccount:list.';
}

/** What is wrong with a typed resource or path, for people. */
export function resourceProblem(value: string): string | undefined {
  const isOne = /^(?:\/\S*|[a-z0-9-]+(?:\.[a-z0-9.-]+)?(?:\/[a-z0-9./-]+)?)$/.test(value.trim());
  return isOne ? undefined : 'Type it as secrets, deployments.apps, serviceaccounts/token, or /healthz.';
}

/** What was typed; a resource that is not among the known ones is taken for one that namespaces have. */
export function parseAsked(value: string, known: readonly Resource[]): Asked {
  const text = value.trim();
  if (text.startsWith('/')) return { path: text };
  const found = known.find(({ group, resource }) => resourceInWords(group, resource) === text);
  if (found) return found;
  const slash = text.indexOf('/');
  const full = slash < 0 ? text : text.slice(0, slash);
  const dot = full.indexOf('.');
  const name = dot < 0 ? full : full.slice(0, dot);
  const resource = slash < 0 ? name : name + text.slice(slash);
  return { group: dot < 0 ? '' : full.slice(dot + 1), resource, namespaced: true, verbs: [] };
}

function place(verb: string): number {
  const at = USUAL.indexOf(verb);
  return at < 0 ? USUAL.length : at;
}
