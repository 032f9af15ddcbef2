/** Servers with other rules for ServiceAccount tokens: what each is told, and tokens to judge there. */
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import {
  claimsOf,
  created,
  keyIdOf,
  legacyClaims,
  ofPodThatIsGone,
  OWN_ISSUER,
  requested,
  signed,
  startConfigured,
  written,
  type Case,
  type Staged,
} from './configured.ts';
import { startExternalSigner } from './externalSigner.ts';
import { now } from './stage.ts';

/** Two keys of a curve, as PEM. */
function ecdsa(): { readonly privateKey: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

/** A private key of RSA, as PEM. */
function rsa(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** No look-up of legacy tokens, no extension, a cap of two hours, several issuers, other audiences, ES256. */
export async function otherRules(folder: string): Promise<Staged> {
  const { privateKey, publicKey } = ecdsa();
  const cluster = await startConfigured({
    extraApiServerArgs: [
      '--service-account-lookup=false',
      '--service-account-extend-token-expiration=false',
      '--service-account-max-token-expiration=2h',
      '--service-account-issuer=https://second.example',
      '--service-account-issuer=kubernetes/serviceaccount',
      '--api-audiences=kubernetes.svc.default,second',
      `--service-account-signing-key-file=${await written(folder, 'es.key', privateKey)}`,
      `--service-account-key-file=${await written(folder, 'es.pub', publicKey)}`,
    ],
  });
  const es = async (claims: object, like: string): Promise<string> =>
    await signed(claims, privateKey, keyIdOf(like), 'ES256');

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
      toldTo: 'nobody',
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
      token: await es({ ...legacyClaims('never', 'legacy', account), sub: 'system:serviceaccount:a:b' }, own),
      accepted: false,
      cause: 'not-a-serviceaccount-token',
      toldTo: 'nobody',
    },
    {
      name: 'changed',
      token: await signed({ ...own_, exp: now() + 10_000 }, ecdsa().privateKey, keyIdOf(own), 'ES256'),
      accepted: false,
      cause: 'bad-signature',
      toldTo: 'nobody',
    },
  ];
  return { cluster, cases, stop: cluster.stop };
}

/** An external signer that keeps a key to itself, and lets no token live beyond four hours. */
export async function externalSigner(folder: string): Promise<Staged> {
  const hidden = { privateKey: rsa(), keyId: 'hidden', isHidden: true };
  const socket = join(folder, 'signer.sock');
  const shown = { privateKey: rsa(), keyId: 'shown', isHidden: false };
  const signer = await startExternalSigner(socket, [shown, hidden], 4 * 3600);
  const cluster = await startConfigured({ signer: socket });
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
  return {
    cluster,
    cases,
    stop: async () => {
      await cluster.stop();
      signer.close();
    },
  };
}
