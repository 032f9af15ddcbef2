import { describe, expect, it } from 'vitest';
import { besideOf } from '../../../src/since124/kustomize.ts';
import { foundIn, repaired } from '../../support/texts/outdatedCorpus.ts';

const OWNER = 'kubernetes.io/service-account.name';
const TYPE = 'type: kubernetes.io/service-account-token\n';

const account = (name = 'robot', more = ''): string =>
  `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${name}\n${more}`;
const secret = (name: string, ...annotations: readonly string[]): string =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\n  annotations:\n    ${OWNER}: robot\n${annotations.map((line) => `    ${line}\n`).join('')}${TYPE}`;

const rulesIn = (text: string): string[] =>
  foundIn({ path: 'templates/it.yaml', text, beside: new Map() }).map(({ rule }) => rule);

describe('a token Secret of a chart', () => {
  it.each([
    'randAlphaNum 5',
    'randAlpha 5',
    'randNumeric 3',
    'randAscii 9',
    'randBytes 4',
    'randInt 1 9',
    'uuidv4',
    'now | date "x"',
    '.Release.Revision',
    '.Release.Time',
  ])('has another name at each upgrade by %s', (made) => {
    expect(rulesIn(secret(`robot-{{ ${made} }}`))).toEqual(['token-secret-remade']);
    expect(rulesIn(secret(`{{ print "robot" | ${made} }}`))).toEqual(['token-secret-remade']);
    expect(rulesIn(secret(`robot-{{ ${made.replace(/[a-zA-Z0-9]*\b/, '$&x')} }}`))).toEqual([]);
    expect(rulesIn(secret(`robot-{{ a }} ${made}`))).toEqual([]);
    expect(rulesIn(secret(`robot-{{ lookup "v1" ${made} }}`))).toEqual([]);
    expect(rulesIn(secret(`robot-{{ ${made} }}`, 'helm.sh/resource-policy: keep'))).toEqual([]);
    expect(rulesIn(secret(`robot-{{ ${made} }}`, 'helm.sh/hook: post-install'))).toEqual([]);
  });

  it.each([
    ['post-upgrade'],
    ['pre-upgrade'],
    ['pre-rollback'],
    ['post-rollback'],
    ['post-install,post-upgrade'],
    ['post-install , pre-rollback'],
  ])('is made again as the hook %s', (hook) => {
    const remade = secret('robot', `helm.sh/hook: ${hook}`);
    expect(rulesIn(remade)).toEqual(['token-secret-remade']);
    const policy = (one: string): string =>
      secret('robot', `helm.sh/hook-delete-policy: ${one}`, `helm.sh/hook: ${hook}`);
    expect(rulesIn(policy('hook-failed,before-hook-creation'))).toEqual(['token-secret-remade']);
    expect(rulesIn(policy('hook-succeeded'))).toEqual([]);
  });

  it.each(['post-install', 'pre-delete', 'post-upgrades', 'xpost-upgrade', '"{{ .Values.hook }}-upgrade"'])(
    'is not made again as the hook %s',
    (hook) => {
      expect(rulesIn(secret('robot', `helm.sh/hook: ${hook}`))).toEqual([]);
    },
  );

  it('is made too early where its ServiceAccount is of the rest', () => {
    const early = secret('robot-token', 'helm.sh/hook: post-upgrade, pre-install');
    expect(rulesIn(`${early}---\n${account()}`)).toEqual(['hook-before-account']);
    expect(rulesIn(`${early}---\n${account('other')}`)).toEqual(['token-secret-remade']);
    const hook = '  annotations:\n    helm.sh/hook: pre-install\n';
    expect(rulesIn(`${early}---\n${account('robot', hook)}`)).toEqual(['token-secret-remade']);
    expect(rulesIn(`${early}---\n${account().replace('ServiceAccount', 'Role')}`)).toEqual([
      'token-secret-remade',
    ]);
    const late = secret('robot-token', 'helm.sh/hook: post-install');
    expect(rulesIn(`${late}---\n${account()}`)).toEqual([]);
  });

  it('is made again whoever its owner is', () => {
    const text = secret('robot', 'helm.sh/hook: pre-upgrade');
    expect(rulesIn(text.replace(`    ${OWNER}: robot\n`, ''))).toEqual(['token-secret-remade']);
  });

  it('is let alone where it is another Secret, or something else', () => {
    const text = secret('robot-{{ uuidv4 }}');
    expect(rulesIn(text.replace('kind: Secret', 'kind: Config # no Secret'))).toEqual([]);
    expect(rulesIn(text.replace('-account-token', '-account-token-2'))).toEqual([]);
    expect(rulesIn(text.replace('type:', 'types:'))).toEqual([]);
  });

  it('is no hook any more after its fix, in whatever order its lines are', () => {
    const lines = [
      'helm.sh/hook-weight: "1"',
      "'helm.sh/hook-delete-policy' : before-hook-creation # first",
      'a: b',
      '"helm.sh/hook":   "post-upgrade"   # last',
      'helm.sh/hook-output-log-policy: hook-failed',
    ];
    const others = lines.filter((line) => line.startsWith('a:'));
    expect(repaired('templates/it.yaml', secret('robot', ...lines))).toEqual([secret('robot', ...others)]);
  });
});

describe('the lines of an object', () => {
  const marked = (text: string): string[] =>
    foundIn({ path: 'templates/it.yaml', text, beside: new Map() }).map(({ start, end }) =>
      text.slice(start, end),
    );
  const NAME = 'robot-{{ now }}';

  it.each([
    ['plain', NAME, NAME],
    ['with a comment', `${NAME}   # it`, NAME],
    ['with a number sign', `${NAME}#it`, `${NAME}#it`],
    ['in quotes', `"${NAME}" # it`, `"${NAME}"`],
    ['in single quotes', `   '${NAME}'`, `'${NAME}'`],
    ['in quotes, with a number sign within', `"${NAME} # it" # it`, `"${NAME} # it"`],
    ['after a quote that does not end', `"${NAME} # it`, `"${NAME}`],
  ])('have a name %s', (_how, written, name) => {
    expect(marked(secret(written))).toEqual([name]);
    expect(marked(secret(written).replaceAll('\n', '\r\n'))).toEqual([name]);
  });

  it('are those of a document, however it is indented and divided', () => {
    const text = secret(NAME);
    expect(marked(text.replaceAll('  ', '      '))).toEqual([NAME]);
    expect(marked(`\n${text}`)).toEqual([NAME]);
    expect(marked(`---\n${text}--- # next\n${account()}`)).toEqual([NAME]);
    expect(marked(`${text}---\n`.repeat(3))).toEqual([NAME, NAME, NAME]);
    expect(marked(text.replace('kind: Secret\n', '---\nkind: Secret\n'))).toEqual([NAME]);
    expect(marked(text.replace('metadata:', '---\nmetadata:'))).toEqual([]);
    expect(marked(text.replace('metadata:', '---x\nmetadata:'))).toEqual([NAME]);
    expect(marked(text.trimEnd())).toEqual([NAME]);
  });

  it('are no others than its own', () => {
    const text = secret('robot');
    expect(marked(text.replace('metadata:', `data:\n  name: ${NAME}\nmetadata:`))).toEqual([]);
    expect(marked(text.replace('  annotations:', `  labels:\n    name: ${NAME}\n  annotations:`))).toEqual(
      [],
    );
    expect(marked(text.replace('  name: robot', `  name: robot\n  name: ${NAME}`))).toEqual([]);
    expect(marked(text.replace('  name: robot', `  - name: ${NAME}`))).toEqual([]);
    expect(marked(`${text}name: ${NAME}\n`)).toEqual([]);
    const hook = 'helm.sh/hook: post-upgrade';
    expect(marked(text.replace('  annotations:\n', `  labels:\n    ${hook}\n  annotations:\n`))).toEqual([]);
    expect(marked(text.replace(TYPE, `  labels:\n    ${hook}\n${TYPE}`))).toEqual([]);
    expect(marked(text.replace(TYPE, `    a:\n      ${hook}\n${TYPE}`))).toEqual([]);
    expect(marked(text.replace(TYPE, `${TYPE}data:\n  annotations:\n    ${hook}\n`))).toEqual([]);
    expect(marked(text.replace(TYPE, `    ${hook}\n${TYPE}`))).toEqual(['post-upgrade']);
    expect(marked(text.replace(TYPE, `${TYPE}type: Opaque\nkind: Config\n`).replace('robot', NAME))).toEqual([
      NAME,
    ]);
    expect(marked(text.replace(`kind: Secret`, `kind: "Secret" # it`).replace('robot', NAME))).toEqual([
      NAME,
    ]);
  });

  it('are read in so many documents, and so far, and no more', () => {
    const many = (count: number): string => `${'kind: Config\n---\n'.repeat(count)}${secret(NAME)}`;
    expect([marked(many(499)).length, marked(many(500)).length]).toEqual([1, 0]);
    const wide = (width: number): string => secret(`${NAME}${'x'.repeat(width)}`);
    expect(marked(wide(900))).toEqual([`${NAME}${'x'.repeat(900)}`]);
    expect(marked(wide(2000))[0]?.length).toBe(1000 - '  name: '.length);
  });
});

describe('a kustomization that renames a ServiceAccount', () => {
  const both = `${account()}---\n${secret('robot-token')}`;
  const found = (
    text: string,
    beside: Readonly<Record<string, string>> = { 'a.yaml': both },
    path = 'kustomization.yaml',
  ) => foundIn({ path, text, beside: new Map(Object.entries(beside)) });

  it.each([
    ['resources:\n- a.yaml\n'],
    ['resources:\n  - ./a.yaml # it\n'],
    ["resources:\n-   'a.yaml'\n"],
    ['resources:\n# it\n- "a.yaml"\n- b.yaml\n'],
    ['resources: [ "b.yaml" , a.yaml ] # it\n'],
    ['resources:\r\n- a.yaml\r\n'],
    ['images:\n- b.yaml\nresources:\n- a.yaml\n'],
    ['resources:\n- https://b/c\n- a.yaml\n'],
  ])('is told so, as it lists both: %j', (resources) => {
    expect(found(`namePrefix: p-\n${resources}`).map(({ rule }) => rule)).toEqual([
      'kustomize-renames-account',
    ]);
    expect(found(`${resources}nameSuffix:  '-s'`)).toHaveLength(1);
  });

  it.each([
    ['it renames nothing', 'resources:\n- a.yaml\n'],
    ['it gives no prefix', "namePrefix: ''\nresources:\n- a.yaml\n"],
    ['its prefix is a comment', 'namePrefix: # p-\nresources:\n- a.yaml\n'],
    ['the prefix is of something within', 'a:\n  namePrefix: p-\nresources:\n- a.yaml\n'],
    ['the list is of something within', 'namePrefix: p-\na:\n  resources:\n- a.yaml\n'],
    ['it lists another file', 'namePrefix: p-\nresources:\n- b.yaml\n'],
    ['it lists the file elsewhere', 'namePrefix: p-\nresources:\n- b.yaml\ngenerators:\n- a.yaml\n'],
    ['it lists the file before', 'namePrefix: p-\ncrds:\n- a.yaml\nresources:\n- b.yaml\n'],
    ['the line is a comment', 'namePrefix: p-\nresources:\n# - a.yaml\n'],
    ['the item has no blank', 'namePrefix: p-\nresources:\n-a.yaml\n'],
    ['the brackets do not begin', 'namePrefix: p-\nresources: -a.yaml]\n'],
    ['the brackets do not end', 'namePrefix: p-\nresources: [a.yaml,\n'],
    ['the brackets are of something else', 'namePrefix: p-\nresource: [a.yaml]\n'],
    ['the quotes are not alike', 'namePrefix: p-\nresources:\n- "a.yaml\'\n'],
    ...[
      'replacements',
      'configurations',
      'transformers',
      'patches',
      'patchesStrategicMerge',
      'patchesJson6902',
      'components',
      'vars',
    ].map((key) => [
      `it may carry the name on by ${key}`,
      `namePrefix: p-\nresources:\n- a.yaml\n${key}:\n- x\n`,
    ]),
  ])('is not told so where %s', (_where, text) => {
    expect(found(text)).toEqual([]);
  });

  it('needs the files beside it that may have them', () => {
    const list = (...items: readonly string[]): string =>
      `namePrefix: p-\nresources:\n${items.map((item) => `- ${item}\n`).join('')}`;
    expect(
      besideOf('a/kustomization.yml', list('b.yaml', './c/d.yml', '_e.yaml', 'f-1/g h.yaml', 'l.yaml/l.yml')),
    ).toEqual(['b.yaml', 'c/d.yml', '_e.yaml', 'f-1/g h.yaml', 'l.yaml/l.yml']);
    expect(
      besideOf(
        'Kustomization',
        list(
          '../b.yaml',
          'a/../b.yaml',
          '/b.yaml',
          'https://b/c.yaml',
          'b',
          'b.yamlx',
          'b.json',
          'git@b:c.yaml',
        ),
      ),
    ).toEqual([]);
    expect(besideOf('kustomization.yaml', list(`${'a'.repeat(201)}.yaml`))).toEqual([
      `${'a'.repeat(201)}.yaml`,
    ]);
    expect(besideOf('kustomization.yaml', list(`${'a'.repeat(202)}.yaml`))).toEqual([]);
    expect(
      besideOf('kustomization.yaml', list(...Array.from({ length: 120 }, (_, index) => `${index}.yaml`))),
    ).toHaveLength(100);
    expect(besideOf('kustomization.yaml', list(`a.yaml${' '.repeat(4000)}x`))).toEqual(['a.yaml']);
    for (const path of [
      'kustomization.json',
      'my-kustomization.yaml',
      'kustomization.yaml.bak',
      'kustomization',
      'Kustomization.md',
    ])
      expect([path, besideOf(path, list('a.yaml'))]).toEqual([path, []]);
    expect(besideOf('a\\kustomization.yaml', list('a.yaml'))).toEqual(['a.yaml']);
  });

  it('says which one, and how many', () => {
    const list = 'namePrefix: p-\nresources:\n- a.yaml\n- b.yaml\n';
    const [one] = found(list, { 'a.yaml': both });
    expect(one?.message).toMatch(
      /ServiceAccount "robot" another.*token Secret "robot-token" in a\.yaml: the token/,
    );
    const [two] = found(list, { 'a.yaml': both, 'b.yaml': secret('second') });
    expect(two?.message).toContain('in a.yaml (and 1 more): the token');
    const other = { 'a.yaml': account(), 'b.yaml': secret('t').replace(`${OWNER}: robot`, 'a: b') };
    expect(found(list, other)).toEqual([]);
    expect(
      found(list, { 'a.yaml': account(), 'b.yaml': secret('t').replace('kind: Secret', 'kind: Config') }),
    ).toEqual([]);
    expect(
      found(list, { 'a.yaml': account(), 'b.yaml': secret('t').replace('-account-token', '-x') }),
    ).toEqual([]);
    expect(found(list, { 'a.yaml': account(), 'b.yaml': secret('t').replace('  name: t\n', '') })).toEqual(
      [],
    );
    expect(found(list, { 'a.yaml': account().replace('Service', 'My'), 'b.yaml': secret('t') })).toEqual([]);
  });

  it('is told what is most likely meant', () => {
    const [one] = found('namePrefix: p-\nresources: [a.yaml]\n');
    expect(one?.fixes().map(({ isPreferred }) => isPreferred)).toEqual([true]);
  });

  it('carries the name on after its fix, for each of them', () => {
    const fixed = (text: string, beside: Readonly<Record<string, string>>): string | undefined => {
      const [edit] = found(text, beside)[0]?.fixes()[0]?.edits ?? [];
      return edit && text.slice(0, edit.start) + edit.text + text.slice(edit.end);
    };
    const item = (name: string): string =>
      `  - source:\n      kind: ServiceAccount\n      name: robot\n    targets:\n      - select:\n          kind: Secret\n          name: ${name}\n        fieldPaths:\n          - metadata.annotations.[${OWNER}]\n`;
    const list = 'namePrefix: p-\nresources: [a.yaml, b.yaml]';
    const beside = { 'a.yaml': both, 'b.yaml': secret('second') };
    const after = `${list}\nreplacements:\n${item('robot-token')}${item('second')}`;
    expect(fixed(`${list}\n`, beside)).toBe(after);
    expect(fixed(list, beside)).toBe(after);
    const windows = (text: string): string => text.replaceAll('\n', '\r\n');
    expect(fixed(windows(`${list}\n`), beside)).toBe(windows(after));
    expect(fixed(windows(list), beside)).toBe(windows(after));
  });
});
