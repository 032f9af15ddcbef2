import { nameProblem } from './names.ts';

/** A rule of a Role, as RBAC spells it. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** How rights are typed. */
export const RIGHTS_EXAMPLE = 'get,list pods; patch deployments.apps named web';

/** Rights that software often needs, each as little as does, as `parseRights` reads them. */
export const commonRights: readonly { readonly label: string; readonly rights: string }[] = [
  { label: 'Follow Pods', rights: 'get,list,watch pods' },
  { label: 'Read the logs of Pods', rights: 'get,list pods; get pods/log' },
  { label: 'Follow ConfigMaps', rights: 'get,list,watch configmaps' },
  { label: 'Follow Services', rights: 'get,list,watch services,endpointslices' },
  {
    label: 'Roll out Deployments',
    rights: 'get,list,watch,patch deployments; get,list,watch replicasets,pods',
  },
  {
    label: 'Deploy workloads',
    rights:
      'get,list,watch,create,update,patch,delete deployments,statefulsets,daemonsets,services,configmaps; get,list,watch pods',
  },
  { label: 'Run Jobs', rights: 'get,list,watch,create,delete jobs; get,list pods; get pods/log' },
  { label: 'Elect a leader', rights: 'get,create,update leases' },
  { label: 'Record Events', rights: 'create,patch events,events.events.k8s.io' },
];

/** The groups of what Kubernetes has built in; a resource that is not here and names no group is a core one. */
const GROUPS: ReadonlyMap<string, string> = new Map([
  ...['deployments', 'daemonsets', 'statefulsets', 'replicasets', 'controllerrevisions'].map(
    (resource) => [resource, 'apps'] as const,
  ),
  ...['jobs', 'cronjobs'].map((resource) => [resource, 'batch'] as const),
  ...['ingresses', 'networkpolicies'].map((resource) => [resource, 'networking.k8s.io'] as const),
  ...['roles', 'rolebindings'].map((resource) => [resource, 'rbac.authorization.k8s.io'] as const),
  ['leases', 'coordination.k8s.io'],
  ['endpointslices', 'discovery.k8s.io'],
  ['poddisruptionbudgets', 'policy'],
  ['horizontalpodautoscalers', 'autoscaling'],
]);

const SINGULARS =
  /^(?:pod|secret|configmap|service|serviceaccount|deployment|daemonset|statefulset|replicaset|job|cronjob|event|lease|role|rolebinding|ingress|persistentvolumeclaim)$/;
const CLUSTER_WIDE =
  /^(?:nodes|namespaces|persistentvolumes|clusterroles|clusterrolebindings|customresourcedefinitions|storageclasses)$/;

/**
 * Reads rights as they are typed, `verb,verb resource[.group][/subresource],… [named name,…]`, several parted by `;`.
 * Returns the rules of a Role, one for each API group, or what is wrong, for people.
 */
export function parseRights(typed: string): readonly Rule[] | string {
  const clauses = typed.split(';').map((clause) => clause.trim());
  if (clauses.every((clause) => clause === '')) return `Type rights such as: ${RIGHTS_EXAMPLE}`;
  const rules: Rule[] = [];
  for (const clause of clauses) {
    if (clause === '') continue;
    const parsed = parseClause(clause);
    if (typeof parsed === 'string') return parsed;
    rules.push(...parsed);
  }
  return mergeRules(rules);
}

/** Rules that differ in nothing but their resources, or nothing but their verbs, become one. */
export function mergeRules(rules: readonly Rule[]): readonly Rule[] {
  const byAllElse = (key: 'resources' | 'verbs', all: readonly Rule[]): readonly Rule[] => {
    const merged = new Map<string, Rule>();
    for (const rule of all) {
      const id = JSON.stringify({ ...rule, [key]: undefined });
      const same = merged.get(id);
      merged.set(id, same ? { ...same, [key]: union(same[key], rule[key]) } : rule);
    }
    return [...merged.values()];
  };
  return byAllElse('resources', byAllElse('verbs', rules));
}

const union = (one: readonly string[], other: readonly string[]): readonly string[] => [
  ...new Set([...one, ...other]),
];

function parseClause(clause: string): readonly Rule[] | string {
  const [verbs = '', resources = '', named, names, ...more] = clause.split(/\s+/);
  if (
    resources === '' ||
    more.length > 0 ||
    (named !== undefined && (named !== 'named' || names === undefined))
  ) {
    return `"${clause}" is not of the form: ${RIGHTS_EXAMPLE}`;
  }
  const verbList = verbs.split(',');
  const badVerb = verbList.find((verb) => !/^[a-z]+$/.test(verb));
  if (badVerb === '*') return '"*" gives verbs that are not known yet. Name those that are needed.';
  if (badVerb !== undefined)
    return `"${badVerb}" is no verb. Verbs are get, list, watch, create, update, patch, delete.`;
  const nameList = names?.split(',');
  const badName = nameList?.find((name) => nameProblem(name.replaceAll(':', '-')) !== undefined);
  if (badName !== undefined) return `"${badName}" cannot be the name of an object.`;
  const rules: Rule[] = [];
  for (const resource of resources.split(',')) {
    const parsed = parseResource(resource);
    if (typeof parsed === 'string') return parsed;
    if (
      nameList &&
      !parsed.resource.includes('/') &&
      verbList.some((verb) => /^(?:create|deletecollection)$/.test(verb))
    ) {
      return `The right to create ${resource} cannot be limited to a name: the server does not know it yet when it decides.`;
    }
    rules.push({
      apiGroups: [parsed.group],
      resources: [parsed.resource],
      ...(nameList && { resourceNames: nameList }),
      verbs: verbList,
    });
  }
  return rules;
}

function parseResource(typed: string): { readonly group: string; readonly resource: string } | string {
  const [, plural = '', group, subresource] = /^([^./]*)(?:\.([^/]*))?(?:\/(.*))?$/.exec(typed) ?? [];
  if (plural === '*') return '"*" gives resources that are not known yet. Name those that are needed.';
  const isWell =
    /^[a-z][a-z0-9-]*$/.test(plural) && (subresource === undefined || /^[a-z][a-z0-9-]*$/.test(subresource));
  if (!isWell || (group !== undefined && nameProblem(group) !== undefined)) {
    return `"${typed}" is no resource. Resources are spelled as pods, pods/log or deployments.apps.`;
  }
  if (SINGULARS.test(plural))
    return `RBAC knows resources by their plural: ${plural === 'ingress' ? 'ingresses' : `${plural}s`}.`;
  if (CLUSTER_WIDE.test(plural)) {
    return `${plural} belong to no namespace: a Role cannot give them. That takes a ClusterRole and a ClusterRoleBinding.`;
  }
  return {
    group: group ?? GROUPS.get(plural) ?? '',
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
  };
}
