import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { consumers, type WithToken } from '../../src/kubeconfig/consumers.ts';
import { adminOf } from '../support/cluster/kubectl.ts';

const { kubectl, server, caFile } = inject('controlPlane');
const run = promisify(execFile);
const namespace = 'consumers';
const account = { namespace, name: 'robot' };
const who = `system:serviceaccount:${namespace}:robot`;

let folder: string;
let parts: WithToken;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'consumers-'));
  await admin('create', 'namespace', namespace);
  for (const name of ['argocd', 'istio-system']) await admin('create', 'namespace', name);
  await admin('create', 'serviceaccount', 'robot', '-n', namespace);
  const certificateAuthority = await readFile(caFile, 'utf8');
  const token = (await admin('create', 'token', 'robot', '-n', namespace)).trim();
  parts = {
    endpoint: {
      server,
      certificateAuthority,
      insecureSkipTlsVerify: false,
      proxyUrl: undefined,
      tlsServerName: undefined,
    },
    cluster: 'arn:aws:eks:eu-west-1:1:cluster/Prod_1',
    serviceAccount: account,
    credential: { token },
  };
});
afterAll(async () => {
  await admin('delete', 'namespace', namespace, 'argocd', 'istio-system', '--wait=false');
  await rm(folder, { recursive: true });
});

const admin = adminOf(inject('controlPlane'));

/** Applies a Secret; returns what the server has of it, decoded. */
async function secretOf(text: string, own: string): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, 'secret.yaml');
  await writeFile(file, text);
  const [name = ''] = (await admin('apply', '-n', own, '-f', file, '-o', 'name')).trim().split('\n');
  const { data } = JSON.parse(await admin('get', name, '-n', own, '-o', 'json')) as {
    data: Record<string, string>;
  };
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]),
  );
}

/** As whom the server takes a request with these flags of kubectl and nothing else. */
async function whoIs(...flags: readonly string[]): Promise<string> {
  const empty = join(folder, 'empty');
  await writeFile(empty, '');
  const args = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}', ...flags];
  return (await run(kubectl, args, { env: { ...process.env, KUBECONFIG: empty } })).stdout;
}

async function whoHas(text: string): Promise<string> {
  const file = join(folder, 'own.kubeconfig');
  await writeFile(file, text);
  return await whoIs('--kubeconfig', file);
}

async function caOf(base64: string | undefined): Promise<string> {
  const file = join(folder, 'ca.crt');
  await writeFile(file, Buffer.from(base64 ?? '', 'base64'));
  return file;
}

describe('a credential in the form of what uses it', () => {
  it('is Argo CD’s cluster Secret, whose config has what the server accepts', async () => {
    const { name, server: of, config = '' } = await secretOf(consumers.argoCd.text(parts), 'argocd');
    expect([name, of]).toEqual([parts.cluster, server]);
    const { bearerToken, tlsClientConfig } = JSON.parse(config) as {
      bearerToken: string;
      tlsClientConfig: { insecure: boolean; caData: string };
    };
    expect(tlsClientConfig.insecure).toBe(false);
    const ca = await caOf(tlsClientConfig.caData);
    expect(await whoIs('--server', of ?? '', '--certificate-authority', ca, '--token', bearerToken)).toBe(
      who,
    );
    const labels = await admin(
      'get',
      'secrets',
      '-n',
      'argocd',
      '-l',
      'argocd.argoproj.io/secret-type=cluster',
      '-o',
      'name',
    );
    expect(labels.trim().split('\n')).toHaveLength(1);
  });

  it('is a kubeconfig in a Secret, under the key that Flux and Cluster API read', async () => {
    const { value = '' } = await secretOf(consumers.kubeconfigSecret.text(parts), namespace);
    expect(await whoHas(value)).toBe(who);
    const name = 'arn-aws-eks-eu-west-1-1-cluster-prod-1';
    expect(
      await admin(
        'get',
        'secret',
        `${name}-kubeconfig`,
        '-n',
        namespace,
        '-o',
        'jsonpath={.type} {.metadata.labels}',
      ),
    ).toBe(`cluster.x-k8s.io/secret {"cluster.x-k8s.io/cluster-name":"${name}"}`);
  });

  it('is Istio’s remote Secret, whose key is the cluster that its annotation names', async () => {
    const data = await secretOf(consumers.istio.text(parts), 'istio-system');
    const [[key, value] = ['', '']] = Object.entries(data);
    expect(await whoHas(value)).toBe(who);
    const annotation = String.raw`jsonpath={.items[*].metadata.annotations.networking\.istio\.io/cluster}`;
    expect(
      await admin('get', 'secrets', '-n', 'istio-system', '-l', 'istio/multiCluster=true', '-o', annotation),
    ).toBe(key);
  });

  it('is a command that gives Vault JSON by its input, and no token by its arguments', async () => {
    const script = join(folder, 'vault.sh');
    await writeFile(script, consumers.vault.text(parts));
    // What a program named vault is given, by a real shell.
    const program = join(folder, 'vault');
    await writeFile(program, `#!/bin/sh\necho "$@" > '${folder}/arguments'\ncat > '${folder}/input'\n`, {
      mode: 0o700,
    });
    await run('sh', [script], { env: { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` } });
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toBe('write auth/kubernetes/config -\n');
    const given = JSON.parse(await readFile(join(folder, 'input'), 'utf8')) as Record<string, string>;
    expect(given['kubernetes_ca_cert']).toBe(await readFile(caFile, 'utf8'));
    expect(
      await whoIs(
        '--server',
        given['kubernetes_host'] ?? '',
        '--certificate-authority',
        caFile,
        '--token',
        given['token_reviewer_jwt'] ?? '',
      ),
    ).toBe(who);
  });

  it('is a file of variables, which a real shell reads', async () => {
    const file = join(folder, '.env');
    await writeFile(file, consumers.environment.text(parts));
    const { stdout } = await run('sh', [
      '-c',
      `. '${file}'; printf '%s\\n' "$KUBE_SERVER" "$KUBE_CA_DATA" "$KUBE_NAMESPACE" "$KUBE_TOKEN"`,
    ]);
    const [of = '', ca, own, token = ''] = stdout.split('\n');
    expect(own).toBe(namespace);
    expect(await whoIs('--server', of, '--certificate-authority', await caOf(ca), '--token', token)).toBe(
      who,
    );
  });
});
