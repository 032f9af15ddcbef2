import { createHash, KeyObject } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import {
  known,
  offlineEvidence,
  type Evidence,
  type LiveObject,
  type ServerSettings,
} from '../../../src/authentication/evidence.ts';
import type { Certificate } from '../../../src/kubeconfig/certificate.ts';
import { boundClaims, legacyClaims } from '../tokens.ts';

/** Seconds since the epoch at which everything in this world is in order. */
export const NOW = 1_800_001_000;
/** A certificate for clients that is in order at a time. */
export const janesCertificate = (now: number): Certificate => ({
  commonName: 'jane',
  organizations: ['team', 'ops'],
  issuer: 'kubernetes',
  notBefore: now - 3600,
  notAfter: now + 3600,
  isAuthority: false,
  isForClients: true,
  fingerprint: 'f',
});

const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const UID = '11111111-2222-3333-4444-555555555555';

const { privateKey, publicKey } = await generateKeyPair('RS256');
export const stranger = await generateKeyPair('RS256');
/** As the built-in signer names its keys (kubernetes pkg/serviceaccount/jwt.go). */
export const keyId = createHash('sha256')
  .update(KeyObject.from(publicKey).export({ type: 'spki', format: 'der' }))
  .digest('base64url');
export const publicJwk = { ...(await exportJWK(publicKey)), kid: keyId, alg: 'RS256', use: 'sig' };

/** A token with these claims, signed by the key of this world (or another). */
export async function signed(
  claims: object,
  header: object = {},
  key: typeof privateKey = privateKey,
): Promise<string> {
  return await new SignJWT(claims as JWTPayload)
    .setProtectedHeader({ alg: 'RS256', kid: keyId, ...header })
    .sign(key);
}

export const bound = async (own: object = {}, claims: object = {}): Promise<string> =>
  await signed(boundClaims(own, claims));
export const podBound = async (claims: object = {}): Promise<string> =>
  await bound({ pod: { name: 'mycontroller-x7k2p', uid: 'pod-uid' } }, claims);
export const legacy = async (claims: object = {}): Promise<string> => await signed(legacyClaims(claims));

/** A live object as metadata. */
export function live(uid: string, more: Partial<LiveObject> = {}): LiveObject {
  return {
    uid,
    creationTimestamp: undefined,
    deletionTimestamp: undefined,
    invalidSince: undefined,
    ...more,
  };
}

/** How the server of this world was told to judge: as one is that was told nothing. */
export function settings(more: Partial<ServerSettings> = {}): ServerSettings {
  const own = {
    issuers: [ISSUER],
    audiences: [ISSUER],
    looksUpLegacy: true,
    others: [],
    openIdIssuer: undefined,
  };
  return { ...own, ...more };
}

/** Everything that can be read of a cluster in which the token is good; no word of the server itself. */
export function seen(credential: string, more: Partial<Evidence> = {}): Evidence {
  return {
    ...offlineEvidence(credential),
    serverTime: known({ time: NOW, measuredAt: NOW }, 'header Date'),
    issuer: known(ISSUER, 'GET /.well-known/openid-configuration'),
    keys: known([publicJwk], 'GET /openid/v1/jwks'),
    apiAudiences: known([ISSUER], 'TokenRequest'),
    settings: known(settings(), 'GET /flagz'),
    minorVersion: known(37, 'GET /version'),
    release: known('v1.37.2', 'GET /version'),
    serviceAccount: known(live(UID), 'get serviceaccounts'),
    boundObject: known(live('pod-uid'), 'get pods'),
    storedToken: known('same', 'get secrets'),
    ...more,
  };
}
