import { ruleFixtures } from '../support/texts/ruleFixtures.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { random } from './random.ts';

const token = jwt(boundClaims());

/** Files as people and programs write them: manifests and kubeconfigs with every problem, Terraform, JSON. */
const FILES: readonly string[] = [
  ...ruleFixtures.map(({ before }) => before).filter((text) => text.length < 4000),
  `{"kind":"Config","users":[{"name":"u","user":{"token":"${token}"}}],"clusters":[],"contexts":[{"name":"x","context":{"cluster":"c","user":"u"}}],"current-context":"y"}`,
  `{\n  "kind": "List",\n  "items": [\n    {"kind": "Secret", "type": "kubernetes.io/service-account-token", "metadata": {"name": "s"}}\n  ]\n}\n`,
  `{"version":4,"resources":[{"instances":[{"attributes":{"data":{"token":"${token}"},"kube_config_raw":"kind: Config\\nusers:\\n- user:\\n    token: ${token}\\n"}}]}]}`,
  `resource "kubernetes_secret" "s" {\n  type = "kubernetes.io/service-account-token"\n  data = {\n    token = "${token}"\n  }\n  # ${token}\n}\n`,
  `kind: Pod\nspec: &s\n  containers:\n  - &c {name: m, volumeMounts: [{name: t, mountPath: /var/run/secrets/kubernetes.io/serviceaccount/}]}\n  - <<: *c\n  volumes: [{name: t, projected: {sources: [{serviceAccountToken: {audience: x, expirationSeconds: 3607}}]}}]\n`,
];

const PARTS = [
  '- ',
  '  ',
  '? ',
  ': ',
  '&a ',
  '*a ',
  '<<: *a\n',
  '!!omap ',
  '!x ',
  '|\n',
  '>+\n',
  '"',
  "'",
  '{',
  '}',
  '[',
  ']',
  ', ',
  '# ',
  '---\n',
  '...\n',
  '%YAML 1.1\n',
  '\n',
  '\r\n',
  '\r',
  '\t',
  '\\',
  '\uFEFF',
  '🔑',
  '\0',
  '{{ x }}',
  token,
];

/** A file with some of it changed: lines gone, doubled, moved and indented, marks put in, and a part that comes over and over. */
export function makeFile(seed: number): string {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const one = <T>(values: readonly T[]): T => values[below(values.length)] as T;
  const end = next() < 0.2 ? '\r\n' : '\n';
  let lines = one(FILES).split('\n');
  if (next() < 0.2) lines = [...lines, '---', ...one(FILES).split('\n')];
  for (let count = below(6); count > 0; count--) {
    const at = below(lines.length);
    const line = lines[at] ?? '';
    const within = below(line.length + 1);
    switch (below(6)) {
      case 0:
        lines.splice(at, 1);
        break;
      case 1:
        lines.splice(at, 0, line);
        break;
      case 2:
        lines.splice(below(lines.length), 0, ...lines.splice(at, 1));
        break;
      case 3:
        lines[at] = ' '.repeat(below(5)) + (next() < 0.5 ? line.trimStart() : line);
        break;
      default:
        lines[at] =
          line.slice(0, within) + one(PARTS).repeat(next() < 0.1 ? below(200) : 1) + line.slice(within);
    }
  }
  if (next() < 0.1) {
    const from = below(lines.length);
    const some = lines.slice(from, from + 1 + below(8));
    const times = Math.floor(10 ** (next() * 2));
    lines.splice(from, 0, ...Array.from({ length: times }, () => some).flat());
  }
  return lines.join(end);
}

/** An index of a repository, as gitformat-index(5) has it, with some of its bytes changed. */
export function makeIndex(seed: number): Uint8Array {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const version = 2 + below(3);
  const count = below(20);
  const bytes = [0x44, 0x49, 0x52, 0x43, 0, 0, 0, version, 0, 0, 0, count];
  for (let entry = 0; entry < count; entry++) {
    const path = Array.from({ length: 1 + below(30) }, () => (next() < 0.1 ? 0x2f : 0x61 + below(26)));
    const stat = Array.from({ length: 62 }, () => 0);
    stat[26] = 0x81;
    stat[27] = 0xa4;
    stat[61] = path.length;
    const length = 62 + path.length;
    const padding = version === 4 ? 1 : 8 - (length % 8);
    bytes.push(
      ...stat,
      ...(version === 4 ? [below(3)] : []),
      ...path,
      ...Array.from({ length: padding }, () => 0),
    );
  }
  bytes.push(...Array.from({ length: 20 }, () => 0));
  for (let changes = below(4); changes > 0; changes--) bytes[below(bytes.length)] = below(256);
  return new Uint8Array(bytes);
}

const PATTERNS = [
  '*',
  '**',
  '/',
  '**/',
  'a',
  'ab',
  '?',
  '[a-c]',
  '[!a]',
  '[',
  ']',
  '\\',
  '\\ ',
  ' ',
  '!',
  '#',
  '{a,b}',
  '.',
  '\n',
  '\r\n',
];

/** A file of ignore rules, and a path that is asked about. */
export function makeIgnoreFile(seed: number): { readonly text: string; readonly path: readonly string[] } {
  const next = random(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  const text = Array.from({ length: below(60) }, () => PATTERNS[below(PATTERNS.length)]).join('');
  const name = (): string => Array.from({ length: 1 + below(30) }, () => 'abc.'[below(4)]).join('');
  return { text, path: Array.from({ length: 1 + below(12) }, name) };
}
