import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { describeToken } from '../../src/token/describe.ts';
import { grantOf } from '../../src/token/grant.ts';
import {
  claimsOf,
  created,
  differencesOn,
  keyIdOf,
  legacyClaims,
  ofAnotherCluster,
  ofPodThatIsGone,
  OWN_ISSUER,
  requested,
  signed,
  startConfigured,
  type Case,
  type Configured,
} from '../support/configured.ts';
import { startExternalSigner, type ExternalSigner } from '../support/externalSigner.ts';
import { startIssuer, type Issuer } from '../support/issuer.ts';
import { explainOn, reviewOn } from '../support/judge.ts';
import { now, stranger } from '../support/stage.ts';
import { startWebhook, type Webhook } from '../support/webhook.ts';
import { SignJWT } from 'jose';

const MINUTES = 180_000;
let folder = '';
let cluster: Configured;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configurations-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

const rsaKey = async ({ folder: own }: ControlPlane): Promise<string> =>
  await readFile(join(own, 'sa.key'), 'utf8');

async function differencesOf(cases: readonly Case[]): Promise<string[]> {
  const all: string[] = [];
  for (const one of cases) all.push(...(await differencesOn(cluster, one)));
  return all;
}

/** An id token of a provider that nobody trusts. */
const ofStranger = async (): Promise<string> =>
  await new SignJWT({ iss: 'https://accounts.example.com', sub: 'alice', aud: 'x', exp: now() + 600 })
    .setProtectedHeader({ alg: 'RS256', kid: 'x' })
    .sign(stranger.privateKey);

/** A provider's keys are fetched a moment after the server is ready. */
async function untilAccepted(token: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await reviewOn(cluster.people.administrator, token)).accepted) return;
    await sleep(200);
  }
  throw new Error('The server does not take the issuer’s tokens.');
}

describe('with another issuer by structured authentication, bootstrap tokens, and anonymous requests to some paths', () => {
  let issuer: Issuer;
  beforeAll(async () => {
    issuer = await startIssuer();
    const configuration = {
      apiVersion: 'apiserver.config.k8s.io/v1',
      kind: 'AuthenticationConfiguration',
      jwt: [
        {
          issuer: { url: issuer.url, certificateAuthority: issuer.ca, audiences: ['kubernetes'] },
          claimMappings: { username: { claim: 'sub', prefix: 'second:' } },
        },
      ],
      anonymous: {
        enabled: true,
        conditions: [{ path: '/livez' }, { path: '/readyz' }, { path: '/healthz' }],
      },
    };
    const file = await written('authentication.json', JSON.stringify(configuration));
    cluster = await startConfigured({
      extraApiServerArgs: [`--authentication-config=${file}`, '--enable-bootstrap-token-auth'],
    });
    await cluster.request('POST', '/api/v1/namespaces/kube-system/secrets', {
      metadata: { name: 'bootstrap-token-abcdef' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        'usage-bootstrap-authentication': 'true',
      },
    });
    await untilAccepted(await issuer.sign({ sub: 'alice', aud: 'kubernetes' }));
  }, MINUTES);
  afterAll(async () => {
    await cluster.stop();
    issuer.close();
  });

  it('agrees with the server, or says what is missing', async () => {
    const own = await requested(cluster);
    const key = await rsaKey(cluster);
    const legacyIssuer = { ...claimsOf(own), iss: 'kubernetes/serviceaccount' };
    const other = 'not-a-serviceaccount-token';
    const cases: Case[] = [
      { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
      {
        name: 'of a Pod that is gone',
        token: await ofPodThatIsGone(cluster),
        accepted: false,
        cause: 'pod-gone',
        toldTo: 'reader',
      },
      {
        name: 'id token of the second issuer',
        token: await issuer.sign({ sub: 'alice', aud: 'kubernetes' }),
        accepted: true,
        toldTo: 'no one',
      },
      {
        name: 'id token of the second issuer for others',
        token: await issuer.sign({ sub: 'alice', aud: 'vault' }),
        accepted: false,
        cause: other,
        toldTo: 'no one',
      },
      {
        name: 'ServiceAccount token of another cluster that is trusted',
        token: await issuer.sign({ ...claimsOf(own), iss: issuer.url, aud: 'kubernetes' }),
        accepted: true,
        toldTo: 'no one',
      },
      {
        name: 'ServiceAccount token of another cluster',
        token: await ofAnotherCluster(own),
        accepted: false,
        cause: 'other-cluster',
        toldTo: 'no one',
      },
      {
        name: 'id token of a stranger',
        token: await ofStranger(),
        accepted: false,
        cause: other,
        toldTo: 'no one',
      },
      {
        name: 'opaque, where nobody looks at such',
        token: 'sha256~bm9ib2R5LWtub3dzLXdoYXQtdGhpcy1pcw',
        accepted: false,
        cause: other,
        toldTo: 'administrator',
      },
      { name: 'bootstrap token', token: 'abcdef.0123456789abcdef', accepted: true, toldTo: 'no one' },
      {
        name: 'bootstrap token that is none',
        token: 'abcdeg.0123456789abcdef',
        accepted: false,
        cause: other,
        toldTo: 'no one',
      },
      {
        name: 'bound token of the legacy issuer, which is not among its own',
        token: await signed(legacyIssuer, key, keyIdOf(own)),
        accepted: false,
        cause: 'issuer-dropped',
        toldTo: 'administrator',
      },
    ];
    expect(await differencesOf(cases)).toEqual([]);
  });

  it('says that a request without a token is refused there', async () => {
    const answer = async (path: string) => (await fetchAnonymously(cluster, path)).status;
    expect([await answer('/livez'), await answer('/api')]).toEqual([200, 401]);
    const [{ steps }] = await explainOn(cluster.people.administrator, ' ');
    expect(steps[0]?.finding).toMatch(/only some paths/);
  });
});

async function fetchAnonymously({ server, caFile }: Configured, path: string): Promise<{ status: number }> {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { ca: await readFile(caFile, 'utf8') } });
  try {
    const { statusCode, body } = await request(`${server}${path}`, { dispatcher });
    await body.dump();
    return { status: statusCode };
  } finally {
    await dispatcher.close();
  }
}

describe('with an OpenID provider by flags, a webhook, and no anonymous requests', () => {
  let issuer: Issuer;
  let webhook: Webhook;
  const known = new Map([
    ['k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8', 'arn:aws:iam::111122223333:user/alice'],
    ['ya29.a0AfB_byExampleOfAnAccessToken', 'alice@example.com'],
    ['sha256~ZXhhbXBsZS1vZi1hbi1PcGVuU2hpZnQtdG9rZW4', 'kube:admin'],
    ['kubeconfig-u-abcde:8xq5example', 'u-abcde'],
  ]);
  beforeAll(async () => {
    [issuer, webhook] = await Promise.all([startIssuer(), startWebhook(known)]);
    cluster = await startConfigured({
      extraApiServerArgs: [
        '--anonymous-auth=false',
        `--oidc-issuer-url=${issuer.url}`,
        '--oidc-client-id=kubernetes',
        '--oidc-username-prefix=oidc:',
        `--oidc-ca-file=${await written('issuer.crt', issuer.ca)}`,
        `--authentication-token-webhook-config-file=${await written('webhook.kubeconfig', webhook.kubeconfig)}`,
        '--authentication-token-webhook-version=v1',
      ],
    });
    await untilAccepted(await issuer.sign({ sub: 'alice', aud: 'kubernetes' }));
  }, MINUTES);
  afterAll(async () => {
    await cluster.stop();
    issuer.close();
    webhook.close();
  });

  it('agrees with the server, or says what is missing', async () => {
    const own = await requested(cluster);
    const key = await rsaKey(cluster);
    const cases: Case[] = [
      ...[...known.keys()].map((token) => ({
        name: token,
        token,
        accepted: true,
        toldTo: 'no one' as const,
      })),
      {
        name: 'opaque, and of nobody',
        token: 'k8s-aws-v1.bm9ib2R5',
        accepted: false,
        cause: 'not-a-serviceaccount-token',
        toldTo: 'no one',
      },
      {
        name: 'id token',
        token: await issuer.sign({ sub: 'alice', aud: 'kubernetes' }),
        accepted: true,
        toldTo: 'no one',
      },
      {
        name: 'id token, expired',
        token: await issuer.sign({ sub: 'alice', aud: 'kubernetes', exp: now() - 100 }),
        accepted: false,
        cause: 'not-a-serviceaccount-token',
        toldTo: 'no one',
      },
      { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
      {
        name: 'of a Pod that is gone',
        token: await ofPodThatIsGone(cluster),
        accepted: false,
        cause: 'pod-gone',
        toldTo: 'reader',
      },
      {
        name: 'expired',
        token: await signed({ ...claimsOf(own), exp: now() - 100 }, key, keyIdOf(own)),
        accepted: false,
        cause: 'expired',
        toldTo: 'nobody',
      },
      {
        name: 'of another cluster',
        token: await ofAnotherCluster(own),
        accepted: false,
        cause: 'other-cluster',
        toldTo: 'no one',
      },
    ];
    expect(await differencesOf(cases)).toEqual([]);
  });

  it('says who may have accepted what its own checks refuse, once the server has', async () => {
    const token = await signed(
      { ...claimsOf(await requested(cluster)), exp: now() - 3600 },
      await rsaKey(cluster),
      'x',
    );
    known.set(token, 'alice');
    const people = cluster.people.administrator;
    const [{ outcome, headline }] = await explainOn(people, token, {
      sendToken: { terms: people.termsToSend(token) },
    });
    expect(outcome).toBe('accepted');
    expect(headline).toMatch(/another authenticator/);
    expect(headline).not.toMatch(/seconds/);
  });
});

describe('with other rules for ServiceAccount tokens: no look-up, no extension, a cap, several issuers, other audiences, ES256', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  beforeAll(async () => {
    cluster = await startConfigured({
      extraApiServerArgs: [
        '--service-account-lookup=false',
        '--service-account-extend-token-expiration=false',
        '--service-account-max-token-expiration=2h',
        '--service-account-issuer=https://second.example',
        '--service-account-issuer=kubernetes/serviceaccount',
        '--api-audiences=kubernetes.svc.default,second',
        `--service-account-signing-key-file=${await written('es.key', privateKey)}`,
        `--service-account-key-file=${await written('es.pub', publicKey)}`,
      ],
    });
  }, MINUTES);
  afterAll(async () => {
    await cluster.stop();
  });

  const es = async (claims: object, like: string): Promise<string> =>
    await signed(claims, privateKey, keyIdOf(like), 'ES256');

  it('agrees with the server, or says what is missing', async () => {
    const own = await requested(cluster);
    const account = await created(cluster, 'serviceaccounts', 'legacy');
    const marked = {
      metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' } },
      stringData: { token: 'another' },
    };
    await created(cluster, 'secrets', 'marked', marked);
    const looksUp = /service-account-lookup=false/;
    const own_ = claimsOf(own);
    const cases: Case[] = [
      { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
      {
        name: 'for others',
        token: await requested(cluster, 'default', { audiences: ['vault'] }),
        accepted: false,
        cause: 'wrong-audience',
        toldTo: 'reader',
      },
      {
        name: 'for its issuer, which is no audience here',
        token: await es({ ...own_, aud: [OWN_ISSUER] }, own),
        accepted: false,
        cause: 'wrong-audience',
        toldTo: 'reader',
      },
      {
        name: 'for the second audience',
        token: await requested(cluster, 'default', { audiences: ['second'] }),
        accepted: true,
        toldTo: 'reader',
      },
      {
        name: 'of the second issuer',
        token: await es({ ...own_, iss: 'https://second.example' }, own),
        accepted: true,
        toldTo: 'administrator',
      },
      {
        name: 'of an issuer that was dropped',
        token: await es({ ...own_, iss: 'https://dropped.example' }, own),
        accepted: false,
        cause: 'issuer-dropped',
        toldTo: 'administrator',
      },
      {
        name: 'bound, of the legacy issuer',
        token: await es({ ...own_, iss: 'kubernetes/serviceaccount' }, own),
        accepted: true,
        toldTo: 'administrator',
      },
      {
        name: 'bound, of the legacy issuer, expired',
        token: await es({ ...own_, iss: 'kubernetes/serviceaccount', exp: now() - 100 }, own),
        accepted: false,
        cause: 'expired',
        toldTo: 'administrator',
      },
      {
        name: 'legacy, whose Secret never was',
        token: await es(legacyClaims('never', 'legacy', account), own),
        accepted: true,
        toldTo: 'administrator',
        restsOn: looksUp,
      },
      {
        name: 'legacy, whose ServiceAccount is another',
        token: await es(legacyClaims('never', 'legacy', 'another'), own),
        accepted: true,
        toldTo: 'administrator',
        restsOn: looksUp,
      },
      {
        name: 'legacy, whose Secret is marked and holds another token',
        token: await es(legacyClaims('marked', 'legacy', account), own),
        accepted: true,
        toldTo: 'administrator',
        restsOn: looksUp,
      },
      {
        name: 'legacy, of another subject',
        token: await es(
          { ...legacyClaims('never', 'legacy', account), sub: 'system:serviceaccount:a:b' },
          own,
        ),
        accepted: false,
        cause: 'not-a-serviceaccount-token',
        toldTo: 'nobody',
      },
      {
        name: 'changed',
        token: await signed(
          { ...own_, exp: now() + 10_000 },
          generateKeyPairSync('ec', {
            namedCurve: 'P-256',
            privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
            publicKeyEncoding: { type: 'spki', format: 'pem' },
          }).privateKey,
          keyIdOf(own),
          'ES256',
        ),
        accepted: false,
        cause: 'bad-signature',
        toldTo: 'nobody',
      },
    ];
    expect(await differencesOf(cases)).toEqual([]);
  });

  it('tells the life that was granted', async () => {
    await created(cluster, 'pods', 'lives', {
      spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'none' }] },
    });
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'lives' };
    const ofPod = await requested(cluster, 'default', { boundObjectRef, expirationSeconds: 3607 });
    expect(grantOf(ofPod, 3607).is).toBe('as-asked');
    const long = await requested(cluster, 'default', { expirationSeconds: 86_400 });
    expect(grantOf(long, 86_400)).toMatchObject({ is: 'shortened', seconds: 7200 });
  });
});

describe('with an external signer that keeps a key to itself and lets no token live beyond four hours', () => {
  const rsa = () =>
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey;
  const hidden = { privateKey: rsa(), keyId: 'hidden', isHidden: true };
  let signer: ExternalSigner;
  beforeAll(async () => {
    const socket = join(folder, 'signer.sock');
    const shown = { privateKey: rsa(), keyId: 'shown', isHidden: false };
    signer = await startExternalSigner(socket, [shown, hidden], 4 * 3600);
    cluster = await startConfigured({ signer: socket });
  }, MINUTES);
  afterAll(async () => {
    await cluster.stop();
    signer.close();
  });

  it('agrees with the server, or says what is missing', async () => {
    const own = await requested(cluster);
    const cases: Case[] = [
      { name: 'its own', token: own, accepted: true, toldTo: 'reader' },
      {
        name: 'of the key that is not published',
        token: await signed(claimsOf(own), hidden.privateKey, hidden.keyId),
        accepted: true,
        toldTo: 'no one',
      },
      {
        name: 'of no key of its own',
        token: await signed(claimsOf(own), rsa(), 'gone'),
        accepted: false,
        cause: 'signing-key-gone',
        toldTo: 'no one',
      },
      {
        name: 'of a Pod that is gone',
        token: await ofPodThatIsGone(cluster),
        accepted: false,
        cause: 'pod-gone',
        toldTo: 'reader',
      },
    ];
    expect(await differencesOf(cases)).toEqual([]);
  });

  it('tells that a Pod’s token is extended to what the signer allows, and not to a year', async () => {
    await created(cluster, 'pods', 'lives', {
      spec: { serviceAccountName: 'default', containers: [{ name: 'c', image: 'none' }] },
    });
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name: 'lives' };
    const token = await requested(cluster, 'default', { boundObjectRef, expirationSeconds: 3607 });
    const grant = grantOf(token, 3607);
    expect(grant).toMatchObject({ is: 'extended', seconds: 4 * 3600 });
    expect(grant.text).not.toContain('year');
    const decoded = decodeToken(token);
    if (!decoded) throw new Error('The server made no token.');
    const { advice } = describeToken(classifyToken(decoded), {
      now: now(),
      encoding: 'raw',
      length: token.length,
      inKubeconfig: false,
      localTime: String,
    });
    expect(advice.map(({ text }) => text).join(' ')).toMatch(/Extended to 4 h/);
  });
});
