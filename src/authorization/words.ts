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

/** What rules allow, a line for all that the same verbs go with; the widest first. */
export function rulesInWords(rules: readonly PolicyRule[]): readonly Line[] {
  const lines = Map.groupBy(
    rules.flatMap((rule) => objectsOf(rule).map((object) => ({ verbs: verbsInWords(rule.verbs), object }))),
    ({ verbs }) => verbs,
  );
  return Array.from(lines, ([verbs, objects]): Line => {
    const groups = Map.groupBy(
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

function verbsInWords(verbs: readonly string[]): string {
  if (verbs.includes('*')) return 'all verbs';
  const rank = (verb: string): number => (ORDER.includes(verb) ? ORDER.indexOf(verb) : ORDER.length);
  return [...new Set(verbs)].sort((one, other) => rank(one) - rank(other)).join(', ');
}

function objectsOf(rule: PolicyRule): readonly { group: string; short: string; full: string }[] {
  const named = rule.resourceNames.length === 0 ? '' : ` named ${rule.resourceNames.join(' or ')}`;
  const paths = rule.nonResourceURLs.includes('*') ? ['all paths'] : rule.nonResourceURLs;
  const resources = rule.resources.includes('*') ? ['*'] : rule.resources;
  const groups = rule.apiGroups.includes('*') ? ['*'] : rule.apiGroups;
  return groups
    .flatMap((group) => resources.map((resource) => objectInWords(group, resource, named)))
    .concat(paths.map((path) => ({ group: 'paths', short: path, full: path })));
}

function objectInWords(
  group: string,
  resource: string,
  named: string,
): { group: string; short: string; full: string } {
  const short = (resource === '*' ? 'all resources' : resource) + named;
  if (group === '*') {
    const full = resource === '*' ? short : `${short} of all API groups`;
    return { group: 'all API groups', short, full };
  }
  const title = group === '' ? 'core' : group;
  const full = resource === '*' ? `${short} of ${title}` : resourceInWords(group, resource) + named;
  return { group: title, short, full };
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
