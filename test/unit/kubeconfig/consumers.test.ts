import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildKubeconfig } from '../../../src/kubeconfig/buildKubeconfig.ts';
import {
  consumerNames,
  consumers,
  type Consumer,
  type WithToken,
} from '../../../src/kubeconfig/consumers.ts';
import { assertPhrase, assertSentence } from '../../support/texts/sentences.ts';

const CA = '-----BEGIN CERTIFICATE-----\nQQ==\n-----END CERTIFICATE-----\n';
const parts = (more: Partial<WithToken['endpoint']> = {}, cluster = 'Prod/EU_1'): WithToken => ({
  endpoint: {
    server: 'https://10.0.0.1:6443',
    certificateAuthority: CA,
    insecureSkipTlsVerify: false,
    proxyUrl: undefined,
    tlsServerName: undefined,
    ...more,
  },
  cluster,
  serviceAccount: { namespace: 'ci', name: 'deployer' },
  credential: { token: 'a.b.c' },
});
const text = (consumer: Consumer, given = parts()): string => consumers[consumer].text(given);
const bare = { certificateAuthority: undefined };

describe('a credential in the form of what uses it', () => {
  it('is offered by its name, with what it is for', () => {
    expect(consumerNames.toSorted()).toEqual(Object.keys(consumers).toSorted());
    for (const name of consumerNames) {
      const { label, detail, ending } = consumers[name];
      assertPhrase(label);
      assertSentence(detail);
      expect(ending).toMatch(/^[a-z-]+(?:\.(?:yaml|sh))?$/);
    }
  });

  it('is a cluster Secret of Argo CD', () => {
    const { stringData, ...secret } = parse(text('argoCd')) as { stringData: Record<string, string> };
    expect(secret).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'prod-eu-1-deployer',
        namespace: 'argocd',
        labels: { 'argocd.argoproj.io/secret-type': 'cluster' },
      },
      type: 'Opaque',
    });
    const { config = '', ...rest } = stringData;
    expect(rest).toEqual({ name: 'Prod/EU_1', server: 'https://10.0.0.1:6443' });
    expect(JSON.parse(config)).toEqual({
      bearerToken: 'a.b.c',
      tlsClientConfig: { insecure: false, caData: Buffer.from(CA).toString('base64') },
    });
    const other = { ...bare, insecureSkipTlsVerify: true, tlsServerName: 'api', proxyUrl: 'http://proxy' };
    const argo = parse(text('argoCd', parts(other))) as { stringData: { config: string } };
    expect(JSON.parse(argo.stringData.config)).toEqual({
      bearerToken: 'a.b.c',
      tlsClientConfig: { insecure: true, serverName: 'api' },
      proxyUrl: 'http://proxy',
    });
  });

  it('is a Secret with a kubeconfig, for Flux or Cluster API, and for Istio', () => {
    expect(parse(text('kubeconfigSecret'))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'prod-eu-1-kubeconfig', labels: { 'cluster.x-k8s.io/cluster-name': 'prod-eu-1' } },
      type: 'cluster.x-k8s.io/secret',
      stringData: { value: buildKubeconfig(parts()) },
    });
    expect(parse(text('istio'))).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'istio-remote-secret-prod-eu-1',
        namespace: 'istio-system',
        annotations: { 'networking.istio.io/cluster': 'prod-eu-1' },
        labels: { 'istio/multiCluster': 'true' },
      },
      stringData: { 'prod-eu-1': buildKubeconfig(parts()) },
    });
  });

  it('is a command that gives Vault what it reads, by its input', () => {
    const config = (script: string): unknown => JSON.parse(/<<'EOF'\n(.*)\nEOF\n$/s.exec(script)?.[1] ?? '');
    expect(text('vault')).toMatch(
      /^#!\/bin\/sh\n(?:# .*\n)+vault write auth\/kubernetes\/config - <<'EOF'\n/,
    );
    expect(config(text('vault'))).toEqual({
      kubernetes_host: 'https://10.0.0.1:6443',
      kubernetes_ca_cert: CA,
      token_reviewer_jwt: 'a.b.c',
    });
    expect(config(text('vault', parts(bare)))).not.toHaveProperty('kubernetes_ca_cert');
  });

  it('is a file of variables', () => {
    const ca = Buffer.from(CA).toString('base64');
    expect(text('environment')).toBe(
      `KUBE_SERVER=https://10.0.0.1:6443\nKUBE_CA_DATA=${ca}\nKUBE_NAMESPACE=ci\nKUBE_TOKEN=a.b.c\n`,
    );
    expect(text('environment', parts(bare))).toBe(
      'KUBE_SERVER=https://10.0.0.1:6443\nKUBE_NAMESPACE=ci\nKUBE_TOKEN=a.b.c\n',
    );
  });

  it.each([
    ['-a-', 'a'],
    ['ÄÖ', 'cluster'],
    ['', 'cluster'],
    ['a'.repeat(300), 'a'.repeat(200)],
    ['x.y-.', 'x.y'],
  ])('has a name that an object can have, of a cluster %j', (cluster, name) => {
    const { metadata } = parse(text('istio', parts({}, cluster))) as { metadata: { name: string } };
    expect(metadata.name).toBe(`istio-remote-secret-${name}`);
    const { metadata: labelled } = parse(text('kubeconfigSecret', parts({}, cluster))) as {
      metadata: { labels: Record<string, string> };
    };
    expect(Object.values(labelled.labels)).toEqual([name.slice(0, 63)]);
  });
});
