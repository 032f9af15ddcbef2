/** A file that is longer is left alone, in UTF-16 units: nobody writes such by hand. */
export const LONGEST = 256 * 1024;

/** What is called, or named, where a shell finds anything. */
const CALLED = [
  'kubectl',
  'KUBECTL',
  'kubernetes.io/serviceaccount',
  'oc sa ',
  'oc serviceaccount',
  'oc get ',
  'oc describe ',
  'oc create token',
  'oc -',
  'oc exec',
  '$OC',
  '${OC}',
] as const;
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
/** What programs and templates have that are judged by their own languages. */
const NAMED = ['erviceAccount', 'service_account', 'rest.Config{', '-token-'] as const;
/** What files of dependencies are called; every one of them names a library with this in its name. */
const DEPENDENCIES =
  /(?:^|[\\/])(?:go\.mod|pom\.xml|package\.json|Cargo\.toml|Pipfile|pyproject\.toml|setup\.(?:py|cfg)|(?:requirements|constraints)[^\\/]*\.(?:txt|in)|[^\\/]*\.(?:gradle|gradle\.kts|csproj|fsproj|vbproj)|Directory\.Packages\.props)$/;

/** Whether anything in a part of a text can be outdated for a shell, told by plain search. */
export function canBeCalled(text: string): boolean {
  return CALLED.some((one) => text.includes(one)) && ASKED.some((one) => text.includes(one));
}

/** Whether anything in a file can be outdated, told by plain search. */
export function canMatter(path: string, text: string): boolean {
  if (canBeCalled(text)) return true;
  if (text.includes('ecret') || text.includes('BearerToken') || text.includes('_account_token')) {
    if (NAMED.some((one) => text.includes(one))) return true;
  }
  return DEPENDENCIES.test(path) && /ube|k8s\.io|fabric8/.test(text);
}
