import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { describeToken } from '../../src/token/describe.ts';
import { grantOf } from '../../src/token/grant.ts';
import {
  allDifferencesOn,
  claimsOf,
  created,
  keyIdOf,
  legacyClaims,
  ofPod,
  ofPodThatIsGone,
  OWN_ISSUER,
  requested,
  signed,
  startConfigured,
  type Case,
  type Configured,
} from '../support/configured.ts';
import { startExternalSigner, type ExternalSigner } from '../support/externalSigner.ts';
import { now } from '../support/stage.ts';

const MINUTES = 180_000;
let folder = '';
let cluster: Configured;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-account-flags-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function written(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text, { mode: 0o600 });
  return join(folder, name);
}

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
    expect(await allDifferencesOn(cluster, cases)).toEqual([]);
  });

  it('tells the life that was granted', async () => {
    const pods = await ofPod(cluster, 'lives', { expirationSeconds: 3607 });
    expect(grantOf(pods, 3607).is).toBe('as-asked');
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
    expect(await allDifferencesOn(cluster, cases)).toEqual([]);
  });

  it('tells that a Pod’s token is extended to what the signer allows, and not to a year', async () => {
    const token = await ofPod(cluster, 'lives', { expirationSeconds: 3607 });
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
