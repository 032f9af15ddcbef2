import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, type Document } from 'yaml';
import { applied, check, pieces } from '../../support/texts/checks.ts';
import { jwt, legacyClaims } from '../../support/tokens.ts';

const OWNER = 'kubernetes.io/service-account.name';
const token = Buffer.from(jwt(legacyClaims())).toString('base64');

/** A value in one of the ways that YAML has for it. */
const written = (value: string): fc.Arbitrary<string> =>
  fc.constantFrom(value, JSON.stringify(value), `'${value.replaceAll("'", "''")}'`);
const comment = fc.constantFrom('', ' # a note', '  # "quotes", {braces}: &amp');
const name = fc.constantFrom(
  'mycontroller',
  'mycontroller-token',
  'a.b',
  'kube-system',
  '123',
  'yes',
  'x: y',
);

/** Lines of fields at one indentation, in any order, with comments between and behind them. */
function block(indent: string, fields: fc.Arbitrary<string[]>): fc.Arbitrary<string> {
  return fc
    .tuple(fields, fc.array(fc.constantFrom('', '# between', '# serviceaccount-tokens: x'), { maxLength: 3 }))
    .chain(([lines, extra]) => fc.shuffledSubarray([...lines, ...extra], { minLength: lines.length }))
    .map((lines) =>
      lines.map((line) => (line === '' ? '\n' : `${line.replaceAll(/^/gm, indent)}\n`)).join(''),
    );
}
const field = (key: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(written(key), value, comment).map(([k, v, c]) => `${k}: ${v}${c}`);
const some = (...fields: fc.Arbitrary<string>[]): fc.Arbitrary<string[]> =>
  fc
    .tuple(...fields.map((one) => fc.option(one, { nil: undefined })))
    .map((lines) => lines.filter((line) => line !== undefined));
const quoted = name
  .chain(written)
  .map((text) => (/^x: |^yes$|^123$/.test(text) ? JSON.stringify(text) : text));

const secret = fc
  .tuple(
    block(
      '    ',
      some(
        field(OWNER, quoted),
        field('kubernetes.io/service-account.uid', fc.constant('u-1')),
        field('other', quoted),
      ),
    ),
    block('  ', some(field('name', quoted), field('namespace', quoted))),
    block(
      '',
      some(
        field('immutable', fc.constant('true')),
        field(
          'type',
          fc.constantFrom(
            'kubernetes.io/service-account-token',
            'Opaque',
            'kubernetes.io/service-acount-token',
          ),
        ),
        fc.constantFrom(
          `data: {token: ${token}}`,
          `data:\n  token: ${token}\n  ca.crt: QQ==`,
          `stringData:\n  token: |\n    ${jwt(legacyClaims())}`,
        ),
      ),
    ),
  )
  .map(
    ([annotations, metadata, rest]) =>
      `kind: Secret\nmetadata:\n${metadata}  annotations:\n${annotations}${rest}`,
  );

const credential = some(
  field('token', fc.constant('abc')),
  field('tokenFile', fc.constant('/t')),
  field('client-certificate-data', fc.constant('QQ==')),
  field('client-key-data', fc.constantFrom('QQ==', '|\n  QQ==\n  QQ==', '>-\n  QQ==')),
  field('username', fc.constant('me')),
  fc
    .constantFrom('v1', 'v1beta1', 'v1alpha1')
    .map(
      (version) =>
        `exec:\n  command: aws\n  apiVersion: client.authentication.k8s.io/${version}\n  args: [a]`,
    ),
  field('as', quoted),
);
const flow = (lines: string[]): string =>
  `{${lines.map((line) => line.replaceAll(/ +#.*| *\n */g, ' ')).join(', ')}}`;
const kubeconfig = fc
  .tuple(
    fc.oneof(
      block('    ', credential).map((lines) => `  user:\n${lines}`),
      some(
        field('token', fc.constant('a')),
        field('tokenFile', fc.constant('b')),
        field('client-certificate', fc.constant('c')),
      ).map((lines) => `  user: ${flow(lines)}\n`),
    ),
    quoted,
    quoted,
    fc.constantFrom(
      '[{name: a.b}]',
      '\n- name: c\n  cluster: {server: "http://a"}',
      '\n- name: c\n  cluster:\n    insecure-skip-tls-verify: true # between\n    server: https://a\n    certificate-authority: /ca',
    ),
  )
  .map(
    ([user, context, current, clusters]) =>
      `kind: Config\nclusters: ${clusters}\nusers:\n- name: u\n${user}contexts:\n- name: ${context}\n  context: {cluster: c, user: v}\ncurrent-context: ${current}\n`,
  );

const pod = fc
  .tuple(fc.integer({ min: -5, max: 5000 }), fc.option(quoted), fc.boolean(), fc.boolean())
  .map(([seconds, audience, isFlow, isOwn]) => {
    const lines = [
      `expirationSeconds: ${seconds}`,
      ...(audience === null ? [] : [`audience: ${audience}`]),
      'path: token',
    ];
    const projection = isFlow
      ? ` {${lines.join(', ')}}`
      : `\n${lines.map((line) => `          ${line}`).join('\n')}`;
    const path = isOwn ? '/var/run/secrets/kubernetes.io/serviceaccount' : '/t';
    return `kind: Pod\nspec:\n  containers: [{volumeMounts: [{name: v, mountPath: ${path}}]}]\n  volumes:\n  - name: v\n    projected:\n      sources:\n      - serviceAccountToken:${projection}\n`;
  });

const account = fc
  .tuple(
    name,
    fc.constantFrom('', 'secrets:\n- name: other\n- name: a.b # between\n', 'secrets: [{name: a.b}]\n'),
  )
  .map(([one, secrets]) => `kind: ServiceAccount\nmetadata: {name: ${JSON.stringify(one)}}\n${secrets}`);
const text = fc
  .tuple(
    fc.array(fc.oneof(secret, kubeconfig, pod, account), { minLength: 1, maxLength: 3 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([documents, isWindows, isCut]) => {
    const whole = documents.join('---\n');
    const end = isCut ? whole.replace(/\n$/, '') : whole;
    return isWindows ? end.replaceAll('\n', '\r\n') : end;
  });

/** Each field of each document by its path, as a client reads it. */
function fieldsOf(documents: readonly Document[]): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) found.set(path, JSON.stringify(value));
    else for (const [key, inner] of Object.entries(value)) walk(inner, `${path}/${key}`);
  };
  documents.forEach((document, index) => {
    walk(document.toJS(), String(index));
  });
  return found;
}
/** Documents in the order of what they say. */
const sorted = (documents: readonly Document[]): Document[] =>
  documents.toSorted((one, other) => (JSON.stringify(one.toJS()) < JSON.stringify(other.toJS()) ? -1 : 1));
const parsed = (yaml: string): Document[] => [...parseAllDocuments(yaml, { version: '1.1' })] as Document[];

describe('every fix of every problem', () => {
  it('gives YAML that reads as before but for what the fix is about, and keeps every other byte', () => {
    const fixesSeen = new Set<string>();
    fc.assert(
      fc.property(text, (before) => {
        const documents = parsed(before);
        fc.pre(documents.every(({ errors }) => errors.length === 0));
        for (const { rule, fixes, start, end, message } of check(before).problems) {
          expect(end).toBeGreaterThan(start);
          expect(message).not.toContain(token.slice(0, 40));
          for (const fix of fixes()) {
            fixesSeen.add(`${rule}: ${fix.title.replaceAll(/".*?"|\d+/g, '…')}`);
            const after = applied(before, fix);
            const again = parsed(after);
            expect(again.flatMap(({ errors }) => errors.map(String))).toEqual([]);
            // What comments said is still there, unless it stood on a line that went; what is moved takes its own along.
            const gone = fix.edits.map((edit) => before.slice(edit.start, edit.end)).join('');
            const added = fix.edits.map((edit) => edit.text).join('');
            const notes = (all: string): number => all.split('# between').length - 1;
            expect(notes(after)).toBe(notes(before) - notes(gone) + notes(added));
            const isAddition = fix.title.startsWith('Add the ServiceAccount');
            expect(again).toHaveLength(documents.length + Number(isAddition));
            if (isAddition) continue;
            // What is put before something else is all there, in another order.
            const isMoved = rule === 'account-after-secret';
            const was = fieldsOf(isMoved ? sorted(documents) : documents);
            const is = fieldsOf(isMoved ? sorted(again) : again);
            const changed = new Set(
              [...was.keys(), ...is.keys()].filter((path) => was.get(path) !== is.get(path)),
            );
            const about = ABOUT[rule];
            expect([...changed].filter((path) => !about?.test(path))).toEqual([]);
            expect(changed.size > 0).toBe(!isMoved);
            // What kubectl refuses first may hide what it refuses next.
            const left = (all: string): number =>
              check(all).problems.filter(
                (one) => one.rule === rule && (rule !== 'refused-where-used' || one.message === message),
              ).length;
            expect(left(after)).toBeLessThan(left(before));
          }
        }
      }),
      { numRuns: 200 },
    );
    expect(fixesSeen.size).toBeGreaterThan(18);
  }, 60_000);
});

/** The fields that each rule's fixes may change. A mapping that has lost its last field reads as null, or as nothing. */
const ABOUT: Readonly<Record<string, RegExp>> = {
  'token-file-wins': /\/user(?:\/token|\/tokenFile)?$/,
  'certificate-wins': /\/user(?:\/token|\/tokenFile|\/client-.*)?$/,
  'exec-never-runs': /\/user(?:\/token|\/tokenFile|\/username|\/password|\/client-.*|\/exec\/.*)?$/,
  'current-context-missing': /\/current-context$/,
  'context-incomplete': /\/context\/(?:cluster|user)$/,
  'refused-where-used': /\/(?:user|cluster)(?:\/(?!server$).*)?$/,
  'credential-not-sent': /\/server$/,
  'secret-listed-at-account': /\/secrets(?:\/.*)?$/,
  'own-volume-incomplete': /\/sources\/\d+\/(?:configMap|downwardAPI)\/.*$/,
  'secret-type-wrong': /\/type$/,
  'account-annotation-missing': /\/metadata\/annotations(?:\/kubernetes\.io\/service-account\.name)?$/,
  'account-in-other-namespace': /\/metadata\/namespace$/,
  'account-uid-copied': /\/metadata\/annotations(?:\/kubernetes\.io\/service-account\.uid)?$/,
  'immutable-without-token': /\/immutable$/,
  'token-data-in-git': /\/(?:data|stringData)\/|\/metadata\/name$/,
  'projection-life-out-of-range': /\/expirationSeconds$/,
  'projection-life-3607': /\/expirationSeconds$/,
  'projection-audience-refused': /\/audience$/,
  'projection-audience-open': /\/audience$/,
};

describe('hostile text', () => {
  const bomb = [
    'a: &a [x,x]',
    ...Array.from(
      { length: 30 },
      (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`},*${i === 0 ? 'a' : `b${i - 1}`}]`,
    ),
  ].join('\n');
  const head = 'kind: Config\nclusters: []\nusers:\n';
  it.each<[string, string]>([
    ['an alias bomb', `${head}${bomb}`],
    ['an alias of itself', `${head}- &a {name: u, user: *a}\ncontexts: &c [*c]`],
    ['merges of merges', `${head}- user: &a {<<: *a, token: x, tokenFile: y}`],
    ['a merge of everything', `${head}- user: {<<: [*x, *y, 1, [2]], token: x}`],
    ['deep brackets', `${head}${'['.repeat(50_000)}`],
    ['deep maps', `${head}${'{a: '.repeat(50_000)}`],
    ['deep dashes', `${head}${'- '.repeat(50_000)}`],
    ['deep keys', `${head}${'? '.repeat(5000)}`],
    ['deep brackets that close', `${head}- ${'['.repeat(6000)}${']'.repeat(6000)}`],
    [
      'merges of merges that are many',
      `kind: Config\na0: &a0 {b: c}\n${Array.from({ length: 5 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: [${`*a${i},`.repeat(19)}]}\n`).join('')}users: [{user: *a5}]\nclusters: []`,
    ],
    ['escapes that are none', `${head}- "${'\\q'.repeat(500_000)}"`],
    ['deep indentation', `${head}${Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')}`],
    ['a huge key', `${head}${'k'.repeat(500_000)}: v`],
    ['a huge value', `${head}- user: {token: "${'v'.repeat(900_000)}", tokenFile: f}`],
    ['many keys', `${head}${Array.from({ length: 50_000 }, (_, i) => `k${i}: v`).join('\n')}`],
    ['many documents', `${head}---\n`.repeat(5000)],
    [
      'keys that JavaScript has',
      `${head}__proto__: {}\nconstructor: 1\nusers: [{name: __proto__, user: {toString: x}}]`,
    ],
    ['only quotes', `${head}${'"'.repeat(100_000)}`],
    ['a lone surrogate', `${head}- name: "\uD800"\n  user: {token: "\uDC00", tokenFile: x}`],
    ['control characters', `${head}\0\u0085\u2028\uFEFF- name: x`],
    [
      'tags',
      `${head}- !!binary QQ==\n- !!set {a}\n- !!omap [a: b]\n- !<x> y\ncurrent-context: !!timestamp 2020-01-01`,
    ],
    ['directives', `%YAML 1.1\n%TAG ! x\n---\n${head}`],
  ])('%s neither throws nor hangs', (_name, hostile) => {
    const started = performance.now();
    expect(check(hostile).problems.length).toBeLessThan(20);
    expect(performance.now() - started).toBeLessThan(20_000); // No figure: what hangs would take minutes.
  });

  it('of any making is read without an error, and every offset is inside it', () => {
    const piece = fc.constantFrom(
      ...'kind: Config\n|kind: Secret\n|users:\n|- name: u\n|  user:\n|    token: x\n|    tokenFile: y\n|contexts:\n|clusters:\n|current-context: z\n|metadata:\n|  annotations:\n|type: kubernetes.io/service-account-tokn\n|data: {token: ZXlK}\n|serviceAccountToken:\n|expirationSeconds: 1\n|---\n|...\n|{|}|[|]|"|\'|, |: |? |- |&a |*a |<<: |!t |# |\r\n|\t|🔑|immutable: true\n|kind: List\nitems:\n|{{ x }}'
        .split('|')
        .concat('|\n', '>-\n'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), fc.string({ unit: 'binary' }), (pieces, tail) => {
        const hostile = pieces.join('') + tail;
        for (const { start, end, fixes } of check(hostile).problems) {
          for (const one of [{ start, end }, ...fixes().flatMap(({ edits }) => edits)]) {
            expect(one.start).toBeGreaterThanOrEqual(0);
            expect(one.end).toBeGreaterThanOrEqual(one.start);
            expect(one.end).toBeLessThanOrEqual(hostile.length);
          }
        }
      }),
      { numRuns: 600 },
    );
  }, 60_000);

  it('that are templates are not looked at', () => {
    expect(pieces(`${head}- name: {{ .Values.user }}\n`).pieces).toEqual([]);
    expect(pieces(`${head}---\nname: {{ .Values.user }}\n`).pieces).toHaveLength(1);
  });

  it('are looked at in a text of any size, up to 1 MiB of what matters, and it is said where that ends', () => {
    const filler = `kind: ConfigMap\ndata: {a: ${'x'.repeat(100_000)}}\n---\n`.repeat(50);
    const far = `${filler}${head}`;
    expect(pieces(far)).toMatchObject({ pieces: [{ start: filler.length - 1 }], leftOutFrom: undefined });
    const padded = `${head}#${'x'.repeat(400_000)}\n---\n`;
    const three = pieces(padded.repeat(3));
    expect(three.pieces.map(({ start }) => start)).toEqual([0, padded.length - 1]);
    expect(three.leftOutFrom).toBe(2 * padded.length - 1);
    const huge = `${head}${'#'.repeat(3_000_000)}\ncurrent-context: x\n`;
    expect(pieces(huge)).toEqual({ pieces: [], leftOutFrom: 0 });
    expect(pieces(`a: b\n${'#'.repeat(3_000_000)}---\n---\n${head}`)).toMatchObject({
      pieces: [{ start: 3_000_012 }],
      leftOutFrom: undefined,
    });
    expect(
      check(`${head}---\n${'- {kind: ServiceAccount, kubernetes.io/x: y}\n'.repeat(4000)}`).leftOutFrom,
    ).toBe(head.length + 3);
  });

  it.each<[string, string]>([
    ['of many words', '- a\n'.repeat(6000)],
    ['that are deep', `- ${'['.repeat(101)}${']'.repeat(101)}\n`],
    ['with a long text in quotes', `- "${'a'.repeat(500_000)}"\n`],
    ['with a text of many lines', `- |\n${'  a\n'.repeat(200_000)}`],
  ])('%s are not parsed, which cannot be interrupted, and it is said where', (_name, list) => {
    expect(check(`${head}---\n${head}${list}`).leftOutFrom).toBe(head.length + 3);
  });

  it('are parsed up to some hundred thousand words in all, and it is said where that ends', () => {
    const account = 'kind: ServiceAccount\nmetadata: {name: a}\n---\n';
    const { accounts, leftOutFrom } = check(account.repeat(24_000));
    expect(accounts.length).toBeGreaterThan(5000);
    expect(leftOutFrom).toBe(account.length * accounts.length - 1);
    expect(check(account.repeat(5000)).leftOutFrom).toBeUndefined();
  });

  it.each(['---\n', '--- x\n', '---', '----\n', '---x\n'])(
    'are cut at %j wherever it falls among what is read',
    (mark) => {
      const isMark = mark[3] !== '-' && mark[3] !== 'x';
      for (let length = 64 * 1024 - 8; length < 64 * 1024 + 3; length++) {
        const filler = `#${'x'.repeat(length)}\n`;
        const found = pieces(`${filler}${mark}${head}`).pieces;
        expect(found.map(({ start }) => start)).toEqual([isMark && mark !== '---' ? filler.length + 3 : 0]);
      }
    },
  );

  it('are cut as a look at the whole text cuts them', () => {
    const line = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          '---',
          '--- # x',
          '...',
          '----',
          ' ---',
          'a: ---',
          '',
          'kind: Secret',
          'kubernetes.io/x: y',
        ),
      },
      fc.nat({ max: 70_000 }).map((length) => `#${'x'.repeat(length)}`),
    );
    const lineEnd = fc.constantFrom('\n', '\r\n');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), lineEnd, (lines, end) => {
        const text = lines.join(end);
        const marks = [...text.matchAll(/(?:^|\n)(?:---|\.\.\.)(?=[ \t\r\n]|$)/g)].map(
          ({ index, 0: mark }) => [index + mark.length - 3, index + mark.length],
        );
        const cut = [0, ...marks.flat(), text.length];
        const documents = Array.from({ length: cut.length / 2 }, (_, index) => ({
          start: cut[2 * index] ?? 0,
          text: text.slice(cut[2 * index], cut[2 * index + 1]),
        }));
        const wanted = documents.filter(
          (one) => /kind: Secret/.test(one.text) && one.text.includes('kubernetes.io/'),
        );
        expect(pieces(text).pieces.map(({ start, text: of }) => ({ start, text: of }))).toEqual(wanted);
      }),
    );
  });
});
