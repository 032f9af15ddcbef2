import { describe, expect, it } from 'vitest';
import { commandLine, commandLines, programOf } from '../../../src/kubeconfig/credentialProgram.ts';
import { parseKubeconfig } from '../../../src/kubeconfig/read.ts';

/** What a user entry would run, as it is shown. */
function shown(user: object): string | undefined {
  const text = JSON.stringify({ users: [{ name: 'u', user }] });
  const config = parseKubeconfig(text, 'config', (path) => `/folder/${path}`);
  const program = programOf(config.users.get('u'));
  return program && commandLine(program);
}

const exec = (args: readonly string[], more: object = {}): object => ({
  exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', args, ...more },
});

describe('the program that a kubeconfig would run', () => {
  it('is shown with all its arguments, each told apart', () => {
    expect(shown(exec(['eks', 'get-token', '--cluster-name', 'a b', '']))).toBe(
      'exec: aws eks get-token --cluster-name "a b" ""',
    );
  });

  it('is shown with the variables that the kubeconfig sets, as these decide what runs', () => {
    expect(shown(exec([], { env: [{ name: 'LD_PRELOAD', value: './evil.so' }] }))).toBe(
      'exec: LD_PRELOAD=./evil.so aws',
    );
  });

  it.each([
    ['a line break', 'a\nb', String.raw`"a\u{a}b"`],
    ['a right-to-left override', 'a\u202Eb', String.raw`"a\u{202e}b"`],
    ['a zero-width space', 'a\u200Bb', String.raw`"a\u{200b}b"`],
    ['a no-break space', 'a\u00A0b', String.raw`"a\u{a0}b"`],
    ['an escape sequence of a terminal', '\u001B[2K', String.raw`"\u{1b}[2K"`],
    ['a quote', '" ; rm', String.raw`"\" ; rm"`],
    ['a backslash', String.raw`\u{a}`, String.raw`"\\u{a}"`],
    ['what redaction would mask', 'bearer x;touch y', '"bearer x;touch y"'],
  ])('cannot hide an argument by %s', (_what, argument, written) => {
    expect(shown(exec([argument]))).toBe(`exec: aws ${written}`);
  });

  it('is shown in lines with nothing beyond the edge of the screen, and no argument can pass for two', () => {
    const args = ['-c', `: ${'x'.repeat(100)}; evil`, 'y'.repeat(81)];
    const text = { kind: 'exec', name: 'sh', args, env: { A: 'b' } } as const;
    expect(commandLines(text)).toEqual([
      'exec:',
      'A=b',
      'sh',
      '-c',
      `": ${'x'.repeat(77)}`,
      `    ${'x'.repeat(23)}; evil"`,
      'y'.repeat(80),
      '    y',
    ]);
  });

  it('is of the auth-provider that kubectl has whom it would ask, without the tokens beside it', () => {
    const config = { 'idp-issuer-url': 'https://idp', 'client-id': 'me', 'id-token': 'secret' };
    expect(shown({ 'auth-provider': { name: 'oidc', config } })).toBe(
      'auth-provider: oidc idp-issuer-url=https://idp client-id=me',
    );
  });

  it('is none of an auth-provider that kubectl has no longer, whatever that names', () => {
    const config = { 'cmd-path': '/bin/sh', 'cmd-args': '-c evil', 'access-token': 'secret' };
    expect(shown({ 'auth-provider': { name: 'gcp', config } })).toBeUndefined();
  });

  it('is none where a token comes first', () => {
    expect(shown({ ...exec(['x']), token: 't' })).toBeUndefined();
    expect(shown({ ...exec(['x']), tokenFile: 't' })).toBeUndefined();
    expect(shown({ username: 'u', password: 'p' })).toBeUndefined();
  });
});
