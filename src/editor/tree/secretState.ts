import type { ServiceAccountInfo, TokenSecretInfo, TokenSecretKey } from '../../cluster/api.ts';

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
  /** The metadata does not tell whether it is filled. */
  | { readonly kind: 'unknown' };

/** The state of a token Secret. `account` is the ServiceAccount that it names. */
export function secretState(
  secret: TokenSecretInfo,
  account: ServiceAccountInfo | 'missing' | 'unknown',
): SecretState {
  if (account === 'missing') return { kind: 'orphan' };
  const { serviceAccountUid: uid, invalidSince, missing, created } = secret;
  if (account !== 'unknown' && uid !== undefined && uid !== account.uid) return { kind: 'other-uid' };
  if (invalidSince !== undefined) return { kind: 'invalid', since: invalidSince };
  if (missing === undefined) return { kind: 'unknown' };
  return missing.length === 0 ? { kind: 'filled' } : { kind: 'waiting', keys: missing, since: created };
}
