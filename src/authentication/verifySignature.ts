import { base64url, compactVerify, errors, exportSPKI, importJWK, type JWK } from 'jose';
import { decodeToken, isRecord } from '../token/decode.ts';

/** What a cluster's own keys say about a token's signature. */
export type SignatureVerdict =
  | { readonly state: 'verified'; readonly keyId: string | undefined }
  /**
   * No key of this id. `isWhole`: the keys are those of the built-in signer, which publishes all that it verifies
   * with; an external one may keep some to itself.
   */
  | { readonly state: 'no-key'; readonly isWhole: boolean }
  | { readonly state: 'wrong' }
  /** There is a key, and this runtime cannot use it. */
  | { readonly state: 'unusable-key'; readonly reason: string };

const RSA_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const CURVE_ALGORITHMS: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
};

/**
 * Verifies a compact JWT offline with the keys given, and with no other: `jku`, `x5u`, `x5c` and `jwk` in its header
 * are never looked at, and the algorithm must be one that the key's own type allows. A token with a key id is tried
 * with the keys of that id, one without with all of them, as the API server does (kubernetes
 * pkg/serviceaccount/jwt.go); where it does not go by key ids (`byKeyId` false), all are tried before there is none.
 * Trailing bits of a base64url part are ignored, as there.
 */
export async function verifySignature(
  token: string,
  keys: readonly Readonly<Record<string, unknown>>[],
  byKeyId = true,
): Promise<SignatureVerdict> {
  const header = decodeToken(token)?.header;
  if (!header) return { state: 'wrong' };
  const { alg, kid } = header;
  const hasKeyId = typeof kid === 'string' && kid !== '';
  const ofThisId = hasKeyId ? keys.filter((key) => key['kid'] === kid) : keys;
  const isForeign = ofThisId.length === 0;
  const none = async (): Promise<SignatureVerdict> => ({
    state: 'no-key',
    isWhole: await areOfBuiltInSigner(keys),
  });
  if (isForeign && byKeyId) return await none();
  const candidates = isForeign ? keys : ofThisId;
  let unusable: string | undefined;
  for (const candidate of candidates) {
    const key = publicPart(candidate);
    if (!key || typeof alg !== 'string' || !key.algorithms.includes(alg)) continue;
    try {
      await compactVerify(token, await importJWK(key.jwk, alg), { algorithms: [alg] });
      return {
        state: 'verified',
        keyId: typeof candidate['kid'] === 'string' ? candidate['kid'] : undefined,
      };
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) unusable = 'this runtime cannot use the key';
    }
  }
  if (unusable !== undefined) return { state: 'unusable-key', reason: unusable };
  return isForeign ? await none() : { state: 'wrong' };
}

/** Whether each key's id is the hash of the key, as the built-in signer names them (kubernetes pkg/serviceaccount/jwt.go). */
async function areOfBuiltInSigner(keys: readonly Readonly<Record<string, unknown>>[]): Promise<boolean> {
  const own = await Promise.all(
    keys.map(async (key) => {
      const part = publicPart(key);
      if (!part) return false;
      try {
        const imported = await importJWK(part.jwk, part.algorithms[0]);
        if (imported instanceof Uint8Array) return false;
        const pem = (await exportSPKI(imported)).replaceAll(/-----[^-]+-----|\s/g, '');
        const der = Uint8Array.from(atob(pem), (one) => one.charCodeAt(0));
        const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
        return base64url.encode(hash) === key['kid'];
      } catch {
        return false; // A key that this runtime cannot use is none that can be named.
      }
    }),
  );
  return own.length > 0 && own.every(Boolean);
}

/** The public numbers of a key and what it may verify: RSA any RSA algorithm, a curve exactly its own, nothing else. */
function publicPart(
  key: Readonly<Record<string, unknown>>,
): { readonly jwk: JWK; readonly algorithms: readonly string[] } | undefined {
  if (!isRecord(key)) return undefined;
  const { kty, n, e, crv, x, y } = key;
  if (kty === 'RSA' && typeof n === 'string' && typeof e === 'string') {
    return { jwk: { kty, n, e }, algorithms: RSA_ALGORITHMS };
  }
  if (kty === 'EC' && typeof crv === 'string' && typeof x === 'string' && typeof y === 'string') {
    const algorithm = Object.hasOwn(CURVE_ALGORITHMS, crv) ? CURVE_ALGORITHMS[crv] : undefined;
    if (algorithm !== undefined) return { jwk: { kty, crv, x, y }, algorithms: [algorithm] };
  }
  return undefined;
}
