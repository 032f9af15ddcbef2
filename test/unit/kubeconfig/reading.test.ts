import { describe, expect, it } from 'vitest';
import { textOfKubeconfig } from '../../../src/kubeconfig/kubeconfigText.ts';
import { parseKubeconfig, type Kubeconfig, type UserEntry } from '../../../src/kubeconfig/read.ts';

const read = (text: string): Kubeconfig => parseKubeconfig(text, 'it', (path) => path);

/** The one user of a kubeconfig with these fields, each a line. */
const user = (...lines: readonly string[]): UserEntry | undefined =>
  read(`users:\n- name: a\n  user:\n${lines.map((line) => `    ${line}\n`).join('')}`).users.get('a');

// Each is as kubectl has it: test/hostile/kubeconfigReading.test.ts holds these and thousands more to client-go.
describe('a field of a kubeconfig', () => {
  it.each([
    ['is overridden by a later merge', ['token: one', '<<: {token: two}'], 'two'],
    ['overrides an earlier merge', ['<<: {token: two}', 'token: one'], 'one'],
    ['is emptied by a merge', ['token: one', '<<: {token: ""}'], undefined],
    ['is taken from the first of a list of merges', ['<<: [{token: one}, {token: two}]'], 'one'],
    ['is taken from a merge within a merge', ['token: one', '<<: {<<: {token: two}}'], 'two'],
    ['is taken from a merged alias', ['x: &m {token: two}', 'token: one', '<<: *m'], 'two'],
    ['is taken from a merge whose mark has no quotes', ['token: one', '"<<": {token: two}'], 'one'],
    ['is taken from a merge whose mark has a tag', ['token: one', '!!merge <<: {token: two}'], 'two'],
    ['is the later of two of its name', ['token: one', 'token: two'], 'two'],
    ['is the later of two of its name, in quotes', ['token: one', '"token": two'], 'two'],
    ['is known by a key that is an alias', ['x: &k token', '*k : two'], 'two'],
    ['is known by a key with a question mark', ['? token', ': two'], 'two'],
    ['is known by a key in base64', ['!!binary dG9rZW4=: two'], 'two'],
    ['is not known in other letters', ['Token: two'], undefined],
    ['is read in base64', ['token: !!binary dHdv'], 'two'],
    ['is a text by its tag', ['token: !!str 12'], '12'],
    ['is a text by any unknown tag', ['token: !mine 12'], '12'],
    ['is a text where it is a date', ['token: 2001-12-14'], '2001-12-14'],
    ['is a text where a number is too big for Go', ['token: 1e999'], '1e999'],
    ['is a text in base 60', ['token: 12:30'], '12:30'],
    ['is absent where it is null', ['token: ~'], undefined],
    ['is folded', ['token: one', '  two'], 'one two'],
    ['ends at a line separator', ['token: one\u2028x: y'], 'one'],
  ])('%s', (_what, lines, token) => {
    expect(user(...lines)?.token).toBe(token);
  });

  it.each([
    '12',
    '0x1f',
    '0b11',
    '1_000',
    '.5',
    '.5_1',
    '1.5',
    '+1',
    '08',
    'yes',
    'on',
    'n',
    'True',
    '!!int "12"',
  ])('is refused as a text where it is %s without quotes', (written) => {
    expect(() => user(`token: ${written}`)).toThrow('it, line 4: users[0].user.token must be a string');
  });
});

describe('the aliases of a kubeconfig', () => {
  const shared = (count: number): string =>
    `x: &u {token: abc}\nusers:\n${Array.from({ length: count }, (_, index) => `- {name: u${index}, user: *u}\n`).join('')}`;

  it('may be many, as one user of many entries', () => {
    expect(read(shared(3000)).users.get('u2999')?.token).toBe('abc');
  });

  it('are none of what is long and has none', () => {
    expect(read(`x: [${'a, '.repeat(1100)}]`).users.size).toBe(0);
  });

  it('may make up almost all of what is small', () => {
    const items = Array.from({ length: 60 }, (_, index) => `"${index}"`).join(', ');
    expect(read(`x: &l [${items}]\ny: [*l, *l, *l]\n`).users.size).toBe(0);
  });

  it('are refused where almost all comes from them, as kubectl does', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (const [name, before] of ['ba', 'cb', 'dc', 'ed']) {
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`);
    }
    expect(() => read(bomb.join('\n'))).toThrow('almost all of it comes from aliases');
  });

  it('are refused where they lead into themselves', () => {
    expect(() => read('x: &a [*a]\n')).toThrow('an anchor contains itself');
  });
});

it('a kubeconfig that is too large or too deep to be read with certainty is refused', () => {
  const chain = (length: number): string =>
    Array.from(
      { length },
      (_, index) => `a${index}: &a${index} [${index === 0 ? 'x' : `*a${index - 1}`}]\n`,
    ).join('');
  expect(read(chain(60)).users.size).toBe(0);
  expect(() => read(chain(110))).toThrow('it is nested too deeply');
  expect(() => read(`x: ${'['.repeat(300)}${']'.repeat(300)}`)).toThrow('it is nested too deeply');
  expect(() => read(`x: [${'1,'.repeat(200_001)}]`)).toThrow('it has too many values');
});

describe('the bytes of a kubeconfig', () => {
  const text = 'users:\n- name: é𝄞\n';
  const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');

  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16', utf16],
    ['UTF-16 the other way round', Buffer.from(utf16).swap16()],
  ])('may be %s', (_what, bytes) => {
    expect([...read(textOfKubeconfig(bytes, 'it')).users.keys()]).toEqual(['é𝄞']);
  });

  it('are refused where they are no text', () => {
    expect(() => textOfKubeconfig(Uint8Array.of(0x61, 0xc3, 0x28), 'it')).toThrow('it is no text in UTF-8.');
    expect(() => textOfKubeconfig(Uint8Array.of(0xff, 0xfe, 0x61), 'it')).toThrow(
      'it is no text in UTF-16LE.',
    );
  });
});
