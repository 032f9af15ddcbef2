import type { AccountUse, Place, TokenUse } from '../../../src/audit/summary.ts';

/** Seconds since the epoch at which all of it was seen. */
export const now = 1_800_000_000;

/** So many uses, the last of them at a time in seconds since the epoch. */
export const span = (count: number, last = 0): { count: number; first: number; last: number } => ({
  count,
  first: last,
  last,
});

/** A place that a token was used from. */
export const place = (more: Partial<Place> = {}): Place => ({
  address: '10.0.0.1',
  forwarded: '',
  agent: '',
  pod: '',
  node: '',
  ...span(1, now),
  ...more,
});

/** What an audit log has of a token. */
export const token = (more: Partial<TokenUse> = {}): TokenUse => ({
  jti: 'j',
  account: 'shop/cart',
  isPart: false,
  issued: undefined,
  used: span(1, now),
  pod: undefined,
  podUid: undefined,
  node: undefined,
  places: [],
  elsewhere: 0,
  staleSince: undefined,
  strange: [],
  ...more,
});

/** What it has of a ServiceAccount. */
export const account = (more: Partial<AccountUse> = {}): AccountUse => ({
  namespace: 'shop',
  name: 'cart',
  ...span(1, now),
  uid: '',
  byKind: { legacy: undefined, stale: undefined, bound: undefined, untold: undefined },
  places: [],
  elsewhere: 0,
  secrets: [],
  staleSince: undefined,
  refused: 0,
  actedAs: 0,
  actedAsIt: 0,
  actions: [],
  hasMoreActions: false,
  ...more,
});
