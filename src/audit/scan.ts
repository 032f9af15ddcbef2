/**
 * Finds the fields that count in JSON without making values of the rest. What it takes for JSON is what JSON.parse does
 * (RFC 8259), byte by byte, so that a text in a field is never mistaken for a field, however it is made.
 */

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = { object: 0x7b, array: 0x5b } as const;
const CLOSE = { object: 0x7d, array: 0x5d } as const;

/** Nothing is nested deeper: Go's own reader stops there (encoding/json, maxNestingDepth). */
const DEEPEST = 10_000;
/** The closing byte of each object and array that is open. */
const open = new Uint8Array(DEEPEST);

const tableOf = (has: (byte: number) => boolean): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0));
/** What stands for itself within a string. */
const PLAIN = tableOf((byte) => byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH);
const SPACE = tableOf((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09);
const DIGIT = tableOf((byte) => byte >= 0x30 && byte <= 0x39);
const HEX = tableOf((byte) => /[0-9a-f]/i.test(String.fromCharCode(byte)));
const ESCAPE = tableOf((byte) => '"\\/bfnrt'.includes(String.fromCharCode(byte)));

const LITERALS = ['true', 'false', 'null'].map((text) => new TextEncoder().encode(text));
const decoder = new TextDecoder();

/** The text of bytes. */
export function textOf(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** Where blanks end. */
export function skipSpace(bytes: Uint8Array, from: number, to: number): number {
  if ((bytes[from] ?? 0) > 0x20) return from;
  let at = from;
  while (at < to && SPACE[bytes[at] ?? 0] === 1) at++;
  return at;
}

/** Behind the string that begins at a quote; -1 where it is none. */
function skipString(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 1;
  for (;;) {
    while (PLAIN[bytes[at] ?? 0] === 1) at++;
    if (at >= to) return -1;
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH || at + 1 >= to) return -1;
    if (ESCAPE[bytes[at + 1] ?? 0] === 1) {
      at += 2;
      continue;
    }
    if (bytes[at + 1] !== 0x75 || at + 6 > to) return -1;
    for (let digit = at + 2; digit < at + 6; digit++) if (HEX[bytes[digit] ?? 0] !== 1) return -1;
    at += 6;
  }
}

function skipDigits(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to && DIGIT[bytes[at] ?? 0] === 1) at++;
  return at === from ? -1 : at;
}

function skipNumber(bytes: Uint8Array, from: number, to: number): number {
  let at = bytes[from] === 0x2d ? from + 1 : from;
  const isZero = at < to && bytes[at] === 0x30;
  at = isZero ? at + 1 : skipDigits(bytes, at, to);
  if (at >= 0 && at < to && bytes[at] === 0x2e) at = skipDigits(bytes, at + 1, to);
  if (at < 0 || at >= to || ((bytes[at] ?? 0) | 0x20) !== 0x65) return at;
  at++;
  if (at < to && (bytes[at] === 0x2b || bytes[at] === 0x2d)) at++;
  return skipDigits(bytes, at, to);
}

/** Behind what is neither string, object nor array. */
function skipPlain(bytes: Uint8Array, from: number, to: number): number {
  const first = bytes[from];
  if (first === 0x2d || DIGIT[first ?? 0] === 1) return skipNumber(bytes, from, to);
  const literal = LITERALS.find((one) => one[0] === first);
  if (!literal || from + literal.length > to) return -1;
  return literal.every((byte, at) => bytes[from + at] === byte) ? from + literal.length : -1;
}

/** Behind a key and its colon, and the blanks around them; -1 where there is none. */
function skipKey(bytes: Uint8Array, from: number, to: number): number {
  let at = skipSpace(bytes, from, to);
  if (at >= to || bytes[at] !== QUOTE) return -1;
  at = skipString(bytes, at, to);
  if (at < 0) return -1;
  at = skipSpace(bytes, at, to);
  return at < to && bytes[at] === COLON ? at + 1 : -1;
}

/** Behind the value that begins at `from`, after blanks; -1 where there is no whole value before `to`. */
export function skipValue(bytes: Uint8Array, from: number, to: number): number {
  let depth = 0;
  let at = from;
  for (;;) {
    at = skipSpace(bytes, at, to);
    if (at >= to) return -1;
    const byte = bytes[at];
    if (byte === QUOTE) at = skipString(bytes, at, to);
    else if (byte === OPEN.object || byte === OPEN.array) {
      const close = byte === OPEN.object ? CLOSE.object : CLOSE.array;
      at = skipSpace(bytes, at + 1, to);
      if (at >= to) return -1;
      if (bytes[at] === close) at++;
      else {
        if (depth === DEEPEST) return -1;
        open[depth++] = close;
        if (close === CLOSE.object) at = skipKey(bytes, at, to);
        if (at < 0) return -1;
        continue;
      }
    } else at = skipPlain(bytes, at, to);
    if (at < 0) return -1;
    for (;;) {
      if (depth === 0) return at;
      at = skipSpace(bytes, at, to);
      if (at >= to) return -1;
      const close = open[depth - 1];
      if (bytes[at] === close) {
        depth--;
        at++;
        continue;
      }
      if (bytes[at] !== COMMA) return -1;
      at = close === CLOSE.object ? skipKey(bytes, at + 1, to) : at + 1;
      if (at < 0) return -1;
      break;
    }
  }
}

/** A key as it was written, with its quotes and colon, and what came behind it last. */
interface Key {
  readonly bytes: Uint8Array;
  /** In the list of names; -1: none that counts. */
  readonly index: number;
  next: Key | undefined;
}

/** No more keys than so many are remembered as they were written. */
const MOST_KEYS = 64;

/** The fields of an object that count, by their place in the list of names. */
export class Shape {
  /** Where the value of each begins and ends; both 0 where the object has it not. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly #names: readonly string[];
  readonly #keys: Key[] = [];
  readonly #first: Key = { bytes: new Uint8Array(), index: -1, next: undefined };

  constructor(names: readonly string[]) {
    this.#names = names;
    this.from = new Int32Array(names.length);
    this.to = new Int32Array(names.length);
  }

  /** Reads the object that begins at `from`, and says where it ends; -1 where it is none. Of a name twice, the later counts. */
  read(bytes: Uint8Array, from: number, to: number): number {
    this.from.fill(0);
    this.to.fill(0);
    if (from >= to || bytes[from] !== OPEN.object) return -1;
    let at = skipSpace(bytes, from + 1, to);
    if (at < to && bytes[at] === CLOSE.object) return at + 1;
    let key = this.#first;
    for (;;) {
      const quote = skipSpace(bytes, at, to);
      // One object is mostly like the one before.
      if (key.next !== undefined && startsWith(bytes, quote, key.next.bytes)) {
        key = key.next;
        at = quote + key.bytes.length;
        if (at > to) return -1;
      } else {
        at = skipKey(bytes, quote, to);
        if (at < 0) return -1;
        const found = this.#keyOf(bytes, quote, at);
        key.next = found;
        key = found;
      }
      const value = skipSpace(bytes, at, to);
      at = skipValue(bytes, value, to);
      if (at < 0) return -1;
      if (key.index >= 0) {
        this.from[key.index] = value;
        this.to[key.index] = at;
      }
      at = skipSpace(bytes, at, to);
      if (at >= to) return -1;
      if (bytes[at] === CLOSE.object) return at + 1;
      if (bytes[at] !== COMMA) return -1;
      at++;
    }
  }

  /** The key that begins at a quote and ends behind its colon. */
  #keyOf(bytes: Uint8Array, quote: number, end: number): Key {
    const known = this.#keys.find(
      (one) => one.bytes.length === end - quote && startsWith(bytes, quote, one.bytes),
    );
    if (known) return known;
    const name: unknown = JSON.parse(textOf(bytes, quote, end).replace(/:$/, ''));
    const key = { bytes: bytes.slice(quote, end), index: this.#names.indexOf(String(name)), next: undefined };
    if (this.#keys.length < MOST_KEYS) this.#keys.push(key);
    return key;
  }
}

function startsWith(bytes: Uint8Array, from: number, beginning: Uint8Array): boolean {
  for (let at = 0; at < beginning.length; at++) if (bytes[from + at] !== beginning[at]) return false;
  return true;
}
