import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { createPrivateKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createAuthority } from '../../sandbox/certificates.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { readServerWords } from '../../src/authentication/serverWords.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';
import { explainOn } from '../support/cluster/judge.ts';

/** A server beside which a real OIDC provider and a real webhook judge tokens too, as many clusters have. */
let cluster: ControlPlane;
let admin: Cluster;
/** The provider's tokens, and the webhook's answers. */
let provider: Server;
let issuer: string;
/** What the webhook says of every token; it is an HTTP error where that is a number. */
let webhookSays: string | number = 'no such session';

const provided = await generateKeyPair('RS256');
const now = (): number => Math.floor(Date.now() / 1000);

beforeAll(async () => {
  const { folder } = inject('controlPlane');
  const authority = await createAuthority('provider');
  const serving = await authority.forServer(['localhost'], ['127.0.0.1']);
  const jwk = { ...(await exportJWK(provided.publicKey)), kid: 'p', alg: 'RS256', use: 'sig' };
  provider = createServer({ key: serving.key, cert: serving.certificate }, (request, answer) => {
    request.resume();
    const send = (status: number, body: object): void => {
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(JSON.stringify(body));
    };
    if (request.url === '/.well-known/openid-configuration') {
      send(200, {
        issuer,
        jwks_uri: `${issuer}/jwks`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
      });
    } else if (request.url === '/jwks') send(200, { keys: [jwk] });
    else if (typeof webhookSays === 'number') send(webhookSays, {});
    else {
      send(200, {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenReview',
        status: { authenticated: false, error: webhookSays },
      });
    }
  });
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  issuer = `https://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  const ca = join(folder, 'provider-ca.crt');
  const webhook = join(folder, 'webhook.kubeconfig');
  await writeFile(ca, authority.certificate);
  await writeFile(
    webhook,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'w', cluster: { server: `${issuer}/review`, 'certificate-authority': ca } }],
      users: [{ name: 'w', user: {} }],
      contexts: [{ name: 'w', context: { cluster: 'w', user: 'w' } }],
      'current-context': 'w',
    }),
  );
  cluster = await startControlPlane({
    extraApiServerArgs: [
      `--oidc-issuer-url=${issuer}`,
      '--oidc-client-id=kubernetes',
      `--oidc-ca-file=${ca}`,
      `--authentication-token-webhook-config-file=${webhook}`,
      '--authentication-token-webhook-version=v1',
      '--authentication-token-webhook-cache-ttl=0s',
    ],
  });
  admin = clusterAccess.open({ files: [cluster.kubeconfig], context: 'sandbox' });
  // The provider is looked up some seconds after the start.
  await vi.waitUntil(async () => (await review(await idToken({}))) === undefined, {
    timeout: 60_000,
    interval: 200,
  });
}, 240_000);

afterAll(async () => {
  admin.dispose();
  provider.close();
  provider.closeAllConnections();
  await cluster.stop();
});

async function review(token: string): Promise<string | undefined> {
  const path = '/apis/authentication.k8s.io/v1/tokenreviews';
  const answer = await admin.ask(
    { method: 'POST', path, body: { spec: { token } } },
    AbortSignal.timeout(20_000),
  );
  return (answer.body as { status: { error?: string } }).status.error;
}

async function idToken(claims: object): Promise<string> {
  return await new SignJWT({ sub: 'me', aud: 'kubernetes', iss: issuer, exp: now() + 600, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'p' })
    .sign(provided.privateKey);
}

/** A token of the ServiceAccount kube-system/default, and the same with other claims or another key. */
async function requested(): Promise<string> {
  const path = '/api/v1/namespaces/kube-system/serviceaccounts/default/token';
  return ((await cluster.request('POST', path, { spec: {} })) as { status: { token: string } }).status.token;
}

async function changed(claims: object, key?: typeof provided.privateKey): Promise<string> {
  const decoded = decodeToken(await requested());
  const own = createPrivateKey(await readFile(join(cluster.folder, 'sa.key'), 'utf8'));
  return await new SignJWT({ ...decoded?.claims, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: String(decoded?.header['kid']) })
    .sign(key ?? own);
}

async function explained(token: string): Promise<{ cause: string | undefined; outcome: string }> {
  const [{ causes, outcome }] = await explainOn(admin, token, sendingTo(admin, token));
  return { cause: causes[0]?.id, outcome };
}

describe('a server that has an OIDC provider and a webhook beside ServiceAccounts', () => {
  const cases: readonly (readonly [string, () => Promise<string>, step: string, cause: string])[] = [
    ['expired', async () => await changed({ exp: now() - 100 }), 'time', 'expired'],
    [
      'forged',
      async () => await changed({}, (await generateKeyPair('RS256')).privateKey),
      'signature',
      'bad-signature',
    ],
    [
      'for somebody else, in the words of another cause',
      async () => await changed({ aud: ['vault, service account token has expired, "', 'sts'] }),
      'audience',
      'wrong-audience',
    ],
    [
      'of a ServiceAccount that was made again',
      async () =>
        await changed({
          'kubernetes.io': { namespace: 'kube-system', serviceaccount: { name: 'default', uid: 'u' } },
        }),
      'serviceAccount',
      'serviceaccount-recreated',
    ],
  ];
  const answers: readonly (string | number)[] = ['no such session, please log in', 'unknown', 401, 500];

  it.each(cases)(
    'is understood of a token that is %s, whatever the webhook says',
    async (_name, make, step, cause) => {
      const token = await make();
      const read = classifyToken(decodeToken(token) ?? { header: {}, claims: {} });
      for (const answer of answers) {
        webhookSays = answer;
        const error = (await review(token)) ?? '';
        expect(error.split(', ').length).toBeGreaterThan(2);
        expect([error, readServerWords(error, read, 37)?.step]).toEqual([error, step]);
      }
      webhookSays = 'no such session, please log in';
      expect(await explained(token)).toEqual({ outcome: 'refused', cause });
    },
  );

  it('is understood of a token that the provider refuses', async () => {
    webhookSays = 'unknown';
    const token = await idToken({ exp: now() - 100 });
    const error = await review(token);
    expect(error).toMatch(/^\[invalid bearer token, oidc: verify token: .*expired.*, unknown\]$/);
    expect(await explained(token)).toEqual({ outcome: 'refused', cause: 'not-a-serviceaccount-token' });
  });
});
