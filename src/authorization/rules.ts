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

/** On which objects a rule allows an action. */
export type Allowed = 'all' | { readonly only: readonly string[] } | undefined;

const ALL = '*';

/** Whether a rule allows an action, and on which objects (kubernetes pkg/apis/rbac/v1/evaluation_helpers.go). */
function allowedBy(rule: PolicyRule, action: Action): Allowed {
  if (!has(rule.verbs, action.verb)) return undefined;
  if ('path' in action)
    return rule.nonResourceURLs.some((url) => covers(url, action.path)) ? 'all' : undefined;
  if (!has(rule.apiGroups, action.group)) return undefined;
  const subresource = action.resource.split('/')[1];
  const isNamed =
    has(rule.resources, action.resource) ||
    (subresource !== undefined && rule.resources.includes(`*/${subresource}`));
  if (!isNamed) return undefined;
  return rule.resourceNames.length === 0 ? 'all' : { only: rule.resourceNames };
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
  if (url === ALL || url === path) return true;
  return url.endsWith('*') && path.startsWith(url.replace(/\*+$/, ''));
}
