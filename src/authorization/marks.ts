import { allowedByAny, type Action, type PolicyRule } from './rules.ts';

/** What makes a role worth a second look: whoever holds it can get further than the role says. */
export type Mark =
  | 'everything' // every verb on every resource, as cluster-admin
  | 'wildcard' // every verb, or every resource of some group
  | 'reads-secrets'
  | 'creates-tokens'
  | 'impersonates'
  | 'escalates'; // escalate or bind: may give itself what it has not

const RBAC = 'rbac.authorization.k8s.io';
const core = (verb: string, resource: string): Action => ({ verb, group: '', resource });
const rbac = (verb: string, resource: string): Action => ({ verb, group: RBAC, resource });

/**
 * The actions behind each mark. Listing and watching Secrets gives their data as getting them does; impersonate and
 * bind are verbs of their own (kubernetes pkg/registry/rbac/escalation_check.go and apiserver
 * pkg/endpoints/filters/impersonation).
 */
const TELLING: readonly (readonly [Mark, readonly Action[]])[] = [
  ['reads-secrets', ['get', 'list', 'watch'].map((verb) => core(verb, 'secrets'))],
  ['creates-tokens', [core('create', 'serviceaccounts/token')]],
  ['impersonates', ['users', 'groups', 'serviceaccounts'].map((resource) => core('impersonate', resource))],
  ['escalates', ['escalate', 'bind'].flatMap((verb) => [rbac(verb, 'roles'), rbac(verb, 'clusterroles')])],
];

/** The marks of a role's rules; where `everything` holds, it alone, as it says the rest. */
export function marksOf(rules: readonly PolicyRule[]): readonly Mark[] {
  if (rules.some(isEverything)) return ['everything'];
  return [
    ...(rules.some(isWildcard) ? (['wildcard'] as const) : []),
    ...TELLING.filter(([, actions]) => actions.some((action) => allowedByAny(rules, action))).map(
      ([mark]) => mark,
    ),
  ];
}

const WORDS: Readonly<Record<Mark, string>> = {
  everything: 'may do everything',
  wildcard: 'wildcard',
  'reads-secrets': 'reads Secrets',
  'creates-tokens': 'creates tokens',
  impersonates: 'impersonates',
  escalates: 'escalates',
};

/** A mark in a word or two. */
export function markInWords(mark: Mark): string {
  return WORDS[mark];
}

function isEverything(rule: PolicyRule): boolean {
  const { verbs, apiGroups, resources, resourceNames } = rule;
  return (
    [verbs, apiGroups, resources].every((members) => members.includes('*')) && resourceNames.length === 0
  );
}

function isWildcard({ verbs, resources }: PolicyRule): boolean {
  // A rule for paths that are no resources has no resources.
  return resources.length > 0 && (verbs.includes('*') || resources.includes('*'));
}
