import { decodeWhileToken, readAsToken, sixBitsAt } from './base64.ts';
import { MAX_LENGTH, type Finding } from './finding.ts';
import { afterLineBreak, base64LineEnd, offsetInLines, withoutLineBreaks } from './gap.ts';

/**
 * How a JWT's `eyJ` reads within base64 of some other text, as of a whole kubeconfig, where it does not begin with a group
 * of four characters but two bytes or one byte later. Its first character shares six bits with the byte before.
 */
export const WITHIN = 'leU[o-r]|V5S[g-v]';

/** Less is not taken for a token's text: something else may begin within it. In UTF-16 units. */
const MIN_LENGTH = 28;

/** Reads the JWT whose beginning within base64 stands at `at`; `next`: nothing is left to be found before this offset. */
export function readWithin(
  text: string,
  at: number,
  inner: (text: string) => Iterable<Finding>,
): { readonly finding: Finding | undefined; readonly next: number } {
  const none = { finding: undefined, next: at + 1 };
  const before = at === 0 ? 255 : sixBitsAt(text, at - 1);
  const first = text[at];
  // What of `eyJ` was read already, and where whole groups follow.
  const lead = first === 'l' ? 'e' : first === 'V' ? 'ey' : '';
  if (lead === 'e' && (before > 63 || (before & 0b11) !== 0b01)) return none;
  if (lead === 'ey' && (before > 63 || (before & 0b1111) !== 0b0110)) return none;
  const from = at + lead.length;
  const { end: groupsEnd, dots } = readLinesAsToken(text, from);
  if (groupsEnd < from + MIN_LENGTH) return none;
  // Most of what begins like a token is none: that is told before anything is decoded.
  if (dots < 2) return { finding: undefined, next: groupsEnd };
  const run = withoutLineBreaks(text.slice(from, groupAt(text, groupsEnd).end));
  const decoded = decodeWhileToken(run, 0);
  const placeOf = (offset: number): number => offsetInLines(text, from, offset - 1) + 1;
  const [found] = inner(lead + decoded.text);
  if (found?.kind !== 'jws' || found.start > 0) return { finding: undefined, next: placeOf(decoded.end) };
  const start = lead === '' ? at : at - 1;
  const end = placeOf(Math.ceil(((found.end - lead.length) * 4) / 3));
  const wrapped = text.slice(start, end).includes('\n');
  return { finding: { ...found, start, end, encoding: 'base64', wrapped, isWithin: true }, next: end };
}

/** No token of the field is broken into more lines. */
const MAX_LINES = 2048;

/**
 * How far base64 that may be broken over lines, as `base64` breaks what it prints after 76 characters, stands for what a
 * JWT is made of, and how many dots there are until there.
 */
function readLinesAsToken(text: string, from: number): { readonly end: number; readonly dots: number } {
  let { end, dots } = readAsToken(text, from, from + MAX_LENGTH);
  for (let line = 1; line < MAX_LINES && end < from + 2 * MAX_LENGTH; line++) {
    const lineEnd = base64LineEnd(text, end, end + 4);
    if (lineEnd === end + 4 || afterLineBreak(text, lineEnd) === lineEnd) break;
    const group = groupAt(text, end);
    const parted = readAsToken(group.run, 0, 4);
    if (parted.end < 4) break;
    const rest = readAsToken(text, group.end, group.end + MAX_LENGTH);
    end = rest.end;
    dots += parted.dots + rest.dots;
  }
  return { end, dots };
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
