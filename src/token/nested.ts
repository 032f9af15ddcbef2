import { decodeWhileToken, readAsToken, sixBitsAt } from './base64.ts';
import { firstToken, MAX_LENGTH, type Finding } from './finding.ts';
import { base64LineEnd } from './gap.ts';

/**
 * How base64 of a JWT, wherever it begins in its own base64 (`ZXlK`, `leU[o-r]`, `V5S[g-v]`), reads within base64 of a text
 * around it, as a docker login's `auth` in a `.dockerconfigjson`, or a kubeconfig that was encoded twice: four characters
 * each, by how many bytes of their group of three stand before it.
 */
const BEGINNINGS: readonly (readonly [inner: string, last: string, before: 0 | 1 | 2])[] = [
  ['ZXl', 'K', 1],
  ['ZXl', 'K', 2],
  ['leU', 'oq', 0],
  ['leU', 'oq', 1],
  ['leU', 'oq', 2],
  ['V5S', 'gq', 0],
  ['V5S', 'gq', 1],
  ['V5S', 'gq', 2],
];

/** Where in such a group its four characters begin that say nothing of what stands before or after it. */
const OFFSETS = [0, 2, 3] as const;

/** Less is not taken for a token's text. In UTF-16 units. */
const MIN_LENGTH = 40;
/** No run is shorter that holds base64 of base64 of a JWT. */
export const MIN_NESTED = 128;

interface Beginning {
  readonly inner: string;
  readonly before: 0 | 1 | 2;
}

function charactersOf(inner: string, before: 0 | 1 | 2): string {
  const encoded = btoa(`${'\0'.repeat(before)}${inner}`);
  return encoded.slice(OFFSETS[before], OFFSETS[before] + 4);
}

/** By their four characters. One of each half of the last letters stands for all of them: four of its bits show at most. */
const KNOWN: ReadonlyMap<string, Beginning> = new Map(
  BEGINNINGS.flatMap(([inner, last, before]) =>
    last.split('').map((letter) => [charactersOf(inner + letter, before), { inner, before }] as const),
  ),
);

/** One that begins with its group: `WlhsS`. */
export const TOKEN_TWICE: Beginning = { inner: 'ZXl', before: 0 };

/** Texts of four characters each, and the one of a token at the beginning of a group. */
export const NESTED = [...KNOWN.keys(), 'WlhsS'].join('|');

/** How `apiVersion` begins that was encoded twice: such a beginning is looked for everywhere, those within at it alone. */
export const KUBECONFIG_TWICE = 'WVhCc';

/** The JWTs in base64 within the base64 between two offsets of a text. */
export function nestedIn(
  text: string,
  start: number,
  end: number,
  inner: (text: string) => Iterable<Finding>,
): Finding[] {
  const findings: Finding[] = [];
  if (end - start < MIN_NESTED) return findings;
  const pattern = new RegExp(NESTED, 'g');
  const run = text.slice(start, end);
  while (pattern.test(run)) {
    const at = pattern.lastIndex - (run.startsWith('WlhsS', pattern.lastIndex - 5) ? 5 : 4);
    const { finding, next } = readNested(run, at, inner);
    if (finding) findings.push({ ...finding, start: start + finding.start, end: start + finding.end });
    pattern.lastIndex = next;
  }
  return findings;
}

/** Reads the JWT in base64 whose beginning within base64 stands at `at`; `next`: nothing is left to be found before this offset. */
export function readNested(
  text: string,
  at: number,
  inner: (text: string) => Iterable<Finding>,
  { inner: prefix, before } = KNOWN.get(text.slice(at, at + 4)) ?? TOKEN_TWICE,
): { readonly finding: Finding | undefined; readonly next: number } {
  const group = at - OFFSETS[before];
  // The whole groups that follow those of the beginning's own first bytes.
  const from = before === 0 ? group : group + 4;
  const lead = prefix.slice(0, before === 0 ? 0 : 3 - before);
  const { end } = readAsToken(text, from, from + 2 * MAX_LENGTH);
  if (end < from + MIN_LENGTH) return { finding: undefined, next: at + 1 };
  const decoded = decodeWhileToken(text.slice(from, base64LineEnd(text, end, end + 4)), 0);
  const found = firstToken(inner(byteBefore(text, group, before) + lead + decoded.text));
  if (!found) return { finding: undefined, next: from + decoded.end };
  // Bytes are counted from the group's first; the one before the beginning came first in the text.
  const place = (offset: number): number => ((offset - 1 + before) * 4) / 3;
  const start = group + Math.floor(place(found.start));
  // One that begins further on is read from there.
  if (found.start > 1) return { finding: undefined, next: Math.max(at + 1, start) };
  const stop = group + Math.ceil(place(found.end));
  return {
    finding: { ...found, start, end: stop, encoding: 'base64-twice', wrapped: false, isWithin: true },
    next: stop,
  };
}

/** The byte that comes before a beginning, as text: a token's first character may share bits with it. */
function byteBefore(text: string, group: number, before: 0 | 1 | 2): string {
  const first = group + (before === 0 ? -2 : before - 1);
  const high = sixBitsAt(text, first);
  const low = sixBitsAt(text, first + 1);
  if (first < 0 || high > 63 || low > 63) return ' ';
  const shift = before === 0 ? 6 : before === 1 ? 2 : 4;
  const byte = before === 0 ? (high << 6) | low : (high << shift) | (low >> (6 - shift));
  return String.fromCharCode(byte & 0xff);
}
