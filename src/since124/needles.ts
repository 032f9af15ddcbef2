import { Phrases } from '../phrases.ts';

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

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? encoder.encode(text) : text;

const called = [
  'kubectl',
  'KUBECTL',
  'kubernetes.io/serviceaccount',
  '/serviceaccounts/',
  ...['sa ', 'serviceaccount', 'get ', 'describe ', 'create token', '-', 'exec'].map((one) => `oc ${one}`),
  '$OC',
  '${OC}',
];
const named = [
  'erviceAccount',
  'service_account',
  'rest.Config{',
  '-token-',
  '_token_request',
  'kubernetes"',
  'kubernetes.io/service-account-token',
];

/** What is called, or named, where a shell finds anything. */
const CALLED = new Phrases(called);
/** And what is asked for; each is in what some rule looks for. */
const ASKED = new Phrases([
  'ecret',
  '-token',
  ' token',
  'describe sa',
  'get sa',
  'serviceaccount',
  'create-kubeconfig',
]);
/** What programs and templates have, and one of the names behind it, that are judged by their own languages. */
const OF_PROGRAMS = new Phrases(['ecret', 'BearerToken', '_account_token', '_token_request', 'kubernetes"']);
const NAMED = new Phrases(named);
/** Most files have none of these, which is told in one pass. */
const EITHER = new Phrases([...called, ...named]);
const LIBRARIES = new Phrases(['ube', 'k8s.io', 'fabric8']);
/** What files of dependencies are called; every one of them names a library with this in its name. */
const DEPENDENCIES =
  /(?:^|[\\/])(?:go\.mod|pom\.xml|package\.json|Cargo\.toml|Pipfile|pyproject\.toml|setup\.(?:py|cfg)|(?:requirements|constraints)[^\\/]*\.(?:txt|in)|[^\\/]*\.(?:gradle|gradle\.kts|csproj|fsproj|vbproj)|Directory\.Packages\.props)$/;

/** Whether anything in a part of a text, or in bytes of UTF-8, can be outdated for a shell, told by plain search. */
export function canBeCalled(text: string | Uint8Array): boolean {
  const bytes = bytesOf(text);
  return CALLED.areIn(bytes) && ASKED.areIn(bytes);
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

/** Whether anything in a file, its text or its bytes of UTF-8, can be outdated, told by plain search. */
export function canMatter(path: string, text: string | Uint8Array): boolean {
  const bytes = bytesOf(text);
  if (EITHER.areIn(bytes) && (canBeCalled(bytes) || (OF_PROGRAMS.areIn(bytes) && NAMED.areIn(bytes))))
    return true;
  if (isKustomization(path) && RENAMES.test(decoder.decode(bytes))) return true;
  return (DEPENDENCIES.test(path) || LOCKS.test(path)) && LIBRARIES.areIn(bytes);
}
