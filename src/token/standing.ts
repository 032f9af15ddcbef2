import { forOthers } from './audience.ts';
import type { Token } from './classify.ts';
import { lifeOf, type Phase } from './life.ts';

/**
 * How a token stands, all that is known of it considered: where it is in its life, or `gone` where a cluster that it
 * belongs to is known to have ended it, or `depends` where its time alone says nothing against it, but what it hangs on
 * cannot be seen (a Pod) or it is for somebody else than an API server.
 */
export type Standing = Phase | 'gone' | 'depends';

/** The worst first: what a line with several tokens is marked by. */
const ORDER: readonly Standing[] = [
  'gone',
  'expired',
  'never-expires',
  'expiring',
  'extended',
  'issued-in-the-future',
  'not-yet-valid',
  'depends',
  'valid',
];

/** `ended` says why a cluster is known to refuse it, `now` and `soon` are as for `lifeOf`. */
export function standingOf(token: Token, ended: string | undefined, now: number, soon?: number): Standing {
  const { phase } = lifeOf(token, now, soon);
  if (phase === 'expired') return phase;
  if (ended !== undefined) return 'gone';
  const isOpen = (token.kind === 'bound' && token.binding !== undefined) || forOthers(token) !== undefined;
  return phase === 'valid' && isOpen ? 'depends' : phase;
}

/** The worse of two standings. */
export function worse(one: Standing, other: Standing): Standing {
  return ORDER.indexOf(one) <= ORDER.indexOf(other) ? one : other;
}
