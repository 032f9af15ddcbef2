import { boundClaims, jwt } from '../support/tokens.ts';

const token = jwt(boundClaims());
const TYPE = 'kubernetes.io/service-account-token';
const OWNER = 'kubernetes.io/service-account.name';
/** No document that is parsed is longer, nor are all of a file together (src/manifest/pieces.ts), in UTF-16 units. */
const PARSED = 1_000_000;
/** More words of a document are not parsed (src/manifest/yamlText.ts). */
const WORDS = 20_000;

const filled = (unit: string, length: number): string => unit.repeat(Math.floor(length / unit.length));
const counted = (count: number, one: (index: number) => string): string =>
  Array.from({ length: Math.floor(count) }, (_, index) => one(index)).join('');
/** A document that is parsed, as it may hold a Secret. */
const secret = (rest: string): string => `kind: Secret\ntype: ${TYPE}\n${rest}`;
const deep = (open: string, close: string, depth: number): string =>
  filled(open, depth * open.length) + filled(close, depth * close.length);
const kubeconfig = (contexts: number, clusters: number, name: (index: number) => string): string =>
  [
    'kind: Config\nusers: []\nclusters:\n',
    counted(clusters, (index) => `- name: ${name(index)}\n`),
    'contexts:\n',
    counted(
      contexts,
      (index) => `- {name: x${index}, context: {cluster: ${name(index)}-, user: u${index}}}\n`,
    ),
  ].join('');

/** Files that are hard on what reads manifests and kubeconfigs, and on what shows their problems. */
export const parserMonsters: readonly { readonly name: string; readonly make: () => string }[] = [
  { name: '10^5 documents', make: () => filled('---\n', 400_000) },
  { name: '10^5 documents that matter', make: () => filled('kind: ServiceAccount\n---\n', 2_500_000) },
  { name: 'documents as small as can be', make: () => filled('serviceAccountToken\n---\n', PARSED) },
  {
    name: 'token Secrets without an owner',
    make: () => filled(`kind: Secret\ntype: ${TYPE}\nmetadata: {name: a}\n---\n`, PARSED),
  },
  {
    name: 'token Secrets whose owner is elsewhere',
    make: () =>
      counted(
        5000,
        (index) =>
          `kind: ServiceAccount\nmetadata: {name: a${index}, namespace: n}\n---\nkind: Secret\ntype: ${TYPE}\nmetadata: {name: a, namespace: m, annotations: {${OWNER}: a${index}}}\n---\n`,
      ),
  },
  {
    name: 'a List of token Secrets',
    make: () =>
      `kind: List\nitems:\n${counted(WORDS / 40, () => `- {kind: Secret, type: ${TYPE}, metadata: {name: a}}\n`)}`,
  },
  {
    name: 'contexts that name what is much like what is there',
    make: () => kubeconfig(400, 190, (index) => `${'cluster-'.repeat(12)}${index}`),
  },
  { name: 'contexts that name no cluster', make: () => kubeconfig(600, 600, (index) => `cluster-${index}`) },
  {
    name: '10^5 contexts that name no cluster',
    make: () => kubeconfig(100_000, 100, (index) => `cluster-${index}`),
  },
  {
    name: 'contexts with names of some kilobytes',
    make: () => kubeconfig(150, 150, (index) => `${'x'.repeat(5000)}${index}`),
  },
  {
    name: 'users with every credential',
    make: () =>
      `kind: Config\nclusters: []\ncontexts: []\nusers:\n${counted(600, () => '- {name: u, user: {token: t, tokenFile: f, client-certificate: c, client-key: k, exec: {command: x}}}\n')}`,
  },
  {
    name: 'a user with every credential in some kilobytes of comments',
    make: () =>
      `kind: Config\nclusters: []\ncontexts: []\nusers:\n- user:\n    token: t ${filled('#', 500_000)}\n    tokenFile: f ${filled(' #', 400_000)}\n`,
  },
  {
    name: 'one user a thousand times by aliases',
    make: () =>
      `kind: Config\nclusters: []\ncontexts: []\nusers:\n- &u {name: u, user: {token: t, tokenFile: f}}\n${filled('- *u\n', 495)}`,
  },
  {
    name: 'merges of merges',
    make: () =>
      `kind: Secret\ntype: ${TYPE}\na0: &a0 {b: c}\n${counted(6, (index) => `a${index + 1}: &a${index + 1} {<<: [${filled(`*a${index},`, 14 * `*a${index},`.length)}]}\n`)}metadata: *a6\n`,
  },
  {
    name: 'a long chain of merges into a long mapping',
    make: () =>
      secret(
        `a0: &a0 {${counted(3000, (index) => `k${index}: v, `)}}\n${counted(98, (index) => `a${index + 1}: &a${index + 1} {<<: *a${index}}\n`)}metadata: *a98\n`,
      ),
  },
  {
    name: 'a List of one long mapping a hundred times',
    make: () =>
      `kind: List\nitems:\n- &a {kind: Secret, type: ${TYPE}, ${counted(3000, (index) => `k${index}: v, `)}}\n${filled('- *a\n', 495)}`,
  },
  {
    name: 'a Pod of many volumes and mounts',
    make: () =>
      `kind: Pod\nspec:\n  containers:\n  - volumeMounts:\n${counted(500, (index) => `    - {name: v${index}, mountPath: /var/run/secrets/kubernetes.io/serviceaccount${'/'.repeat(500)}x}\n`)}  volumes:\n${counted(500, (index) => `  - {name: v${index}, projected: {sources: [serviceAccountToken: {expirationSeconds: 1, audience: x}]}}\n`)}`,
  },
  {
    name: 'anchors on every item',
    make: () => secret(`l:\n${counted(WORDS / 8, (index) => `- &a${index} b\n`)}`),
  },
  { name: 'duplicate keys', make: () => secret(filled('a: b\n', WORDS * 0.7)) },
  { name: 'every line end', make: () => secret(filled('a: b\r\nc: d\re: f\n', WORDS * 0.7)) },
  { name: 'deep flow', make: () => secret(`l: ${deep('[', ']', 10_000)}`) },
  { name: 'deep mappings in flow', make: () => secret(`l: ${deep('{a: ', '}', 4000)}`) },
  {
    name: 'flow as deep as is read',
    make: () => secret(`l: [${filled(`${deep('[', ']', 80)},`, WORDS * 0.85)}]`),
  },
  { name: 'deep keys', make: () => secret(filled('? ', WORDS / 2)) },
  { name: 'deep block', make: () => secret(`l:\n${counted(1000, (depth) => `${' '.repeat(depth)}a:\n`)}`) },
  { name: 'deep lists', make: () => secret(`l:\n${filled('- ', WORDS / 2)}a\n`) },
  { name: 'errors', make: () => secret(filled('[}', WORDS * 0.7)) },
  { name: 'escapes that are none', make: () => secret(`a: "${filled('\\q', PARSED)}"\n`) },
  { name: 'codes that are none', make: () => secret(`a: "${filled('\\x4', PARSED)}"\n`) },
  { name: 'a long text in quotes', make: () => secret(`a: "${filled('a', PARSED)}"\n`) },
  { name: 'as long a text in quotes as is read', make: () => secret(`a: "${filled('a', WORDS * 19)}"\n`) },
  { name: 'a text without an end in quotes', make: () => secret(`a: "${filled('a', PARSED)}\n`) },
  { name: 'a long word', make: () => secret(`a: ${filled('a', PARSED)}\n`) },
  { name: 'a long number', make: () => secret(`a: ${filled('1_', PARSED)}\n`) },
  { name: 'a long number to the base of sixty', make: () => secret(`a: 1${filled(':1', PARSED)}\n`) },
  { name: 'line ends in quotes', make: () => secret(`a: "${filled('\n', PARSED)}"\n`) },
  { name: 'a literal block', make: () => secret(`a: |\n${filled('  a\n', PARSED)}`) },
  { name: 'a folded block', make: () => secret(`a: >\n${filled('  a\n\n', PARSED)}`) },
  { name: 'a plain text of many lines', make: () => secret(`a: b\n${filled('\n', PARSED)}  c\n`) },
  { name: 'comments', make: () => secret(`a:\n${filled('#\n', WORDS * 0.9)}  b: c\n`) },
  { name: 'a comment of 10^5 #', make: () => secret(`immutable: true ${filled('# ', 200_000)}\nx: y\n`) },
  { name: 'a comment of 40 #', make: () => secret(`immutable: true\n${' #'.repeat(40)}x\nx: y\n- `) },
  {
    name: 'a comment of 60 # before what is to stay',
    make: () =>
      `kind: List\nitems:\n- immutable: true\n  ${'# '.repeat(60)}\n  ? kind\n  : Secret\n  type: ${TYPE}\n`,
  },
  {
    name: 'a List whose fix meets 10^5 #',
    make: () =>
      `kind: List\nitems:\n- immutable: true\n${filled('  #\n', 30_000)}  kind: Secret\n  type: ${TYPE}\n`,
  },
  { name: '10^6 line ends', make: () => filled('\n', 1_000_000) + secret('') },
  { name: '10^6 line ends within', make: () => secret(`${filled('\n', 900_000)}metadata: {}\n`) },
  { name: 'a key in blanks', make: () => filled(`kind${' '.repeat(1000)}`, PARSED) + secret('') },
  {
    name: 'a long type',
    make: () => `kind: Secret\ntype: serviceaccount${filled('a', 400_000)}token\nx: kubernetes.io/\n`,
  },
  { name: 'a long name', make: () => secret(`metadata: {name: ${filled('-token', 600_000)}x}\n`) },
  {
    name: 'a name of dashes',
    make: () => secret(`data: {token: eyJ}\nmetadata: {name: ${filled('-', 600_000)}x-1}\n`),
  },
  {
    name: 'a long name in every problem',
    make: () =>
      `kind: Config\nclusters: []\nusers: []\ncontexts:\n- &a {name: x, context: {cluster: ${filled('c', 800_000)}}}\n${filled('- *a\n', 490)}`,
  },
  {
    name: 'JSON in one line',
    make: () =>
      `{"kind":"List","items":[${filled(`{"kind":"Secret","type":"${TYPE}","metadata":{"name":"a"}},`, 40_000)}{}]}`,
  },
  {
    name: 'JSON that is too large',
    make: () => `{"kind":"Secret","items":[${filled(`{"a":"${TYPE}"},`, 30_000_000)}{}]}`,
  },
  {
    name: 'a state of Terraform',
    make: () =>
      `{"version":4,"resources":[${filled(`{"type":"kubernetes_secret","instances":[{"attributes":{"data":{"token":${JSON.stringify(token)},"kubeconfig":"apiVersion: v1\\nkind: Config\\nusers:\\n- user:\\n    token: ${token}\\n"}}}]},\n`, 20_000_000)}{}]}`,
  },
  {
    name: 'a state of Terraform in one line',
    make: () =>
      `{"version":4,"resources":[${filled(`{"data":{"token":${JSON.stringify(token)},"a":"\\"${'\\\\'.repeat(50)}"}},`, 20_000_000)}{}]}`,
  },
  { name: 'tokens in one line', make: () => filled(`${token} `, 20_000_000) },
  { name: 'tokens as small as can be', make: () => filled('eyJhbGciOiJ4In0.e30.\n', 20_000_000) },
  { name: 'tokens in braces', make: () => `${filled('{"a":[', 60_000)}${filled(`"${token}",`, 2_000_000)}` },
  {
    name: 'a token among escapes',
    make: () => `"${filled('\\', 60_000)}"${filled(`,"${token}"`, 2_000_000)}`,
  },
  {
    name: 'tokens in words',
    make: () => counted(1000, () => `{${filled('a ', 60_000)}"token":"${token}"\n`),
  },
  {
    name: 'tokens far from their object',
    make: () => `data:\n${counted(1000, () => `${filled(' #\n', 9000)}  token: ${token}\n`)}`,
  },
  {
    name: 'tokens with many claims',
    make: () =>
      filled(
        `${jwt(boundClaims({}, { aud: Array.from({ length: 8000 }, (_, index) => `a${index}`) }))}\n`,
        20_000_000,
      ),
  },
  {
    name: 'tokens with deep claims',
    make: () => filled(`${jwt(JSON.parse(`{"sub":${deep('[', ']', 4000)}}`) as object)}\n`, 5_000_000),
  },
  {
    name: 'lines of blanks and dashes',
    make: () => `${filled(`${'- '.repeat(150)}a\n`, 2_000_000)}token: ${token}\n`,
  },
];

/** Indexes of repositories that are hard on their reader. */
export const indexMonsters: readonly { readonly name: string; readonly make: () => Uint8Array }[] = [
  {
    name: 'an index of version 4 that shares all it can',
    make: () => indexOf(4, 200_000, (at) => (at === 0 ? 'a/'.repeat(2000) : String(at))),
  },
  { name: 'an index of many entries', make: () => indexOf(2, 300_000, (at) => `a/${at}`) },
  {
    name: 'an index without ends',
    make: () =>
      new Uint8Array(
        Buffer.concat([indexOf(2, 1, () => 'a').subarray(0, 60), Buffer.alloc(20_000_000, 0x61)]),
      ),
  },
  {
    name: 'an index of extensions',
    make: () =>
      new Uint8Array(
        Buffer.concat([
          indexOf(2, 0, () => '').subarray(0, 12),
          Buffer.from(filled('TREE\0\0\0\0', 20_000_000)),
          Buffer.alloc(20),
        ]),
      ),
  },
  { name: 'an index of one long path', make: () => indexOf(2, 3, () => 'a/'.repeat(5_000_000)) },
];

/** An index as gitformat-index(5) has it; in version 4 each path is the one before, and more. */
function indexOf(version: number, count: number, pathOf: (at: number) => string): Uint8Array {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(count, 8);
  const entries = Array.from({ length: count }, (_, at) => {
    const path = Buffer.from(pathOf(at));
    const stat = Buffer.alloc(62);
    stat.writeUInt32BE(0o100_644, 24);
    stat.writeUInt16BE(Math.min(path.length, 0xf_ff), 60);
    if (version === 4) return Buffer.concat([stat, Buffer.from([0]), path, Buffer.from([0])]);
    const length = (62 + path.length + 8) & ~7;
    return Buffer.concat([stat, path, Buffer.alloc(length - 62 - path.length)]);
  });
  return new Uint8Array(Buffer.concat([head, ...entries, Buffer.alloc(20)]));
}

const longPath = Array.from({ length: 60 }, () => 'a'.repeat(60));

/** Files of ignore rules that are hard on their reader, and a path that is asked about. */
export const ignoreMonsters: readonly {
  readonly name: string;
  readonly make: () => string;
  readonly path: readonly string[];
}[] = [
  { name: 'many rules', make: () => filled('/x\n', 1_000_000), path: longPath },
  { name: 'stars and letters', make: () => filled(`${'*a'.repeat(30)}b\n`, 200_000), path: longPath },
  { name: 'stars between slashes', make: () => filled(`${'**/a*/'.repeat(30)}b\n`, 200_000), path: longPath },
  { name: 'a rule of stars', make: () => '*'.repeat(1_000_000), path: longPath },
  { name: 'a rule of stars and slashes', make: () => '**/'.repeat(300_000), path: longPath },
  { name: 'a rule of brackets', make: () => '['.repeat(1_000_000), path: longPath },
  { name: 'a rule of a class', make: () => `[${'a-z'.repeat(300_000)}]`, path: longPath },
  { name: 'a rule of blanks', make: () => ' '.repeat(1_000_000), path: longPath },
  {
    name: 'lines of blanks and backslashes',
    make: () => filled(`${'\\ '.repeat(200)}\n`, 1_000_000),
    path: longPath,
  },
];
