/** Bytes with a view of them: four at a time are compared as fast as one. */
export interface Viewed {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function viewed(bytes: Uint8Array): Viewed {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

interface Slot<T> {
  readonly hash: number;
  /** Where its bytes begin, counted from the first that were ever kept. */
  readonly start: number;
  readonly length: number;
  readonly value: T;
}

/** Kept for each that is known, in bytes on average. */
const ROOM = 256;

/**
 * What was made of the same bytes before, so that it is made once: a log repeats the same users, addresses and reasons
 * thousands of times. It knows no more than so many at a time, in so many bytes, whatever the log holds.
 */
export class Interner<T> {
  readonly #make: (bytes: Uint8Array, from: number, to: number) => T;
  readonly #slots: (Slot<T> | undefined)[];
  readonly #longest: number;
  /** The bytes that were kept last; what they take the place of is known no longer. */
  readonly #kept: Viewed;
  #end = 0;
  #last: Slot<T> | undefined;

  /** `size` is a power of two; what is longer than `longest` bytes is made each time. */
  constructor(size: number, longest: number, make: (bytes: Uint8Array, from: number, to: number) => T) {
    this.#make = make;
    this.#longest = longest;
    this.#slots = Array.from({ length: size });
    this.#kept = viewed(new Uint8Array(Math.max(size * ROOM, longest)));
  }

  get({ bytes, view }: Viewed, from: number, to: number): T {
    if (to - from > this.#longest) return this.#make(bytes, from, to);
    // What one event says is mostly what the one before said.
    if (this.#last && this.#isSame(this.#last, bytes, view, from, to)) return this.#last.value;
    const hash = hashOf(bytes, view, from, to);
    const slot = hash & (this.#slots.length - 1);
    const known = this.#slots[slot];
    if (known?.hash === hash && this.#isSame(known, bytes, view, from, to)) {
      this.#last = known;
      return known.value;
    }
    // Each has a second place, where what was asked for before it waits.
    const other = this.#slots[slot ^ 1];
    this.#slots[slot ^ 1] = known;
    const found =
      other?.hash === hash && this.#isSame(other, bytes, view, from, to)
        ? other
        : this.#keep(hash, bytes, from, to);
    this.#slots[slot] = found;
    this.#last = found;
    return found.value;
  }

  #keep(hash: number, bytes: Uint8Array, from: number, to: number): Slot<T> {
    const length = to - from;
    const room = this.#kept.bytes.length;
    const left = room - (this.#end % room);
    const start = this.#end + (length > left ? left : 0);
    this.#kept.bytes.set(bytes.subarray(from, to), start % room);
    this.#end = start + length;
    return { hash, start, length, value: this.#make(bytes, from, to) };
  }

  #isSame({ start, length }: Slot<T>, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    const kept = this.#kept;
    if (length !== to - from || start < this.#end - kept.bytes.length) return false;
    const first = start % kept.bytes.length;
    let at = 0;
    for (; at + 4 <= length; at += 4) {
      if (kept.view.getInt32(first + at) !== view.getInt32(from + at)) return false;
    }
    for (; at < length; at++) if (kept.bytes[first + at] !== bytes[from + at]) return false;
    return true;
  }
}

function hashOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x9e3779b1);
  // Texts that differ in one digit are to have places of their own (the last steps of MurmurHash3).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
