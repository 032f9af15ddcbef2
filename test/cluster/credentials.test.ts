import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { FillState } from '../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { buildKubeconfig, type ClusterEndpoint } from '../../src/kubeconfig/buildKubeconfig.ts';
import { adminOf, whoKubectlIs } from '../support/cluster/kubectl.ts';
import { readTokenSecrets, tokenSecretYaml } from '../../src/manifest/tokenSecret.ts';

const { kubeconfig, kubectl, server } = inject('controlPlane');
const run = promisify(execFile);
const signal = AbortSignal.timeout(100_000);
const account = { namespace: 'default', name: 'on.1e3' }; // Both halves would be no text in careless YAML.

let folder: string;
let cluster: Cluster;

const admin = adminOf(inject('controlPlane'));

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'credentials-'));
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await admin('create', 'serviceaccount', account.name);
});
afterAll(async () => {
  cluster.dispose();
  await admin('delete', 'serviceaccount', account.name);
  await rm(folder, { recursive: true });
});

/** Who kubectl is with a kubeconfig text. */
async function kubectlIs(text: string): Promise<string> {
  const file = join(folder, 'one.kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  return await whoKubectlIs(async (...args) => (await run(kubectl, ['--kubeconfig', file, ...args])).stdout);
}

describe('a credential from a token Secret', () => {
  const name = 'on.1e3-token';

  it('is filled by the token controller from the scaffolded manifest, read as kubectl reads it', async () => {
    const manifest = tokenSecretYaml({ ...account, name, serviceAccount: account.name });
    const file = join(folder, 'manifest.yaml');
    await writeFile(file, manifest);
    await admin('apply', '--dry-run=server', '-f', file);
    const [found] = readTokenSecrets(manifest);
    if (!found) throw new Error('The manifest was not read.');
    await cluster.createTokenSecret({ ...found, namespace: found.namespace ?? 'default' }, signal);
    const states: FillState[] = [];
    await cluster.followTokenSecret(
      { ...account, name, serviceAccount: account.name },
      (state) => states.push(state),
      signal,
    );
    expect(states.at(-1)?.missing).toEqual([]);
    expect((await cluster.tokenSecretsOf(account, signal)).map((secret) => secret.name)).toEqual([name]);
  });

  it('keeps the labels that its manifest has', async () => {
    const text = `kind: Secret
apiVersion: v1
type: kubernetes.io/service-account-token
metadata:
  name: labelled
  labels: { team: ci }
  annotations: { kubernetes.io/service-account.name: '${account.name}' }`;
    const [found] = readTokenSecrets(text);
    if (!found) throw new Error('The manifest was not read.');
    await cluster.createTokenSecret({ ...found, namespace: 'default' }, signal);
    expect(await admin('get', 'secret', 'labelled', '-o', 'jsonpath={.metadata.labels.team}')).toBe('ci');
  });

  it('makes a kubeconfig with which kubectl is that ServiceAccount', async () => {
    const token = await cluster.readSecretToken({ ...account, name }, signal);
    const text = buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: 'sandbox',
      serviceAccount: account,
      credential: { token },
    });
    expect(await kubectlIs(text)).toBe('system:serviceaccount:default:on.1e3');
    expect((await clusterAccess.whoAmI({ text, folder }, signal)).username).toBe(
      'system:serviceaccount:default:on.1e3',
    );
  });

  it('ends with its Secret', async () => {
    const token = await cluster.readSecretToken({ ...account, name }, signal);
    const text = buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: 'sandbox',
      serviceAccount: account,
      credential: { token },
    });
    const secret = (await cluster.tokenSecretsOf(account, signal)).find((one) => one.name === name);
    if (!secret) throw new Error('The Secret is gone.');
    await cluster.deleteSecret(secret, signal);
    await expect
      .poll(
        async () =>
          await clusterAccess.whoAmI({ text, folder }, signal).then(
            () => 'accepted',
            (error: unknown) => (error instanceof Error && 'reason' in error ? error.reason : error),
          ),
        { timeout: 30_000, interval: 500 },
      )
      .toBe('unauthorized');
  });
});

describe('a kubeconfig from a TokenRequest', () => {
  const names = [
    'on',
    '1_000',
    '0x1F',
    '1:30',
    '~',
    'a: b #c',
    '- x',
    '"q"',
    'null',
    'ünï 漢',
    '*a',
    '&b',
    '!t',
  ];

  it.each(names)('works with kubectl where the cluster is called %j', async (name) => {
    const owner = await cluster.serviceAccount(account, signal);
    const { token } = await cluster.requestToken(owner, { expirationSeconds: 600 }, signal);
    const text = buildKubeconfig({
      endpoint: cluster.endpoint,
      cluster: name,
      serviceAccount: account,
      credential: { token },
    });
    expect(await kubectlIs(text)).toBe('system:serviceaccount:default:on.1e3');
  });

  it('works by the name that the certificate has, where the address is another', async () => {
    const owner = await cluster.serviceAccount(account, signal);
    const { token } = await cluster.requestToken(owner, { expirationSeconds: 600 }, signal);
    const endpoint: ClusterEndpoint = { ...cluster.endpoint, tlsServerName: 'kubernetes.default.svc' };
    const text = buildKubeconfig({
      endpoint,
      cluster: 'named',
      serviceAccount: account,
      credential: { token },
    });
    expect(await kubectlIs(text)).toBe('system:serviceaccount:default:on.1e3');
  });

  it('works with a context whose CA is in a file, which it takes along', async () => {
    const { caFile } = inject('controlPlane');
    const file = join(folder, 'by-file.json');
    const own = JSON.parse(await admin('config', 'view', '--raw', '-o', 'json')) as {
      users: unknown;
      contexts: unknown;
      clusters: { name: string }[];
    };
    const clusters = own.clusters.map(({ name }) => ({
      name,
      cluster: { server, 'certificate-authority': caFile },
    }));
    await writeFile(file, JSON.stringify({ ...own, clusters }));
    const byFile = clusterAccess.open({ files: [file], context: 'sandbox' });
    const owner = await byFile.serviceAccount(account, signal);
    const { token } = await byFile.requestToken(owner, { expirationSeconds: 600 }, signal);
    const text = buildKubeconfig({
      endpoint: byFile.endpoint,
      cluster: 'by-file',
      serviceAccount: account,
      credential: { token },
    });
    byFile.dispose();
    expect(text).toContain(Buffer.from(await readFile(caFile)).toString('base64'));
    expect(await kubectlIs(text)).toBe('system:serviceaccount:default:on.1e3');
  });
});

describe('ServiceAccounts', () => {
  it('are listed, and one that is not there is not found', async () => {
    const names = (await cluster.serviceAccounts(signal)).map(
      ({ namespace, name }) => `${namespace}/${name}`,
    );
    expect(names).toContain('default/on.1e3');
    await expect(
      cluster.serviceAccount({ namespace: 'default', name: 'nobody' }, signal),
    ).rejects.toMatchObject({ reason: 'not-found' });
  });
});
