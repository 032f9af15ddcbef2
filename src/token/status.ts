import type { Token } from './classify.ts';
import { endOf } from './end.ts';

/** The API server accepts a token for this long beyond its times, in seconds (go-jose jwt/validation.go). */
export const LEEWAY_SECONDS = 60;

/**
 * What time alone says of a token. `no-expiry` is all that can be said of a legacy token: the server makes no time
 * check at all there. None of these means "accepted": what a token is bound to is known to the cluster only.
 */
export type TokenStatus =
  | 'not-yet-valid'
  | 'expired'
  | 'issued-in-the-future'
  | 'within-its-time'
  | 'no-expiry';

/**
 * Judges a token's times at `now` (seconds since the epoch), in the API server's own order and with its leeway
 * (kubernetes pkg/serviceaccount/claims.go; legacy.go checks no time).
 */
export function tokenStatus(token: Token, now: number): TokenStatus {
  if (token.kind === 'legacy') return 'no-expiry';
  if (token.notBefore !== undefined && now + LEEWAY_SECONDS < token.notBefore) return 'not-yet-valid';
  const end = endOf(token);
  if (end && now - LEEWAY_SECONDS > end.at) return 'expired';
  if (token.issuedAt !== undefined && now + LEEWAY_SECONDS < token.issuedAt) return 'issued-in-the-future';
  return token.expires === undefined ? 'no-expiry' : 'within-its-time';
}
