import { describe, expect, it } from 'vitest';
import { effectOf, serverOf, type Effect } from '../../../src/kubeconfig/effective.ts';
import { parseKubeconfig } from '../../../src/kubeconfig/read.ts';

const effect = (user: object | undefined, cluster: object = { server: 'https://a' }): Effect =>
  effectOf(
    parseKubeconfig(
      JSON.stringify({
        clusters: [{ name: 'c', cluster }],
        users: user ? [{ name: 'u', user }] : [],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      }),
      'it',
      (path) => path,
    ),
    'x',
  );

// test/hostile/kubeconfigSending.test.ts holds each of these to kubectl.
describe('what a context does', () => {
  const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'aws', interactiveMode: 'Never' };
  const certificate = { 'client-certificate': '/c', 'client-key': '/k' };

  it.each<[string, object, string, boolean]>([
    ['a token', { token: 't' }, 'token', false],
    ['a tokenFile before a token', { token: 't', tokenFile: '/t' }, 'tokenFile', false],
    ['a token before a program', { token: 't', exec }, 'token', false],
    ['a password before a program', { username: 'me', exec }, 'password', false],
    ['a certificate in place of a program', { exec, ...certificate }, 'certificate', true],
    ['a certificate beside a token', { token: 't', ...certificate }, 'token', true],
    ['a program', { exec }, 'exec', false],
  ])('is to send %s', (_what, user, credential, hasCertificate) => {
    expect(effect(user)).toMatchObject({ kind: 'sends', server: 'https://a', credential, hasCertificate });
  });

  it('is to say why a program is passed over', () => {
    expect(effect({ token: 't', exec })).toMatchObject({ passedOver: ['exec aws: a token comes first'] });
    expect(effect({ exec })).toMatchObject({ passedOver: [] });
  });

  it('is to send nothing over plain http, and without a scheme, whatever the cluster has', () => {
    expect(effect({ token: 't' }, { server: 'http://a' })).toMatchObject({ credential: 'nothing' });
    expect(effect({ token: 't' }, { server: 'a:1', 'insecure-skip-tls-verify': true })).toMatchObject({
      server: 'http://a:1',
      credential: 'nothing',
    });
  });

  it('is to ask this machine where the cluster has no server', () => {
    expect(effect({ token: 't' }, {})).toMatchObject({
      server: 'http://localhost:8080',
      credential: 'nothing',
    });
  });

  it('is to ask for a user name where there is nothing to send', () => {
    expect(effect({})).toEqual({ kind: 'prompts', why: 'user "u" has no credential' });
    expect(effect(undefined)).toEqual({ kind: 'prompts', why: 'the context has no user' });
  });

  it.each<[string, object, object?]>([
    ['both a token and a password', { token: 't', password: 'p' }],
    ['both a tokenFile and a password', { tokenFile: '/t', username: 'p' }],
    ['without its key', { 'client-certificate': '/c', token: 't' }],
    ['two client certificates', { ...certificate, 'client-certificate-data': 'YQ==' }],
    ['two client keys', { ...certificate, 'client-key-data': 'YQ==' }],
    ['no command', { exec: { ...exec, command: '' } }],
    ['no apiVersion', { exec: { ...exec, apiVersion: '' } }],
    ['no interactiveMode', { exec: { ...exec, interactiveMode: '' } }],
    ['unknown interactiveMode', { exec: { ...exec, interactiveMode: 'X' } }],
    ['a variable without a name', { exec: { ...exec, env: [{ value: 'x' }] } }],
    ['both exec and an auth-provider', { exec, 'auth-provider': { name: 'oidc' } }],
    ['which kubectl does not have', { exec: { ...exec, apiVersion: 'v1' }, token: 't' }],
    ['none that kubectl has', { 'auth-provider': { name: 'gcp' }, token: 't' }],
    ['no client-id', { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'x' } } }],
    ['without as', { 'as-groups': ['x'], token: 't' }],
    [
      'two certificate authorities',
      {},
      { server: 'https://a', 'certificate-authority': '/a', 'certificate-authority-data': 'YQ==' },
    ],
    [
      'insecure-skip-tls-verify',
      {},
      { server: 'https://a', 'certificate-authority': '/a', 'insecure-skip-tls-verify': true },
    ],
    ['none of http, https and socks5', {}, { server: 'https://a', 'proxy-url': 'ftp://p' }],
    ['no http or https URL', {}, { server: 'ftp://a' }],
  ])('is no request with %s', (why, user, cluster) => {
    expect(effect(user, cluster)).toEqual({ kind: 'refused', why: expect.stringContaining(why) as string });
  });

  it('takes of a server without a scheme its host and port alone', () => {
    expect(serverOf('a:1')).toBe('http://a:1');
    expect(serverOf('a/path')).toBeUndefined();
    expect(serverOf('https://a/path/')).toBe('https://a/path');
    expect(serverOf('HTTPS://a')).toBe('HTTPS://a');
  });
});
