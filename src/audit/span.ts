import type { Span } from './summary.ts';

/** A Span that is still counted. */
export type Counted = { -readonly [key in keyof Span]: Span[key] };

export const none = (): Counted => ({ count: 0, first: 0, last: 0 });

/** Counts one more, at a time in seconds since the epoch; 0: not told when. */
export function seen(span: Counted, at: number): void {
  span.count++;
  if (at === 0) return;
  if (span.first === 0 || at < span.first) span.first = at;
  if (at > span.last) span.last = at;
}

/** The most first. */
export const byCount = (one: Span, other: Span): number => other.count - one.count;
