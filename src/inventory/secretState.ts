import type { ServiceAccountInfo, TokenSecretInfo, TokenSecretKey } from '../cluster/api/objects.ts';

/** What a token Secret is worth; the first that holds, in this order. */
export type SecretState =
  /** Its ServiceAccount is missing: the token controller deletes it. */
  | { readonly kind: 'orphan' }
  /** It was made for an earlier ServiceAccount of the same name: the token controller deletes it. */
  | { readonly kind: 'other-uid' }
  /** The cleaner of legacy tokens marked it: the API server refuses its token. `since` is YYYY-MM-DD. */
  | { readonly kind: 'invalid'; readonly since: string }
  /** The token controller has still to fill keys. `since` in seconds since the epoch. */
  | { readonly kind: 'waiting'; readonly keys: readonly TokenSecretKey[]; readonly since: number | undefined }
  | { readonly kind: 'filled' }
  /** The metadata does not tell which keys are filled, and the server counts fewer than a filled one has. */
  | { readonly kind: 'partly'; readonly keys: number }
  /** The metadata does not tell whether it is filled. */
  | { readonly kind: 'unknown' };

/** Keys that the token controller fills. */
const KEYS = 3;

/**
 * The state of a token Secret. `account` is the ServiceAccount that it names; `counted` gives how many keys it has,
 * and is asked only where its metadata does not say which.
 */
export function secretState(
  secret: TokenSecretInfo,
  account: ServiceAccountInfo | 'missing' | 'unknown',
  counted: () => number | undefined = () => undefined,
): SecretState {
  if (account === 'missing') return { kind: 'orphan' };
  const { serviceAccountUid: uid, invalidSince, missing, created } = secret;
  if (account !== 'unknown' && uid !== undefined && uid !== account.uid) return { kind: 'other-uid' };
  if (invalidSince !== undefined) return { kind: 'invalid', since: invalidSince };
  if (missing === undefined) {
    const keys = counted();
    if (keys === undefined) return { kind: 'unknown' };
    return keys < KEYS ? { kind: 'partly', keys } : { kind: 'filled' };
  }
  return missing.length === 0 ? { kind: 'filled' } : { kind: 'waiting', keys: missing, since: created };
}
