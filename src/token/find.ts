import { ENCODED, readEncoded, type RunReading } from './encoded.ts';
import { MAX_LENGTH, type Finding, type FoundToken } from './finding.ts';
import { RAW, readRaw } from './raw.ts';
import { readWithin, WITHIN } from './within.ts';

export { MAX_LENGTH } from './finding.ts';
export type { Encoding, Finding, FoundFragment, FoundJwe, FoundToken } from './finding.ts';

/**
 * Finds every signed JWT in a text, raw or base64-encoded, on one line or broken over several, in the order of the
 * text. Linear in the text's length.
 */
export function findTokens(text: string): FoundToken[] {
  return [...scanText(text)].filter((found) => found.kind === 'jws');
}

/** What covers a UTF-16 offset: a token, an encrypted one, or what is left of one. Reads 64 Ki units to either side. */
export function findAt(text: string, offset: number): Finding | undefined {
  for (const found of scanText(text, Math.max(0, offset - MAX_LENGTH), offset + 1)) {
    if (found.start <= offset && offset <= found.end) return found;
  }
  return undefined;
}

/** Finds signed JWTs, encrypted ones, and fragments of JWTs that begin at or after `from` and before `to`. */
export function scanText(text: string, from = 0, to = text.length): Generator<Finding> {
  return scan(text, from, to, new RegExp(`${RAW}|${ENCODED_ANYHOW}`, 'g'), new RegExp(ENCODED_ANYHOW, 'g'));
}

const ENCODED_ANYHOW = `${ENCODED.base64}|${ENCODED['base64-twice']}|${WITHIN}`;

/** What may stand in text that was decoded once or twice from base64. */
const inOnce = (text: string): Generator<Finding> => scan(text, 0, text.length, /eyJ/g);
const inTwice = (text: string): Generator<Finding> => scan(text, 0, text.length, /ZXlK/g);

/**
 * `beginnings` is an alternative of texts of fixed length, which V8 searches for at the speed of memory; `encoded` are those of
 * them that are base64, which may begin where no raw token can.
 */
function* scan(
  text: string,
  from: number,
  to: number,
  beginnings: RegExp,
  encoded?: RegExp,
): Generator<Finding> {
  /** No raw token begins before this. */
  let rawFrom = from;
  let joinedUntil = from;
  let position = from;
  /** Where the next base64 one ends its beginning, as far as that was looked for. */
  let encodedEnd = -1;
  for (;;) {
    if (position < rawFrom) {
      if (encoded && encodedEnd <= position) encodedEnd = endOfNext(encoded, text, position);
      if (!encoded || encodedEnd > rawFrom) position = rawFrom;
    }
    beginnings.lastIndex = position;
    if (!beginnings.test(text)) return;
    const end = beginnings.lastIndex;
    const last = text[end - 1];
    position = end;
    if (last === 'J') {
      const start = end - RAW.length;
      if (start >= to) return;
      if (start < rawFrom) continue;
      const { finding, next } = readRaw(text, start);
      rawFrom = next;
      if (!finding || finding.start >= to) continue;
      yield finding;
      position = finding.end;
    } else {
      const reading = readEncodedTo(text, end, to, joinedUntil);
      if (!reading) return;
      joinedUntil = Math.max(joinedUntil, reading.joinedUntil);
      for (const found of reading.findings) {
        if (found.start < to) yield found;
      }
      position = reading.next;
    }
  }
}

/** Reads the base64 whose beginning ends at `end`; undefined where it begins at or after `to`. */
function readEncodedTo(text: string, end: number, to: number, joinedUntil: number): RunReading | undefined {
  const last = text[end - 1];
  if (last === 'K' || last === 'S') {
    const layers = last === 'K' ? 'base64' : 'base64-twice';
    const start = end - ENCODED[layers].length;
    const inner = layers === 'base64' ? inOnce : inTwice;
    return start >= to ? undefined : readEncoded(text, start, layers, start >= joinedUntil, inner);
  }
  const at = end - ENCODED.base64.length;
  // A token's first character is the one before.
  if (at - 1 >= to) return undefined;
  const { finding, next } = readWithin(text, at, inOnce);
  return { findings: finding ? [finding] : [], next, joinedUntil };
}

/** Where the next match of a global pattern ends; beyond the text: there is none. */
function endOfNext(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : Number.MAX_SAFE_INTEGER;
}
