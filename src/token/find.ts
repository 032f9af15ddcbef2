import { Beginnings } from './beginnings.ts';
import { ENCODED, endOfShort, isWithinRun, readEncoded } from './encoded.ts';
import { MAX_LENGTH, type Finding, type FoundToken } from './finding.ts';
import { base64LineEnd } from './gap.ts';
import { KUBECONFIG_TWICE, nestedIn, readNested, TOKEN_TWICE } from './nested.ts';
import { RAW, readRaw } from './raw.ts';
import { isOtherBroken, readWithin, WITHIN } from './withinBase64.ts';

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
  // One within base64 begins with the character before.
  const beginnings = new Beginnings(text, from, to + 1);
  return scan(text, from, to, (position, rawFrom) => beginnings.next(position, rawFrom));
}

/** What may stand in text that was decoded once or twice from base64. */
const inOnce = (text: string): Generator<Finding> =>
  scan(text, 0, text.length, (position, rawFrom) => text.indexOf(RAW, Math.max(position, rawFrom)));
const inTwice = (text: string): Generator<Finding> =>
  scan(text, 0, text.length, (position) => text.indexOf(ENCODED.base64, position));
const inNested = (text: string): Generator<Finding> => {
  const pattern = new RegExp(`${ENCODED.base64}|${WITHIN}`, 'g');
  return scan(text, 0, text.length, (position) => {
    pattern.lastIndex = position;
    return pattern.exec(text)?.index ?? -1;
  });
};

/** Where the next token may begin, at or after `position`, a raw one at or after `rawFrom`; -1: nowhere. */
type Next = (position: number, rawFrom: number) => number;

function* scan(text: string, from: number, to: number, next: Next): Generator<Finding> {
  const reader = new Reader(text, from, to, next);
  for (let found = reader.read(); found; found = reader.read()) yield* found;
}

/** So many beginnings are read in one go. V8 compiles what is called often, and may leave a loop that never ends alone. */
const AT_A_TIME = 256;
const NOTHING: readonly Finding[] = [];
const LOWER_E = 0x65;
const LOWER_L = 0x6c;
const UPPER_V = 0x56;
const UPPER_Z = 0x5a;

class Reader {
  readonly #text: string;
  readonly #to: number;
  readonly #next: Next;
  #position: number;
  /** No raw token begins before this. */
  #rawFrom: number;
  #joinedUntil: number;
  /** What was encoded twice was looked for until there. */
  #nestedUntil: number;
  /** In these groups of four characters, on to there, no token begins that is within base64. */
  #vainFrom = 0;
  #vainUntil = 0;

  constructor(text: string, from: number, to: number, next: Next) {
    this.#text = text;
    this.#to = to;
    this.#next = next;
    this.#position = from;
    this.#rawFrom = from;
    this.#joinedUntil = from;
    this.#nestedUntil = from;
  }

  /** What is found next, which may be nothing yet; undefined: there is no more. */
  read(): readonly Finding[] | undefined {
    for (let count = 0; count < AT_A_TIME; count++) {
      const start = this.#next(this.#position, this.#rawFrom);
      if (start < 0) return undefined;
      const found = this.#readAt(start);
      if (found !== NOTHING) return found;
    }
    return NOTHING;
  }

  /** Reads what begins at `start`, by its first characters; undefined where that is at or after the end of what is read. */
  #readAt(start: number): readonly Finding[] | undefined {
    const first = this.#text.charCodeAt(start);
    if (first === LOWER_L || first === UPPER_V) return this.#readWithinAt(start, first);
    if (start >= this.#to) return undefined;
    if (first === LOWER_E) return this.#readRawAt(start);
    if (first === UPPER_Z) return this.#readEncodedAt(start, 'base64');
    return this.#text.charCodeAt(start + 1) === LOWER_L
      ? this.#readEncodedAt(start, 'base64-twice')
      : this.#readTwiceAt(start);
  }

  #readRawAt(start: number): readonly Finding[] {
    this.#position = start + RAW.length;
    const { finding, next } = readRaw(this.#text, start);
    this.#rawFrom = next;
    // JSON in base64 begins as a header does: a docker login's, say.
    if (!finding) return this.#readNested(start, next);
    if (finding.start >= this.#to) return NOTHING;
    this.#position = finding.end;
    return [finding];
  }

  #readEncodedAt(start: number, layers: keyof typeof ENCODED): readonly Finding[] | undefined {
    if (isWithinRun(this.#text, start)) {
      return layers === 'base64' ? this.#readWithinAt(start, UPPER_Z) : this.#readTokenTwiceAt(start);
    }
    const mayJoin = start >= this.#joinedUntil;
    const shortEnd = endOfShort(this.#text, start, mayJoin);
    if (shortEnd >= 0) {
      this.#position = shortEnd;
      return NOTHING;
    }
    const inner = layers === 'base64' ? inOnce : inTwice;
    const { findings, next, joinedUntil } = readEncoded(this.#text, start, layers, mayJoin, inner);
    this.#joinedUntil = Math.max(this.#joinedUntil, joinedUntil);
    this.#position = next;
    return findings.length === 0 ? NOTHING : findings.filter((found) => found.start < this.#to);
  }

  #readTokenTwiceAt(start: number): readonly Finding[] {
    const { finding, next } = readNested(this.#text, start, inTwice, TOKEN_TWICE);
    this.#position = next;
    return finding && finding.start < this.#to ? [finding] : NOTHING;
  }

  /** Reads what was encoded twice and begins as a kubeconfig does. */
  #readTwiceAt(start: number): readonly Finding[] {
    this.#position = start + KUBECONFIG_TWICE.length;
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

  #readWithinAt(start: number, first: number): readonly Finding[] | undefined {
    // A token's first character is the one before.
    if (start - 1 >= this.#to) return undefined;
    const from = first === LOWER_L ? start + 1 : first === UPPER_V ? start + 2 : start;
    const isVain = start < this.#vainUntil && (from - this.#vainFrom) % 4 === 0;
    if (isVain || isOtherBroken(this.#text, from)) {
      this.#position = start + 1;
      return NOTHING;
    }
    const { finding, next, vainFrom, vainUntil } = readWithin(this.#text, start, inOnce);
    this.#position = next;
    if (vainUntil > vainFrom) {
      this.#vainFrom = vainFrom;
      this.#vainUntil = vainUntil;
    }
    return finding ? [finding] : NOTHING;
  }
}
