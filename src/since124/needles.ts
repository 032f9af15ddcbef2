/** A file that is longer is left alone, in UTF-16 units: nobody writes such by hand. */
const LONGEST = 256 * 1024;
/** But for what a program writes of dependencies. */
const LONGEST_LOCK = 2 * 1024 * 1024;
const LOCKS =
  /(?:^|[\\/])(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|poetry\.lock|uv\.lock|Pipfile\.lock|Cargo\.lock|packages\.lock\.json|gradle\.lockfile)$/;

/** How long a file may be to be looked into, in UTF-16 units. */
export function longestOf(path: string): number {
  return LOCKS.test(path) ? LONGEST_LOCK : LONGEST;
}

/** The same in bytes: a character of UTF-8 has at most three for a UTF-16 unit. */
export function longestInBytes(path: string): number {
  return longestOf(path) * 3;
}

/** What is called, or named, where a shell finds anything. */
const CALLED =
  /kubectl|KUBECTL|kubernetes\.io\/serviceaccount|oc (?:sa |serviceaccount|get |describe |create token|-|exec)|\$OC|\$\{OC\}/;
/** And what is asked for; each is in what some rule looks for. */
const ASKED = [
  'ecret',
  '-token',
  ' token',
  'describe sa',
  'get sa',
  'serviceaccount',
  'create-kubeconfig',
] as const;
/** What programs and templates have, and one of the names behind it, that are judged by their own languages. */
const OF_PROGRAMS = /ecret|BearerToken|_account_token|_token_request|kubernetes"/;
const NAMED = [
  'erviceAccount',
  'service_account',
  'rest.Config{',
  '-token-',
  '_token_request',
  'kubernetes"',
  'kubernetes.io/service-account-token',
] as const;
/** What files of dependencies are called; every one of them names a library with this in its name. */
const DEPENDENCIES =
  /(?:^|[\\/])(?:go\.mod|pom\.xml|package\.json|Cargo\.toml|Pipfile|pyproject\.toml|setup\.(?:py|cfg)|(?:requirements|constraints)[^\\/]*\.(?:txt|in)|[^\\/]*\.(?:gradle|gradle\.kts|csproj|fsproj|vbproj)|Directory\.Packages\.props)$/;

/** Whether anything in a part of a text can be outdated for a shell, told by plain search. */
export function canBeCalled(text: string): boolean {
  return CALLED.test(text) && ASKED.some((one) => text.includes(one));
}

const KUSTOMIZATION = /(?:^|[\\/])(?:kustomization\.ya?ml|Kustomization)$/;
/** What gives all objects of a kustomization other names. */
const RENAMES = /^name(?:Prefix|Suffix):[ \t]+[^\s#][^\n#]*/m;

/** Whether Kustomize reads a file as a folder's list of resources, by its path. */
export function isKustomization(path: string): boolean {
  return KUSTOMIZATION.test(path);
}

/** Where a kustomization gives all its objects other names, in UTF-16 units; undefined: nowhere. */
export function renameIn(text: string): { readonly start: number; readonly end: number } | undefined {
  const found = RENAMES.exec(text);
  const line = found?.[0].trimEnd();
  if (!found || line === undefined || /["']{2}$/.test(line)) return undefined;
  return { start: found.index, end: found.index + line.length };
}

/** Whether anything in a file can be outdated, told by plain search. */
export function canMatter(path: string, text: string): boolean {
  if (canBeCalled(text)) return true;
  if (isKustomization(path) && RENAMES.test(text)) return true;
  if (OF_PROGRAMS.test(text) && NAMED.some((one) => text.includes(one))) return true;
  return (DEPENDENCIES.test(path) || LOCKS.test(path)) && /ube|k8s\.io|fabric8/.test(text);
}
