const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/**
 * What is wrong with the name of a Secret or ServiceAccount, for people; undefined where nothing is. A DNS subdomain of
 * at most 253 characters (apimachinery pkg/util/validation, IsDNS1123Subdomain).
 */
export function nameProblem(name: string): string | undefined {
  return problemOf(name, SUBDOMAIN, 253, 'lower-case letters, digits, "-" and "."');
}

/** The same of a namespace: a DNS label of at most 63 characters (IsDNS1123Label). */
export function namespaceProblem(name: string): string | undefined {
  return problemOf(name, LABEL, 63, 'lower-case letters, digits and "-"');
}

function problemOf(name: string, allowed: RegExp, longest: number, characters: string): string | undefined {
  if (name === '') return 'A name is needed.';
  if (name.length > longest) return `At most ${longest} characters: this has ${name.length}.`;
  if (allowed.test(name)) return undefined;
  return `Only ${characters}, and a letter or digit at each end.`;
}

/**
 * Whether a name is filled in before Kubernetes sees it, as `${NAME}` by envsubst and Flux, `$(NAME)` by Kustomize or
 * `<name>` by the reader: it is one that Kubernetes would refuse.
 */
export function isFilledIn(name: string): boolean {
  return nameProblem(name) !== undefined;
}

/** The namespace of an object; undefined, which can be any, also where it is filled in. */
export function knownNamespace(namespace: string | undefined): string | undefined {
  return namespace === undefined || namespaceProblem(namespace) !== undefined ? undefined : namespace;
}

/** Whether a part of a text is filled in by envsubst, Flux, Kustomize or OpenShift's Templates. */
export function hasPlaceholder(text: string): boolean {
  return /\$[{(]|^\$[A-Za-z_]/.test(text);
}
