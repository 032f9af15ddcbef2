/** The value of each base64 character by its code, standard and URL-safe alphabet alike; 255: none (RFC 4648). */
const VALUES = new Uint8Array(128).fill(255);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) VALUES[ALPHABET.charCodeAt(value)] = value;
VALUES[0x2d] = 62;
VALUES[0x5f] = 63;

/** The six bits that a UTF-16 unit stands for in base64; 255 where it stands for none. */
function sixBits(unit: number): number {
  return unit < 128 ? (VALUES[unit] ?? 255) : 255;
}

/** The six bits that the unit at an offset of a text stands for; 255 where it stands for none, or there is none. */
export function sixBitsAt(text: string, at: number): number {
  return sixBits(text.charCodeAt(at));
}

/** Whether a UTF-16 unit is a letter or digit: all that base64 of a JWT is made of, besides its padding. */
export function isAlphanumeric(unit: number): boolean {
  return sixBits(unit) < 62;
}

/** Whether a UTF-16 unit belongs to the base64url alphabet, of which a JWT's parts are made. */
export function isBase64Url(unit: number): boolean {
  return sixBits(unit) < 62 || unit === 0x2d || unit === 0x5f;
}

/** The value of each byte that stands for six bits in base64; above 63 elsewhere. */
const BYTE_VALUES = new Uint8Array(256).fill(255);
BYTE_VALUES.set(VALUES);
/** The same in base64url alone. */
const URL_VALUES = BYTE_VALUES.map((value, code) => (code === 0x2b || code === 0x2f ? 255 : value));

const utf8 = new TextEncoder();
/** Where text is put as bytes, which are read faster than a text's units; it grows to the longest. */
let units = new Uint8Array(4096);

/** Puts text into `units`, and tells how many bytes that takes: more than its length where not all is ASCII. */
function putInUnits(text: string): number {
  if (units.length < 3 * text.length) units = new Uint8Array(3 * text.length);
  return utf8.encodeInto(text, units).written;
}

const unitValue = (at: number): number => BYTE_VALUES[units[at] ?? 0] ?? 0;
const urlValue = (at: number): number => URL_VALUES[units[at] ?? 0] ?? 0;

/** Decodes unpadded base64url to bytes; undefined where a character does not belong or the length is impossible. */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  const rest = text.length % 4;
  if (rest === 1 || putInUnits(text) > text.length) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let length = 0;
  /** Any bit above the sixth: a character that does not belong. */
  let seen = 0;
  const whole = text.length - rest;
  for (let index = 0; index < whole; index += 4) {
    const a = urlValue(index);
    const b = urlValue(index + 1);
    const c = urlValue(index + 2);
    const d = urlValue(index + 3);
    seen |= a | b | c | d;
    bytes[length++] = (a << 2) | (b >> 4);
    bytes[length++] = (b << 4) | (c >> 2);
    bytes[length++] = (c << 6) | d;
  }
  if (rest > 0) {
    const a = urlValue(whole);
    const b = urlValue(whole + 1);
    const c = rest > 2 ? urlValue(whole + 2) : 0;
    seen |= a | b | c;
    bytes[length++] = (a << 2) | (b >> 4);
    if (rest > 2) bytes[length++] = (b << 4) | (c >> 2);
  }
  return seen > 63 ? undefined : bytes;
}

/** Text decoded from base64, and the UTF-16 offset at which the decoding ended. */
export interface DecodedText {
  readonly text: string;
  readonly end: number;
}

const latin1 = new TextDecoder('latin1');
/** Where decodeWhileToken writes to; it grows to the longest run. */
let scratch = new Uint8Array(4096);

/** The bytes that a JWT, or base64 of one, is made of: letters, digits, `-`, `_`, `.`, `=` and line breaks. */
const IS_TOKEN_BYTE = new Uint8Array(256);
for (let byte = 0; byte < 128; byte++) IS_TOKEN_BYTE[byte] = isBase64Url(byte) ? 1 : 0;
for (const byte of [0x2e, 0x3d, 0x0a, 0x0d]) IS_TOKEN_BYTE[byte] = 1;

/**
 * Decodes a run of letters and digits as base64, from `start` on, for as long as it stands for what a JWT, or base64
 * of one, is made of.
 */
export function decodeWhileToken(run: string, start: number): DecodedText {
  const total = putInUnits(run);
  const longest = Math.ceil(((total - start) * 3) / 4);
  if (scratch.length < longest) scratch = new Uint8Array(longest);
  const into = scratch;
  let length = 0;
  let index = start;
  for (; index + 4 <= total; index += 4) {
    const bits =
      (unitValue(index) << 18) |
      (unitValue(index + 1) << 12) |
      (unitValue(index + 2) << 6) |
      unitValue(index + 3);
    if (dotsOf(bits) < 0) break;
    into[length++] = bits >> 16;
    into[length++] = (bits >> 8) & 0xff;
    into[length++] = bits & 0xff;
  }
  // What is left: fewer than four characters, or the four that hold the first byte that does not belong.
  let pending = 0;
  for (let phase = 0; phase < 4 && index < total; phase++, index++) {
    pending = ((pending << 6) | unitValue(index)) & 0xfff;
    if (phase === 0) continue;
    const byte = (pending >> (6 - 2 * phase)) & 0xff;
    if (IS_TOKEN_BYTE[byte] === 0) break;
    into[length++] = byte;
  }
  return { text: latin1.decode(into.subarray(0, length)), end: index };
}

const DOT = 0x2e;

/**
 * How far base64, from `start` on, stands for what a JWT, or base64 of one, is made of: where its whole groups of four
 * characters end, at most at `limit`, and how many dots there are until there. Decodes nothing to keep.
 */
export function readAsToken(
  text: string,
  start: number,
  limit: number,
): { readonly end: number; readonly dots: number } {
  let dots = 0;
  let end = start;
  for (; end < limit; end += 4) {
    const a = sixBits(text.charCodeAt(end));
    const b = sixBits(text.charCodeAt(end + 1));
    const first = (a << 2) | (b >> 4);
    if ((a | b) > 63 || IS_TOKEN_BYTE[first] === 0) break;
    if (first === DOT) dots++;
    const c = sixBits(text.charCodeAt(end + 2));
    const second = ((b << 4) | (c >> 2)) & 0xff;
    if (c > 63 || IS_TOKEN_BYTE[second] === 0) break;
    if (second === DOT) dots++;
    const d = sixBits(text.charCodeAt(end + 3));
    const third = ((c << 6) | d) & 0xff;
    if (d > 63 || IS_TOKEN_BYTE[third] === 0) break;
    if (third === DOT) dots++;
  }
  return { end, dots };
}

/**
 * Whether one of the whole groups of four base64 characters between two offsets of bytes stands for what no JWT, nor base64 of
 * one, is made of. False where a character comes first that is none of base64, as a line break.
 */
export function isOtherText(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at + 4 <= end; at += 4) {
    const a = BYTE_VALUES[bytes[at] ?? 0] ?? 0;
    const b = BYTE_VALUES[bytes[at + 1] ?? 0] ?? 0;
    const c = BYTE_VALUES[bytes[at + 2] ?? 0] ?? 0;
    const d = BYTE_VALUES[bytes[at + 3] ?? 0] ?? 0;
    if ((a | b | c | d) > 63) return false;
    if (dotsOf((a << 18) | (b << 12) | (c << 6) | d) < 0) return true;
  }
  return false;
}

/** How many of the three bytes in `bits` are dots; -1 where one is none that a JWT, or base64 of one, is made of. */
export function dotsOf(bits: number): number {
  const first = bits >> 16;
  const second = (bits >> 8) & 0xff;
  const third = bits & 0xff;
  if (((IS_TOKEN_BYTE[first] ?? 0) & (IS_TOKEN_BYTE[second] ?? 0) & (IS_TOKEN_BYTE[third] ?? 0)) === 0)
    return -1;
  return Number(first === DOT) + Number(second === DOT) + Number(third === DOT);
}
