import { grouped } from '../es2024.ts';
import { baseVerb, partsOf, type Action, type Allowed, type PolicyRule } from './rules.ts';

const ORDER = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** What the same verbs go with. */
export interface Line {
  /** `get, list, watch`, or `all verbs`. */
  readonly verbs: string;
  readonly on: readonly Objects[];
}

/** Resources of one API group, or paths. */
interface Objects {
  /** `core`, `apps`, `all API groups`, or `paths`. */
  readonly group: string;
  /** Each as it is called inside the group, and alone: `deployments` and `deployments.apps`. */
  readonly names: readonly { readonly short: string; readonly full: string }[];
}

/**
 * What rules allow, a line for all that the same verbs go with; the widest first. `isEverywhere`: they are given for all
 * namespaces; a RoleBinding gives no path (kubernetes plugin/pkg/auth/authorizer/rbac/rbac.go).
 */
export function rulesInWords(rules: readonly PolicyRule[], isEverywhere: boolean): readonly Line[] {
  const lines = grouped(
    rules.flatMap((rule) =>
      objectsOf(isEverywhere ? rule : { ...rule, nonResourceURLs: [] }).map((object) => ({
        verbs: verbsInWords(rule, object.resource),
        object,
      })),
    ),
    ({ verbs }) => verbs,
  );
  return Array.from(lines, ([verbs, objects]): Line => {
    const groups = grouped(
      objects.map(({ object }) => object),
      ({ group }) => group,
    );
    return {
      verbs,
      on: Array.from(groups, ([group, members]) => ({
        group,
        names: [...new Map(members.map(({ short, full }) => [full, { short, full }])).values()],
      })),
    };
  }).sort((one, other) => Number(isWide(other)) - Number(isWide(one)));
}

/** On which objects an action is allowed, where it is not on all. */
export function namesInWords(allowed: NonNullable<Allowed>, action: Action): string {
  if (allowed === 'all') return '';
  const names = allowed.only.join(', ');
  const isCreate =
    'resource' in action && baseVerb(action.verb) === 'create' && !action.resource.includes('/');
  return isCreate ? `only by server-side apply, which needs patch too, of ${names}` : `only ${names}`;
}

/** A resource as kubectl spells it: `deployments.apps/scale`. */
export function resourceInWords(group: string, resource: string): string {
  const [name, subresource] = partsOf(resource);
  const full = group === '' ? name : `${name}.${group}`;
  return subresource === undefined ? full : `${full}/${subresource}`;
}

function verbsInWords({ verbs, resourceNames }: PolicyRule, resource: string): string {
  if (verbs.includes('*')) return 'all verbs';
  const rank = (verb: string): number => (ORDER.includes(verb) ? ORDER.indexOf(verb) : ORDER.length);
  const isOfObjects = resourceNames.length > 0 && !resourceNames.includes('') && /^[^*/]+$/.test(resource);
  return [...new Set(verbs)]
    .sort((one, other) => rank(one) - rank(other))
    .map((verb) => (isOfObjects ? (LIMITED.get(verb) ?? verb) : verb))
    .join(', ');
}

/** What is left of verbs whose requests name no object, in a rule that names some. */
const LIMITED: ReadonlyMap<string, string> = new Map([
  ['create', 'create (by server-side apply only)'],
  ['deletecollection', 'deletecollection (never: it names nothing)'],
]);

/** What a rule is about, and how it is called; a path is no resource. */
interface Named {
  readonly group: string;
  readonly resource: string;
  readonly short: string;
  readonly full: string;
}

function objectsOf(rule: PolicyRule): readonly Named[] {
  const names = rule.resourceNames.map((name) => (name === '' ? '"" (requests without a name)' : name));
  const named = names.length === 0 ? '' : ` named ${names.join(' or ')}`;
  const paths = rule.nonResourceURLs.includes('*') ? ['all paths'] : rule.nonResourceURLs;
  const resources = rule.resources.includes('*') ? ['*'] : rule.resources;
  const groups = rule.apiGroups.includes('*') ? ['*'] : rule.apiGroups;
  return groups
    .flatMap((group) => resources.map((resource) => objectInWords(group, resource, named)))
    .concat(paths.map((path) => ({ group: 'paths', resource: '', short: path, full: path })));
}

function objectInWords(group: string, resource: string, named: string): Named {
  const short = (resource === '*' ? 'all resources' : resource) + named;
  if (group === '*') {
    const full = resource === '*' ? short : `${short} of all API groups`;
    return { group: 'all API groups', resource, short, full };
  }
  const title = group === '' ? 'core' : group;
  const full = resource === '*' ? `${short} of ${title}` : resourceInWords(group, resource) + named;
  return { group: title, resource, short, full };
}

function isWide({ verbs, on }: Line): boolean {
  return (
    verbs === 'all verbs' ||
    on.some(({ names }) => names.some(({ short }) => short.startsWith('all resources')))
  );
}

/** Where the rules of an aggregated ClusterRole come from; one without a selector of its own takes all. */
export function aggregationInWords(selectors: readonly string[]): string {
  const labels = selectors.map((selector) => (selector === '' ? 'anything' : selector));
  return `Its rules are aggregated from the ClusterRoles labelled ${labels.join(', or ')}.`;
}

/** A text without line breaks: names in a cluster are a stranger's, and must not leave their comment. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ');
}
