import type { Allowed, PolicyRule } from './rules.ts';

const ORDER = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];

/** One line of what a role allows. */
export interface Line {
  /** `get, list, watch`, or `all verbs`. */
  readonly verbs: string;
  /** `pods, deployments.apps`, or `paths /healthz`. */
  readonly on: string;
}

/** What rules allow, a line for all that the same verbs go with; the widest first. */
export function rulesInWords(rules: readonly PolicyRule[]): readonly Line[] {
  const lines = new Map<string, Set<string>>();
  for (const rule of rules) {
    const verbs = verbsInWords(rule.verbs);
    const found = lines.get(verbs) ?? new Set<string>();
    for (const what of objectsInWords(rule)) found.add(what);
    lines.set(verbs, found);
  }
  return Array.from(lines, ([verbs, on]) => ({ verbs, on: [...on].join(', ') }))
    .filter(({ on }) => on !== '')
    .sort((one, other) => Number(isWide(other)) - Number(isWide(one)));
}

/** On which objects something is allowed, where it is not on all. */
export function namesInWords(allowed: NonNullable<Allowed>): string {
  return allowed === 'all' ? '' : `only ${allowed.only.join(', ')}`;
}

/** A resource as kubectl spells it: `deployments.apps/scale`. */
export function resourceInWords(group: string, resource: string): string {
  const [name = '', subresource] = resource.split('/');
  const full = group === '' ? name : `${name}.${group}`;
  return subresource === undefined ? full : `${full}/${subresource}`;
}

function verbsInWords(verbs: readonly string[]): string {
  if (verbs.includes('*')) return 'all verbs';
  const rank = (verb: string): number => (ORDER.includes(verb) ? ORDER.indexOf(verb) : ORDER.length);
  return [...new Set(verbs)].sort((one, other) => rank(one) - rank(other)).join(', ');
}

function objectsInWords(rule: PolicyRule): readonly string[] {
  const named = rule.resourceNames.length === 0 ? '' : ` named ${rule.resourceNames.join(' or ')}`;
  const paths = rule.nonResourceURLs.includes('*')
    ? ['all paths']
    : rule.nonResourceURLs.map((path) => `path ${path}`);
  const resources = rule.resources.includes('*') ? ['*'] : rule.resources;
  const groups = rule.apiGroups.includes('*') ? ['*'] : rule.apiGroups;
  return [
    ...groups.flatMap((group) => resources.map((resource) => objectInWords(group, resource) + named)),
    ...paths,
  ];
}

function objectInWords(group: string, resource: string): string {
  if (group !== '*' && resource !== '*') return resourceInWords(group, resource);
  const what = resource === '*' ? 'all resources' : resource;
  if (group === '*') return resource === '*' ? what : `${what} of all API groups`;
  return group === '' ? `${what} of the core API group` : `${what} of ${group}`;
}

function isWide({ verbs, on }: Line): boolean {
  return verbs === 'all verbs' || on.includes('all resources');
}

/** A text without line breaks: names in a cluster are a stranger's, and must not leave their comment. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\r\n\u0085\u2028\u2029]+/g, ' ');
}
