import { Problem } from '../../errors.ts';

/** What a field of a message becomes: a value of its own, or what is in it. */
export type Field =
  | { readonly as: 'text' | 'texts' | 'number' | 'flag' | 'time' | 'map'; readonly name: string }
  | { readonly as: 'message' | 'messages'; readonly name: string; readonly of: Shape }
  /** What is in it stands in the message around it, as JSON has it where Go embeds a struct. */
  | { readonly as: 'embedded'; readonly of: Shape };

/** The fields of a message that are read, by their number; all others are skipped. */
export type Shape = Readonly<Record<number, Field>>;

type Message = Record<string, unknown>;

/** Messages within messages: those of Kubernetes that are read are far below. */
const DEEPEST = 16;

/**
 * Reads what a shape names of a message in protobuf's wire format (protobuf.dev/programming-guides/encoding), from
 * `start` to `end` in bytes, under the names that JSON has. Linear; holds no more than it gives. Throws `refused` where
 * it is none.
 */
export function readMessage(bytes: Buffer, shape: Shape, start = 0, end = bytes.length): Message {
  const message: Message = {};
  readInto(message, new Reader(bytes, start, end), shape, 0);
  return message;
}

function readInto(message: Message, reader: Reader, shape: Shape, depth: number): void {
  if (depth > DEEPEST) throw broken();
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    const field = shape[Math.floor(tag / 8)];
    const wireType = tag % 8;
    if (!field) reader.skip(wireType);
    else if (wireType === 0 && (field.as === 'number' || field.as === 'flag')) {
      const value = reader.varint();
      message[field.name] = field.as === 'flag' ? value !== 0 : value;
    } else if (wireType === 2) {
      readWithin(message, reader.within(), field, depth);
    } else throw broken();
  }
}

function readWithin(message: Message, inner: Reader, field: Field, depth: number): void {
  switch (field.as) {
    case 'text':
      message[field.name] = inner.text();
      return;
    case 'texts':
      append(message, field.name, inner.text());
      return;
    case 'map': {
      const { key, value } = readIn(inner, ENTRY, depth);
      const entries = (message[field.name] ??= {});
      // Not set, as a key may be __proto__.
      const entry = { value: value ?? '', enumerable: true, configurable: true, writable: true };
      if (typeof key === 'string') Object.defineProperty(entries, key, entry);
      return;
    }
    case 'time': {
      const { seconds } = readIn(inner, TIME, depth);
      if (typeof seconds === 'number' && seconds < 1e11)
        message[field.name] = new Date(seconds * 1000).toISOString();
      return;
    }
    case 'message':
      message[field.name] = readIn(inner, field.of, depth);
      return;
    case 'messages':
      append(message, field.name, readIn(inner, field.of, depth));
      return;
    case 'number':
    case 'flag':
      throw broken();
    case 'embedded':
      readInto(message, inner, field.of, depth + 1);
  }
}

function append(message: Message, name: string, one: unknown): void {
  const before = message[name];
  if (Array.isArray(before)) before.push(one);
  else message[name] = [one];
}

function readIn(reader: Reader, shape: Shape, depth: number): Message {
  const message: Message = {};
  readInto(message, reader, shape, depth + 1);
  return message;
}

/** meta/v1 Time, which JSON has as RFC 3339. */
const TIME: Shape = { 1: { as: 'number', name: 'seconds' } };

/** An entry of a map from texts to texts. */
const ENTRY: Shape = { 1: { as: 'text', name: 'key' }, 2: { as: 'text', name: 'value' } };

/** An object that is read once somebody wants it. */
export class Unread {
  readonly read: () => unknown;

  constructor(read: () => unknown) {
    this.read = read;
  }
}

/** Where a part of a message lies. */
export interface Part {
  readonly field: number;
  readonly start: number;
  readonly end: number;
}

/** The fields of a message that have a length, one after the other, unread. Throws `refused` where it is no message. */
export function* partsOf(bytes: Buffer, start = 0, end = bytes.length): Generator<Part, void, undefined> {
  const reader = new Reader(bytes, start, end);
  while (!reader.isAtEnd) {
    const tag = reader.varint();
    if (tag % 8 !== 2) reader.skip(tag % 8);
    else yield { field: Math.floor(tag / 8), ...reader.range() };
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at: number;
  readonly #end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** At most 2^53 exactly; what is more, as a negative number of 64 bits, is only near it. */
  varint(): number {
    const first = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
    if (first !== undefined && first < 128) {
      this.#at += 1;
      return first; // As nearly all are.
    }
    let value = 0;
    for (let factor = 1; factor <= 2 ** 63; factor *= 128) {
      const byte = this.#at < this.#end ? this.#bytes[this.#at] : undefined;
      if (byte === undefined) throw broken();
      this.#at += 1;
      value += (byte % 128) * factor;
      if (byte < 128) return value;
    }
    throw broken();
  }

  range(): { readonly start: number; readonly end: number } {
    const length = this.varint();
    const start = this.#at;
    this.#forward(length);
    return { start, end: this.#at };
  }

  within(): Reader {
    const { start, end } = this.range();
    return new Reader(this.#bytes, start, end);
  }

  /** All that is left, as UTF-8. */
  text(): string {
    const text = this.#bytes.toString('utf8', this.#at, this.#end);
    this.#at = this.#end;
    return text;
  }

  skip(wireType: number): void {
    if (wireType === 0) this.varint();
    else if (wireType === 1) this.#forward(8);
    else if (wireType === 2) this.range();
    else if (wireType === 5) this.#forward(4);
    else throw broken();
  }

  #forward(length: number): void {
    if (length > this.#end - this.#at) throw broken();
    this.#at += length;
  }
}

function broken(): Problem {
  return new Problem('refused', 'The answer is no protobuf: it is no API server.');
}
