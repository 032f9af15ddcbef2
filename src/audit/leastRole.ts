import { allowedByAny, type Action, type PolicyRule } from '../authorization/rules.ts';
import { grouped } from '../es2024.ts';
import type { AccountUse, ActionUse } from './summary.ts';

/** The rules that are needed in one namespace; empty: everywhere, as for what has no namespace. */
export interface LeastRole {
  readonly namespace: string;
  readonly rules: readonly PolicyRule[];
}

const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  verbs: [],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: [],
  ...more,
});

/**
 * What every ServiceAccount may do, by the roles that each cluster comes with: system:discovery, system:basic-user and
 * system:service-account-issuer-discovery (kubernetes plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go).
 */
const EVERYBODY: readonly PolicyRule[] = [
  rule({
    verbs: ['get'],
    nonResourceURLs: [
      '/livez',
      '/readyz',
      '/healthz',
      '/version',
      '/version/',
      '/openapi',
      '/openapi/*',
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ],
  }),
  rule({
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
  }),
  rule({ verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] }),
];

const actionOf = ({ verb, group, resource, path }: ActionUse): Action =>
  resource === '' ? { verb, path } : { verb, group, resource };

/**
 * The rules that allow what a ServiceAccount did, and nothing else: taking one away takes something that it did. What
 * every ServiceAccount may do needs none.
 */
export function leastRoles({ actions }: Pick<AccountUse, 'actions'>): LeastRole[] {
  const needed = actions
    .filter((action) => allowedByAny(EVERYBODY, actionOf(action)) !== 'all')
    .map((action) => (hasLastingNames(action, actions) ? action : unnamed(action)));
  const everywhere = rulesOf(needed.filter(({ namespace }) => namespace === ''));
  const namespaces = [...new Set(needed.map(({ namespace }) => namespace))]
    .filter((one) => one !== '')
    .sort();
  const roles = namespaces.map((namespace) => ({
    namespace,
    rules: rulesOf(
      needed.filter((action) => action.namespace === namespace && !isAllowed(everywhere, action)),
    ),
  }));
  return [{ namespace: '', rules: everywhere }, ...roles].filter(({ rules }) => rules.length > 0);
}

/** What is mostly named by a controller, so that the next has another name. */
const PASSING: ReadonlySet<string> = new Set([
  'pods',
  'events',
  'replicasets',
  'controllerrevisions',
  'jobs',
  'endpointslices',
  'endpoints',
  'certificatesigningrequests',
  'persistentvolumes',
  'volumeattachments',
  'nodes',
]);

/** Whether the names of objects are the same tomorrow: not of what passes, and not of what it makes itself. */
function hasLastingNames({ group, resource, namespace }: ActionUse, actions: readonly ActionUse[]): boolean {
  const [kind = ''] = resource.split('/');
  const isMade = (other: ActionUse): boolean =>
    other.verb === 'create' &&
    other.names === undefined &&
    other.group === group &&
    other.resource === kind &&
    other.namespace === namespace;
  return !PASSING.has(kind) && !actions.some(isMade);
}

function unnamed(action: ActionUse): ActionUse {
  return { ...action, names: undefined };
}

/** Whether rules that hold everywhere allow an action on all that it was done to. */
function isAllowed(rules: readonly PolicyRule[], action: ActionUse): boolean {
  const allowed = allowedByAny(rules, actionOf(action));
  if (allowed === undefined || allowed === 'all') return allowed === 'all';
  return action.names?.every((name) => allowed.only.includes(name)) === true;
}

/** One rule for what is allowed on the same names of one group, by the same verbs. */
function rulesOf(actions: readonly ActionUse[]): PolicyRule[] {
  const paths = grouped(
    actions.filter(({ resource }) => resource === ''),
    ({ path }) => path,
  );
  const urls = grouped([...paths], ([, all]) => verbsOf(all).join());
  const resources = grouped(
    actions.filter(({ resource }) => resource !== ''),
    ({ group, resource, names }) => JSON.stringify([group, resource, names ?? []]),
  );
  const rules = grouped([...resources.values()], (all) => {
    const [{ group, names } = { group: '', names: undefined }] = all;
    return JSON.stringify([group, names ?? [], verbsOf(all)]);
  });
  return [
    ...[...rules.values()].map((all) => {
      const [[first] = []] = all;
      return rule({
        apiGroups: [first?.group ?? ''],
        resources: all.flatMap(([one]) => (one ? [one.resource] : [])).sort(),
        resourceNames: first?.names ?? [],
        verbs: verbsOf(all.flat()),
      });
    }),
    ...[...urls.values()].map((all) =>
      rule({
        nonResourceURLs: all.map(([path]) => path).sort(),
        verbs: verbsOf(all.flatMap(([, of]) => of)),
      }),
    ),
  ];
}

const ORDER = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

function verbsOf(actions: readonly ActionUse[]): string[] {
  const place = (verb: string): number => (ORDER.includes(verb) ? ORDER.indexOf(verb) : ORDER.length);
  return [...new Set(actions.map(({ verb }) => verb))].sort(
    (one, other) => place(one) - place(other) || (one < other ? -1 : 1),
  );
}
