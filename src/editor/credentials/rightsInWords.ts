import type { Rights, RightsRule } from '../../cluster/api/credentials.ts';

/** Rights of every ServiceAccount (ClusterRoles system:basic-user, system:cluster-trust-bundle-discovery): they tell nothing. */
const EVERYONES = /^(?:self(?:subject)?[a-z]*reviews|clustertrustbundles)$/;

/** One line for each set of verbs, most telling first: "get, list: pods, deployments.apps". */
export function rightsInWords({ rules }: Rights): string[] {
  const byVerbs = new Map<string, Set<string>>();
  for (const rule of rules) {
    const named = resourcesInWords(rule);
    if (named.length === 0) continue;
    const verbs = rule.verbs.includes('*') ? 'everything' : [...new Set(rule.verbs)].sort().join(', ');
    const resources = byVerbs.get(verbs) ?? new Set();
    for (const resource of named) resources.add(resource);
    byVerbs.set(verbs, resources);
  }
  return [...byVerbs]
    .map(([verbs, resources]) => `${verbs}: ${[...resources].sort().join(', ')}`)
    .sort((one, other) => Number(other.startsWith('everything')) - Number(one.startsWith('everything')));
}

/** The same in one clause for a message, e.g. "get, list: pods (and 3 more)". */
export function rightsInShort(rights: Rights): string {
  const [first, ...more] = rightsInWords(rights);
  if (first === undefined) {
    return rights.isComplete
      ? `No role gives it rights in namespace ${rights.namespace}.`
      : `What it may do in namespace ${rights.namespace}, the server does not tell.`;
  }
  const rest = more.length === 0 ? '' : `; and ${more.length} more`;
  return `It may ${first.length > 120 ? `${first.slice(0, 120)}…` : first}${rest} (namespace ${rights.namespace}).`;
}

function resourcesInWords({ resources, apiGroups, resourceNames }: RightsRule): string[] {
  const groups = apiGroups.length === 0 ? [''] : apiGroups;
  const only = resourceNames.length === 0 ? '' : ` (only ${resourceNames.join(', ')})`;
  return resources
    .filter((resource) => !EVERYONES.test(resource))
    .flatMap((resource) =>
      groups.map((group) => {
        if (resource === '*' && group === '*') return `every resource${only}`;
        const named = resource === '*' ? 'every resource' : resource;
        return `${named}${group === '' ? '' : `.${group === '*' ? 'any group' : group}`}${only}`;
      }),
    );
}
