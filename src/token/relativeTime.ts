const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [31_557_600, 'years'],
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];
/** Below so many years, days are told. */
const MIN_YEARS = 2;
/** Above so many years, no number is told: such a time is no date. */
const MAX_YEARS = 10_000;

/** How far `seconds` is from `now`, both seconds since the epoch: "in 42 min", "3 d ago", "now". */
export function relativeTime(seconds: number, now: number): string {
  const unit = unitOf(seconds, now);
  if (!unit) return 'now';
  const amount = amountOf(Math.floor(Math.abs(seconds - now) / unit[0]), unit[1]);
  return seconds > now ? `in ${amount}` : `${amount} ago`;
}

function amountOf(count: number, name: string): string {
  return name === 'years' && count > MAX_YEARS ? `more than ${MAX_YEARS} years` : `${count} ${name}`;
}

function unitOf(seconds: number, now: number): readonly [number, string] | undefined {
  const distance = Math.abs(seconds - now);
  return UNITS.find(([size, name]) => distance >= size * (name === 'years' ? MIN_YEARS : 1));
}

/** When `relativeTime(seconds, …)` next reads differently after `now`, in seconds since the epoch. */
export function relativeTimeChanges(seconds: number, now: number): number {
  const unit = unitOf(seconds, now);
  if (!unit) return now + 1;
  const count = Math.floor(Math.abs(seconds - now) / unit[0]);
  if (seconds > now) return seconds - count * unit[0] + 1;
  return seconds + (count + 1) * unit[0];
}
