import { relativeTime } from '../token/relativeTime.ts';
import type { AccountUse, Place, SecretUse, Span, TokenUse } from './summary.ts';

/** Requests, and from where they came. */
export interface Seen extends Span {
  readonly places: readonly Place[];
}

/** Where somebody came from last; undefined where that is not told, or is none of the places that are kept. */
export function lastPlace({ places, last }: Seen): Place | undefined {
  return places.find((place) => place.last === last);
}

/** `seen 3 h ago from 10.2.0.7`: the address is whatever stands in the log. `now` in seconds since the epoch. */
export function seenInWords(seen: Seen, now: number): string {
  const address = lastPlace(seen)?.address ?? '';
  const when = seen.last === 0 ? '' : ` ${relativeTime(Math.round(seen.last), now)}`;
  return `seen${when}${address === '' ? '' : ` from ${address}`}`;
}

/** The same in a sentence, with how often, by which program, and from how many other addresses. */
export function seenInFull(seen: Seen, now: number): string {
  const last = lastPlace(seen);
  const others = new Set(seen.places.map(({ address }) => address)).size - 1;
  const count = seen.count === 1 ? 'once' : `${seen.count.toLocaleString('en')} times`;
  const more = [
    ...(seen.last === 0 ? [] : [`last ${relativeTime(Math.round(seen.last), now)}`]),
    ...(last && last.address !== '' ? [`from ${last.address}`] : []),
    ...(last && last.agent !== '' ? [`by ${last.agent}`] : []),
    ...(others > 0 ? [`and from ${others} other address${others === 1 ? '' : 'es'}`] : []),
  ].join(' ');
  return more === '' ? count : `${count}, ${more}`;
}

/** What an open audit log, by its name, tells of a ServiceAccount. */
export interface SeenInLog {
  readonly log: string;
  readonly use: AccountUse;
  /** All tokens of the log. */
  readonly tokens: readonly TokenUse[];
}

/** What it tells of a token Secret's token; undefined where that was not used. */
export function secretIn(
  { log, use }: Pick<SeenInLog, 'log' | 'use'>,
  secret: string,
): { readonly log: string; readonly use: SecretUse } | undefined {
  const found = use.secrets.find(({ name }) => name === secret);
  return found && { log, use: found };
}
