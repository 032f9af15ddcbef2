import { describe, expect, it } from 'vitest';
import type { ClusterEndpoint } from '../../../src/kubeconfig/build.ts';
import { mayTakeTokensOf } from '../../../src/kubeconfig/sameServer.ts';

const own: ClusterEndpoint = {
  server: 'https://10.0.0.1:6443',
  certificateAuthority: 'the CA\n',
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};

describe('a token may be renewed without asking', () => {
  it.each([
    ['in a kubeconfig of the same server', own],
    [
      'at another address of the same CA',
      { ...own, server: 'https://kubernetes.default.svc', certificateAuthority: 'the CA' },
    ],
    ['through a proxy, as TLS goes to the server itself', { ...own, proxyUrl: 'http://127.0.0.1:8080' }],
  ])('%s', (_what, endpoint) => {
    expect(mayTakeTokensOf(endpoint, own)).toBe(true);
  });

  it.each([
    ['another CA', { ...own, certificateAuthority: 'another' }],
    ['no CA', { ...own, certificateAuthority: undefined }],
    ['no TLS, with the CA beside it', { ...own, server: 'http://collects.example.com' }],
    ['no check of the certificate', { ...own, insecureSkipTlsVerify: true, certificateAuthority: undefined }],
    ['no check of the certificate, with the CA beside it', { ...own, insecureSkipTlsVerify: true }],
  ])('but not where the file has %s', (_what, endpoint) => {
    expect(mayTakeTokensOf(endpoint, own)).toBe(false);
  });

  it('but where the cluster has no CA of its own, only at the same address', () => {
    const open = { ...own, certificateAuthority: undefined };
    expect(mayTakeTokensOf(open, open)).toBe(true);
    expect(mayTakeTokensOf({ ...open, server: 'https://elsewhere' }, open)).toBe(false);
  });
});
