/** How many UTF-16 units, or bytes of a file, are looked through at a time. */
const PIECE = 16 * 1024;
/** The longest beginning, in characters: so much of the next piece is looked at with each. */
const LONGEST = 5;
/** UTF-8 takes no more bytes for a UTF-16 unit. */
const MOST_BYTES = 3;
/** So many pairs are looked at together. */
const AT_ONCE = 8;

const utf8 = new TextEncoder();
/** What is looked through, and the same as pairs of bytes: half as many looks as at each byte. */
const bytes = new Uint8Array((PIECE + LONGEST) * MOST_BYTES + 4 * AT_ONCE);
const pairs = new Uint16Array(bytes.buffer, 0, bytes.length >> 1);

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
function isBeginning(at: number): boolean {
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

const placesAt = (pair: number): number => PLACES[pairs[pair] ?? 0] ?? 0;

/** Writes down where in the first `length` of `bytes` a token may begin, in their order. */
function look(length: number, found: number[]): void {
  // What was there before is no part of it.
  bytes.fill(0, length, length + 4 * AT_ONCE);
  const end = (length + 1) >> 1;
  for (let some = 0; some < end; some += AT_ONCE) {
    const places =
      placesAt(some) |
      placesAt(some + 1) |
      placesAt(some + 2) |
      placesAt(some + 3) |
      placesAt(some + 4) |
      placesAt(some + 5) |
      placesAt(some + 6) |
      placesAt(some + 7);
    if (places === 0) continue;
    for (let one = some; one < some + AT_ONCE; one++) {
      const place = placesAt(one);
      if ((place & SECOND) !== 0 && one > 0 && isBeginning(2 * one - 1)) found.push(2 * one - 1);
      if ((place & FIRST) !== 0 && isBeginning(2 * one)) found.push(2 * one);
    }
  }
}

/** Whether a token may begin between two offsets of a file of UTF-8. What holds none need not be decoded. */
export function mayHoldToken(file: Uint8Array, from = 0, to = file.length): boolean {
  const found: number[] = [];
  for (let at = from; at < to && found.length === 0; at += PIECE) {
    const piece = file.subarray(at, Math.min(at + PIECE, to) + LONGEST);
    bytes.set(piece);
    look(piece.length, found);
  }
  return found.length > 0;
}

/** Where in a text a token may begin: told from one to the next, in one pass. */
export class Beginnings {
  readonly #text: string;
  readonly #to: number;
  /** Until where the text was looked through, and what was found in the last piece of it, in UTF-16 units. */
  #until: number;
  readonly #found: number[] = [];
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
        const start = this.#found[this.#next] ?? 0;
        if (start < position) continue;
        if (start >= rawFrom || this.#text.charCodeAt(start) !== 0x65) return start; // e
      }
      this.#until = Math.max(this.#until, position);
      if (this.#until >= this.#to) return -1;
      this.#look();
    }
  }

  #look(): void {
    const from = this.#until;
    this.#until = Math.min(this.#to, from + PIECE);
    const piece = this.#text.slice(from, this.#until + LONGEST);
    const { written } = utf8.encodeInto(piece, bytes);
    this.#found.length = 0;
    this.#next = 0;
    look(written, this.#found);
    if (written > piece.length) toUnits(this.#found);
    let count = 0;
    for (const start of this.#found) {
      if (from + start >= this.#until) break;
      this.#found[count++] = from + start;
    }
    this.#found.length = count;
  }
}

/** Makes offsets in the UTF-8 of `bytes`, in their order, those of the UTF-16 units that it was made of. */
function toUnits(offsets: number[]): void {
  let at = 0;
  let unit = 0;
  for (let index = 0; index < offsets.length; index++) {
    for (const offset = offsets[index] ?? 0; at < offset; at++) {
      const byte = bytes[at] ?? 0;
      // All but the first byte of a character go on from one before; a character of four bytes is two units.
      if ((byte & 0xc0) !== 0x80) unit += byte >= 0xf0 ? 2 : 1;
    }
    offsets[index] = unit;
  }
}
