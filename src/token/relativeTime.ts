import { durationInWords, nextDuration } from './duration.ts';

/** How far `seconds` is from `now`, both seconds since the epoch: "in 42 min", "3 d ago", "now". */
export function relativeTime(seconds: number, now: number): string {
  if (seconds === now) return 'now';
  const amount = durationInWords(Math.abs(seconds - now));
  return seconds > now ? `in ${amount}` : `${amount} ago`;
}

/** When `relativeTime(seconds, …)` next reads differently after `now`, in whole seconds since the epoch; undefined: never. */
export function relativeTimeChanges(seconds: number, now: number): number | undefined {
  const distance = Math.abs(seconds - now);
  if (seconds > now) return seconds - (nextDuration(distance, 'less') ?? 0);
  const next = nextDuration(distance, 'more');
  return next === undefined ? undefined : seconds + next;
}
