import { relativeTime, relativeTimeChanges } from '../token/relativeTime.ts';
import { LEEWAY_SECONDS } from '../token/status.ts';
import type { IssuedToken } from './entry.ts';

/** What can be seen of a token beside its time. */
export interface Seen {
  /** Why it has ended though its time has not, e.g. that its Secret is gone; undefined where nothing says so. */
  readonly ended: string | undefined;
  /** Whether the file that it was written to is there; undefined where it has none, or nobody has looked. */
  readonly hasFile: boolean | undefined;
}

/** How an issued token stands at a given time. */
export interface IssuedState {
  readonly is: 'valid' | 'expires-soon' | 'expired' | 'revoked' | 'ended';
  /** In words, e.g. `expires in 42 min`. */
  readonly words: string;
  /** When the words next change by time alone, in seconds since the epoch; undefined: never. */
  readonly until: number | undefined;
}

/**
 * How an issued token stands. `now` is seconds since the epoch, `soon` the seconds before its end in which it is said
 * to expire soon. The server accepts it for a minute beyond its end (LEEWAY_SECONDS).
 */
export function stateOf(
  { revoked, expires }: Pick<IssuedToken, 'revoked' | 'expires'>,
  { ended }: Pick<Seen, 'ended'>,
  { now, soon }: { readonly now: number; readonly soon: number },
): IssuedState {
  if (revoked !== undefined) return { is: 'revoked', words: 'revoked', until: undefined };
  if (expires !== undefined && now - LEEWAY_SECONDS > expires) {
    return { is: 'expired', words: 'expired', until: undefined };
  }
  if (ended !== undefined) return { is: 'ended', words: ended, until: undefined };
  if (expires === undefined) return { is: 'valid', words: 'never expires', until: undefined };
  const left = expires - now;
  const until = Math.min(nextWords(expires, now), ...(left > soon ? [expires - soon] : []));
  return { is: left <= soon ? 'expires-soon' : 'valid', words: countdown(expires, now), until };
}

const MINUTE = 60;

function countdown(expires: number, now: number): string {
  const left = expires - now;
  if (left <= 0) return 'expires now';
  return left < MINUTE ? 'expires in less than a minute' : `expires ${relativeTime(expires, now)}`;
}

/** When `countdown` next says something else. */
function nextWords(expires: number, now: number): number {
  const left = expires - now;
  if (left <= 0) return expires + LEEWAY_SECONDS + 1;
  if (left < MINUTE) return expires;
  return relativeTimeChanges(expires, now) ?? expires;
}
