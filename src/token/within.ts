import { decodeWhileToken, readAsToken, sixBitsAt } from './base64.ts';
import { MAX_LENGTH, type Finding } from './finding.ts';
import { afterLineBreak, base64LineEnd } from './gap.ts';

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
  const { end: groupsEnd, dots } = readAsToken(text, from, from + MAX_LENGTH);
  const lines = linesFrom(text, from, base64LineEnd(text, groupsEnd, groupsEnd + 4));
  if (lines) return readJoined(text, at, { lead, from, ...lines }, inner);
  if (groupsEnd < from + MIN_LENGTH) return none;
  // Most of what begins like a token is none: that is told before anything is decoded.
  if (dots < 2) return { finding: undefined, next: groupsEnd };
  const run = text.slice(from, base64LineEnd(text, groupsEnd, groupsEnd + 4));
  const decoded = decodeWhileToken(run, 0);
  const [found] = inner(lead + decoded.text);
  if (found?.kind !== 'jws' || found.start > 0) return { finding: undefined, next: from + decoded.end };
  const start = lead === '' ? at : at - 1;
  const end = from + Math.ceil(((found.end - lead.length) * 4) / 3);
  const finding: Finding = { ...found, start, end, encoding: 'base64', wrapped: false, isWithin: true };
  return { finding, next: end };
}

/** No token of the field is broken into more lines. */
const MAX_LINES = 2048;

interface Joined {
  /** What of `eyJ` was read already, and where whole groups follow. */
  readonly lead: string;
  readonly from: number;
  /** The run without its line breaks, and where each line begins in the text and in the run. */
  readonly run: string;
  readonly starts: readonly (readonly [inText: number, inRun: number])[];
}

/**
 * The lines of base64 from `from` on, whose first ends at `lineEnd`, put together for as long as they stand for what a
 * JWT is made of, as `base64` breaks what it prints after 76 characters; undefined where there is one line alone.
 */
function linesFrom(text: string, from: number, lineEnd: number): Pick<Joined, 'run' | 'starts'> | undefined {
  const starts: (readonly [number, number])[] = [[from, 0]];
  const parts = [text.slice(from, lineEnd)];
  let length = lineEnd - from;
  /** What of the last line makes no whole group yet. */
  let rest = parts[0] ?? '';
  for (let end = lineEnd; starts.length < MAX_LINES && length < 2 * MAX_LENGTH;) {
    const whole = rest.length - (rest.length % 4);
    if (readAsToken(rest, 0, whole).end < whole) break;
    const next = afterLineBreak(text, end);
    if (next === end) break;
    end = base64LineEnd(text, next, next + MAX_LENGTH);
    if (end === next) break;
    const line = text.slice(next, end);
    starts.push([next, length]);
    parts.push(line);
    length += line.length;
    rest = rest.slice(whole) + line;
  }
  return starts.length === 1 ? undefined : { run: parts.join(''), starts };
}

function readJoined(
  text: string,
  at: number,
  { lead, from, run, starts }: Joined,
  inner: (text: string) => Iterable<Finding>,
): { readonly finding: Finding | undefined; readonly next: number } {
  const placeOf = (offset: number): number => {
    const [inText, inRun] = starts.findLast(([, begin]) => begin < offset) ?? [from, 0];
    return inText + offset - inRun;
  };
  const decoded = decodeWhileToken(run, 0);
  const [found] = decoded.end < MIN_LENGTH ? [] : inner(lead + decoded.text);
  if (found?.kind !== 'jws' || found.start > 0) {
    return { finding: undefined, next: Math.max(at + 1, placeOf(decoded.end)) };
  }
  const start = lead === '' ? at : at - 1;
  const end = placeOf(Math.ceil(((found.end - lead.length) * 4) / 3));
  const wrapped = text.slice(start, end).includes('\n');
  return { finding: { ...found, start, end, encoding: 'base64', wrapped, isWithin: true }, next: end };
}
