import type { TokenSecretInfo } from '../cluster/api/objects.ts';
import { does, since as from } from '../versions.ts';
import { daysOf } from './cleaner.ts';

/** Since when an API server notes on which day the token of a token Secret was used, as far as that is known. */
export interface Noted {
  /** The minor version of the server; undefined where it does not say. */
  readonly minor: number | undefined;
  /** The day, YYYY-MM-DD in UTC, from its ConfigMap; undefined where there is none, or it may not be read. */
  readonly since: string | undefined;
}

const CONFIG_MAP = 'kube-system/kube-apiserver-legacy-service-account-token-tracking';
/** Days after which a use once a year would have been noted. */
const A_YEAR = 365;

/** Whether uses are noted at all; undefined where nobody can tell. A server that says since when does, whatever its version. */
export function notesUses({ minor, since }: Noted): boolean | undefined {
  return since === undefined ? does(minor, 'notes uses') : true;
}

/** What is known of a token Secret's use, in a few words. */
export function useInWords(secret: TokenSecretInfo, noted: Noted): string {
  if (secret.lastUsed !== undefined) return `last used ${secret.lastUsed}`;
  if (notesUses(noted) === false) return 'uses not noted';
  const watched = watchedFrom(secret, noted);
  return watched === undefined ? 'no use recorded' : `no use recorded since ${watched}`;
}

/** The same in sentences, with what it does not say. `now` in seconds since the epoch. */
export function useMeaning(secret: TokenSecretInfo, noted: Noted, now: number): string {
  if (secret.lastUsed !== undefined) return `Last used ${secret.lastUsed} (UTC).`;
  if (notesUses(noted) === false) {
    return `Whether it is used is not known: this API server notes no uses, which Kubernetes does from ${from('notes uses')} on.`;
  }
  const watched = watchedFrom(secret, noted);
  const why = watched === noted.since ? 'when this API server began to note uses' : 'when it was made';
  const first =
    watched === undefined ? 'No use recorded.' : `No use recorded since ${watched} (UTC), ${why}.`;
  return [first, ...silenceMeaning(secret, noted, now)].join(' ');
}

/**
 * What it does not say that no use is recorded: what would have been missed. Empty where uses were noted for a year.
 * `now` in seconds since the epoch.
 */
export function silenceMeaning(secret: TokenSecretInfo, noted: Noted, now: number): readonly string[] {
  const days = daysWatched(secret, noted, now);
  if (days === undefined) {
    return [
      `Since when uses are noted could not be seen (ConfigMap ${CONFIG_MAP}); Kubernetes does so from ${from('notes uses')} on.`,
    ];
  }
  return days < A_YEAR ? [`What is used less often than every ${days + 1} days shows none yet.`] : [];
}

/** For how many days a use would have been noted; undefined where nobody can tell. `now` in seconds since the epoch. */
function daysWatched(secret: TokenSecretInfo, noted: Noted, now: number): number | undefined {
  const watched = watchedFrom(secret, noted);
  return watched === undefined ? undefined : Math.floor(now / 86_400) - (daysOf(watched) ?? 0);
}

/** From which day on a use would have been noted: not before there was the Secret. */
function watchedFrom({ created }: TokenSecretInfo, { since }: Noted): string | undefined {
  if (since === undefined || daysOf(since) === undefined) return undefined;
  if (created === undefined) return since;
  const made = new Date(created * 1000).toISOString().slice(0, 10);
  return made > since ? made : since;
}
