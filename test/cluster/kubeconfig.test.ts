import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Identity } from '../../src/cluster/api.ts';
import { clusterAccess } from '../../src/cluster/client.ts';

const { kubeconfig, kubectl, caFile, server } = inject('controlPlane');
const run = promisify(execFile);
const signal = AbortSignal.timeout(100_000);

let folder: string;
let token: string;
let ca: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  ca = (await readFile(caFile)).toString('base64');
  const args = ['--kubeconfig', kubeconfig, '-n', 'default', 'create', 'token', 'default'];
  token = (await run(kubectl, args)).stdout.trim();
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

interface Entry {
  readonly name: string;
  readonly cluster?: object;
  readonly user?: object;
  readonly context?: object;
}

async function write(path: string, config: object): Promise<string> {
  const file = join(folder, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, JSON.stringify(config));
  return file;
}

/** A document with one context `x`. */
function document(cluster: object, user: object): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
}

async function identities(config: object, file = 'one.json'): Promise<{ ours: Identity; kubectls: string }> {
  const path = await write(file, config);
  const { stdout } = await run(kubectl, ['--kubeconfig', path, 'auth', 'whoami', '-o', 'json']);
  const kubectls = (JSON.parse(stdout) as { status: { userInfo: { username: string } } }).status.userInfo
    .username;
  const text = await readFile(path, 'utf8');
  return { ours: await clusterAccess.whoAmI({ text, folder: join(path, '..') }, signal), kubectls };
}

it('merges files as kubectl does: the first file that has an entry gives it whole', async () => {
  const first = await write('first/config', {
    clusters: [{ name: 'both', cluster: { server: 'https://first:6443' } }] satisfies Entry[],
    users: [{ name: 'both', user: { username: 'first', password: 'p' } }] satisfies Entry[],
    contexts: [{ name: 'both', context: { cluster: 'both', user: 'both' } }] satisfies Entry[],
  });
  const second = await write('second/config', {
    clusters: [
      { name: 'both', cluster: { server: 'https://second:6443', 'tls-server-name': 'second' } },
      { name: 'only', cluster: { server: 'https://only:6443' } },
    ],
    users: [
      { name: 'both', user: { token: 'second' } },
      { name: 'only', user: { token: 'only' } },
    ],
    contexts: [
      { name: 'both', context: { cluster: 'only', user: 'only', namespace: 'second' } },
      { name: 'only', context: { cluster: 'only', user: 'only', namespace: 'own' } },
    ],
    'current-context': 'only',
  });
  const files = [first, join(folder, 'missing'), second];
  const env = { ...process.env, KUBECONFIG: files.join(delimiter) };
  const { stdout } = await run(kubectl, ['config', 'view', '--raw', '-o', 'json'], { env });
  const merged = JSON.parse(stdout) as {
    contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
    clusters: { name: string; cluster: { server: string } }[];
    'current-context': string;
  };
  const { contexts, current } = clusterAccess.contexts({ files });
  expect(current).toBe(merged['current-context']);
  expect(
    contexts.map(({ name, cluster, user, namespace, server }) => [name, cluster, user, namespace, server]),
  ).toEqual(
    merged.contexts.map(({ name, context }) => [
      name,
      context.cluster,
      context.user,
      context.namespace ?? 'default',
      merged.clusters.find((entry) => entry.name === context.cluster)?.cluster.server,
    ]),
  );
});

it('lets tokenFile win over token, and resolves paths from the file of origin', async () => {
  await write('paths/unused', {});
  await writeFile(join(folder, 'paths/token'), `${token}\n`);
  await writeFile(join(folder, 'paths/ca.crt'), await readFile(caFile));
  const config = document(
    { server, 'certificate-authority': 'ca.crt' },
    { tokenFile: 'token', token: 'not-this-one' },
  );
  const { ours, kubectls } = await identities(config, 'paths/config');
  expect(kubectls).toBe('system:serviceaccount:default:default');
  expect(ours.username).toBe(kubectls);
});

it('speaks to a server under another TLS name, and by a name in capital letters', async () => {
  const cluster = { server: server.replace('127.0.0.1', 'LOCALHOST'), 'certificate-authority-data': ca };
  const { ours, kubectls } = await identities(
    document({ ...cluster, 'tls-server-name': '127.0.0.1' }, { token }),
  );
  expect(ours.username).toBe(kubectls);
});

it('goes through the proxy that proxy-url names, and keeps TLS to the server itself', async () => {
  const tunnels: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket: Socket, head) => {
    tunnels.push(request.url ?? '');
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    const outward = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      outward.write(head);
      outward.pipe(socket).pipe(outward);
    });
    outward.once('error', () => socket.destroy());
    socket.once('error', () => outward.destroy());
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  try {
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const config = document({ server, 'certificate-authority-data': ca, 'proxy-url': url }, { token });
    const { ours, kubectls } = await identities(config);
    expect(ours.username).toBe(kubectls);
    expect(new Set(tunnels)).toEqual(new Set([new URL(server).host]));
    expect(tunnels.length).toBeGreaterThanOrEqual(2);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

it('asks as the user to impersonate', async () => {
  const view = await run(kubectl, ['--kubeconfig', kubeconfig, 'config', 'view', '--raw', '-o', 'json']);
  const config = JSON.parse(view.stdout) as { users: { name: string; user: object }[] };
  const users = config.users.map(({ name, user }) => ({
    name,
    user: { ...user, as: 'jane', 'as-groups': ['a', 'b'] },
  }));
  const { ours, kubectls } = await identities({ ...config, users });
  expect(kubectls).toBe('jane');
  expect(ours).toMatchObject({ username: 'jane', groups: expect.arrayContaining(['a', 'b']) as string[] });
});

it.each([
  [
    'a token that is a number',
    { users: [{ name: 'u', user: { token: 123 } }] },
    'users[0].user.token must be a string',
  ],
  ['a name used twice', { users: [{ name: 'u' }, { name: 'u' }] }, 'two users with the name "u"'],
  ['a list where a mapping should be', { contexts: { x: {} } }, 'contexts must be a list'],
  ['text that is no mapping', ['x'], 'is not a kubeconfig'],
])('names what is wrong with %s, as kubectl refuses it too', async (_what, config, message) => {
  const file = await write('wrong.json', config);
  expect(() => clusterAccess.contexts({ files: [file] })).toThrow(message);
  await expect(run(kubectl, ['--kubeconfig', file, 'config', 'get-contexts'])).rejects.toThrow('error');
});

it('never repeats a line of a file that is not YAML', async () => {
  const file = join(folder, 'broken.yaml');
  await writeFile(file, 'users:\n- name: u\n  user:\n    token: "secret-of-mine\n');
  expect(() => clusterAccess.contexts({ files: [file] })).toThrow(/not valid YAML at line \d+/);
  expect(() => clusterAccess.contexts({ files: [file] })).not.toThrow('secret-of-mine');
});

it('says which files it looked for when there is none', () => {
  expect(() => clusterAccess.contexts({ files: [join(folder, 'none')] })).toThrow(join(folder, 'none'));
});
