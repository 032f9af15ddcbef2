import { decodeWhileToken, dotsOf, isAlphanumeric, readAsToken, sixBitsAt } from './base64.ts';
import { MIN_LINE } from './encoded.ts';
import { firstToken, MAX_LENGTH, type Finding } from './finding.ts';
import { afterLineBreak, base64LineEnd, offsetInLines, withoutLineBreaks } from './gap.ts';

/**
 * How a JWT's `eyJ` reads within base64 of some other text, as of a whole kubeconfig, where it does not begin with a group
 * of four characters but two bytes or one byte later. Its first character shares six bits with the byte before.
 */
export const WITHIN = 'leU[o-r]|V5S[g-v]';

/** Less is not taken for a token's text: something else may begin within it. In UTF-16 units. */
const MIN_LENGTH = 28;

/** What reading base64 of a text at a beginning within it came to. */
export interface WithinReading {
  readonly finding: Finding | undefined;
  /** Nothing is left to be found before this offset. */
  readonly next: number;
  /** Groups of four characters from here on, to there on the same line, hold no token that begins among them. */
  readonly vainFrom: number;
  readonly vainUntil: number;
}

/** Reads the JWT whose beginning within base64 stands at `at`. */
export function readWithin(
  text: string,
  at: number,
  inner: (text: string) => Iterable<Finding>,
): WithinReading {
  const first = text[at];
  // What of `eyJ` was read already, and where whole groups follow.
  const lead = first === 'l' ? 'e' : first === 'V' ? 'ey' : '';
  const from = at + lead.length;
  if (lead !== '') {
    // What is none of base64 has all bits set, and shares these with nothing.
    const before = sixBitsAt(text, at - 1);
    const isShared = lead === 'e' ? (before & 0b11) === 0b01 : (before & 0b1111) === 0b0110;
    if (!isShared) return nothing(at + 1, from, from);
  }
  const { end: lineEnd, dots: lineDots } = readAsToken(text, from, from + MAX_LENGTH);
  const { end: groupsEnd, dots } = readLinesAsToken(text, from, lineEnd, lineDots);
  if (groupsEnd < from + MIN_LENGTH) return nothing(at + 1, from, lineEnd);
  // Most of what begins like a token is none: that is told before anything is decoded.
  if (dots < 2) return nothing(groupsEnd, from, lineEnd);
  const last = groupAt(text, groupsEnd);
  const isBroken = groupsEnd > lineEnd || last.end > groupsEnd + last.run.length;
  const standing = text.slice(from, last.end);
  const decoded = decodeWhileToken(isBroken ? withoutLineBreaks(standing) : standing, 0);
  const placeOf = (offset: number): number => (isBroken ? offsetInLines(text, from, offset) : from + offset);
  const endAt = (offset: number): number => placeOf(offset - 1) + 1;
  const found = firstToken(inner(lead + decoded.text));
  if (!found) return nothing(endAt(decoded.end), from, lineEnd);
  const charactersOf = (bytes: number): number => ((bytes - lead.length) * 4) / 3;
  // One that begins further on is read from there.
  if (found.start > 0) return nothing(placeOf(Math.floor(charactersOf(found.start))), from, from);
  const start = lead === '' ? at : at - 1;
  const end = endAt(Math.ceil(charactersOf(found.end)));
  const wrapped = /\W/.test(text.slice(start, end));
  const finding: Finding = { ...found, start, end, encoding: 'base64', wrapped, isWithin: true };
  return { finding, next: end, vainFrom: from, vainUntil: from };
}

/** Whether a line ends among the first groups of four characters from `start` on, and what comes behind is none of a JWT, or too short for its next line. */
export function isOtherBroken(text: string, start: number): boolean {
  const end = base64LineEnd(text, start, start + MIN_LENGTH);
  if (end === start + MIN_LENGTH) return false;
  const next = afterLineBreak(text, end);
  if (base64LineEnd(text, next, next + MIN_LINE) < next + MIN_LINE) return true;
  return readParted(text, end - ((end - start) % 4)) === undefined;
}

const nothing = (next: number, vainFrom: number, vainUntil: number): WithinReading => ({
  finding: undefined,
  next,
  vainFrom,
  vainUntil,
});

/** No token of the field is broken into more lines. */
const MAX_LINES = 2048;

/**
 * How far base64 that may be broken over lines, as `base64` breaks what it prints after 76 characters, stands for what a
 * JWT is made of, and how many dots there are until there; as told for its first line already.
 */
function readLinesAsToken(
  text: string,
  from: number,
  firstEnd: number,
  firstDots: number,
): { readonly end: number; readonly dots: number } {
  let end = firstEnd;
  let dots = firstDots;
  for (let line = 1; line < MAX_LINES && end < from + 2 * MAX_LENGTH; line++) {
    const lineEnd = base64LineEnd(text, end, end + 4);
    if (lineEnd === end + 4 || afterLineBreak(text, lineEnd) === lineEnd) break;
    const parted = readParted(text, end);
    if (!parted) break;
    const rest = readAsToken(text, parted.end, parted.end + MAX_LENGTH);
    end = rest.end;
    dots += parted.dots + rest.dots;
  }
  return { end, dots };
}

/** Reads the group of four characters at `start` that line breaks part; undefined where it stands for something else. */
function readParted(
  text: string,
  start: number,
): { readonly end: number; readonly dots: number } | undefined {
  let end = start;
  let bits = 0;
  for (let count = 0; count < 4; count++) {
    if (!isAlphanumeric(text.charCodeAt(end))) end = afterLineBreak(text, end);
    const six = sixBitsAt(text, end++);
    if (six > 61) return undefined;
    bits = (bits << 6) | six;
  }
  const dots = dotsOf(bits);
  return dots < 0 ? undefined : { end, dots };
}

/** The group of four characters that begins at `start`, put together where lines are broken in it or before it; or less. */
function groupAt(text: string, start: number): { readonly run: string; readonly end: number } {
  let end = base64LineEnd(text, start, start + 4);
  let run = text.slice(start, end);
  while (run.length < 4) {
    const next = afterLineBreak(text, end);
    const lineEnd = next === end ? end : base64LineEnd(text, next, next + 4 - run.length);
    if (lineEnd <= next) break;
    run += text.slice(next, lineEnd);
    end = lineEnd;
  }
  return { run, end };
}
