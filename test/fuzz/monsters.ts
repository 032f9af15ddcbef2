import { boundClaims, jwt } from '../support/tokens.ts';

const token = jwt(boundClaims());
const MB = 1_000_000;
const filled = (unit: string, size: number): string => unit.repeat(Math.ceil((size * MB) / unit.length));

/** Documents that break readers by their size or depth; `make` is given the size in MB. */
export const monsters: readonly { readonly name: string; readonly make: (size: number) => string }[] = [
  { name: 'one line', make: (size) => `${filled('{"a":"b","c":[1,2,3]},', size)}"${token}"` },
  { name: 'one line of eyJ', make: (size) => filled('eyJ', size) },
  { name: 'one line of base64 of base64', make: (size) => filled('WlhsS', size) },
  { name: 'one line of apiVersion, encoded twice', make: (size) => filled('WVhCc', size) },
  {
    name: 'headers with a blank and nothing of a token',
    make: (size) => filled('ewogaaaaaaaaaaaaaaaa.x ', size),
  },
  { name: 'lines that end as base64 of a token begins', make: (size) => filled('aaaaaaaaZXlK\n', size) },
  { name: 'a part that never ends', make: (size) => `${token.split('.')[0]}.${filled('A', size)}` },
  { name: 'a signature that never ends', make: (size) => token + filled('A', size) },
  { name: 'a token broken over endless lines', make: (size) => filled('eyJhbGciOiJSUzI1NiJ9\n  ', size) },
  { name: 'brackets that never close', make: (size) => `kind: Config\n${filled('[{', size)}` },
  { name: 'indentation that never ends', make: (size) => `token: ${token}\n${filled(' ', size)}x` },
  {
    name: 'a YAML bomb',
    make: (size) =>
      `kind: Secret\n${Array.from({ length: 60 }, (_, at) => `a${at}: &a${at} [${`*a${at - 1},`.repeat(9)}]`).join('\n')}\n${filled('- *a59\n', size)}`,
  },
  { name: 'one line of words of a refusal', make: (size) => filled('failed (add): : Unauthorized ', size) },
  { name: 'broken UTF-8', make: (size) => `${filled('\uFFFD\uD800\uDC00\uDFFF\0', size)}${token}` },
  // Of what is longer than a quarter of a megabyte no lines from before 1.24 are looked for.
  { name: 'commands in commands', make: () => `kubectl get secret ${filled('$(', 0.06)}` },
  {
    name: 'reads of .secrets',
    make: () => filled("A=$(kubectl get sa x -o json | jq '.secrets[0]')\n", 0.06),
  },
  { name: 'texts that a command is given', make: () => `kubectl token\n${filled('cat <<A\n', 0.06)}` },
  {
    name: 'copies of the mounted token',
    make: () =>
      filled(
        'T=$(cat /var/run/secrets/kubernetes.io/serviceaccount/token)\ncat >f <<E\ntoken: $T\nE\n',
        0.06,
      ),
  },
  { name: 'lists of arguments', make: () => filled('"kubectl", "get", "sa", "jsonpath={.secrets}", ', 0.2) },
  {
    name: 'one line of ServiceAccounts',
    make: () => filled('const x = await c.readNamespacedServiceAccount(a); x.secrets[0];', 0.2),
  },
  { name: 'only line breaks', make: (size) => filled('\r\n', size) },
];
