/** Bytes with a view of them: four at a time are compared as fast as one. */
export interface Viewed {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

export function viewed(bytes: Uint8Array): Viewed {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

/**
 * What was made of the same bytes before, so that it is made once: a log repeats the same users, addresses and reasons
 * thousands of times. It knows no more than so many at a time, whatever the log holds.
 */
export class Interner<T> {
  readonly #make: (bytes: Uint8Array, from: number, to: number) => T;
  readonly #slots: (Slot<T> | undefined)[];
  readonly #longest: number;

  /** `size` is a power of two; what is longer than `longest` bytes is made each time. */
  constructor(size: number, longest: number, make: (bytes: Uint8Array, from: number, to: number) => T) {
    this.#make = make;
    this.#longest = longest;
    this.#slots = Array.from({ length: size });
  }

  get({ bytes, view }: Viewed, from: number, to: number): T {
    if (to - from > this.#longest) return this.#make(bytes, from, to);
    const hash = hashOf(bytes, view, from, to);
    const slot = (hash ^ (hash >>> 16)) & (this.#slots.length - 1);
    const known = this.#slots[slot];
    if (known?.hash === hash && isSame(known, bytes, view, from, to)) return known.value;
    // Each has a second place, where what was asked for before it waits.
    const other = this.#slots[slot ^ 1];
    this.#slots[slot ^ 1] = known;
    if (other?.hash === hash && isSame(other, bytes, view, from, to)) {
      this.#slots[slot] = other;
      return other.value;
    }
    const value = this.#make(bytes, from, to);
    this.#slots[slot] = { hash, ...viewed(bytes.slice(from, to)), value };
    return value;
  }
}

interface Slot<T> extends Viewed {
  readonly hash: number;
  readonly value: T;
}

function hashOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ view.getInt32(at), 0x01000193) ^ (hash >>> 15);
  for (; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

function isSame(known: Viewed, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
  const length = to - from;
  if (known.bytes.length !== length) return false;
  let at = 0;
  for (; at + 4 <= length; at += 4) if (known.view.getInt32(at) !== view.getInt32(from + at)) return false;
  for (; at < length; at++) if (known.bytes[at] !== bytes[from + at]) return false;
  return true;
}
