import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import { idTokenOf } from '../../src/cluster/connect/oidc.ts';
import { kubeconfigOf } from '../support/cluster/kubectl.ts';
import { jwt } from '../support/tokens.ts';

const run = promisify(execFile);
const hour = 3600;
const now = Math.floor(Date.now() / 1000);
const ended = jwt({ iss: 'https://idp', sub: 'me', aud: 'kube', exp: now - hour });
const good = jwt({ iss: 'https://idp', sub: 'me', aud: 'kube', exp: now + hour });

/** A provider, which is the API server of the kubeconfigs too. */
let server: Server;
let url = '';
let ca = '';
let folder = '';
let fresh = '';
/** How the provider lets clients say who they are. */
let methods: readonly string[] | undefined;
/** What each refresh was asked with, and what the API server was sent. */
const asked: { readonly form: Record<string, string>; readonly login: string | undefined }[] = [];
const sent: (string | undefined)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oidc-'));
  const authority = await createAuthority('provider');
  ca = authority.certificate;
  await writeFile(join(folder, 'ca.crt'), ca);
  const { key, certificate: cert } = await authority.forServer(['localhost'], ['127.0.0.1']);
  server = createServer({ key, cert }, (request, answer) => {
    const send = (status: number, body: object): void => {
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(JSON.stringify(body));
    };
    const { authorization: login } = request.headers;
    if (request.url === '/.well-known/openid-configuration') {
      send(200, {
        issuer: url,
        token_endpoint: `${url}/token`,
        token_endpoint_auth_methods_supported: methods,
        id_token_signing_alg_values_supported: ['RS256'],
      });
    } else if (request.url === '/token') {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        const form = Object.fromEntries(new URLSearchParams(text));
        asked.push({ form, login });
        const isKnown = login !== undefined || form['client_id'] === 'kube';
        if (form['refresh_token'] !== 'good' || !isKnown) send(400, { error: 'invalid_grant' });
        else send(200, { access_token: 'a', token_type: 'bearer', id_token: fresh, expires_in: hour });
      });
    } else {
      sent.push(login);
      send(200, {});
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fresh = jwt({ iss: url, sub: 'me', aud: 'kube', exp: now + hour, iat: now });
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

type Config = Readonly<Record<string, string>>;

/** What kubectl sends to the API server, and how it asked the provider. */
async function byKubectl(config: Config): Promise<object> {
  const file = join(folder, 'kubeconfig');
  const cluster = { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') };
  const user = { 'auth-provider': { name: 'oidc', config } };
  await writeFile(file, JSON.stringify(kubeconfigOf(cluster, user)));
  asked.length = 0;
  sent.length = 0;
  const hasFailed = await run(inject('controlPlane').kubectl, [
    '--kubeconfig',
    file,
    'get',
    '--raw',
    '/x',
  ]).then(
    () => false,
    () => true,
  );
  return { hasFailed, sent: sent[0], asked: asked.map(howAsked) };
}

async function byUs(config: Config): Promise<object> {
  asked.length = 0;
  const token = await idTokenOf(config).catch(() => 'failed');
  const hasFailed = token === undefined || token === 'failed';
  return { hasFailed, sent: hasFailed ? undefined : `Bearer ${token}`, asked: asked.map(howAsked) };
}

/** A refresh without what is the same by being absent and by being empty. */
function howAsked({ form, login }: (typeof asked)[number]): object {
  const { refresh_token: refresh, client_secret: secret, grant_type: grant } = form;
  return { refresh, grant, secret, login };
}

describe('the auth-provider oidc', () => {
  const full = (): Config => ({
    'idp-issuer-url': url,
    'client-id': 'kube',
    'idp-certificate-authority-data': Buffer.from(ca).toString('base64'),
    'id-token': ended,
    'refresh-token': 'good',
  });
  const without = (...keys: readonly string[]): Config =>
    Object.fromEntries(Object.entries(full()).filter(([key]) => !keys.includes(key)));

  it.each<[what: string, config: () => Config, token: () => string | undefined]>([
    ['the token that it keeps, while that is good', () => ({ ...full(), 'id-token': good }), () => good],
    ['a new one, where that has ended', full, () => fresh],
    [
      'a new one by an authority that is a file',
      () => ({
        ...without('idp-certificate-authority-data'),
        'idp-certificate-authority': join(folder, 'ca.crt'),
      }),
      () => fresh,
    ],
    ['nothing where it has none to get another with', () => without('refresh-token'), () => undefined],
    ['nothing where the provider refuses', () => ({ ...full(), 'refresh-token': 'bad' }), () => undefined],
    [
      'nothing where nobody vouches for the provider',
      () => without('idp-certificate-authority-data'),
      () => undefined,
    ],
  ])('sends %s, as kubectl does', async (_what, config, token) => {
    methods = undefined;
    const told = await byUs(config());
    const kubectl = await byKubectl(config());
    expect(told).toMatchObject({
      sent: token() && `Bearer ${token() ?? ''}`,
      hasFailed: token() === undefined,
    });
    expect(kubectl).toMatchObject({
      sent: token() && `Bearer ${token() ?? ''}`,
      hasFailed: token() === undefined,
    });
  });

  it('says who it is by its secret, in the header as kubectl does, or where the provider wants it', async () => {
    methods = undefined;
    const config = { ...full(), 'client-secret': 'a secret: + and %' };
    const { asked: own } = (await byUs(config)) as { asked: object[] };
    const { asked: theirs } = (await byKubectl(config)) as { asked: object[] };
    expect(own).toEqual(theirs.slice(0, 1));
    expect(own).toMatchObject([{ login: expect.stringMatching(/^Basic /) as string, secret: undefined }]);
    methods = ['client_secret_post'];
    expect(await byUs(config)).toMatchObject({
      hasFailed: false,
      asked: [{ login: undefined, secret: 'a secret: + and %' }],
    });
  });
});
