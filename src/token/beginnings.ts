import { isBase64Url, isOtherText } from './base64.ts';
import { MIN_RUN } from './encoded.ts';
import { MIN_NESTED } from './nested.ts';
import { MIN_HEADER } from './raw.ts';

/** How many UTF-16 units, or bytes of a file, are looked through at a time. */
const PIECE = 16 * 1024;
/** So much of the next piece is looked at with each, in characters: a beginning, and what tells it from other base64. */
const BEYOND = MIN_RUN + 4;
/** UTF-8 takes no more bytes for a UTF-16 unit. */
const MOST_BYTES = 3;
/** So many pairs are looked at together, two in each of four words. */
const AT_ONCE = 8;

const utf8 = new TextEncoder();
/** What is looked through, and the same as pairs of bytes, half as many looks as at each byte, and as words of four. */
const bytes = new Uint8Array(4 * Math.ceil(((PIECE + BEYOND) * MOST_BYTES) / 4) + 4 * AT_ONCE);
const pairs = new Uint16Array(bytes.buffer);
const words = new Int32Array(bytes.buffer);

const LOWER_E = 0x65;
const LOWER_L = 0x6c;
const UPPER_W = 0x57;

const codeOf = (three: string): number =>
  (three.charCodeAt(0) << 16) | (three.charCodeAt(1) << 8) | three.charCodeAt(2);
const EYJ = codeOf('eyJ');
const EYA = codeOf('eyA');
const EWO = codeOf('ewo');
const EWK = codeOf('ewk');
const EW0 = codeOf('ew0');
const ZXL = codeOf('ZXl');
const WLH = codeOf('Wlh');
const LEU = codeOf('leU');
const V5S = codeOf('V5S');
const WVH = codeOf('WVh');

/** The character that ends the group of a brace, a blank, and then a blank, a tab, a line break or a quote, as JSON has it. */
const IS_AFTER_BLANK = new Uint8Array(256);
for (const character of 'gJKNi') IS_AFTER_BLANK[character.charCodeAt(0)] = 1;

/** What a pair of bytes may be of a beginning: its first and second, its second and third, or both. */
const PLACES = new Uint8Array(0x1_00_00);
const FIRST = 1;
const SECOND = 2;
for (const code of [EYJ, EYA, EWO, EWK, EW0, ZXL, WLH, LEU, V5S, WVH]) {
  bytes.set([code >> 16, code >> 8, code >> 8, code]);
  PLACES[pairs[0] ?? 0] = FIRST | (PLACES[pairs[0] ?? 0] ?? 0);
  PLACES[pairs[1] ?? 0] = SECOND | (PLACES[pairs[1] ?? 0] ?? 0);
}

/**
 * Whether at an offset of `bytes` there begins a JWT (`eyJ`, or `eyA`, `ewo`, `ewk`, `ew0` where a blank, a tab or a line
 * break follows the brace), base64 of one (`ZXlK`), of that (`WlhsS`), of a text with one in it (`leU[o-r]`, `V5S[g-v]`), or
 * of base64 of a kubeconfig (`WVhCc`): see raw.ts, encoded.ts, within.ts and nested.ts.
 */
function looksLikeBeginning(at: number): boolean {
  const fourth = bytes[at + 3] ?? 0;
  switch (((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)) {
    case EYJ:
      return true;
    case EYA:
    case EWO:
    case EWK:
    case EW0:
      return IS_AFTER_BLANK[fourth] === 1;
    case ZXL:
      return fourth === 0x4b; // K
    case LEU:
      return fourth >= 0x6f && fourth <= 0x72; // o to r
    case V5S:
      return fourth >= 0x67 && fourth <= 0x76; // g to v
    case WLH:
      return fourth === 0x73 && bytes[at + 4] === 0x53; // sS
    case WVH:
      return fourth === 0x43 && bytes[at + 4] === 0x63; // Cc
    default:
      return false;
  }
}

/** How far into a beginning its groups of four characters begin, by its first one; elsewhere it has none. */
const TO_GROUPS = new Int8Array(256).fill(-1);
for (const [offset, first] of ['Z', 'l', 'V'].entries()) TO_GROUPS[first.charCodeAt(0)] = offset;

/** Whether there begins one whose groups do not stand for something else, as those of most that look like one do. */
function isBeginning(at: number): boolean {
  if (!looksLikeBeginning(at)) return false;
  const isTwice = bytes[at] === UPPER_W && bytes[at + 1] === LOWER_L;
  const offset = isTwice ? 0 : (TO_GROUPS[bytes[at] ?? 0] ?? -1);
  return offset < 0 || !isOtherText(bytes, at + offset, at + offset + MIN_RUN);
}

const placesAt = (pair: number): number => PLACES[pairs[pair] ?? 0] ?? 0;

/** What the two pairs of a word may be. */
function placesIn(word: number): number {
  const both = words[word] ?? 0;
  return (PLACES[both & 0xff_ff] ?? 0) | (PLACES[both >>> 16] ?? 0);
}

/** Where in `bytes` a token may begin, as `look` wrote it down. */
const places = new Int32Array(bytes.length);

/** Writes down where in the first `length` of `bytes` a token may begin, in their order, and tells how many those are. */
function look(length: number): number {
  let count = 0;
  // What was there before is no part of it.
  bytes.fill(0, length, length + 4 * AT_ONCE);
  const end = (length + 3) >> 2;
  for (let word = 0; word < end; word += AT_ONCE / 2) {
    const any = placesIn(word) | placesIn(word + 1) | placesIn(word + 2) | placesIn(word + 3);
    if (any !== 0) count = lookCloser(2 * word, count);
  }
  return count;
}

/** Writes down, after the first `count`, where in some pairs a token may begin. A function of its own: V8 leaves compiled code at the end of a loop within a loop. */
function lookCloser(some: number, count: number): number {
  let next = count;
  for (let one = some; one < some + AT_ONCE; one++) {
    const place = placesAt(one);
    if ((place & SECOND) !== 0 && one > 0 && isBeginning(2 * one - 1)) places[next++] = 2 * one - 1;
    if ((place & FIRST) !== 0 && isBeginning(2 * one)) places[next++] = 2 * one;
  }
  return next;
}

/** What a run of base64 is made of, and what may come between its end and a line break that it goes on after. */
const IS_RUN = new Uint8Array(256).map((_, byte) => (isBase64Url(byte) ? 1 : 0));
const IS_BLANK = new Uint8Array(256);
const IS_BREAK = new Uint8Array(256);
for (const blank of ' \t') IS_BLANK[blank.charCodeAt(0)] = 1;
for (const sign of '\r\n\\') IS_BREAK[sign.charCodeAt(0)] = 1;
const DOT = 0x2e;

/** Whether what begins at an offset of `bytes`, of which `length` are looked at, ends too soon for a token on its line. */
function isCutShort(at: number, length: number): boolean {
  let end = at;
  while (IS_RUN[bytes[end] ?? 0] === 1) end++;
  const run = end - at;
  if (run >= (bytes[at] === LOWER_E ? MIN_NESTED : MIN_RUN)) return false;
  if (run >= MIN_HEADER && bytes[end] === DOT) return false;
  while (IS_BLANK[bytes[end] ?? 0] === 1) end++;
  return end < length && IS_BREAK[bytes[end] ?? 0] === 0;
}

/**
 * At which byte of a file of UTF-8 a token may begin first, between two offsets; -1 where none may: such a file need not be
 * decoded. Passes over what ends too soon for one, as `KeyJwk` in a name does.
 */
export function firstBeginning(file: Uint8Array, from = 0, to = file.length): number {
  for (let at = from; at < to; at += PIECE) {
    const piece = file.subarray(at, Math.min(at + PIECE, to) + BEYOND);
    bytes.set(piece);
    const count = look(piece.length);
    for (let one = 0; one < count; one++) {
      const place = places[one] ?? 0;
      if (!isCutShort(place, piece.length)) return at + place;
    }
  }
  return -1;
}

/** The UTF-16 offset in a file's text that is at a byte of it at the earliest: the same where each byte became one unit. */
export const unitAt = (byte: number, file: Uint8Array, text: string): number =>
  text.length === file.length ? byte : 0;

const NOWHERE = new Int32Array(0);

/** Where in a text a token may begin: told from one to the next, in one pass. */
export class Beginnings {
  readonly #text: string;
  readonly #to: number;
  /** Until where the text was looked through, and from where, and what was found in that piece of it, in UTF-16 units. */
  #until: number;
  #from = 0;
  #found: Int32Array = NOWHERE;
  #next = 0;

  /** Tells of those that begin at or after `from`, and before `to`. */
  constructor(text: string, from: number, to: number) {
    this.#text = text;
    this.#until = from;
    this.#to = Math.min(to, text.length);
  }

  /** The first that begins at or after `position`, a raw one at or after `rawFrom` too; -1: there is none. */
  next(position: number, rawFrom: number): number {
    for (;;) {
      for (; this.#next < this.#found.length; this.#next++) {
        const start = this.#from + (this.#found[this.#next] ?? 0);
        if (start < position) continue;
        if (start >= rawFrom || this.#text.charCodeAt(start) !== LOWER_E) return start;
      }
      this.#until = Math.max(this.#until, position);
      if (this.#until >= this.#to) return -1;
      this.#look();
    }
  }

  #look(): void {
    const from = this.#until;
    this.#until = Math.min(this.#to, from + PIECE);
    const piece = this.#text.slice(from, this.#until + BEYOND);
    const { written } = utf8.encodeInto(piece, bytes);
    const count = look(written);
    if (written > piece.length) toUnits(count);
    // One that begins in what was looked at beyond is told of with the next piece.
    let some = count;
    while (some > 0 && from + (places[some - 1] ?? 0) >= this.#until) some--;
    this.#from = from;
    this.#found = places.slice(0, some);
    this.#next = 0;
  }
}

/** Makes the first offsets in `places`, which are of the UTF-8 of `bytes`, those of the UTF-16 units that it was made of. */
function toUnits(count: number): void {
  let at = 0;
  let unit = 0;
  for (let index = 0; index < count; index++) {
    for (const offset = places[index] ?? 0; at < offset; at++) {
      const byte = bytes[at] ?? 0;
      // All but the first byte of a character go on from one before; a character of four bytes is two units.
      if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
    }
    places[index] = unit;
  }
}
