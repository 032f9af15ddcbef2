/**
 * What was made of the same bytes before, so that it is made once: a log repeats the same users, addresses and reasons
 * thousands of times. It knows no more than so many at a time, whatever the log holds.
 */
export class Interner<T> {
  readonly #make: (bytes: Uint8Array, from: number, to: number) => T;
  readonly #slots: ({ readonly bytes: Uint8Array; readonly value: T } | undefined)[];
  readonly #longest: number;

  /** `size` is a power of two; what is longer than `longest` bytes is made each time. */
  constructor(size: number, longest: number, make: (bytes: Uint8Array, from: number, to: number) => T) {
    this.#make = make;
    this.#longest = longest;
    this.#slots = Array.from({ length: size });
  }

  get(bytes: Uint8Array, from: number, to: number): T {
    const length = to - from;
    if (length > this.#longest) return this.#make(bytes, from, to);
    const slot = hashOf(bytes, from, to) & (this.#slots.length - 1);
    const known = this.#slots[slot];
    if (known?.bytes.length === length) {
      const { bytes: before } = known;
      let at = 0;
      while (at < length && before[at] === bytes[from + at]) at++;
      if (at === length) return known.value;
    }
    const value = this.#make(bytes, from, to);
    this.#slots[slot] = { bytes: bytes.slice(from, to), value };
    return value;
  }
}

/** Of a sample alone: where two are taken for one, the later takes the place of the other, and nothing more. */
function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = to - from;
  for (let at = from; at < to; at += 3) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
