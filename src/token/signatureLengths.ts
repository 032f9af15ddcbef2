/** Lengths in bytes of the signatures of RSA keys of 1024 to 8192 bits. */
const RSA = [128, 256, 384, 512, 768, 1024];

/** How long a signature is, in bytes, by its algorithm (RFC 7518 section 3, RFC 8037 section 3.1). */
const BYTES: Readonly<Record<string, readonly number[]>> = {
  RS256: RSA,
  RS384: RSA,
  RS512: RSA,
  PS256: RSA,
  PS384: RSA,
  PS512: RSA,
  ES256: [64],
  ES384: [96],
  ES512: [132],
  EdDSA: [64, 114],
  HS256: [32],
  HS384: [48],
  HS512: [64],
  none: [0],
};

/** The lengths that a signature of this algorithm can have, in base64url characters; undefined: not known. */
export function signatureLengths(algorithm: unknown): readonly number[] | undefined {
  if (typeof algorithm !== 'string' || !Object.hasOwn(BYTES, algorithm)) return undefined;
  return BYTES[algorithm]?.map((bytes) => Math.ceil((bytes * 4) / 3));
}
