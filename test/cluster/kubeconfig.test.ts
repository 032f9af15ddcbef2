import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer, request } from 'node:https';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Identity } from '../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { contextInfo, openContext } from '../../src/cluster/connect/context.ts';
import { podKubeconfig } from '../../src/cluster/connect/load.ts';
import { Server } from '../../src/cluster/connect/server.ts';
import { mergeKubeconfigs } from '../../src/kubeconfig/read.ts';
import { createAuthority } from '../../sandbox/certificates.ts';
import { agreedDocument } from '../support/cluster/agreedSending.ts';
import { does } from '../../src/versions.ts';
import { kubeconfigOf, NOBODYS, whoKubectlIs } from '../support/cluster/kubectl.ts';
import { startWire } from '../support/cluster/wire.ts';

const { kubeconfig, kubectl, caFile, server, minor } = inject('controlPlane');
const isToldWho = does(minor, 'serves SelfSubjectReview') === true;
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

async function identities(config: object, file = 'one.json'): Promise<{ ours: Identity; kubectls: string }> {
  const path = await write(file, config);
  const kubectls = await whoKubectlIs(
    async (...args) => (await run(kubectl, ['--kubeconfig', path, ...args])).stdout,
  );
  const text = await readFile(path, 'utf8');
  return {
    ours: await clusterAccess.whoAmI(agreedDocument({ text, folder: join(path, '..') }), signal),
    kubectls,
  };
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
  const config = kubeconfigOf(
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
    kubeconfigOf({ ...cluster, 'tls-server-name': '127.0.0.1' }, { token }),
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
    const config = kubeconfigOf({ server, 'certificate-authority-data': ca, 'proxy-url': url }, { token });
    const { ours, kubectls } = await identities(config);
    expect(ours.username).toBe(kubectls);
    expect(new Set(tunnels)).toEqual(new Set([new URL(server).host]));
    expect(tunnels.length).toBeGreaterThanOrEqual(2);
  } finally {
    proxy.closeAllConnections();
    proxy.close();
  }
});

it('goes through a SOCKS5 proxy', async () => {
  const tunnels: string[] = [];
  const proxy = createTcpServer((socket) => {
    socket.once('error', () => socket.destroy());
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0])); // RFC 1928: no authentication is needed.
      socket.once('data', (asked: Buffer) => {
        const nameLength = asked[3] === 3 ? (asked[4] ?? 0) + 1 : 4;
        const port = asked.readUInt16BE(4 + nameLength);
        tunnels.push(String(port));
        const outward = connect(port, '127.0.0.1', () => {
          socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
          outward.pipe(socket).pipe(outward);
        });
        outward.once('error', () => socket.destroy());
      });
    });
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  try {
    const url = `socks5://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const config = kubeconfigOf({ server, 'certificate-authority-data': ca, 'proxy-url': url }, { token });
    const { ours, kubectls } = await identities(config);
    expect(ours.username).toBe(kubectls);
    expect(new Set(tunnels)).toEqual(new Set([new URL(server).port]));
    expect(tunnels.length).toBeGreaterThanOrEqual(2);
  } finally {
    proxy.close();
  }
});

it('speaks to a server at an IPv6 address', async () => {
  const wire = await startWire(Number(new URL(server).port), '::1');
  try {
    const cluster = { server: `https://[::1]:${wire.port}`, 'certificate-authority-data': ca };
    const { ours, kubectls } = await identities(kubeconfigOf(cluster, { token }));
    expect(kubectls).toBe('system:serviceaccount:default:default');
    expect(ours.username).toBe(kubectls);
  } finally {
    wire.close();
  }
});

it('keeps the path before the API that a server’s URL has, and takes a CA by data or by file', async () => {
  const authority = await createAuthority('before the API');
  const { certificate, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
  const paths: string[] = [];
  const gateway = createTlsServer({ cert: certificate, key }, (incoming, outgoing) => {
    paths.push(incoming.url ?? '');
    const target = new URL((incoming.url ?? '').replace(/^\/clusters\/one/, ''), server);
    const { host: _host, ...headers } = incoming.headers;
    const options = {
      method: incoming.method ?? 'GET',
      headers,
      ca: Buffer.from(ca, 'base64'),
      agent: false,
    };
    const outward = request(target, options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(outward);
  });
  await new Promise<void>((resolve) => {
    gateway.listen(0, '127.0.0.1', resolve);
  });
  await writeFile(join(folder, 'gateway.crt'), authority.certificate);
  const url = `https://127.0.0.1:${(gateway.address() as AddressInfo).port}/clusters/one/`;
  try {
    for (const trust of [
      { 'certificate-authority': 'gateway.crt' },
      { 'certificate-authority-data': btoa(authority.certificate) },
    ]) {
      const { ours, kubectls } = await identities(kubeconfigOf({ server: url, ...trust }, { token }));
      expect(kubectls).toBe('system:serviceaccount:default:default');
      expect(ours.username).toBe(kubectls);
    }
    // What kubectl is told raw, as it is asked up to 1.27, it sends as it is.
    const rest = paths.filter((path) => !path.startsWith('/clusters/one/') && path !== NOBODYS);
    expect(rest).toEqual([]);
    expect(paths.length).toBeGreaterThan(1);
  } finally {
    gateway.closeAllConnections();
    gateway.close();
  }
});

it('shows the client certificate of files that lie beside the kubeconfig, and prefers it to a token', async () => {
  const view = await run(kubectl, ['--kubeconfig', kubeconfig, 'config', 'view', '--raw', '-o', 'json']);
  const { users } = JSON.parse(view.stdout) as { users: { user: Record<string, string> }[] };
  await write('certified/unused', {});
  await writeFile(join(folder, 'certified/c'), atob(users[0]?.user['client-certificate-data'] ?? ''));
  await writeFile(join(folder, 'certified/k'), atob(users[0]?.user['client-key-data'] ?? ''));
  const user = { 'client-certificate': 'c', 'client-key': 'k', token };
  const config = kubeconfigOf({ server, 'certificate-authority-data': ca }, user);
  const { ours, kubectls } = await identities(config, 'certified/config');
  expect(kubectls).toBe('sandbox-admin');
  expect(ours.username).toBe(isToldWho ? kubectls : undefined);
});

it('names the file of each context, and is another version when what it leads to is another', async () => {
  const first = await write('origin/first', kubeconfigOf({ server: 'https://a' }, { token: 'a' }));
  const second = await write('origin/second', {
    ...kubeconfigOf({ server: 'https://b' }, {}),
    contexts: [{ name: 'y', context: { cluster: 'c', user: 'u' } }],
  });
  const listed = () => clusterAccess.contexts({ files: [first, second] }).contexts;
  expect(listed().map(({ name, file }) => [name, file])).toEqual([
    ['x', first],
    ['y', second],
  ]);
  const before = listed().map(({ version }) => version);
  await write('origin/first', { ...kubeconfigOf({ server: 'https://a' }, { token: 'b' }), preferences: {} });
  const after = listed().map(({ version }) => version);
  expect(after.filter((version, index) => version === before[index])).toEqual([]);
  await write('origin/first', kubeconfigOf({ server: 'https://a' }, { token: 'b' }));
  expect(listed().map(({ version }) => version)).toEqual(after);
});

it('is the ServiceAccount of the Pod that it runs in', async () => {
  await write('pod/unused', {});
  await writeFile(join(folder, 'pod/token'), token);
  await writeFile(join(folder, 'pod/namespace'), 'default\n');
  await writeFile(join(folder, 'pod/ca.crt'), await readFile(caFile));
  const { hostname, port } = new URL(server);
  const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  const config = podKubeconfig(environment, join(folder, 'pod'));
  expect(config?.current).toBe('in-cluster');
  const pod = config ?? mergeKubeconfigs([]);
  const context = pod.contexts.get('in-cluster');
  const terms = context && contextInfo(pod, context).terms;
  const opened = new Server(openContext(pod, 'in-cluster', { terms: terms ?? '' }));
  const answer = await opened.ask({ path: '/api/v1/namespaces/default/serviceaccounts' }, signal);
  expect(JSON.stringify(answer.body)).toContain('system:serviceaccount:default:default');
  expect(opened.context.info).toMatchObject({ namespace: 'default', runs: undefined, file: 'The Pod' });
  opened.dispose();
  expect(podKubeconfig({}, join(folder, 'pod'))).toBeUndefined();
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
  expect(ours.username).toBe('jane');
  expect(ours.groups.filter((group) => ['a', 'b'].includes(group))).toEqual(isToldWho ? ['a', 'b'] : []);
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
