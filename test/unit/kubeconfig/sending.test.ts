import { describe, expect, it } from 'vitest';
import { commandLine, commandLines, programOf } from '../../../src/kubeconfig/credentialProgram.ts';
import { effectOf, serverOf, type Effect } from '../../../src/kubeconfig/effective.ts';
import { parseKubeconfig, type UserEntry } from '../../../src/kubeconfig/read.ts';
import { mintedFor, mintingExec } from '../../../src/kubeconfig/tokenless.ts';

const V1 = 'client.authentication.k8s.io/v1';
const exec = { apiVersion: V1, command: 'aws', interactiveMode: 'Never' };
const certificate = { 'client-certificate': '/c', 'client-key': '/k' };
const oidc = { name: 'oidc', config: { 'idp-issuer-url': 'https://i', 'client-id': 'me' } };
const read = (user: object, cluster: object = { server: 'https://a' }): ReturnType<typeof parseKubeconfig> =>
  parseKubeconfig(
    JSON.stringify({
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user }],
      contexts: [
        { name: 'x', context: { cluster: 'c', user: 'u' } },
        { name: 'nowhere', context: { cluster: 'd', user: 'u' } },
        { name: 'nobody', context: { cluster: 'c', user: 'v' } },
      ],
    }),
    'it',
    (path) => path,
  );
const effect = (user: object, cluster?: object, name = 'x'): Effect => effectOf(read(user, cluster), name);
const userOf = (user: object): UserEntry | undefined => read(user).users.get('u');

// test/hostile/kubeconfigSending.test.ts holds what kubectl does to kubectl.
describe('what kubectl sends', () => {
  it.each<[what: string, user: object, sent: object]>([
    ['a token', { token: 't' }, { credential: 'token' }],
    ['an OIDC token', { 'auth-provider': oidc }, { credential: 'oidc' }],
    [
      'an OIDC token with a certificate',
      { 'auth-provider': oidc, ...certificate },
      { credential: 'oidc', hasCertificate: true },
    ],
    ['a certificate', certificate, { credential: 'certificate', hasCertificate: true }],
    [
      'a token file, before a token',
      { token: 't', tokenFile: '/t' },
      {
        credential: 'tokenFile',
        passedOver: ['token: to kubectl and other Go clients a tokenFile that can be read comes first'],
      },
    ],
    [
      'a token, before a program',
      { token: 't', exec },
      { credential: 'token', passedOver: ['exec aws: a token comes first'] },
    ],
    [
      'a token file, before a program',
      { tokenFile: '/t', exec },
      { credential: 'tokenFile', passedOver: ['exec aws: a token comes first'] },
    ],
    [
      'a token, before an auth-provider',
      { token: 't', 'auth-provider': oidc },
      { credential: 'token', passedOver: ['auth-provider oidc: a token comes first'] },
    ],
    [
      'a password, before a program',
      { username: 'me', exec },
      { credential: 'password', passedOver: ['exec aws: a password comes first'] },
    ],
    [
      'a certificate, before a program',
      { ...certificate, exec },
      {
        credential: 'certificate',
        hasCertificate: true,
        passedOver: ['exec aws: a client certificate comes first'],
      },
    ],
    ['what a program gets', { exec }, { credential: 'exec' }],
    [
      'what a program of v1beta1 gets',
      { exec: { apiVersion: `${V1}beta1`, command: 'aws' } },
      { credential: 'exec' },
    ],
    [
      'what a program gets that asks',
      { exec: { ...exec, interactiveMode: 'Always' } },
      { credential: 'exec' },
    ],
    [
      'what a program gets that may ask',
      { exec: { ...exec, interactiveMode: 'IfAvailable' } },
      { credential: 'exec' },
    ],
    [
      'a token as somebody else',
      { token: 't', as: 'me', 'as-groups': ['g'], 'as-uid': '1' },
      { credential: 'token' },
    ],
    ['a token as somebody else alone', { token: 't', as: 'me' }, { credential: 'token' }],
  ])('is %s', (_what, user, sent) => {
    expect(effect(user)).toEqual({
      kind: 'sends',
      server: 'https://a',
      hasCertificate: false,
      passedOver: [],
      ...sent,
    });
  });

  it('is nothing over plain http, and to this machine where there is no cluster', () => {
    const nothing = {
      kind: 'sends',
      credential: 'nothing',
      hasCertificate: false,
      passedOver: ['the whole user: no credential goes over plain http'],
    };
    expect(effect({ token: 't', ...certificate }, { server: 'http://a' })).toEqual({
      ...nothing,
      server: 'http://a',
    });
    expect(effect({ token: 't' }, { server: '' })).toEqual({ ...nothing, server: 'http://localhost:8080' });
    expect(effect({ token: 't' }, {}, 'nowhere')).toEqual({ ...nothing, server: 'http://localhost:8080' });
    expect(effect({}, { server: 'http://a' }, 'nobody')).toEqual({
      ...nothing,
      server: 'http://a',
      passedOver: [],
    });
    expect(effect({}, {}, 'nobody')).toEqual({ ...nothing, server: 'http://localhost:8080', passedOver: [] });
  });

  it('is asked for where there is none', () => {
    expect(effect({})).toEqual({ kind: 'prompts', why: 'user "u" has no credential' });
    expect(effect({ 'client-key': '/k' })).toEqual({ kind: 'prompts', why: 'user "u" has no credential' });
    expect(effect({}, { server: 'https://a' }, 'nobody')).toEqual({
      kind: 'prompts',
      why: 'the context has no user',
    });
  });

  it.each<[why: string, user: object, cluster?: object]>([
    ['its user has both a token and a password', { token: 't', username: 'u' }],
    ['its user has both a token and a password', { token: 't', password: 'u' }],
    ['its user has both a tokenFile and a password', { tokenFile: '/t', username: 'u' }],
    ['its user has two client certificates', { ...certificate, 'client-certificate-data': 'QQ==' }],
    ['its user has two client keys', { ...certificate, 'client-key-data': 'QQ==' }],
    ['its user has a client certificate without its key', { 'client-certificate-data': 'QQ==' }],
    ['its user has as-uid, as-groups or as-user-extra without as', { token: 't', 'as-uid': '1' }],
    ['its user has as-uid, as-groups or as-user-extra without as', { token: 't', 'as-groups': ['1'] }],
    [
      'its user has as-uid, as-groups or as-user-extra without as',
      { token: 't', 'as-user-extra': { a: ['1'] } },
    ],
    ['its user has both exec and an auth-provider', { exec, 'auth-provider': oidc }],
    ['its exec has no command', { exec: { ...exec, command: '' } }],
    ['its exec has no apiVersion', { exec: { ...exec, apiVersion: '' } }],
    ['its exec has a variable without a name', { exec: { ...exec, env: [{ name: '', value: 'x' }] } }],
    ['its exec has no interactiveMode', { exec: { apiVersion: V1, command: 'a' } }],
    ['its exec has no interactiveMode', { exec: { apiVersion: 'v1', command: 'a' } }],
    ['its exec has an unknown interactiveMode', { exec: { ...exec, interactiveMode: 'never' } }],
    [
      `its exec has the apiVersion "${V1}alpha1", which kubectl does not have`,
      { exec: { apiVersion: `${V1}alpha1`, command: 'a' } },
    ],
    [
      'its exec has the apiVersion "v1", which kubectl does not have',
      { exec: { ...exec, apiVersion: 'v1' } },
    ],
    ['its auth-provider "gcp" is none that kubectl has', { 'auth-provider': { name: 'gcp' } }],
    [
      'its auth-provider has no idp-issuer-url',
      { 'auth-provider': { name: 'oidc', config: { 'client-id': 'a' } } },
    ],
    [
      'its auth-provider has no client-id',
      { 'auth-provider': { name: 'oidc', config: { 'idp-issuer-url': 'a', 'client-id': '' } } },
    ],
    [
      'its cluster has two certificate authorities',
      {},
      { server: 'https://a', 'certificate-authority': '/a', 'certificate-authority-data': 'QQ==' },
    ],
    [
      'its cluster has two certificate authorities',
      {},
      { server: 'http://a', 'certificate-authority': '/a', 'certificate-authority-data': 'QQ==' },
    ],
    [
      'its cluster has both a certificate authority and insecure-skip-tls-verify',
      {},
      { server: 'https://a', 'certificate-authority': '/a', 'insecure-skip-tls-verify': true },
    ],
    [
      'its cluster has both a certificate authority and insecure-skip-tls-verify',
      {},
      { server: 'https://a', 'certificate-authority-data': 'QQ==', 'insecure-skip-tls-verify': true },
    ],
    ['its proxy-url is none of http, https and socks5', {}, { server: 'https://a', 'proxy-url': 'ftp://a' }],
    [
      'its proxy-url is none of http, https and socks5',
      {},
      { server: 'https://a', 'proxy-url': 'xhttp://a' },
    ],
    ['its server is no http or https URL', {}, { server: 'ftp://a' }],
  ])('is no request, as %s', (why, user, cluster) => {
    expect(effect(user, cluster)).toEqual({ kind: 'refused', why });
  });

  it('is no request of a context that is not there', () => {
    expect(effect({}, {}, 'far')).toEqual({ kind: 'refused', why: 'there is no context "far"' });
  });

  it.each(['http://p', 'https://p', 'socks5://p', 'HTTP://p'])('goes through a proxy %s', (proxy) => {
    expect(effect({ token: 't' }, { server: 'https://a', 'proxy-url': proxy })).toMatchObject({
      kind: 'sends',
    });
  });

  it.each<[server: string, address: string | undefined]>([
    ['https://a', 'https://a'],
    ['https://a//', 'https://a'],
    ['https://a/b/', 'https://a/b'],
    ['HTTPS://A/b', 'HTTPS://A/b'],
    ['http://a:1', 'http://a:1'],
    ['a', 'http://a'],
    ['a/', 'http://a'],
    ['a:1', 'http://a:1'],
    ['a/b', undefined],
    ['https:/a', undefined],
    ['https:///a', undefined],
    ['https://?a', undefined],
    ['https://#a', undefined],
    ['ftp://a', undefined],
    ['httpsx://a', undefined],
    ['xhttps://a', undefined],
    ['1http://a', undefined],
    ['ht+tp-1.0://a', undefined],
    ['https://a:x', undefined],
    ['http://[', undefined],
    ['a b', undefined],
  ])('goes to %j: %j', (server, address) => {
    expect(serverOf(server)).toBe(address);
  });
});

describe('a program that a kubeconfig names', () => {
  it('is what is started, or asked, where nothing else comes first', () => {
    const args = { args: ['a'], env: [{ name: 'A', value: 'b' }] };
    expect(programOf(userOf({ exec: { ...exec, ...args } }))).toEqual({
      kind: 'exec',
      name: 'aws',
      args: ['a'],
      env: { A: 'b' },
    });
    expect(programOf(userOf({ 'auth-provider': oidc }))).toEqual({
      kind: 'auth-provider',
      name: 'oidc',
      args: ['idp-issuer-url=https://i', 'client-id=me'],
      env: {},
    });
    expect(
      programOf(userOf({ 'auth-provider': { name: 'oidc', config: { 'client-id': '' } } }))?.args,
    ).toEqual([]);
    for (const user of [
      {},
      { exec, token: 't' },
      { 'auth-provider': oidc, token: 't' },
      { 'auth-provider': { name: 'gcp' } },
      certificate,
    ])
      expect(programOf(userOf(user))).toBeUndefined();
    expect(programOf(undefined)).toBeUndefined();
  });

  it('is written such that each word can be told', () => {
    const program = {
      kind: 'exec',
      name: 'a/b',
      args: ['c=d', 'e,f', 'g h', '', 'i"j', 'k\\l', 'x\u0000y', 'ü', 'a@b%c+d:e.f-g_h'],
      env: { 'A B': 'c d' },
    } as const;
    expect(commandLine(program)).toBe(
      String.raw`exec: "A B"="c d" a/b c=d e,f "g h" "" "i\"j" "k\\l" "x\u{0}y" "ü" a@b%c+d:e.f-g_h`,
    );
    expect(
      commandLines({ ...program, args: ['x'.repeat(80), 'y'.repeat(160), 'z'.repeat(161)], env: {} }),
    ).toEqual([
      'exec:',
      'a/b',
      'x'.repeat(80),
      'y'.repeat(80),
      `    ${'y'.repeat(80)}`,
      'z'.repeat(80),
      `    ${'z'.repeat(80)}`,
      '    z',
    ]);
  });
});

describe('an entry that has kubectl mint a token', () => {
  const minting = { context: 'c', kubeconfig: '/k', serviceAccount: { namespace: 'ns', name: 'sa' } };

  it('asks with the person’s context for ten minutes, and says what it needs', () => {
    expect(mintingExec(minting)).toEqual({
      apiVersion: V1,
      command: 'kubectl',
      args: [
        '--context=c',
        '--namespace=ns',
        'create',
        'token',
        'sa',
        '--duration=600s',
        `--output=go-template={"apiVersion":"${V1}","kind":"ExecCredential","status":{"token":"{{.status.token}}","expirationTimestamp":"{{.status.expirationTimestamp}}"}}`,
      ],
      env: [{ name: 'KUBECONFIG', value: '/k' }],
      installHint:
        'kubectl 1.24 or later has to be on PATH, and its kubeconfig needs the context "c", which may create tokens for ServiceAccount ns/sa: this kubeconfig has no secret in it, and is of no use without it.',
      interactiveMode: 'IfAvailable',
      provideClusterInfo: false,
    });
  });

  it.each<[command: string, args: string, account: object | undefined]>([
    ['kubectl', '--namespace=ns create token sa', { namespace: 'ns', name: 'sa' }],
    ['/usr/bin/kubectl', 'create token sa --namespace=ns', { namespace: 'ns', name: 'sa' }],
    [
      'C:\\bin\\kubectl.exe',
      '--context=x --namespace=ns create token sa --x',
      { namespace: 'ns', name: 'sa' },
    ],
    ['mykubectl', '--namespace=ns create token sa', undefined],
    ['kubectl.sh', '--namespace=ns create token sa', undefined],
    ['kubectl', 'create token sa', undefined],
    ['kubectl', '--namespace=ns create token', undefined],
    ['kubectl', '--namespace=ns create role sa', undefined],
    ['kubectl', '--namespace=ns token sa', undefined],
    ['kubectl', 'token sa --namespace=ns', undefined],
    ['kubectl', '--my-namespace=ns create token sa', undefined],
  ])('is known by %s %s', (command, args, account) => {
    expect(mintedFor({ command, args: args.split(' ') })).toEqual(account);
  });
});
