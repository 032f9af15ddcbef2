import type { ServiceAccountInfo, TokenSecretInfo } from '../cluster/api/objects.ts';
import { does } from '../versions.ts';

/** In days: what `--legacy-service-account-token-clean-up-period` is where nobody set it. It cannot be read from outside. */
const PERIOD = 365;
const DAY = 86_400;

/**
 * What the cleaner of legacy tokens does to a token Secret next (kubernetes
 * pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go). Days are YYYY-MM-DD, UTC.
 */
export interface Cleaning {
  readonly does: 'invalidate' | 'delete';
  /** Not before this day, if nobody uses the token until then; by the default period. */
  readonly from: string;
  /** Whether when the API server began to note uses is taken into account. */
  readonly isExact: boolean;
}

/**
 * What the cleaner will do; undefined where the Secret is none of its business: it looks only at those that the
 * ServiceAccount lists in `.secrets`. `since` is the day on which the API server began to note uses, where it is known;
 * `minor` the server's minor version, as older ones have no cleaner.
 */
export function cleaning(
  secret: TokenSecretInfo,
  account: ServiceAccountInfo,
  since: string | undefined,
  minor?: number,
): Cleaning | undefined {
  if (does(minor, 'cleans up legacy tokens') === false) return undefined;
  if (account.settings?.secrets.includes(secret.name) !== true) return undefined;
  const used = daysOf(secret.lastUsed);
  if (secret.lastUsed !== undefined && used === undefined) return undefined; // It passes over what it cannot read.
  const tracked = daysOf(since);
  const unused = [
    Math.floor((secret.created ?? 0) / DAY) + PERIOD,
    ...(used === undefined ? [] : [used + PERIOD + 1]),
    ...(tracked === undefined ? [] : [tracked + PERIOD + 1]),
  ];
  const invalid = daysOf(secret.invalidSince);
  const days = Math.max(...unused, ...(invalid === undefined ? [] : [invalid + PERIOD + 1]));
  return {
    does: invalid === undefined ? 'invalidate' : 'delete',
    from: new Date(days * DAY * 1000).toISOString().slice(0, 10),
    isExact: tracked !== undefined,
  };
}

/** Days since the epoch of a YYYY-MM-DD; undefined for any other text. */
export function daysOf(day: string | undefined): number | undefined {
  if (day === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const time = Date.parse(day);
  return Number.isNaN(time) ? undefined : time / 1000 / DAY;
}
