/** What TokenRequest accepts, in seconds (kubernetes pkg/apis/authentication/validation/validation.go). */
import { SHORTEST_SECONDS } from '../kubernetes.ts';
export const LONGEST_SECONDS = 2 ** 32;

const UNITS = [
  ['d', 86_400, 'd'],
  ['h', 3600, 'h'],
  ['m', 60, 'min'],
  ['s', 1, 's'],
] as const;

/** Seconds of a duration as kubectl has it, such as `90m` or `1h30m`, and with `d` for days; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const compact = text.replaceAll(/\s+/g, '').toLowerCase();
  const parts = /^(?:(\d{1,10})d)?(?:(\d{1,10})h)?(?:(\d{1,10})m)?(?:(\d{1,10})s)?$/.exec(compact);
  if (!parts || compact === '') return undefined;
  return UNITS.reduce((sum, [, seconds], index) => sum + Number(parts[index + 1] ?? 0) * seconds, 0);
}

/** What is wrong with a typed duration, for people; undefined where nothing is. Says it before the server does. */
export function durationProblem(text: string): string | undefined {
  const seconds = parseDuration(text);
  if (seconds === undefined) return 'A number with s, m, h or d, such as 90m or 1h30m.';
  if (seconds < SHORTEST_SECONDS) return 'The API server gives no less than 10 minutes (10m).';
  if (seconds <= LONGEST_SECONDS) return undefined;
  return `The API server takes at most 2^32 seconds (${Math.floor(LONGEST_SECONDS / 86_400)}d).`;
}

/** Below so many seconds, words are rounded to so many: the finer of two units, so that a countdown stays calm. */
const ROUNDED_TO: readonly (readonly [below: number, seconds: number])[] = [
  [120, 1],
  [600, 10],
  [86_400, 60],
  [2 * 86_400, 3600],
];
const DAY = 86_400;
/** A year of the Julian calendar, as long as the Gregorian's within 12 minutes. */
const YEAR = 31_557_600;
/** Below so many years, days are told. */
const MIN_YEARS = 2;
/** Above so many years, no number is told: such a time is no date. */
const MAX_YEARS = 10_000;

/**
 * Seconds in words, as they are said everywhere: two units below two days, then days, from two years on years, rounded
 * to the last of them: "1 h 30 min", "365 d". Seconds are told below ten minutes.
 */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= MIN_YEARS * YEAR) {
    const years = Math.round(whole / YEAR);
    return years > MAX_YEARS ? `more than ${MAX_YEARS} years` : `${years} years`;
  }
  const step = stepAt(whole);
  let rest = Math.round(whole / step) * step;
  const parts: string[] = [];
  for (const [, size, name] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}

function stepAt(seconds: number): number {
  if (seconds >= MIN_YEARS * YEAR) return YEAR;
  return ROUNDED_TO.find(([below]) => seconds < below)?.[1] ?? DAY;
}

/**
 * The next whole number of seconds that `durationInWords` says otherwise than `seconds`, which is one too: less of them,
 * or more; undefined: there is none.
 */
export function nextDuration(seconds: number, direction: 'less' | 'more'): number | undefined {
  const words = durationInWords(seconds);
  const isLess = direction === 'less';
  for (let at = seconds; at < (MAX_YEARS + 0.5) * YEAR;) {
    const step = stepAt(at);
    const half = Math.floor(at / step + 0.5) * step;
    // Where the step's rounding turns, or where another step begins, whichever is nearer.
    const turn = isLess ? Math.ceil(half - step / 2) - 1 : Math.ceil(half + step / 2);
    const others = [...ROUNDED_TO.map(([below]) => below), MIN_YEARS * YEAR].map((below) =>
      isLess ? below - 1 : below,
    );
    const nearer = [turn, ...others].filter((one) => (isLess ? one < at : one > at));
    const next = isLess ? Math.max(...nearer) : Math.min(...nearer);
    if (next < 0) return undefined;
    if (durationInWords(next) !== words) return next;
    at = next;
  }
  return undefined;
}
