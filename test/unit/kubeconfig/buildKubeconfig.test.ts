import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildKubeconfig,
  contextName,
  kubeconfigEntries,
  type ClusterEndpoint,
} from '../../../src/kubeconfig/buildKubeconfig.ts';
import { parseKubeconfig } from '../../../src/kubeconfig/read.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const plain: ClusterEndpoint = {
  server: 'https://10.0.0.1:6443',
  certificateAuthority: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  insecureSkipTlsVerify: false,
  proxyUrl: undefined,
  tlsServerName: undefined,
};
const parts = {
  endpoint: plain,
  cluster: 'prod',
  serviceAccount: { namespace: 'ci', name: 'deployer' },
  credential: { token: jwt(boundClaims()) },
};
const read = (text: string): ReturnType<typeof parseKubeconfig> =>
  parseKubeconfig(text, 'built', (path) => path);

describe('a built kubeconfig', () => {
  it('has one current context, which leads to its own user and cluster', () => {
    const config = read(buildKubeconfig(parts));
    expect(config.current).toBe('ci/deployer@prod');
    expect([...config.contexts.values()]).toEqual([
      {
        name: 'ci/deployer@prod',
        origin: 'built',
        cluster: 'prod',
        user: 'system:serviceaccount:ci:deployer',
        namespace: 'ci',
      },
    ]);
    expect(config.users.get('system:serviceaccount:ci:deployer')?.token).toBe(parts.credential.token);
  });

  it('takes over what the context says of the way to the server, and nothing that it does not say', () => {
    const full = {
      ...plain,
      server: 'https://[fd00::1]:6443/k8s/clusters/c-1',
      proxyUrl: 'socks5://127.0.0.1:1080',
      tlsServerName: 'api.internal',
    };
    expect(read(buildKubeconfig({ ...parts, endpoint: full })).clusters.get('prod')).toMatchObject({
      server: full.server,
      proxyUrl: full.proxyUrl,
      tlsServerName: full.tlsServerName,
      caData: btoa(full.certificateAuthority ?? ''),
    });
    const bare = buildKubeconfig({ ...parts, endpoint: { ...plain, certificateAuthority: undefined } });
    expect(bare).not.toMatch(/proxy-url|tls-server-name|certificate-authority|insecure/);
  });

  it('skips the check of the certificate only where the context does', () => {
    const endpoint = { ...plain, certificateAuthority: undefined, insecureSkipTlsVerify: true };
    expect(read(buildKubeconfig({ ...parts, endpoint })).clusters.get('prod')?.insecureSkipTlsVerify).toBe(
      true,
    );
    expect(read(buildKubeconfig(parts)).clusters.get('prod')?.insecureSkipTlsVerify).toBe(false);
  });

  it('reads back as it was built, whatever the cluster is called', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), (cluster) => {
        const config = read(buildKubeconfig({ ...parts, cluster }));
        const context = config.contexts.get(config.current ?? '');
        expect(context?.cluster).toBe(cluster);
        expect(config.clusters.get(cluster)?.server).toBe(plain.server);
      }),
      {
        examples: [
          ['on'],
          ['1_000'],
          ['0x10'],
          ['1:30'],
          ['~'],
          ['a: b #c'],
          ['- x'],
          ['"'],
          ['null'],
          ['\u2028 '],
          ['a\u2029b'],
          ['\u0085'],
          ['\ufeffx'],
        ],
      },
    );
  });
});

describe('the entries of a ServiceAccount', () => {
  const parts = {
    endpoint: {
      server: 'https://a',
      certificateAuthority: 'é\n',
      insecureSkipTlsVerify: true,
      proxyUrl: 'http://p',
      tlsServerName: 'b',
    },
    cluster: 'prod',
    serviceAccount: { namespace: 'ns', name: 'sa' },
    credential: { tokenFile: 't' },
  };

  it('are named after it and its cluster, and have all that leads there', () => {
    expect(contextName(parts.serviceAccount, 'prod')).toBe('ns/sa@prod');
    expect(kubeconfigEntries(parts)).toEqual({
      cluster: {
        name: 'prod',
        cluster: {
          server: 'https://a',
          'certificate-authority-data': 'w6kK',
          'insecure-skip-tls-verify': true,
          'proxy-url': 'http://p',
          'tls-server-name': 'b',
        },
      },
      user: { name: 'system:serviceaccount:ns:sa', user: { tokenFile: 't' } },
      context: {
        name: 'ns/sa@prod',
        context: { cluster: 'prod', user: 'system:serviceaccount:ns:sa', namespace: 'ns' },
      },
    });
  });

  it('are a whole kubeconfig in kubectl’s own order', () => {
    const bare = {
      ...parts.endpoint,
      certificateAuthority: undefined,
      insecureSkipTlsVerify: false,
      proxyUrl: undefined,
      tlsServerName: undefined,
    };
    expect(buildKubeconfig({ ...parts, endpoint: bare })).toBe(`apiVersion: v1
kind: Config
clusters:
  - name: prod
    cluster:
      server: https://a
users:
  - name: system:serviceaccount:ns:sa
    user:
      tokenFile: t
contexts:
  - name: ns/sa@prod
    context:
      cluster: prod
      user: system:serviceaccount:ns:sa
      namespace: ns
current-context: ns/sa@prod
`);
  });
});
