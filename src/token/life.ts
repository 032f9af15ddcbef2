import type { Token } from './classify.ts';
import { endOf } from './end.ts';
import { LEEWAY_SECONDS, tokenStatus } from './status.ts';

/**
 * Where a token stands in its life. `extended`: past the hour after which its Pod was to read a new one, though its
 * `exp` is far away (`kubernetes.io.warnafter`; kubernetes pkg/serviceaccount/claims.go). `never-expires` is all that
 * time can say of a legacy token.
 */
export type Phase =
  | 'not-yet-valid'
  | 'issued-in-the-future'
  | 'valid'
  | 'expiring'
  | 'extended'
  | 'expired'
  | 'never-expires';

/** What time says of a token, for a reader: `expired` is what its claims say, the API server's leeway set apart. */
export interface Life {
  readonly phase: Phase;
  /**
   * For how many seconds more the API server accepts it though its time is over, or, where its time has yet to come,
   * 0: it accepts it already. Undefined: the leeway makes no difference.
   */
  readonly leeway: number | undefined;
}

/** A token is about to expire for this long, in seconds, unless the reader has set another time. */
const SOON_SECONDS = 600;

/** Judges a token's life at `now`, seconds since the epoch; `soon` is how long before its end it is about to expire. */
export function lifeOf(token: Token, now: number, soon = SOON_SECONDS): Life {
  const status = tokenStatus(token, now);
  const without = (phase: Phase): Life => ({ phase, leeway: undefined });
  if (status === 'no-expiry') return without('never-expires');
  if (status !== 'within-its-time') return without(status);
  const { notBefore } = token;
  const expires = endOf(token)?.at;
  if (expires !== undefined && now > expires)
    return { phase: 'expired', leeway: expires + LEEWAY_SECONDS - now };
  if (notBefore !== undefined && now < notBefore) return { phase: 'not-yet-valid', leeway: 0 };
  if (expires !== undefined && expires - now <= soon) return without('expiring');
  const isStale = token.kind === 'bound' && token.warnAfter !== undefined && now > token.warnAfter;
  return without(isStale ? 'extended' : 'valid');
}

/** When a token's life next changes after `now`, seconds since the epoch; undefined: never. */
export function nextPhase(token: Token, now: number, soon = SOON_SECONDS): number | undefined {
  if (token.kind === 'legacy') return undefined;
  const { notBefore, issuedAt } = token;
  const expires = endOf(token)?.at;
  const warnAfter = token.kind === 'bound' ? token.warnAfter : undefined;
  const after = (time: number | undefined, ...seconds: number[]): number[] =>
    time === undefined ? [] : seconds.map((more) => time + more);
  return earliest(now, [
    ...after(notBefore, -LEEWAY_SECONDS, 0),
    ...after(issuedAt, -LEEWAY_SECONDS),
    ...after(warnAfter, 1),
    ...after(expires, -soon, 1, LEEWAY_SECONDS + 1),
  ]);
}

/** The first of some times that lies after `now`. */
function earliest(now: number, times: readonly number[]): number | undefined {
  const ahead = times.filter((time) => time > now);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}
