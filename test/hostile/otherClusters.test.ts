/** A token of one cluster cannot be had for another that looks like it: they may share a CA, a host, and their public keys. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { createAuthority } from '../../sandbox/certificates.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../src/cluster/client.ts';

const { server, kubeconfig, caFile } = inject('controlPlane');
const signal = AbortSignal.timeout(110_000);

interface Certificate {
  readonly 'client-certificate-data': string;
  readonly 'client-key-data': string;
}

let folder: string;
let gateway: Server;
let url: string;
let ca: string;
let cluster: Cluster;
let sent: string[] = [];

/** One host with one certificate before several clusters, as Rancher has them: c-a is the real one, the others pretend. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-clusters-'));
  const authority = await createAuthority('shared');
  const { certificate, key } = await authority.forServer(['localhost'], ['127.0.0.1']);
  const trusted = await readFile(caFile);
  const [{ user }] = (parse(await readFile(kubeconfig, 'utf8')) as { users: [{ user: Certificate }] }).users;
  const cert = Buffer.from(user['client-certificate-data'], 'base64');
  const clientKey = Buffer.from(user['client-key-data'], 'base64');
  gateway = createServer({ cert: certificate, key }, (incoming, outgoing) => {
    const [, name = '', path = ''] = /^\/k8s\/clusters\/([^/]+)(\/.*)$/.exec(incoming.url ?? '') ?? [];
    if (name !== 'c-a') sent.push(incoming.headers.authorization ?? '');
    const isPretended = name === 'c-uid' || (name === 'c-403' && path.includes('kube-system'));
    if (isPretended && path.includes('/namespaces/')) {
      outgoing.writeHead(name === 'c-403' ? 403 : 200, { 'content-type': 'application/json' });
      outgoing.end('{"kind":"PartialObjectMetadata","metadata":{"name":"kube-system","uid":"another"}}');
      return;
    }
    if (name === 'c-keys' && path === '/openid/v1/jwks') {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end('{"keys":[{"kty":"RSA","kid":"x","n":"AQAB","e":"AQAB"}]}');
      return;
    }
    const headers = { accept: incoming.headers.accept ?? '' };
    const options = { ca: trusted, cert, key: clientKey, headers };
    const outward = request(new URL(path, server), options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    outward.once('error', () => outgoing.destroy());
    outward.end();
  });
  await new Promise<void>((resolve) => {
    gateway.listen(0, '127.0.0.1', resolve);
  });
  url = `https://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  ca = Buffer.from(authority.certificate).toString('base64');
  const file = join(folder, 'own');
  await writeFile(file, text({ server: `${url}/k8s/clusters/c-a` }, { token: 'mine' }));
  cluster = clusterAccess.open({ files: [file], context: 'x' });
});
afterAll(async () => {
  cluster.dispose();
  gateway.closeAllConnections();
  gateway.close();
  await rm(folder, { recursive: true });
});

function text(to: object, user: object): string {
  return JSON.stringify({
    clusters: [{ name: 'c', cluster: { 'certificate-authority-data': ca, ...to } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  });
}

async function isOurs(to: object, user: object = { token: 'its-own' }): Promise<boolean> {
  return await cluster.isClusterOf({ text: text(to, user), folder, origin: 'a file' }, signal);
}

describe('a kubeconfig leads to our cluster', () => {
  it('where it leads to the same place, and nothing is asked for that', async () => {
    sent = [];
    expect(await isOurs({ server: `${url}/k8s/clusters/c-a/` })).toBe(true);
    expect(sent).toEqual([]);
  });

  it('at another address, where keys and uid are the same', async () => {
    expect(await isOurs({ server: `${url.replace('127.0.0.1', 'localhost')}/k8s/clusters/c-a` })).toBe(true);
  });
});

describe('another cluster cannot pass for ours', () => {
  it.each([
    ['by the same host, CA and public keys', '/k8s/clusters/c-uid'],
    ['by the same keys, where it does not tell who it is', '/k8s/clusters/c-403'],
    ['by the same name, with other keys', '/k8s/clusters/c-keys'],
  ])('%s', async (_how, path) => {
    expect(await isOurs({ server: `${url}${path}` })).toBe(false);
  });

  it.each<[string, object]>([
    [
      'without a check of its certificate',
      { 'insecure-skip-tls-verify': true, 'certificate-authority-data': undefined },
    ],
    ['through a proxy', { 'proxy-url': 'http://127.0.0.1:1' }],
  ])('%s, and nothing is sent to find out', async (_how, to) => {
    sent = [];
    expect(await isOurs({ server: `${url}/k8s/clusters/c-b`, ...to })).toBe(false);
    expect(sent).toEqual([]);
  });

  it('by a tokenFile or a program, which are not used to find out', async () => {
    const secret = join(folder, 'secret');
    await writeFile(secret, 'not-for-strangers');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: '/bin/false',
      interactiveMode: 'Never',
    };
    sent = [];
    await isOurs({ server: `${url}/k8s/clusters/c-b` }, { tokenFile: secret });
    await isOurs({ server: `${url}/k8s/clusters/c-b` }, { exec });
    expect(new Set(sent)).toEqual(new Set(['']));
  });
});
