/** What a stranger's cluster says of the same names cannot make a live token dead, nor a dead one live. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type * as vscode from 'vscode';
import { parse } from 'yaml';
import { createAuthority } from '../../sandbox/certificates.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { KnownEnds } from '../../src/editor/tree/knownEnds.ts';
import type { Carrier } from '../../src/editor/workbench/liveAccounts.ts';
import { classifyToken, type Token } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { standingOf } from '../../src/token/standing.ts';

const { server, kubeconfig, caFile, kubectl } = inject('controlPlane');
const signal = AbortSignal.timeout(110_000);
const NAMESPACE = 'known-ends';
const soon = { timeout: 20_000, interval: 50 };
const GONE = 'its Secret is gone (seen in sandbox)';

interface Certificate {
  readonly 'client-certificate-data': string;
  readonly 'client-key-data': string;
}

interface Followed {
  readonly cluster: Cluster;
  readonly live: LiveView;
  readonly ends: KnownEnds;
}

let folder: string;
let gateway: Server;
let strangersUrl: string;
let strangersCa: string;
let secretUid: string;
let token: Token;
let jwt: string;
let ours: Followed;
let strangers: Followed;
/** What the stranger's cluster says instead of the uid of the Secret that the token is bound to. */
let pretended: string;

async function admin(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kubectl, [
    '--kubeconfig',
    kubeconfig,
    '-n',
    NAMESPACE,
    ...args,
  ]);
  return stdout.trim();
}

async function follow(file: string, context: string): Promise<Followed> {
  const cluster = clusterAccess.open({ files: [file], context });
  const live = cluster.live();
  live.resume();
  const ends = new KnownEnds(live, cluster);
  await ends.readSigners(async (one) => await cluster.ask(one, signal), signal);
  await vi.waitFor(() => {
    expect(live.state('tokenSecrets').phase).toBe('ready');
    expect(live.state('serviceAccounts').phase).toBe('ready');
    expect(live.serviceAccount({ namespace: NAMESPACE, name: 'holder' })).toBeDefined();
  }, soon);
  return { cluster, live, ends };
}

/** A kubeconfig that sends the token there. */
function carrierTo(to: string, ca: Buffer | string): Carrier {
  const text = JSON.stringify({
    clusters: [
      {
        name: 'c',
        cluster: { server: to, 'certificate-authority-data': Buffer.from(ca).toString('base64') },
      },
    ],
    users: [{ name: 'u', user: { token: jwt } }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  });
  const document = { getText: () => text, version: 1, fileName: 'config' };
  return { document: document as unknown as vscode.TextDocument, jwt };
}

/** What is marked, in any surface: nothing is green that hangs on something which nobody sees. */
const standing = ({ ends }: Followed, carrier?: Carrier): string =>
  standingOf(token, ends.whyEnded(token, carrier), Math.floor(Date.now() / 1000));

/** The stranger's cluster has all that ours has, its public keys and its issuer too, but for the uid of one Secret. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-ends-'));
  await admin('create', 'namespace', NAMESPACE);
  await admin('create', 'serviceaccount', 'holder');
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/service-account-token',
    metadata: { name: 'held', annotations: { 'kubernetes.io/service-account.name': 'holder' } },
  };
  await writeFile(join(folder, 'secret.json'), JSON.stringify(secret));
  await admin('apply', '-f', join(folder, 'secret.json'));
  secretUid = await admin('get', 'secret', 'held', '-o', 'jsonpath={.metadata.uid}');
  pretended = secretUid;
  jwt = await admin('create', 'token', 'holder', '--bound-object-kind=Secret', '--bound-object-name=held');
  const decoded = decodeToken(jwt);
  if (!decoded) throw new Error('the server gave no token');
  token = classifyToken(decoded);

  const authority = await createAuthority('stranger');
  const { certificate, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
  const [{ user }] = (parse(await readFile(kubeconfig, 'utf8')) as { users: [{ user: Certificate }] }).users;
  const login = {
    ca: await readFile(caFile),
    cert: Buffer.from(user['client-certificate-data'], 'base64'),
    key: Buffer.from(user['client-key-data'], 'base64'),
  };
  gateway = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const headers = { accept: incoming.headers.accept ?? '' };
    const outward = request(new URL(incoming.url ?? '/', server), { ...login, headers }, (answer) => {
      const { 'content-length': _length, ...rest } = answer.headers;
      outgoing.writeHead(answer.statusCode ?? 500, rest);
      answer.on('data', (chunk: Buffer) => {
        outgoing.write(chunk.toString().replaceAll(secretUid, pretended));
      });
      answer.once('end', () => outgoing.end());
      answer.once('error', () => outgoing.destroy());
    });
    outgoing.once('close', () => outward.destroy());
    outward.once('error', () => outgoing.destroy());
    outward.end();
  });
  await new Promise<void>((resolve) => {
    gateway.listen(0, '127.0.0.1', resolve);
  });
  strangersUrl = `https://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  strangersCa = authority.certificate;
  const file = join(folder, 'strangers');
  await writeFile(
    file,
    JSON.stringify({
      clusters: [
        {
          name: 'c',
          cluster: {
            server: strangersUrl,
            'certificate-authority-data': Buffer.from(strangersCa).toString('base64'),
          },
        },
      ],
      users: [{ name: 'u', user: { token: 'mine' } }],
      contexts: [{ name: 'strangers', context: { cluster: 'c', user: 'u' } }],
      'current-context': 'strangers',
    }),
  );
  ours = await follow(kubeconfig, 'sandbox');
  pretended = secretUid.replace(/^........./, '00000000-');
  strangers = await follow(file, 'strangers');
});

afterAll(async () => {
  for (const { live, cluster } of [ours, strangers]) {
    live.dispose();
    cluster.dispose();
  }
  gateway.closeAllConnections();
  gateway.close();
  await admin('delete', 'namespace', NAMESPACE, '--wait=false');
  await rm(folder, { recursive: true });
});

describe('a stranger’s cluster with the same names, issuer and public keys', () => {
  it('cannot make a live token dead that a kubeconfig sends elsewhere', async () => {
    expect(strangers.live.tokenSecret({ namespace: NAMESPACE, name: 'held' })?.uid).toBe(pretended);
    const home = carrierTo(server, await readFile(caFile));
    expect(strangers.ends.whyEnded(token, home)).toBeUndefined();
    expect(standing(strangers, home)).toBe('depends');
    expect(standing(ours, home)).toBe('depends');
  });

  it('is named where it says that a token has ended which nothing else tells about', () => {
    expect(strangers.ends.whyEnded(token, undefined)).toBe('its Secret is gone (seen in strangers)');
  });

  it('is believed of a token that a kubeconfig sends to it', () => {
    expect(strangers.ends.whyEnded(token, carrierTo(strangersUrl, strangersCa))).toBeDefined();
  });

  it('cannot make a dead one live', async () => {
    const home = carrierTo(server, await readFile(caFile));
    pretended = secretUid;
    await admin('delete', 'secret', 'held');
    await vi.waitFor(() => {
      expect(ours.ends.whyEnded(token, home)).toBe(GONE);
    }, soon);
    expect(ours.ends.whyEnded(token, undefined)).toBe(GONE);
    expect(ours.ends.whyEnded(token, carrierTo(strangersUrl, strangersCa))).toBeUndefined();
    expect(standing(strangers, home)).not.toBe('valid');
    expect(standing(ours, home)).toBe('gone');
  });
});
