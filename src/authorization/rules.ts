import { withoutTrailing } from '../trailing.ts';

/** A rule of a Role or ClusterRole, as RBAC reads it: it allows every combination of its members. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  /** The core group is the empty name. */
  readonly apiGroups: readonly string[];
  /** `pods`, `serviceaccounts/token`, `*`, or a subresource of anything: `*` + `/scale`. */
  readonly resources: readonly string[];
  /** Only these objects; empty: all. */
  readonly resourceNames: readonly string[];
  /** Paths that are no resource, such as `/healthz`; a `*` at the end stands for whatever follows. */
  readonly nonResourceURLs: readonly string[];
}

/** What somebody wants to do: a verb on a resource, or on a path that is no resource. */
export type Action =
  | {
      readonly verb: string;
      /** The core group is the empty name. */
      readonly group: string;
      /** With its subresource: `serviceaccounts/token`. */
      readonly resource: string;
    }
  | { readonly verb: string; readonly path: string };

/**
 * On which objects something is allowed: all, or those of these names only. Where it is `create`, names alone let
 * nobody post to the collection, but server-side apply and PUT make an object under such a name.
 */
export type Allowed = 'all' | { readonly only: readonly string[] } | undefined;

const ALL = '*';

/** Whether a rule allows an action, and on which objects (kubernetes pkg/apis/rbac/v1/evaluation_helpers.go). */
function allowedBy(rule: PolicyRule, action: Action): Allowed {
  if (!has(rule.verbs, action.verb)) return undefined;
  if ('path' in action)
    return rule.nonResourceURLs.some((url) => covers(url, action.path)) ? 'all' : undefined;
  if (!has(rule.apiGroups, action.group)) return undefined;
  const [, subresource] = partsOf(action.resource);
  const isNamed =
    has(rule.resources, action.resource) ||
    (subresource !== undefined && rule.resources.includes(`${ALL}/${subresource}`));
  if (!isNamed) return undefined;
  return rule.resourceNames.length === 0 ? 'all' : allowedOn(rule.resourceNames, action);
}

/** What a rule for objects of these names allows; an empty one is that of a request without a name. */
function allowedOn(names: readonly string[], action: Extract<Action, { resource: string }>): Allowed {
  const carries = nameOf(action);
  if (carries !== 'always' && names.includes('')) return 'all';
  const only = names.filter((name) => name !== '');
  return carries === 'never' || only.length === 0 ? undefined : { only };
}

/**
 * Whether requests carry the name of an object when they are authorized (apiserver pkg/endpoints/request/requestinfo.go):
 * list and watch do where they select one by `metadata.name`; create does where an apply or PUT would make the object
 * (pkg/endpoints/handlers/patch.go, update.go), and on a subresource; escalate where the role is there already.
 */
function nameOf({ verb, resource }: Extract<Action, { resource: string }>): 'always' | 'sometimes' | 'never' {
  const base = baseVerb(verb);
  if (partsOf(resource)[1] !== undefined) return 'always';
  if (base === 'deletecollection') return 'never';
  return SOMETIMES.has(base) ? 'sometimes' : 'always';
}

const SOMETIMES: ReadonlySet<string> = new Set(['create', 'list', 'watch', 'escalate']);

/** The verb of the request itself: of `impersonate-on:<mode>:<verb>`, what follows the mode. */
export function baseVerb(verb: string): string {
  return verb.replace(/^impersonate-on:[^:]*:/, '');
}

/** A resource, and its subresource, which may hold slashes (`userextras/example.com/scope`). */
export function partsOf(resource: string): readonly [name: string, subresource: string | undefined] {
  const slash = resource.indexOf('/');
  return slash < 0 ? [resource, undefined] : [resource.slice(0, slash), resource.slice(slash + 1)];
}

/** On which objects the rules of a role together allow an action. */
export function allowedByAny(rules: readonly PolicyRule[], action: Action): Allowed {
  const only: string[] = [];
  for (const rule of rules) {
    const allowed = allowedBy(rule, action);
    if (allowed === 'all') return 'all';
    if (allowed) only.push(...allowed.only);
  }
  return only.length === 0 ? undefined : { only: [...new Set(only)] };
}

function has(members: readonly string[], wanted: string): boolean {
  return members.includes(ALL) || members.includes(wanted);
}

function covers(url: string, path: string): boolean {
  if (url === path) return true;
  return url.endsWith('*') && path.startsWith(withoutTrailing(url, '*'));
}
