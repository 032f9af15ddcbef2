/** What TokenRequest accepts, in seconds (kubernetes pkg/apis/authentication/validation/validation.go). */
const SHORTEST_SECONDS = 600;
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

/** Seconds in words, exactly: "1 h 30 min", "365 d". */
export function durationInWords(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [, size, name] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.length === 0 ? '0 s' : parts.join(' ');
}
