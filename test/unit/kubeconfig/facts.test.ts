import { describe, expect, it } from 'vitest';
import { check, rulesIn } from '../../support/texts/checks.ts';
import { exec, kubeconfigWith } from '../../support/texts/kubeconfigWith.ts';

describe('what is known of a kubeconfig', () => {
  it('is where its credential is, whatever that is', () => {
    const place = (...user: readonly string[]): string | undefined => {
      const text = kubeconfigWith(user);
      const { credential } = check(text);
      return credential && text.slice(credential.start, credential.end);
    };
    expect(place('token: t')).toBe('users');
    expect(place('username: u', 'password: p')).toBe('users');
    expect(place('client-key-data: QQ==')).toBe('users');
    for (const other of [
      'token: ""',
      'tokenFile: f',
      'username: u',
      'client-certificate-data: QQ==',
      'client-key: k',
    ])
      expect([other, place(other)]).toEqual([other, undefined]);
  });

  it('is of each user where it stands, its contexts and its program', () => {
    const text = `kind: Config
clusters: []
contexts:
- {name: x, context: {user: a}}
- {name: w, context: {user: b}}
- {name: z, context: {user: a}}
users:
- name: a
  user: {${exec()}}
- user: {token: nobody}
- name: b
  user: {token: "t"}
- name: c
`;
    expect(check(text).users).toEqual([
      {
        name: 'a',
        start: text.indexOf('name: a'),
        tokenAt: undefined,
        contexts: ['x', 'z'],
        program: { kind: 'exec', name: 'aws', args: [], env: {} },
      },
      {
        name: 'b',
        start: text.indexOf('name: b'),
        tokenAt: text.indexOf('"t"'),
        contexts: ['w'],
        program: undefined,
      },
      { name: 'c', start: text.indexOf('name: c'), tokenAt: undefined, contexts: [], program: undefined },
    ]);
  });

  it('is told by its apiVersion and kind', () => {
    const text = kubeconfigWith(['token: t', 'tokenFile: f']);
    const without = text.replace('apiVersion: v1\n', '');
    expect(rulesIn(without)).toEqual(['token-file-wins']);
    expect(rulesIn(without.replace('kind: Config\n', ''))).toEqual(['token-file-wins']);
    expect(rulesIn(text.replace('apiVersion: v1', 'apiVersion: v2'))).toEqual([]);
    expect(rulesIn(text.replace('kind: Config', 'kind: Pod'))).toEqual([]);
    const bare = without.replace('kind: Config\n', '');
    for (const list of ['clusters', 'contexts', 'users'])
      expect([list, rulesIn(bare.replace(`${list}:`, `x-${list}:`))]).toEqual([list, []]);
  });
});
