/** The characters of programs, scripts and their papers, the most frequent first. */
const FREQUENT = ' etasinro"cd:lfuph.m-b_g/(),=TIyv{}RCSLNOEAkwDBPMFH[]';

/** How seldom a character is. */
const rarity = (character: string): number => {
  const place = FREQUENT.indexOf(character);
  return place < 0 ? FREQUENT.length : place;
};

/** Where a phrase holds a pair of bytes. */
interface Place {
  readonly phrase: Uint8Array;
  readonly at: number;
}

/** So many pairs are looked at together, two in each of four words of four bytes. */
const AT_ONCE = 8;

/** What is looked for, by its pairs of bytes. */
interface Table {
  /** By a pair: 1 where a phrase is known by it. */
  readonly is: Uint8Array;
  readonly places: ReadonlyMap<number, readonly Place[]>;
  readonly longest: number;
}

/** How many bytes are looked through at a time, and where they are put: V8 knows its address then. */
const PIECE = 16 * 1024;
const room = new Uint8Array(PIECE + 1024);
const pairs = new Uint16Array(room.buffer);
const words = new Int32Array(room.buffer);

/**
 * Some phrases of three or more ASCII characters that are looked for together, in one pass. Two bytes at a time are enough to
 * tell that none is there, since of each phrase one such pair is known for either alignment.
 */
export class Phrases {
  readonly #phrases: readonly string[];
  /** Made when it is first asked for: most windows look for nothing, and each of them loads this. */
  #table: Table | undefined;

  constructor(phrases: readonly string[]) {
    this.#phrases = phrases;
  }

  /** Whether one of them is in some bytes of UTF-8. */
  areIn(bytes: Uint8Array): boolean {
    const table = (this.#table ??= tableOf(this.#phrases));
    for (let from = 0; from < bytes.length; from += PIECE) {
      const piece = bytes.subarray(from, from + PIECE + table.longest);
      room.set(piece);
      room.fill(0, piece.length, piece.length + 4 * AT_ONCE);
      if (areInRoom(table, (piece.length + 3) >> 2)) return true;
    }
    return false;
  }
}

function tableOf(phrases: readonly string[]): Table {
  const is = new Uint8Array(0x1_00_00);
  const places = new Map<number, Place[]>();
  for (const text of phrases) {
    const phrase = new TextEncoder().encode(text);
    for (const alignment of [0, 1]) {
      const at = rarestPair(text, alignment);
      const [pair = 0] = new Uint16Array(phrase.slice(at, at + 2).buffer);
      is[pair] = 1;
      places.set(pair, [...(places.get(pair) ?? []), { phrase, at }]);
    }
  }
  return { is, places, longest: Math.max(...phrases.map(({ length }) => length)) };
}

function areInRoom(table: Table, end: number): boolean {
  const { is } = table;
  for (let word = 0; word < end; word += AT_ONCE / 2) {
    const any = mayBe(is, word) | mayBe(is, word + 1) | mayBe(is, word + 2) | mayBe(is, word + 3);
    if (any !== 0 && areAt(table, 2 * word, 2 * word + AT_ONCE)) return true;
  }
  return false;
}

function areAt({ is, places }: Table, from: number, to: number): boolean {
  for (let index = from; index < to; index++) {
    const pair = pairs[index] ?? 0;
    if (is[pair] !== 1) continue;
    for (const { phrase, at } of places.get(pair) ?? []) {
      if (isThere(2 * index - at, phrase)) return true;
    }
  }
  return false;
}

/** Whether one of the two pairs of a word is looked for. */
function mayBe(is: Uint8Array, at: number): number {
  const word = words[at] ?? 0;
  return (is[word & 0xff_ff] ?? 0) | (is[word >>> 16] ?? 0);
}

function isThere(start: number, phrase: Uint8Array): boolean {
  if (start < 0) return false;
  for (let index = 0; index < phrase.length; index++) {
    if (room[start + index] !== phrase[index]) return false;
  }
  return true;
}

/** Where a text's rarest pair of characters is that begins at an even offset, or an odd one. */
function rarestPair(text: string, alignment: number): number {
  let rarest = alignment;
  const rarityAt = (at: number): number => rarity(text[at] ?? '') + rarity(text[at + 1] ?? '');
  for (let at = alignment; at + 2 <= text.length; at += 2) {
    if (rarityAt(at) > rarityAt(rarest)) rarest = at;
  }
  return rarest;
}
