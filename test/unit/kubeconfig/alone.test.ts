import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { kubeconfigAlone, type ContextAlone } from '../../../src/kubeconfig/alone.ts';
import { effectOf } from '../../../src/kubeconfig/effective.ts';
import { parseKubeconfig, type Kubeconfig, type UserEntry } from '../../../src/kubeconfig/read.ts';

const read = (text: string): Kubeconfig => parseKubeconfig(text, 'it', (path) => `/folder/${path}`);
const userOf = (user: object): UserEntry | undefined =>
  read(JSON.stringify({ users: [{ name: 'mine', user }] })).users.get('mine');

const endpoint = {
  server: 'https://a:1',
  certificateAuthority: 'PEM',
  insecureSkipTlsVerify: false,
  proxyUrl: 'http://proxy',
  tlsServerName: 'b',
};
const alone = (user: UserEntry | undefined, more: Partial<ContextAlone> = {}): string | undefined =>
  kubeconfigAlone({ name: 'ctx', namespace: 'ns', endpoint, user, ...more });

/** The fields that a user has after it stood in a file of its own. */
function fieldsOf(user: object): unknown {
  const text = alone(userOf(user)) ?? '';
  return (parse(text) as { users: { user: unknown }[] }).users.map((one) => one.user);
}

describe('a context in a file of its own', () => {
  it('is current, and has its cluster, its user and its namespace, and no others', () => {
    const text = alone(userOf({ token: 't' })) ?? '';
    expect(parse(text)).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'cluster',
          cluster: {
            server: 'https://a:1',
            'certificate-authority-data': btoa('PEM'),
            'proxy-url': 'http://proxy',
            'tls-server-name': 'b',
          },
        },
      ],
      users: [{ name: 'user', user: { token: 't' } }],
      contexts: [{ name: 'ctx', context: { cluster: 'cluster', user: 'user', namespace: 'ns' } }],
      'current-context': 'ctx',
    });
    expect(effectOf(read(text), 'ctx')).toMatchObject({ kind: 'sends', credential: 'token' });
  });

  it('has nobody where there is no user', () => {
    expect(alone(undefined)).toContain('  - name: user\n    user: {}\n');
  });

  it.each<[what: string, user: object, fields: object]>([
    ['a token', { token: 't' }, { token: 't' }],
    ['a password', { username: 'u', password: 'p' }, { username: 'u', password: 'p' }],
    [
      'a certificate',
      { 'client-certificate-data': 'QQ==', 'client-key-data': 'Qg==' },
      { 'client-certificate-data': 'QQ==', 'client-key-data': 'Qg==' },
    ],
    [
      'files, which were read before',
      { token: 't', tokenFile: 'f', 'client-certificate': 'c', 'client-key': 'k' },
      { token: 't' },
    ],
    ['nothing of a password without a name', { password: 'p' }, {}],
    ['nothing', {}, {}],
    [
      'somebody that it acts as',
      {
        token: 't',
        as: 'a',
        'as-uid': '1',
        'as-groups': ['g', 'h'],
        'as-user-extra': { 'x/y': ['1', '2'], z: [] },
      },
      {
        token: 't',
        as: 'a',
        'as-uid': '1',
        'as-groups': ['g', 'h'],
        'as-user-extra': { 'x/y': ['1', '2'], z: [] },
      },
    ],
  ])('keeps %s', (_what, user, fields) => {
    expect(fieldsOf(user)).toEqual([fields]);
  });

  it('keeps a program where that is how the user gets a credential, with all that it is given', () => {
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'aws',
      args: ['a', 'b c'],
      env: [
        { name: 'A', value: 'b' },
        { name: 'C', value: '' },
      ],
      provideClusterInfo: true,
      interactiveMode: 'Never',
    };
    expect(fieldsOf({ exec: { ...exec, installHint: 'get it' } })).toEqual([{ exec }]);
    const { interactiveMode: _mode, ...beta } = {
      ...exec,
      apiVersion: 'client.authentication.k8s.io/v1beta1',
    };
    expect(fieldsOf({ exec: beta })).toEqual([{ exec: beta }]);
    expect(fieldsOf({ exec, token: 't' })).toEqual([{ token: 't' }]);
  });

  it('is none of an auth-provider, which would write into it', () => {
    const config = { 'idp-issuer-url': 'https://idp', 'client-id': 'me' };
    expect(alone(userOf({ 'auth-provider': { name: 'oidc', config } }))).toBeUndefined();
    expect(alone(userOf({ 'auth-provider': { name: 'oidc', config }, token: 't' }))).toContain('token: t\n');
  });
});
