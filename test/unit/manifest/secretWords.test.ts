import { describe, expect, it } from 'vitest';
import { jwt, legacyClaims } from '../../support/tokens.ts';
import { applied, check, fixed, marked, problemIn, rulesIn } from '../../support/texts/checks.ts';
import type { CheckRule } from '../../../src/problems/documentChecks.ts';

const TYPE = 'kubernetes.io/service-account-token';
const OWNER = 'kubernetes.io/service-account.name';
const account = (name: string, namespace = 'ci'): string =>
  `kind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n---\n`;
const secret = (
  type = `type: ${TYPE}\n`,
  annotations = `  annotations:\n    ${OWNER}: robot\n`,
  name = '  name: robot-token\n',
): string => `kind: Secret\nmetadata:\n${name}  namespace: ci\n${annotations}${type}`;
const whole = account('robot') + secret();
/** What is said of the one problem of a rule, and by which fixes it is put right, those without doubt with a star. */
const said = (text: string, rule: CheckRule): unknown => {
  const { message, fixes } = problemIn(text, rule);
  return [message, ...fixes().map(({ title, isPreferred }) => `${isPreferred ? '*' : ''}${title}`)];
};

describe('the type of a token Secret', () => {
  const typed = (type: string): string => account('robot') + secret(`type: ${type}\n`);

  it('that was meant is said beside the one that is there', () => {
    expect(said(typed('service-account-token'), 'secret-type-wrong')).toEqual([
      `The token controller fills only Secrets of type ${TYPE}, and this is "service-account-token".`,
      `*Use ${TYPE}`,
    ]);
  });

  it.each([
    'kubernetes.io/service-account-xxxxn',
    'kubernetes.io/service-account',
    'example.com/x-serviceaccount-token',
    `serviceaccount${'x'.repeat(40)}token`,
    'KUBERNETES.IO/SERVICE-ACCOUNT-TOKEN',
  ])('is meant by %s', (type) => {
    expect(rulesIn(typed(type))).toEqual(['secret-type-wrong']);
  });

  it.each([
    'kubernetes.io/service-account-xxxxx',
    'kubernetes.io/service-accounts-of-mine',
    'example.com/account-token',
    'example.com/serviceaccount',
    `serviceaccount${'x'.repeat(41)}token`,
  ])('is not meant by %s', (type) => {
    expect(rulesIn(typed(type))).toEqual([]);
  });

  it.each([
    ['Opaque', 'type: Opaque\n', 'Opaque'],
    ['empty', 'type: ""\n', OWNER],
    ['null', 'type:\n', OWNER],
    ['left out', '', OWNER],
  ])('that is %s is made the right one, as the annotation has its ServiceAccount', (_, type, mark) => {
    const text = account('robot') + secret(type);
    expect(said(text, 'secret-type-wrong')).toEqual([
      `The token controller fills only Secrets of type ${TYPE}, whatever their annotations say.`,
      `*Make it a token Secret: type ${TYPE}`,
    ]);
    expect(marked(text, 'secret-type-wrong')).toBe(mark);
    expect(rulesIn(fixed(text, 'secret-type-wrong', 'Make it'))).toEqual([]);
  });

  it('comes right after the metadata', () => {
    const text = `${account('robot')}${secret('')}data: {a: QQ==}\n`;
    expect(fixed(text, 'secret-type-wrong', 'Make it')).toBe(`${whole}data: {a: QQ==}\n`);
  });

  it('is of no matter where no annotation names a ServiceAccount, or in other objects', () => {
    const label = `  labels: {kubernetes.io/x: y}\n`;
    expect(rulesIn(secret('type: Opaque\n', label))).toEqual([]);
    expect(rulesIn(secret('', label))).toEqual([]);
    expect(rulesIn(account('robot') + secret('? type\n'))).toEqual([]);
    expect(rulesIn(`kind: ServiceAccount\n---\n${secret().replace('Secret', 'ConfigMap')}`)).toEqual([]);
  });
});

describe('the ServiceAccount of a token Secret', () => {
  it('that is not in the file is said to be needed first', () => {
    expect(said(secret(), 'account-not-in-file')).toEqual([
      'The ServiceAccount "robot" has to be in the cluster first, or the token controller deletes this Secret. This file does not have it.',
      'Add the ServiceAccount "robot" before it',
    ]);
    const { misses } = problemIn(secret(), 'account-not-in-file');
    expect(misses).toEqual({ name: 'robot', namespace: 'ci' });
    expect(applied(secret(), problemIn(secret(), 'account-not-in-file').fixes()[0] ?? never())).toBe(
      `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: robot\n  namespace: ci\n---\n${secret()}`,
    );
  });

  it('is added as the file is written, in the namespace that the Secret names', () => {
    const open = secret().replace('  namespace: ci\n', '').replaceAll('\n', '\r\n');
    expect(fixed(open, 'account-not-in-file', 'Add')).toBe(
      `apiVersion: v1\r\nkind: ServiceAccount\r\nmetadata:\r\n  name: robot\r\n---\r\n${open}`,
    );
    const digits = secret().replace(': robot\n', ': "12"\n').replace('namespace: ci', 'namespace: "1e3"');
    expect(fixed(digits, 'account-not-in-file', 'Add')).toContain('  name: "12"\n  namespace: "1e3"\n---\n');
  });

  it('cannot be put before a Secret in JSON or in a List', () => {
    const object = { kind: 'Secret', metadata: { name: 'a', annotations: { [OWNER]: 'b' } }, type: TYPE };
    for (const one of [object, { kind: 'List', items: [object] }])
      expect(problemIn(JSON.stringify(one), 'account-not-in-file').fixes()).toEqual([]);
    const item = secret().replaceAll('\n', '\n  ').trimEnd();
    expect(problemIn(`kind: List\nitems:\n- ${item}\n`, 'account-not-in-file').fixes()).toEqual([]);
  });

  it('that is in other namespaces is said with the first, which is sure where it is the only one', () => {
    const message = (namespace: string): string =>
      `The ServiceAccount "robot" of this file is in namespace ${namespace}: where this one has none of that name, the token controller deletes the Secret.`;
    expect(said(account('robot', 'a') + secret(), 'account-in-other-namespace')).toEqual([
      message('a'),
      '*Put the Secret into namespace a',
    ]);
    const two = account('robot', 'b') + account('robot', 'a') + secret();
    expect(said(two, 'account-in-other-namespace')).toEqual([
      message('b'),
      'Put the Secret into namespace b',
    ]);
  });

  it('is here where one leaves its namespace to the context, or is filled in later', () => {
    const open = account('robot').replace('  namespace: ci\n', '');
    expect(rulesIn(open + secret())).toEqual([]);
    expect(rulesIn(account('robot', 'a') + secret().replace('namespace: ci', 'namespace: $(NS)'))).toEqual(
      [],
    );
    expect(rulesIn(account('$(NAME)') + secret())).toEqual([]);
    expect(rulesIn(secret().replace(': robot\n', ': $(NAME)\n'))).toEqual([]);
    expect(rulesIn(secret().replace(': robot\n', ': default\n'))).toEqual([]);
  });
});

describe('a token Secret without its ServiceAccount’s name', () => {
  const without = secret(undefined, '');
  const message = `A token Secret needs the annotation ${OWNER}: the API server refuses it without.`;

  it('is offered those of its namespace, the likeliest first, and five of them at most', () => {
    expect(said(account('robot') + without, 'account-annotation-missing')).toEqual([
      message,
      '*Name the ServiceAccount: "robot"',
    ]);
    const names = ['g', 'rabot', 'zzzzzzzz', 'robots', 'robot', 'xobax', 'elsewhere'];
    const all = names.map((name) => account(name, name === 'elsewhere' ? 'x' : 'ci')).join('');
    expect(said(all + without, 'account-annotation-missing')).toEqual([
      message,
      'Name the ServiceAccount: "robot"',
      'Name the ServiceAccount: "rabot"',
      'Name the ServiceAccount: "robots"',
      'Name the ServiceAccount: "xobax"',
      'Name the ServiceAccount: "g"',
    ]);
  });

  it.each([
    ['robot-token', 'robot'],
    ['robot-token-x7k2p', 'robot'],
    ['robot-tokens', 'robot-tokens'],
    ['my-token-of-mine', 'my-token-of-mine'],
    ['robot', 'robot'],
  ])('is offered what its own name %s tells, in a file of no other', (name, guess) => {
    const text = secret(undefined, '', `  name: ${name}\n`);
    expect(said(text, 'account-annotation-missing')).toEqual([
      message,
      `*Name the ServiceAccount: "${guess}"`,
    ]);
  });

  it('is marked where something is, and offered nothing that cannot be written', () => {
    const bare = `kind: Secret\ntype: ${TYPE}\n`;
    expect(marked(bare, 'account-annotation-missing')).toBe('type');
    expect(problemIn(bare, 'account-annotation-missing').fixes()).toEqual([]);
    expect(problemIn(account('robot') + bare, 'account-annotation-missing').fixes()).toEqual([]);
    const nameless = secret(undefined, '', '');
    expect(marked(nameless, 'account-annotation-missing')).toBe('metadata');
    expect(problemIn(nameless, 'account-annotation-missing').fixes()).toEqual([]);
  });

  it.each([
    ['', 'robot'],
    [' ""', '"robot"'],
    [" ''", "'robot'"],
    [' ~', 'robot'],
  ])('is given it in the place of %j', (value, written) => {
    const text = account('robot') + secret(undefined, `  annotations:\n    ${OWNER}:${value}\n`);
    expect(marked(text, 'account-annotation-missing')).toBe(OWNER);
    expect(fixed(text, 'account-annotation-missing', 'Name')).toBe(
      account('robot') + secret(undefined, `  annotations:\n    ${OWNER}: ${written}\n`),
    );
  });

  it.each([' 5', ' true', ' [robot]', ' {a: b}'])(
    'is left alone where it has%s, which is no text',
    (value) => {
      expect(rulesIn(secret(undefined, `  annotations:\n    ${OWNER}:${value}\n`))).toEqual([]);
    },
  );

  it('has what was meant to be it, among the annotations or the labels, where that names one', () => {
    const annotated = (lines: string): string => account('robot') + secret(undefined, lines);
    for (const key of [
      'kubernetes.io/service-account.nxxx',
      'kubernetes.io/service-account',
      'x.io/ServiceAccount-Name',
    ])
      expect(marked(annotated(`  annotations: {a: b, ${key}: robot}\n`), 'account-annotation-missing')).toBe(
        key,
      );
    for (const key of ['kubernetes.io/service-account.xxxx', 'serviceaccount', 'x.io/serviceaccount-names'])
      expect(marked(annotated(`  annotations: {${key}: robot}\n`), 'account-annotation-missing')).toBe(
        'annotations',
      );
    for (const value of ['', ' ""', ' $(NAME)', ' 5'])
      expect(marked(annotated(`  labels:\n    ${OWNER}:${value}\n`), 'account-annotation-missing')).toBe(
        'metadata',
      );
    const quoted = annotated(`  annotations:\n    'x.io/service-account-name': two\n`);
    expect(said(quoted, 'account-annotation-missing')).toEqual([message, '*Name the ServiceAccount: "two"']);
    expect(fixed(quoted, 'account-annotation-missing', 'Name')).toBe(
      annotated(`  annotations:\n    "${OWNER}": two\n`),
    );
    const label = annotated(`  labels: {${OWNER}: two}\n  annotations: {a: b}\n`);
    expect(said(label, 'account-annotation-missing')).toEqual([message, '*Name the ServiceAccount: "two"']);
    expect(fixed(label, 'account-annotation-missing', 'Name')).toBe(
      annotated(`  labels: {${OWNER}: two}\n  annotations: {${OWNER}: two, a: b}\n`),
    );
  });
});

describe('what a token Secret should not hold', () => {
  const uid = (value: string): string =>
    account('robot') + secret(`    kubernetes.io/service-account.uid: ${value}\ntype: ${TYPE}\n`);

  it('is a uid, which is filled in', () => {
    expect(said(uid('u-1'), 'account-uid-copied')).toEqual([
      'Where the ServiceAccount has another uid, the token controller deletes this Secret. Left out, the uid is filled in.',
      '*Remove the uid: the token controller fills it in',
    ]);
    for (const value of ['""', '', '${UID}', '5']) expect(rulesIn(uid(value))).toEqual([]);
  });

  it('is that it is immutable, as long as it is empty', () => {
    expect(said(`${whole}immutable: true\n`, 'immutable-without-token')).toEqual([
      'The token controller cannot fill an immutable Secret: its token never appears.',
      '*Remove immutable',
    ]);
    for (const more of [
      'immutable: false\n',
      'immutable: "true"\n',
      'immutable:\n',
      '? immutable\n',
      'immutable: true\ndata: {token: QQ==}\n',
      'immutable: true\nstringData: {token: x}\n',
    ])
      expect(rulesIn(whole + more)).toEqual([]);
    expect(rulesIn(`${whole}immutable: true\ndata: {token: ""}\n`)).toEqual(['immutable-without-token']);
    expect(rulesIn(`${whole}immutable: true\ndata: {ca.crt: QQ==}\n`)).toEqual(['immutable-without-token']);
  });

  it('is its token, in a file that git tracks', () => {
    const token = jwt(legacyClaims());
    const encoded = Buffer.from(token).toString('base64');
    const message = (rotate: string): string =>
      `git tracks this token, which the token controller would have filled in by itself. ${rotate}`;
    const returns = message('Rotate it under a new name: under the old one the same token comes back.');
    const text = `${whole}data:\n  token: ${encoded}\n`;
    expect(said(text, 'token-data-in-git')).toEqual([
      returns,
      '*Rotate: name the Secret "robot-token-2", without data',
      'Remove the data: the token controller fills it in',
    ]);
    expect(said(`${whole}data: {token: ${encoded.slice(0, 40)}}\n`, 'token-data-in-git')).toContain(returns);
    const random = jwt(legacyClaims(), { alg: 'ES256' });
    expect(said(`${whole}stringData:\n  token: "  ${random}"\n`, 'token-data-in-git')).toContain(
      message('Rotate it: use the token of another Secret, and delete this one, which ends it.'),
    );
    for (const other of [
      'data: {token: QQ==}\n',
      `data: {token: "x${encoded}"}\n`,
      `data: {other: ${encoded}}\n`,
    ])
      expect(rulesIn(whole + other)).toEqual([]);
  });

  it('goes from all its data, and under a new name where it has one', () => {
    const token = jwt(legacyClaims());
    const data = `stringData:\n  token: ${token}\ndata:\n  ca.crt: QQ==\n`;
    expect(fixed(`${whole}${data}`, 'token-data-in-git', 'Remove')).toBe(whole);
    expect(fixed(`${whole}${data}`, 'token-data-in-git', 'Rotate')).toBe(
      whole.replace('robot-token', 'robot-token-2'),
    );
    const first = `${account('robot')}stringData:\n  token: ${token}\n${secret()}`;
    expect(fixed(first, 'token-data-in-git', 'Rotate')).toBe(whole.replace('robot-token', 'robot-token-2'));
    const titles = (of: string): string[] =>
      problemIn(of, 'token-data-in-git')
        .fixes()
        .map(({ title }) => title.split(':')[0] ?? '');
    expect(titles(account('robot') + secret(undefined, undefined, '') + data)).toEqual(['Remove the data']);
    const merged = `x: &base {name: robot-token}\n${secret(undefined, undefined, '  <<: *base\n')}${data}`;
    expect(titles(account('robot') + merged)).toEqual(['Remove the data']);
    const shared = `${whole}stringData: &shared\n  token: ${token}\nx: *shared\n`;
    expect(titles(shared)).toEqual([]);
  });
});

describe('where token Secrets are', () => {
  it('is told of those that name a ServiceAccount, with where their token is', () => {
    const token = Buffer.from(jwt(legacyClaims())).toString('base64');
    const text = `${whole}data:\n  token: ${token}\n---\n${secret(undefined, '')}`;
    expect(check(text).secrets).toEqual([
      {
        name: 'robot-token',
        namespace: 'ci',
        serviceAccount: 'robot',
        start: text.indexOf('kind: Secret'),
        tokenAt: text.indexOf(token),
      },
    ]);
  });
});

function never(): never {
  throw new Error('there is no such fix');
}
