import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import type { UserCredential } from '../../../src/kubeconfig/buildKubeconfig.ts';
import { blockYaml } from '../../../src/yaml/blockYaml.ts';
import { parseKubeconfig } from '../../../src/kubeconfig/read.ts';
import { replaceCredential } from '../../../src/kubeconfig/renew.ts';
import { mintedFor, mintingExec } from '../../../src/kubeconfig/tokenless.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const token = jwt(boundClaims());
const read = (text: string): ReturnType<typeof parseKubeconfig> =>
  parseKubeconfig(text, 'it', (path) => path);

describe('replacing the credential of a kubeconfig by one of another kind', () => {
  const exec = mintingExec({
    context: 'my "context": #1',
    kubeconfig: 'C:\\Users\\me\\.kube\\config;D:\\other',
    serviceAccount: { namespace: 'ci', name: 'deployer' },
  });
  const others = `- name: b
  user: {token: b} # theirs
`;
  const documentOf = (fields: string): string =>
    `# mine\nkind: Config\nusers:\n- name: a\n  user:\n    x-first: 1 # kept\n${fields}    x-last: [1,  2] # kept too\n${others}current-context: a\n`;
  const kinds: readonly (readonly [string, string])[] = [
    ['a token', `    token: ${token} # by hand\n`],
    ['a token in quotes', `    "token": '${token}'\n`],
    ['a token in a block', `    token: |-\n      ${token}\n`],
    ['a tokenFile', '    tokenFile: /var/run/token\n'],
    ['an exec entry', `    ${blockYaml({ exec }).trimEnd().replaceAll('\n', '\n    ')}\n`],
    ['an exec entry in one line', `    exec: ${JSON.stringify(exec)}\n`],
    ['an auth-provider', '    auth-provider:\n      name: gcp\n      config:\n        a: b\n'],
    ['several, of which kubectl takes one', `    tokenFile: x # one\n    token: z # two\n`],
  ];
  const wanted: readonly (readonly [string, UserCredential])[] = [
    ['a token', { token }],
    ['an exec entry', { exec }],
  ];
  const table = kinds.flatMap(([from, fields]) =>
    wanted.flatMap(([to, credential]) => [
      [from, to, '\n', fields, credential] as const,
      [from, to, '\r\n', fields, credential] as const,
    ]),
  );

  it.each(table)(
    'changes nothing else: %s to %s, line ends %j',
    (_from, _to, lineEnd, fields, credential) => {
      const text = documentOf(fields).replaceAll('\n', lineEnd);
      const replaced = replaceCredential(text, 'it', 'a', credential);
      const rest = (one: string): string[] =>
        one.split('\n').filter((line) => /kept|mine|theirs|current/.test(line));
      expect(rest(replaced)).toEqual(rest(text));
      expect(replaced.replaceAll('\r\n', '').includes('\n')).toBe(lineEnd === '\n');
      const bare = read(blockYaml({ users: [{ name: 'a', user: credential }] })).users.get('a');
      expect(read(replaced).users.get('a')).toEqual(bare);
      expect(read(replaced).users.get('b')).toEqual(read(text).users.get('b'));
    },
  );

  it.each([
    `{"users":[{"name":"a","user":{"token":"x","as":"me"}}]}`,
    `{"users":[{"name":"a","user":{"as":"me","tokenFile":"y","token":"x"}}]}`,
    `users: [{name: a, user: {exec: {command: x, args: [a, b]}, as: me}}]`,
  ])('does so in one line of JSON, too: %s', (text) => {
    for (const [, credential] of wanted) {
      const replaced = replaceCredential(text, 'it', 'a', credential);
      expect(read(replaced).users.get('a')?.impersonate).toEqual(read(text).users.get('a')?.impersonate);
      expect(read(replaced).users.get('a')?.token).toBe('token' in credential ? token : undefined);
      expect(read(replaced).users.get('a')?.exec?.command).toBe('exec' in credential ? 'kubectl' : undefined);
      const isJson = (one: string): boolean => !/^\w+: /.test(one) && typeof JSON.parse(one) === 'object';
      expect(isJson(replaced)).toBe(isJson(text));
    }
  });

  it('is refused where there is none, and where others share it', () => {
    const none = 'users:\n- name: a\n  user: {username: x, password: y}\n';
    expect(() => replaceCredential(none, 'it', 'a', { exec })).toThrow('has no token');
    const shared = 'users:\n- name: a\n  user: &u\n    token: x\n- name: b\n  user: *u\n';
    expect(() => replaceCredential(shared, 'it', 'a', { exec })).toThrow('in other places too');
    const anchor = 'users:\n- name: a\n  user:\n    token: &t x\n- name: b\n  user: {token: *t}\n';
    expect(() => replaceCredential(anchor, 'it', 'a', { exec })).toThrow('in other places too');
  });

  it('knows for whom an entry mints, and no other program', () => {
    const [entry, other] = [exec, { ...exec, command: 'aws' }].map(
      (one) => read(blockYaml({ users: [{ name: 'a', user: { exec: one } }] })).users.get('a')?.exec,
    );
    expect(entry && mintedFor(entry)).toEqual({ namespace: 'ci', name: 'deployer' });
    expect(other && mintedFor(other)).toBeUndefined();
  });

  it('survives damaged text: it is refused, or nothing else changes', () => {
    const damage = fc.record({
      from: fc.nat(documentOf(kinds[0]?.[1] ?? '').length),
      length: fc.nat(4),
      put: fc.constantFrom(
        '',
        ' ',
        '\n',
        ': ',
        '- ',
        '#',
        '"',
        "'",
        '{',
        '}',
        '[',
        ']',
        '&a ',
        '*a',
        '|\n',
        '? ',
        '\t',
        '---\n',
      ),
    });
    let replaced = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds.map(([, fields]) => fields)),
        fc.array(damage, { minLength: 1, maxLength: 2 }),
        fc.constantFrom(...wanted.map(([, credential]) => credential)),
        (fields, damages, credential) => {
          let text = documentOf(fields);
          for (const { from, length, put } of damages)
            text = text.slice(0, from) + put + text.slice(from + length);
          let after: string;
          try {
            after = replaceCredential(text, 'it', 'a', credential);
          } catch (error) {
            return Problem.is(error, 'bad-kubeconfig');
          }
          replaced += 1;
          const [one, two] = [read(text), read(after)];
          expect([...two.contexts]).toEqual([...one.contexts]);
          expect(two.current).toBe(one.current);
          const others = ({ users }: typeof one): unknown => [...users].filter(([name]) => name !== 'a');
          expect(others(two)).toEqual(others(one));
          expect(two.users.get('a')?.impersonate).toEqual(one.users.get('a')?.impersonate);
          return true;
        },
      ),
      { numRuns: 1000 },
    );
    expect(replaced).toBeGreaterThan(50);
  });
});
