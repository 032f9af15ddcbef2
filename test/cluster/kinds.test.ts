import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import {
  buildKubeconfig,
  kubeconfigEntries,
  type ClusterEndpoint,
  type UserCredential,
} from '../../src/kubeconfig/buildKubeconfig.ts';
import { mergeKubeconfig } from '../../src/kubeconfig/merge.ts';
import { parseKubeconfig } from '../../src/kubeconfig/read.ts';
import { MINTED_SECONDS, mintingExec } from '../../src/kubeconfig/tokenless.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { agreedDocument } from '../support/cluster/agreedSending.ts';
import { adminOf, whoKubectlIs } from '../support/cluster/kubectl.ts';

const { kubeconfig, kubectl, server, caFile } = inject('controlPlane');
const run = promisify(execFile);
const signal = AbortSignal.timeout(110_000);
const account = { namespace: 'kinds', name: 'on.1e3' }; // Both halves of the name would be no text in careless YAML.
const me = 'system:serviceaccount:kinds:on.1e3';

let folder: string;
let cluster: Cluster;
let ipv6: { server: string; close: () => void };
let proxy: { url: string; tunnels: () => number; close: () => void };

const admin = adminOf(inject('controlPlane'));

/** kubectl with a kubeconfig text alone, found on PATH as its users have it. */
async function kubectlWith(text: string, ...args: string[]): Promise<string> {
  const file = join(folder, 'one.kubeconfig');
  await writeFile(file, text, { mode: 0o600 });
  // $KUBECONFIG names the file itself, which a credential program must not fall for.
  const env = {
    ...process.env,
    PATH: `${join(kubectl, '..')}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: file,
  };
  return (await run(kubectl, ['--cache-dir', join(folder, 'cache'), ...args], { env })).stdout;
}
const kubectlIs = async (text: string): Promise<string> =>
  await whoKubectlIs(async (...args) => await kubectlWith(text, ...args));
const weAre = async (text: string): Promise<string | undefined> =>
  (await clusterAccess.whoAmI(agreedDocument({ text, folder }), signal)).username;

async function listening(one: Server, host: string): Promise<number> {
  await new Promise<void>((resolve) => {
    one.listen(0, host, resolve);
  });
  return (one.address() as AddressInfo).port;
}

function tunnel(socket: Socket, port: number, host: string): void {
  const outward = connect(port, host);
  outward.pipe(socket).pipe(outward);
  outward.once('error', () => socket.destroy());
  socket.once('error', () => outward.destroy());
}

async function startIpv6(): Promise<typeof ipv6> {
  const { hostname, port } = new URL(server);
  const relay = createServer((socket) => {
    tunnel(socket, Number(port), hostname);
  });
  const own = await listening(relay, '::1');
  return { server: `https://[::1]:${own}`, close: () => relay.close() };
}

async function startProxy(): Promise<typeof proxy> {
  let tunnels = 0;
  const relay = createProxy();
  relay.on('connect', (request, socket: Socket) => {
    tunnels += 1;
    const { hostname, port } = new URL(`http://${request.url ?? ''}`);
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    tunnel(socket, Number(port), hostname);
  });
  const port = await listening(relay, '127.0.0.1');
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels: () => tunnels,
    close: () => {
      relay.closeAllConnections();
      relay.close();
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kinds-'));
  const own = JSON.parse(await admin('config', 'view', '--raw', '-o', 'json')) as {
    clusters: { name: string; cluster: object }[];
  };
  // The person's own kubeconfig has its CA in a file: what is generated takes it along.
  const clusters = [{ name: 'sandbox', cluster: { server, 'certificate-authority': caFile } }];
  const byFile = join(folder, 'own.json');
  await writeFile(byFile, JSON.stringify({ ...own, clusters }), { mode: 0o600 });
  cluster = clusterAccess.open({ files: [byFile], context: 'sandbox' });
  [ipv6, proxy] = await Promise.all([startIpv6(), startProxy()]);
  await admin('create', 'namespace', account.namespace);
  await admin('-n', account.namespace, 'create', 'serviceaccount', account.name);
});
afterAll(async () => {
  cluster.dispose();
  ipv6.close();
  proxy.close();
  await admin('delete', 'namespace', account.namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

const credentials: Record<string, UserCredential> = {};

describe('a kubeconfig', () => {
  beforeAll(async () => {
    const owner = await cluster.serviceAccount(account, signal);
    const manifest = { ...account, name: 'lasting', serviceAccount: account.name };
    await cluster.createTokenSecret(manifest, signal);
    await cluster.followTokenSecret(manifest, () => undefined, signal);
    credentials['token Secret'] = { token: await cluster.readSecretToken(manifest, signal) };
    const requested = await cluster.requestToken(owner, { expirationSeconds: 600 }, signal);
    credentials['TokenRequest'] = { token: requested.token };
    const sentinel = await cluster.createSentinel(
      { ...account, name: 'sentinel', serviceAccount: owner },
      signal,
    );
    const revocable = { expirationSeconds: 600, boundTo: sentinel };
    credentials['revocable'] = { token: (await cluster.requestToken(owner, revocable, signal)).token };
    await writeFile(join(folder, 'the token'), `${requested.token}\n`, { mode: 0o600 });
    credentials['tokenFile'] = { tokenFile: 'the token' };
    credentials['tokenless'] = {
      exec: mintingExec({ context: 'sandbox', kubeconfig, serviceAccount: account }),
    };
  });

  const ways: readonly (readonly [string, (own: ClusterEndpoint) => ClusterEndpoint, string])[] = [
    ['a CA that was in a file', (own) => own, 'sandbox'],
    ['a proxy', (own) => ({ ...own, proxyUrl: proxy.url }), 'behind a proxy'],
    ['a TLS name', (own) => ({ ...own, tlsServerName: 'kubernetes.default.svc' }), '1_000'],
    ['IPv6', (own) => ({ ...own, server: ipv6.server, tlsServerName: '127.0.0.1' }), '[::1]: #6'],
    [
      'a path and no check of the certificate',
      (own) => ({
        ...own,
        server: `${own.server}/`,
        certificateAuthority: undefined,
        insecureSkipTlsVerify: true,
      }),
      'on',
    ],
  ];
  const kinds = ['token Secret', 'TokenRequest', 'revocable', 'tokenFile', 'tokenless'];
  const table = kinds.flatMap((kind) => ways.map(([way, over, name]) => [kind, way, over, name] as const));

  it.each(table)(
    'with %s and %s is that ServiceAccount to kubectl and to us',
    async (kind, _way, over, name) => {
      const credential = credentials[kind];
      if (!credential) throw new Error('No such credential.');
      const parts = { endpoint: over(cluster.endpoint), cluster: name, serviceAccount: account, credential };
      const text = buildKubeconfig(parts);
      expect(await kubectlIs(text)).toBe(me);
      expect(await weAre(text)).toBe(me);
    },
  );

  it('went through the proxy where it names one', () => {
    expect(proxy.tunnels()).toBeGreaterThanOrEqual(kinds.length * 2);
  });

  it.each(kinds)('of others takes %s in, and kubectl reads in it what we read', async (kind) => {
    const credential = credentials[kind];
    if (!credential) throw new Error('No such credential.');
    const before = `# mine\n${await readFile(kubeconfig, 'utf8')}# the end\n`;
    const parts = { endpoint: cluster.endpoint, cluster: 'sandbox', serviceAccount: account, credential };
    const { text, context } = mergeKubeconfig(before, 'it', kubeconfigEntries(parts));
    const view = JSON.parse(await kubectlWith(text, 'config', 'view', '--raw', '-o', 'json')) as {
      'current-context': string;
      contexts: { name: string }[];
    };
    expect(view['current-context']).toBe('sandbox');
    expect(view.contexts.map(({ name }) => name)).toContain(context);
    const inContext = async (...args: readonly string[]): Promise<string> =>
      await kubectlWith(text, '--context', context, ...args);
    expect(await whoKubectlIs(inContext)).toBe(me);
    expect(await kubectlWith(text, 'config', 'current-context')).toBe('sandbox\n');
  });

  it('of whatever layout takes it in so that kubectl and we read the same', async () => {
    const name = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
    const documents = fc.record({
      names: fc.uniqueArray(name, { minLength: 1, maxLength: 4 }),
      cluster: name,
      indent: fc.constantFrom(2, 4),
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
      defaultStringType: fc.constantFrom('PLAIN' as const, 'QUOTE_DOUBLE' as const),
    });
    await fc.assert(
      fc.asyncProperty(documents, async ({ names, cluster: clusterName, ...style }) => {
        const mine = {
          kind: 'Config',
          users: names.map((one) => ({ name: one, user: { token: one } })),
          contexts: names.map((one) => ({ name: one, context: { cluster: one, user: one } })),
          'current-context': names[0],
        };
        const before = stringify(mine, { version: '1.1', ...style });
        const credential = credentials['revocable'] ?? { token: '' };
        const parts = {
          endpoint: cluster.endpoint,
          cluster: clusterName,
          serviceAccount: account,
          credential,
        };
        const { text } = mergeKubeconfig(before, 'it', kubeconfigEntries(parts));
        const view = JSON.parse(await kubectlWith(text, 'config', 'view', '--raw', '-o', 'json')) as {
          users: { name: string; user: { token: string } }[];
          contexts: { name: string; context: { cluster: string; user: string; namespace?: string } }[];
          'current-context': string;
        };
        const ours = parseKubeconfig(text, 'it', (path) => path);
        const byName = (one: [string, unknown], other: [string, unknown]): number =>
          one[0] < other[0] ? -1 : 1;
        const theirUsers = view.users.map((one): [string, string] => [one.name, one.user.token]);
        const ourUsers = [...ours.users].map(([one, { token }]): [string, string] => [one, token ?? '']);
        expect(theirUsers.sort(byName)).toEqual(ourUsers.sort(byName));
        const theirContexts = view.contexts.map((one): [string, unknown] => [one.name, one.context.user]);
        const ourContexts = [...ours.contexts].map(([one, { user }]): [string, unknown] => [one, user]);
        expect(theirContexts.sort(byName)).toEqual(ourContexts.sort(byName));
        expect(view['current-context']).toBe(ours.current);
        expect(ours.users.size).toBe(names.length + 1);
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it('that mints holds no secret, and says what it needs where kubectl is missing', async () => {
    const exec = mintingExec({ context: 'sandbox', kubeconfig, serviceAccount: account });
    const parts = { endpoint: cluster.endpoint, cluster: 'c', serviceAccount: account };
    const text = buildKubeconfig({ ...parts, credential: { exec } });
    expect(text).not.toMatch(/eyJ/);
    const missing = buildKubeconfig({
      ...parts,
      credential: { exec: { ...exec, command: 'no-such-kubectl' } },
    });
    await expect(kubectlIs(missing)).rejects.toThrow('kubectl 1.24 or later has to be on PATH');
    await expect(weAre(missing)).rejects.toThrow('kubectl 1.24 or later has to be on PATH');
    const stranger = { context: 'nobody', kubeconfig, serviceAccount: account };
    const useless = buildKubeconfig({ ...parts, credential: { exec: mintingExec(stranger) } });
    await expect(kubectlIs(useless)).rejects.toThrow('context "nobody" does not exist');
  });

  it('that mints gets the API server’s shortest token, and its real end', async () => {
    const { command, args, env } = mintingExec({
      context: 'sandbox',
      kubeconfig,
      serviceAccount: account,
    }) as {
      command: string;
      args: string[];
      env: { name: string; value: string }[];
    };
    expect(command).toBe('kubectl');
    const own = { ...process.env, ...Object.fromEntries(env.map(({ name, value }) => [name, value])) };
    const printed = JSON.parse((await run(kubectl, args, { env: own })).stdout) as {
      status: { token: string; expirationTimestamp: string };
    };
    const { exp, iat } = decodeToken(printed.status.token)?.claims ?? {};
    expect(Number(exp) - Number(iat)).toBe(MINTED_SECONDS);
    expect(Math.abs(Date.parse(printed.status.expirationTimestamp) / 1000 - Number(exp))).toBeLessThanOrEqual(
      1,
    );
  });

  it('tells what its ServiceAccount may do', async () => {
    await admin('-n', account.namespace, 'create', 'role', 'reader', '--verb=get,list', '--resource=pods');
    const binding = ['create', 'rolebinding', 'reader', '--role=reader'];
    await admin('-n', account.namespace, ...binding, `--serviceaccount=kinds:${account.name}`);
    const parts = { endpoint: cluster.endpoint, cluster: 'c', serviceAccount: account };
    const text = buildKubeconfig({ ...parts, credential: credentials['TokenRequest'] ?? { token: '' } });
    const ask = async (): Promise<unknown> =>
      (await clusterAccess.prove({ text, folder }, signal)).rights?.rules;
    await expect
      .poll(ask, { timeout: 10_000 })
      .toContainEqual({ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'], resourceNames: [] });
  });

  it('is refused after what it hangs on is gone: the Secret, the sentinel, the ServiceAccount', async () => {
    const parts = { endpoint: cluster.endpoint, cluster: 'c', serviceAccount: account };
    const refused = async (kind: string): Promise<void> => {
      const text = buildKubeconfig({ ...parts, credential: credentials[kind] ?? { token: '' } });
      const ask = async (): Promise<string | undefined> =>
        await weAre(text).catch((error: Error) => error.message);
      await expect.poll(ask, { timeout: 30_000, interval: 500 }).toContain('401');
      await expect(kubectlIs(text)).rejects.toThrow(/Unauthorized|must be logged in/);
    };
    const sentinel = await cluster.bindableNamed('Secret', { ...account, name: 'sentinel' }, signal);
    expect(sentinel.note).toBe('made for revocable tokens');
    await cluster.deleteSecret({ ...account, ...sentinel }, signal);
    await admin('-n', account.namespace, 'delete', 'secret', 'lasting');
    await refused('revocable');
    await refused('token Secret');
    expect(
      await kubectlIs(
        buildKubeconfig({ ...parts, credential: credentials['TokenRequest'] ?? { token: '' } }),
      ),
    ).toBe(me);
    const owner = await cluster.serviceAccount(account, signal);
    await cluster.createSentinel({ ...account, name: 'left', serviceAccount: owner }, signal);
    await admin('-n', account.namespace, 'delete', 'serviceaccount', account.name);
    await refused('TokenRequest');
    await refused('tokenFile');
    const minting = buildKubeconfig({ ...parts, credential: credentials['tokenless'] ?? { token: '' } });
    await expect(kubectlIs(minting)).rejects.toThrow('not found');
    const left = async (): Promise<string> =>
      await admin('-n', account.namespace, 'get', 'secrets', '-o', 'name');
    await expect.poll(left, { timeout: 30_000, interval: 500 }).toBe(''); // The garbage collector takes it along.
  });
});

describe('what a token can be bound to', () => {
  it('is asked of the cluster: the ServiceAccount’s own Pods, Secrets without their data, Nodes', async () => {
    await admin('create', 'namespace', 'bindable');
    await expect
      .poll(async () => await admin('-n', 'bindable', 'get', 'serviceaccount', '-o', 'name'), {
        timeout: 30_000,
      })
      .toContain('default');
    await admin('-n', 'bindable', 'create', 'serviceaccount', 'other');
    await admin('-n', 'bindable', 'create', 'secret', 'generic', 'small', '--from-literal=a=b');
    await admin('-n', 'bindable', 'run', 'mine', '--image=none');
    const overrides = JSON.stringify({ spec: { serviceAccountName: 'other' } });
    await admin('-n', 'bindable', 'run', 'theirs', '--image=none', `--overrides=${overrides}`);
    const owner = { namespace: 'bindable', name: 'default' };
    const names = async (kind: 'Pod' | 'Secret' | 'Node'): Promise<string[]> =>
      (await cluster.bindable(kind, owner, signal)).map(({ name }) => name);
    expect(await names('Pod')).toEqual(['mine']);
    expect(await names('Secret')).toEqual(['small']);
    // Other suites have Nodes come and go meanwhile.
    await vi.waitFor(async () => {
      const nodes = await admin('get', 'nodes', '-o', 'jsonpath={.items[*].metadata.name}');
      expect(await names('Node')).toEqual(nodes.split(' ').filter(Boolean));
    });
    const [pod] = await cluster.bindable('Pod', owner, signal);
    const info = await cluster.serviceAccount(owner, signal);
    const options = { expirationSeconds: 3607, ...(pod && { boundTo: pod }) };
    const { token } = await cluster.requestToken(info, options, signal);
    const { exp, iat } = decodeToken(token)?.claims ?? {};
    expect(Number(exp) - Number(iat)).toBe(31_536_000); // The one-year extension.
    const wrong = { ...options, boundTo: { kind: 'Pod' as const, name: 'mine', uid: 'another' } };
    await expect(cluster.requestToken(info, wrong, signal)).rejects.toMatchObject({ reason: 'conflict' });
    await admin('delete', 'namespace', 'bindable', '--wait=false');
  });
});
