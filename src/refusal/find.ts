import { inOneGo } from '../slices.ts';
import { grouped } from '../es2024.ts';
import { KINDS, type Kind } from './table.ts';

/** Words by which somebody says 401, or a relative of it, and where they are in a text, in UTF-16 units. */
export interface Refusal {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

/** So much of a line is read to either side of a needle for the words, and for what stands beside them, in UTF-16 units. */
const NEAR = 400;
const BESIDE = 4000;
/** Others may go on after so many needles too, as a text may be made of them. */
const AT_ONCE = 32;
/** A text is looked through in pieces of so many UTF-16 units, after each of which others may go on. */
const PIECE = 32 * 1024;

const byNeedle = grouped(KINDS, ({ needle }) => needle);
const needles = [...byNeedle.keys()];
const LONGEST = Math.max(...needles.map((needle) => needle.length));

/**
 * Finds the words by which clients and servers say 401 and its relatives (table.ts), in their order; none overlap. `most`:
 * ends after so many. It yields now and then, after 32 Ki UTF-16 units at most, so that others may go on.
 */
export function* findRefusals(text: string, most = Infinity): Generator<undefined, readonly Refusal[]> {
  const found: Refusal[] = [];
  let looked = 0;
  for (let from = 0; from < text.length && found.length < most; from += PIECE) {
    // indexOf would look on to the end of the whole for a needle that is not there.
    const piece = text.slice(from, from + PIECE + LONGEST - 1);
    for (const at of placesIn(piece)) {
      const last = found.at(-1)?.end ?? 0;
      if (from + at.offset < last) continue;
      looked += 1;
      if (looked % AT_ONCE === 0) yield undefined;
      const refusal = refusalAt(text, from + at.offset, at.needle, last);
      if (refusal) found.push(refusal);
      if (found.length >= most) break;
    }
    yield undefined;
  }
  return found;
}

/** The same of a line, as of a terminal: what is beyond 20,000 UTF-16 units is not looked at. */
export function refusalsIn(line: string): readonly Refusal[] {
  return inOneGo(findRefusals(line.slice(0, 20_000)));
}

interface Place {
  readonly offset: number;
  readonly needle: string;
}

/** Where the needles are in a piece, in their order. */
function placesIn(piece: string): readonly Place[] {
  const places: Place[] = [];
  for (const needle of needles) {
    for (let at = piece.indexOf(needle); at >= 0; at = piece.indexOf(needle, at + needle.length)) {
      places.push({ offset: at, needle });
    }
  }
  return places.length > 1 ? places.toSorted((one, other) => one.offset - other.offset) : places;
}

function refusalAt(text: string, at: number, needle: string, last: number): Refusal | undefined {
  const near = within(text, at, Math.min(NEAR, at - last), NEAR);
  let beside: string | undefined;
  for (const kind of byNeedle.get(needle) ?? []) {
    const match = kind.words.exec(near.text);
    if (!match) continue;
    const start = near.start + match.index;
    const end = start + match[0].length;
    if (start > at || end < at + needle.length) continue;
    beside ??= within(text, at, BESIDE, BESIDE).text;
    if (kind.beside?.test(beside) === false || kind.unless?.test(beside) === true) continue;
    return { start, end, kind };
  }
  return undefined;
}

/** The part of a place's line that is no further before and behind it, in UTF-16 units. */
export function within(
  text: string,
  at: number,
  before: number,
  behind: number,
): { readonly text: string; readonly start: number } {
  const from = Math.max(0, at - before);
  const window = text.slice(from, at + behind);
  const start = at === from ? 0 : window.lastIndexOf('\n', at - from - 1) + 1;
  const end = window.indexOf('\n', at - from);
  return { text: window.slice(start, end < 0 ? undefined : end), start: from + start };
}
