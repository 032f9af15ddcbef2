import { ENCODED, readEncoded } from './encoded.ts';
import { MAX_LENGTH, type Finding, type FoundToken } from './finding.ts';
import { base64LineEnd } from './gap.ts';
import { KUBECONFIG_TWICE, nestedIn } from './nested.ts';
import { RAW, RAW_WITH_BLANK, readRaw } from './raw.ts';
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
  return scan(
    text,
    from,
    to,
    new RegExp(`${RAW}|${RAW_WITH_BLANK}|${ENCODED_ANYHOW}`, 'g'),
    new RegExp(ENCODED_ANYHOW, 'g'),
  );
}

const ENCODED_ANYHOW = `${ENCODED.base64}|${ENCODED['base64-twice']}|${WITHIN}|${KUBECONFIG_TWICE}`;

/** What may stand in text that was decoded once or twice from base64. */
const inOnce = (text: string): Generator<Finding> => scan(text, 0, text.length, /eyJ/g);
const inTwice = (text: string): Generator<Finding> => scan(text, 0, text.length, /ZXlK/g);
const inNested = (text: string): Generator<Finding> =>
  scan(text, 0, text.length, new RegExp(`${ENCODED.base64}|${WITHIN}`, 'g'));

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
  const reader = new Reader(text, from, to, beginnings, encoded);
  for (let found = reader.read(); found; found = reader.read()) yield* found;
}

/** So many beginnings are read in one go. V8 compiles what is called often, and may leave a loop that never ends alone. */
const AT_A_TIME = 256;
const NOTHING: readonly Finding[] = [];

class Reader {
  readonly #text: string;
  readonly #to: number;
  readonly #beginnings: RegExp;
  readonly #encoded: RegExp | undefined;
  #position: number;
  /** No raw token begins before this. */
  #rawFrom: number;
  #joinedUntil: number;
  /** What was encoded twice was looked for until there. */
  #nestedUntil: number;
  /** Where the next base64 one ends its beginning, as far as that was looked for. */
  #encodedEnd = -1;

  constructor(text: string, from: number, to: number, beginnings: RegExp, encoded: RegExp | undefined) {
    this.#text = text;
    this.#to = to;
    this.#beginnings = beginnings;
    this.#encoded = encoded;
    this.#position = from;
    this.#rawFrom = from;
    this.#joinedUntil = from;
    this.#nestedUntil = from;
  }

  /** What is found next, which may be nothing yet; undefined: there is no more. */
  read(): readonly Finding[] | undefined {
    for (let count = 0; count < AT_A_TIME; count++) {
      this.#skipRaw();
      this.#beginnings.lastIndex = this.#position;
      if (!this.#beginnings.test(this.#text)) return undefined;
      const end = this.#beginnings.lastIndex;
      this.#position = end;
      // Raw beginnings alone have an e there, but for `leU`; they are as long as each other.
      const isRaw = this.#text[end - RAW.length] === 'e' && this.#text[end - 2] !== 'U';
      const found = isRaw ? this.#readRawTo(end) : this.#readEncodedTo(end);
      if (found !== NOTHING) return found;
    }
    return NOTHING;
  }

  /** Goes on where the next raw token may begin, unless a base64 one may begin before it. */
  #skipRaw(): void {
    if (this.#position >= this.#rawFrom) return;
    if (this.#encoded) {
      if (this.#encodedEnd <= this.#position) {
        this.#encodedEnd = endOfNext(this.#encoded, this.#text, this.#position);
      }
      if (this.#encodedEnd <= this.#rawFrom) return;
    }
    this.#position = this.#rawFrom;
  }

  /** Reads the raw token whose beginning ends at `end`; undefined where it begins at or after the end of what is read. */
  #readRawTo(end: number): readonly Finding[] | undefined {
    const start = end - RAW.length;
    if (start >= this.#to) return undefined;
    if (start < this.#rawFrom) return NOTHING;
    const { finding, next } = readRaw(this.#text, start);
    this.#rawFrom = next;
    // JSON in base64 begins as a header does: a docker login's, say.
    if (!finding) return this.#readNested(start, next);
    if (finding.start >= this.#to) return NOTHING;
    this.#position = finding.end;
    return [finding];
  }

  /** Reads the base64 whose beginning ends at `end`; undefined where it begins at or after the end of what is read. */
  #readEncodedTo(end: number): readonly Finding[] | undefined {
    const last = this.#text[end - 1];
    if (last === KUBECONFIG_TWICE.at(-1)) return this.#readTwiceTo(end);
    if (last !== 'K' && last !== 'S') return this.#readWithinTo(end);
    const layers = last === 'K' ? 'base64' : 'base64-twice';
    const start = end - ENCODED[layers].length;
    if (start >= this.#to) return undefined;
    const inner = layers === 'base64' ? inOnce : inTwice;
    const { findings, next, joinedUntil } = readEncoded(
      this.#text,
      start,
      layers,
      start >= this.#joinedUntil,
      inner,
    );
    this.#joinedUntil = Math.max(this.#joinedUntil, joinedUntil);
    this.#position = next;
    return findings.length === 0 ? NOTHING : findings.filter((found) => found.start < this.#to);
  }

  /** Reads what was encoded twice and begins as a kubeconfig does. */
  #readTwiceTo(end: number): readonly Finding[] | undefined {
    const start = end - KUBECONFIG_TWICE.length;
    if (start >= this.#to) return undefined;
    if (start < this.#nestedUntil) return NOTHING;
    return this.#readNested(start, base64LineEnd(this.#text, start, this.#text.length));
  }

  /** Reads the base64 between two offsets as that of a text with base64 in it. */
  #readNested(start: number, end: number): readonly Finding[] {
    this.#nestedUntil = end;
    const found = nestedIn(this.#text, start, end, inNested).filter((one) => one.start < this.#to);
    this.#position = found.at(-1)?.end ?? this.#position;
    return found.length === 0 ? NOTHING : found;
  }

  #readWithinTo(end: number): readonly Finding[] | undefined {
    const at = end - ENCODED.base64.length;
    // A token's first character is the one before.
    if (at - 1 >= this.#to) return undefined;
    const { finding, next } = readWithin(this.#text, at, inOnce);
    this.#position = next;
    return finding && finding.start < this.#to ? [finding] : NOTHING;
  }
}

/** Where the next match of a global pattern ends; beyond the text: there is none. */
function endOfNext(pattern: RegExp, text: string, position: number): number {
  pattern.lastIndex = position;
  return pattern.test(text) ? pattern.lastIndex : Number.MAX_SAFE_INTEGER;
}
