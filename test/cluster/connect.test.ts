import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { FillState } from '../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { does } from '../../src/versions.ts';
import { openAgreed } from '../support/cluster/agreedSending.ts';

const { kubeconfig, kubectl, caFile, server, minor } = inject('controlPlane');
const signal = AbortSignal.timeout(100_000);
const namespace = 'connect';
const run = promisify(execFile);
const admin = async (...args: string[]): Promise<string> =>
  (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout.trim();

let folder: string;
let cluster: Cluster;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'));
  await admin('create', 'namespace', namespace);
  await admin('-n', namespace, 'create', 'serviceaccount', 'mycontroller');
  cluster = open(kubeconfig);
});

afterAll(async () => {
  cluster.dispose();
  await rm(folder, { recursive: true });
  await admin('delete', 'namespace', namespace, '--wait=false');
});

function open(file: string, isAgreed = false): Cluster {
  const { current = '' } = clusterAccess.contexts({ files: [file] });
  return isAgreed ? openAgreed(file, current) : clusterAccess.open({ files: [file], context: current });
}

async function uidOf(kind: string, name: string): Promise<string> {
  return await admin('-n', namespace, 'get', kind, name, '-o', 'jsonpath={.metadata.uid}');
}

/** A kubeconfig of one context with this cluster and user entry. */
async function kubeconfigFile(name: string, clusterEntry: object, user: object): Promise<string> {
  const file = join(folder, name);
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'c', cluster: clusterEntry }],
      users: [{ name: 'u', user }],
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'x',
    }),
  );
  return file;
}

it('lists the ServiceAccounts that kubectl lists', async () => {
  // Other suites create some meanwhile.
  await vi.waitFor(async () => {
    const { serviceAccounts, tokenSecrets } = await cluster.snapshot(signal);
    const listed = await admin('get', 'serviceaccounts', '-A', '-o', 'jsonpath={.items[*].metadata.uid}');
    expect(serviceAccounts.map(({ uid }) => uid).sort()).toEqual(listed.split(' ').sort());
    expect(tokenSecrets.problem).toBeUndefined();
  }, 30_000);
});

it('creates a token Secret, sees the controller fill it, and reads its token', async () => {
  const ref = { namespace, name: 'filled', serviceAccount: 'mycontroller' };
  const uid = await cluster.createTokenSecret(ref, signal);
  expect(uid).toBe(await uidOf('secret', 'filled'));
  // So that whoever applies it later is told whose its fields are.
  const managers = 'jsonpath={.metadata.managedFields[*].manager}';
  expect(await admin('-n', namespace, 'get', 'secret', 'filled', '-o', managers)).toContain(
    'serviceaccount-tokens',
  );
  const states: FillState[] = [];
  await cluster.followTokenSecret(ref, (state) => states.push(state), signal);
  expect(states.at(-1)).toEqual({ filled: ['ca.crt', 'namespace', 'token'], missing: [] });
  const token = await cluster.readSecretToken(ref, signal);
  const path = 'jsonpath={.data.token}';
  expect(Buffer.from(token).toString('base64')).toBe(
    await admin('-n', namespace, 'get', 'secret', 'filled', '-o', path),
  );

  await expect(cluster.createTokenSecret(ref, signal)).rejects.toMatchObject({ reason: 'conflict' });
  const found = (await cluster.snapshot(signal)).tokenSecrets.items.find(({ name }) => name === 'filled');
  expect(found).toMatchObject({ namespace, uid, serviceAccount: 'mycontroller' });
});

it('says that a token Secret without its ServiceAccount was deleted for that reason', async () => {
  const ref = { namespace, name: 'orphan', serviceAccount: 'nobody' };
  await cluster.createTokenSecret(ref, signal);
  await expect(cluster.followTokenSecret(ref, () => undefined, signal)).rejects.toMatchObject({
    reason: 'not-found',
    message: expect.stringContaining(`ServiceAccount ${namespace}/nobody does not exist`) as string,
  });
});

it('says that an immutable token Secret is never filled', async () => {
  const file = join(folder, 'immutable.json');
  const metadata = {
    name: 'immutable',
    namespace,
    annotations: { 'kubernetes.io/service-account.name': 'mycontroller' },
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    immutable: true,
  };
  await writeFile(file, JSON.stringify({ ...secret, metadata }));
  await admin('create', '-f', file);
  const followed = cluster.followTokenSecret({ namespace, name: 'immutable' }, () => undefined, signal);
  await expect(followed).rejects.toMatchObject({ reason: 'refused' });
});

it('requests tokens that prove to be the ServiceAccount, and guards its uid', async () => {
  const account = { namespace, name: 'mycontroller', uid: await uidOf('serviceaccount', 'mycontroller') };
  const { token } = await cluster.requestToken(account, { expirationSeconds: 600 }, signal);
  const text = await readFile(
    await kubeconfigFile('proof', { server, 'certificate-authority': caFile }, { token }),
    'utf8',
  );
  expect(await clusterAccess.whoAmI({ text, folder }, signal)).toMatchObject({
    username: `system:serviceaccount:${namespace}:mycontroller`,
    uid: does(minor, 'serves SelfSubjectReview') === true ? account.uid : undefined,
  });
  const other = { ...account, uid: '00000000-0000-0000-0000-000000000000' };
  await expect(cluster.requestToken(other, {}, signal)).rejects.toMatchObject({ reason: 'conflict' });
  await expect(cluster.requestToken(account, { expirationSeconds: 1 }, signal)).rejects.toThrow(
    'may not specify a duration less than 10 minutes',
  );
});

it('deletes exactly the Secret it was shown', async () => {
  const ref = { namespace, name: 'short-lived', serviceAccount: 'mycontroller' };
  const uid = await cluster.createTokenSecret(ref, signal);
  const other = { ...ref, uid: '00000000-0000-0000-0000-000000000000' };
  await expect(cluster.deleteSecret(other, signal)).rejects.toMatchObject({ reason: 'conflict' });
  await cluster.deleteSecret({ ...ref, uid }, signal);
  await expect(cluster.readSecretToken(ref, signal)).rejects.toMatchObject({ reason: 'not-found' });
});

it('names what is wrong when a server refuses or cannot be reached', async () => {
  const trusted = { server, 'certificate-authority': caFile };
  const refused = async (name: string, clusterEntry: object, user: object): Promise<unknown> => {
    const opened = open(await kubeconfigFile(name, clusterEntry, user));
    return await opened.snapshot(signal).then(
      () => undefined,
      (error: unknown) => error,
    );
  };
  const account = { namespace, name: 'mycontroller', uid: '' };
  const { token } = await cluster.requestToken(account, {}, signal);
  expect(await refused('no-token', trusted, { token: 'eyJhbGciOiJub25lIn0.e30.' })).toMatchObject({
    reason: 'unauthorized',
    message: expect.stringContaining('credential of user "u"') as string,
  });
  expect(await refused('no-right', trusted, { token })).toMatchObject({
    reason: 'forbidden',
    message: expect.stringContaining('list serviceaccounts in every namespace') as string,
  });
  expect(await refused('no-ca', { server }, { token })).toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('not signed by') as string,
  });
  expect(
    await refused('other-name', { ...trusted, 'tls-server-name': 'elsewhere' }, { token }),
  ).toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('tls-server-name') as string,
  });
  expect(await refused('nobody-there', { server: 'https://127.0.0.1:1' }, { token })).toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining('nothing listens there') as string,
  });
});

it('runs no credential program without permission, and shows it', async () => {
  const canary = join(folder, 'canary');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(canary)}, '')`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    interactiveMode: 'Never', // kubectl refuses an entry without it.
  };
  const file = await kubeconfigFile('exec', { server, 'certificate-authority': caFile }, { exec });
  const { contexts } = clusterAccess.contexts({ files: [file] });
  expect(contexts[0]?.runs).toContain(`exec: ${process.execPath} -e`);
  expect(() => open(file)).toThrow('has not been allowed');
  const text = await readFile(file, 'utf8');
  await expect(clusterAccess.whoAmI({ text, folder }, signal)).rejects.toMatchObject({
    reason: 'not-allowed-here',
  });
  await expect(readFile(canary)).rejects.toThrow('ENOENT');
});

it('uses the credential that an allowed program prints', async () => {
  const { token } = await cluster.requestToken({ namespace, name: 'mycontroller', uid: '' }, {}, signal);
  const apiVersion = 'client.authentication.k8s.io/v1';
  const printed = JSON.stringify({ kind: 'ExecCredential', apiVersion, status: { token } });
  const args = ['-e', `console.log(${JSON.stringify(printed)})`];
  const file = await kubeconfigFile(
    'exec-allowed',
    { server, 'certificate-authority': caFile },
    { exec: { apiVersion, command: process.execPath, args, interactiveMode: 'Never' } },
  );
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const answer = await open(file, true).ask({ method: 'POST', path, body }, signal);
  expect(JSON.stringify(answer.body)).toContain(`system:serviceaccount:${namespace}:mycontroller`);
});

it.each([
  ['fails', 'console.error("please log in"); process.exit(3)', 'exit code 3: please log in'],
  ['prints something else', 'console.log("hello")', 'printed no ExecCredential'],
  [
    'prints another version',
    'console.log(JSON.stringify({ kind: "ExecCredential", apiVersion: "client.authentication.k8s.io/v1beta1" }))',
    'and the kubeconfig says client.authentication.k8s.io/v1',
  ],
  [
    'complains with a token in it',
    'console.error("bad eyJhbGciOiJub25lIn0.e30.c2ln"); process.exit(1)',
    'bad [token]',
  ],
])('says what is wrong when a credential program %s', async (what, script, message) => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    interactiveMode: 'Never', // kubectl refuses an entry without it.
  };
  const file = await kubeconfigFile(`exec ${what}`, { server, 'certificate-authority': caFile }, { exec });
  await expect(open(file, true).snapshot(signal)).rejects.toMatchObject({
    reason: 'refused',
    message: expect.stringContaining(message) as string,
  });
});

it('starts no program that reads from a terminal, and says so, where kubectl without a terminal fails too', async () => {
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', ''],
    interactiveMode: 'Always',
  };
  const file = await kubeconfigFile('terminal', { server, 'certificate-authority': caFile }, { exec });
  await expect(run(kubectl, ['--kubeconfig', file, 'get', '--raw', '/version'])).rejects.toThrow(
    'not a terminal',
  );
  await expect(open(file, true).snapshot(signal)).rejects.toMatchObject({
    reason: 'refused',
    message: expect.stringContaining('reads from a terminal') as string,
  });
});

it('tells a credential program of the cluster, as kubectl does', async () => {
  const { token } = await cluster.requestToken({ namespace, name: 'mycontroller', uid: '' }, {}, signal);
  const seen = join(folder, 'exec-info');
  const script = `require('node:fs').writeFileSync(${JSON.stringify(seen)}, process.env.KUBERNETES_EXEC_INFO);
    console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', status: { token: ${JSON.stringify(token)} } }))`;
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: process.execPath,
    args: ['-e', script],
    provideClusterInfo: true,
    interactiveMode: 'Never',
  };
  const extensions = [{ name: 'client.authentication.k8s.io/exec', extension: { audience: 'mine' } }];
  const entry = { server, 'certificate-authority': caFile, 'tls-server-name': 'localhost', extensions };
  const file = await kubeconfigFile('exec-info.json', entry, { exec });
  await run(kubectl, ['--kubeconfig', file, 'get', '--raw', '/version']);
  const kubectls: unknown = JSON.parse(await readFile(seen, 'utf8'));
  await open(file, true).ask({ path: '/version' }, signal);
  expect(JSON.parse(await readFile(seen, 'utf8'))).toEqual(kubectls);
});

it('gets no byte of a token from the server by listing', async () => {
  const ref = { namespace, name: 'secret-bytes', serviceAccount: 'mycontroller' };
  await cluster.createTokenSecret(ref, signal);
  await cluster.followTokenSecret(ref, () => undefined, signal);
  const token = await cluster.readSecretToken(ref, signal);

  const ca = await readFile(caFile);
  const admin = JSON.parse(await adminUser()) as { cert: string; key: string };
  const answers: Buffer[] = [];
  const recorder = createServer(admin, (incoming, outgoing) => {
    const target = new URL(incoming.url ?? '/', server);
    const { host: _host, ...headers } = incoming.headers;
    const options = { ...admin, ca, method: incoming.method ?? 'GET', headers };
    incoming.pipe(
      httpsRequest(target, options, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.on('data', (chunk: Buffer) => answers.push(chunk)).pipe(outgoing);
      }),
    );
  });
  await new Promise<void>((resolve) => {
    recorder.listen(0, '127.0.0.1', resolve);
  });
  const address = recorder.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const recorded = open(
    await kubeconfigFile(
      'recorded',
      { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true },
      {},
    ),
  );
  try {
    const { tokenSecrets } = await recorded.snapshot(signal);
    expect(tokenSecrets.items.map(({ name }) => name)).toContain('secret-bytes');
    const seen = Buffer.concat(answers).toString('latin1');
    expect(seen).toContain('secret-bytes');
    expect(seen).not.toContain(token);
    expect(seen).not.toContain(Buffer.from(token).toString('base64').slice(0, 40));
    expect(seen).not.toContain('"data"');
  } finally {
    recorded.dispose();
    recorder.closeAllConnections();
    recorder.close();
  }
});

/** The sandbox admin's client certificate, as kubectl reads it. */
async function adminUser(): Promise<string> {
  const view = JSON.parse(await admin('config', 'view', '--raw', '--minify', '-o', 'json')) as {
    users: { user: Record<string, string> }[];
  };
  const user = view.users[0]?.user ?? {};
  const pem = async (name: string): Promise<string> =>
    user[`${name}-data`] === undefined
      ? await readFile(user[name] ?? '', 'utf8')
      : Buffer.from(user[`${name}-data`] ?? '', 'base64').toString();
  return JSON.stringify({ cert: await pem('client-certificate'), key: await pem('client-key') });
}
