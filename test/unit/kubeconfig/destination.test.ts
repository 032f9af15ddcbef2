import { describe, expect, it } from 'vitest';
import type { ClusterEndpoint } from '../../../src/kubeconfig/buildKubeconfig.ts';
import {
  destinationInWords,
  destinationText,
  isPlainHttp,
  isSameDestination,
  mayBeSameCluster,
} from '../../../src/kubeconfig/sameDestination.ts';

const pem = (...bodies: readonly string[]): string =>
  bodies.map((body) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`).join('');

const usual: ClusterEndpoint = {
  server: 'https://a.example:6443/k8s',
  certificateAuthority: pem('QUFB', 'QkJC'),
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};
const other = (more: Partial<ClusterEndpoint>): ClusterEndpoint => ({ ...usual, ...more });

describe('a destination of a credential', () => {
  it.each<[what: string, more: Partial<ClusterEndpoint>]>([
    ['a slash at its end', { server: 'https://a.example:6443/k8s/' }],
    ['letters of a host', { server: 'HTTPS://A.example:6443/k8s' }],
    ['what stands behind its path', { server: 'https://a.example:6443/k8s?x#y' }],
    ['the order of its certificates', { certificateAuthority: pem('QkJC', 'QUFB') }],
    ['a certificate twice', { certificateAuthority: pem('QUFB', 'QkJC', 'QUFB') }],
    [
      'what stands around certificates',
      { certificateAuthority: `# mine\n${pem('QUFB')}\n# x\n${pem('QkJC')}# y` },
    ],
    ['line ends within certificates', { certificateAuthority: pem('QU\r\nFB', ' QkJC ') }],
    ['a name that is its host', { tlsServerName: 'a.example' }],
  ])('is the same whatever %s', (_what, more) => {
    expect(isSameDestination(usual, other(more))).toBe(true);
    expect(isSameDestination(other(more), usual)).toBe(true);
  });

  it.each<[what: string, more: Partial<ClusterEndpoint>]>([
    ['scheme', { server: 'http://a.example:6443/k8s' }],
    ['host', { server: 'https://b.example:6443/k8s' }],
    ['port', { server: 'https://a.example:6444/k8s' }],
    ['default port', { server: 'https://a.example/k8s' }],
    ['path', { server: 'https://a.example:6443/k8s2' }],
    ['path within', { server: 'https://a.example:6443//k8s' }],
    ['certificate', { certificateAuthority: pem('QUFB') }],
    ['further certificate', { certificateAuthority: pem('QUFB', 'QkJC', 'Q0ND') }],
    ['lack of certificates', { certificateAuthority: undefined }],
    ['lack of a check', { insecureSkipTlsVerify: true }],
    ['name', { tlsServerName: 'b.example' }],
    ['proxy', { proxyUrl: 'http://proxy' }],
  ])('is another by another %s', (_what, more) => {
    expect(isSameDestination(usual, other(more))).toBe(false);
    expect(isSameDestination(other(more), usual)).toBe(false);
  });

  it('is told by its proxy as an address, or as it is written where that is none', () => {
    const by = (one: string, two: string): boolean =>
      isSameDestination(other({ proxyUrl: one }), other({ proxyUrl: two }));
    expect([
      by('http://p', 'HTTP://P:80/'),
      by('http://p', 'http://p:81'),
      by('p', 'p'),
      by('p', 'q'),
    ]).toEqual([true, false, true, false]);
  });

  it('is told by a text that is no certificate as it is written', () => {
    const by = (one: string, two: string): boolean =>
      isSameDestination(other({ certificateAuthority: one }), other({ certificateAuthority: two }));
    expect([by('a', ' a\n'), by('a', 'b'), by('', 'a'), by('a', pem('a')), by('a', 'ab')]).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(by(pem('QUFB'), '-----BEGIN CERTIFICATE-----\nQUFB')).toBe(true);
  });

  it('is written as a text that holds all that tells it apart', () => {
    expect(JSON.parse(destinationText(other({ proxyUrl: 'http://p' })))).toEqual([
      'https:',
      'a.example',
      '6443',
      '/k8s',
      ['QUFB', 'QkJC'],
      false,
      'a.example',
      'http://p/',
    ]);
    expect(
      JSON.parse(destinationText(other({ certificateAuthority: undefined, server: 'http://a' }))),
    ).toEqual(['http:', 'a', '', '', null, false, 'a', null]);
  });
});

describe('two addresses', () => {
  const elsewhere = { server: 'https://10.0.0.1', tlsServerName: 'kubernetes' };

  it('may be of one cluster where the same certificates prove both', () => {
    expect(mayBeSameCluster(usual, other(elsewhere))).toBe(true);
    expect(mayBeSameCluster(other(elsewhere), usual)).toBe(true);
  });

  it.each<[what: string, more: Partial<ClusterEndpoint>]>([
    ['plain http', { server: 'http://10.0.0.1' }],
    ['no certificate', { certificateAuthority: undefined }],
    ['no check', { insecureSkipTlsVerify: true }],
  ])('may not be where there is %s on either side, or on both', (_what, more) => {
    expect(mayBeSameCluster(usual, other({ ...elsewhere, ...more }))).toBe(false);
    expect(mayBeSameCluster(other({ ...elsewhere, ...more }), usual)).toBe(false);
    expect(mayBeSameCluster(other(more), other(more))).toBe(false);
  });

  it('may not be where other certificates prove them, or another proxy leads there', () => {
    expect(mayBeSameCluster(usual, other({ ...elsewhere, certificateAuthority: pem('Q0ND') }))).toBe(false);
    expect(mayBeSameCluster(usual, other({ ...elsewhere, proxyUrl: 'http://p' }))).toBe(false);
  });
});

describe('where a credential goes, in words,', () => {
  const said = (more: Partial<ClusterEndpoint>): string => destinationInWords(other(more)).text;

  it('is the address alone where all is as usual', () => {
    expect(said({})).toBe('https://a.example:6443/k8s');
  });

  it('has each thing that is not as usual', () => {
    expect(said({ insecureSkipTlsVerify: true, tlsServerName: 'b', proxyUrl: 'http://p' })).toBe(
      'https://a.example:6443/k8s, whose certificate is not verified, so that whoever is in between can read it, whose certificate has to be for b, through the proxy http://p',
    );
    expect(said({ tlsServerName: 'b' })).toBe(
      'https://a.example:6443/k8s, whose certificate has to be for b',
    );
    expect(said({ proxyUrl: 'http://p' })).toBe('https://a.example:6443/k8s, through the proxy http://p');
  });

  it('is plain http where anybody can read it', () => {
    expect(
      ['http://a', 'HTTP://a', 'https://a', 'HTTPS://a', 'ws://a'].map((server) => isPlainHttp({ server })),
    ).toEqual([true, true, false, false, true]);
  });
});
