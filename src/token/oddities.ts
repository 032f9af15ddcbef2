import type { Token } from './classify.ts';
import type { DecodedToken } from './decode.ts';

/** Beyond the year 9999, in seconds since the epoch: milliseconds where seconds belong, as a rule. */
const ABSURD = 253_402_300_800;

/**
 * What a token says that cannot be true, or contradicts itself, in words: `sub` that names another ServiceAccount
 * than the claims the API server goes by, times of the wrong kind or order, and claims of a wrong type.
 */
export function oddities(token: Token, { claims }: DecodedToken): string[] {
  const odd: string[] = [];
  if (token.kind !== 'other') {
    const subject = `system:serviceaccount:${token.namespace}:${token.serviceAccount}`;
    if (token.subject !== subject) {
      const consequence =
        token.kind === 'legacy' ? 'the API server refuses it' : 'the API server goes by the other claims';
      odd.push(`The subject (sub) is not ${subject}, which the other claims name: ${consequence}.`);
    }
  }
  for (const name of ['exp', 'nbf', 'iat']) {
    const value = claims[name];
    if (value === undefined) continue;
    if (typeof value !== 'number') odd.push(`${name} is no number, and the API server refuses such a token.`);
    else if (value > ABSURD)
      odd.push(`${name} lies beyond the year 9999: milliseconds where seconds belong?`);
    else if (value < 0) odd.push(`${name} lies before 1970.`);
  }
  const { expires, issuedAt, notBefore } = token;
  if (expires !== undefined && notBefore !== undefined && expires < notBefore) {
    odd.push('It expires before it becomes valid.');
  } else if (expires !== undefined && issuedAt !== undefined && expires < issuedAt) {
    odd.push('It expires before it was issued.');
  }
  const audience = claims['aud'];
  const isText = (value: unknown): boolean => typeof value === 'string';
  if (audience !== undefined && !isText(audience) && !(Array.isArray(audience) && audience.every(isText))) {
    odd.push('aud is neither a text nor a list of texts, and the API server refuses such a token.');
  }
  return odd;
}
