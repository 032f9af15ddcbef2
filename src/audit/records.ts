import { skipSpace, skipValue } from './scan.ts';

/** No longer record is looked at, in bytes: a list of many objects, logged with its answer. */
const LONGEST = 32 * 1024 * 1024;
/** What is looked at to tell how a file is laid out, in bytes: as much as has a line's end, but no more than the second. */
const PEEK = 64 * 1024;
const LONGEST_PEEK = 4 * 1024 * 1024;
/** A shorter line is none that an event would fill. */
const SHORTEST_EVENT = 60;

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const MARK = [0xef, 0xbb, 0xbf];

/** Is told of each record, where it lies in the bytes and on which line it begins, from 1. */
export interface RecordListener {
  /** The bytes are reused after the call. */
  readonly record: (bytes: Uint8Array, from: number, to: number, line: number) => void;
  /** Of what is too long, or ends in the middle. */
  readonly broken: (line: number) => void;
}

/** Bytes that wait for the rest of their record. */
class Pending {
  #bytes = new Uint8Array(64 * 1024);
  length = 0;

  get bytes(): Uint8Array {
    return this.#bytes;
  }

  append(more: Uint8Array): void {
    const length = this.length + more.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(2 ** Math.ceil(Math.log2(length)));
      larger.set(this.#bytes.subarray(0, this.length));
      this.#bytes = larger;
    }
    this.#bytes.set(more, this.length);
    this.length = length;
  }

  clear(): void {
    this.length = 0;
    // What one long record took is not kept for the others.
    if (this.#bytes.length > 1024 * 1024) this.#bytes = new Uint8Array(64 * 1024);
  }
}

/**
 * Divides a file, which comes in pieces, into records: its lines, as the API server writes them; where it is one
 * document or many, over whatever lines, the objects of it, or those in the first list that they hold.
 */
export class Records {
  readonly #listener: RecordListener;
  readonly #pending = new Pending();
  #layout: Lines | Document | undefined;

  constructor(listener: RecordListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    if (this.#layout) {
      this.#layout.push(bytes);
      return;
    }
    this.#pending.append(bytes);
    const { length } = this.#pending;
    const hasLine = length >= PEEK && this.#pending.bytes.subarray(0, length).includes(NEWLINE);
    if (hasLine || length >= LONGEST_PEEK) this.#decide();
  }

  end(): void {
    if (!this.#layout) this.#decide();
    this.#layout?.end();
  }

  #decide(): void {
    const { bytes, length } = this.#pending;
    const start = MARK.every((byte, at) => bytes[at] === byte) ? MARK.length : 0;
    const whole = bytes.slice(start, length);
    this.#pending.clear();
    this.#layout = isInLines(whole) ? new Lines(this.#listener) : new Document(this.#listener);
    this.#layout.push(whole);
  }
}

/** Whether a file that begins so has a record on each line. */
function isInLines(bytes: Uint8Array): boolean {
  const first = bytes[skipSpace(bytes, 0, bytes.length)];
  if (first === OPEN_ARRAY) return false;
  if (first !== OPEN_OBJECT) return true;
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end < 0) return at > 0 && isWhole(bytes, at, bytes.length);
    if (isWhole(bytes, at, end)) return true;
    at = end + 1;
  }
  return false;
}

function isWhole(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST_EVENT || bytes[from] !== OPEN_OBJECT) return false;
  const end = skipValue(bytes, from, to);
  return end >= 0 && skipSpace(bytes, end, to) === to;
}

class Lines {
  readonly #listener: RecordListener;
  readonly #pending = new Pending();
  #line = 0;
  #isTooLong = false;

  constructor(listener: RecordListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    for (;;) {
      const end = bytes.indexOf(NEWLINE, at);
      if (end < 0) break;
      if (this.#pending.length > 0 || this.#isTooLong) this.#endPending(bytes.subarray(at, end));
      else this.#take(bytes, at, end);
      at = end + 1;
    }
    this.#keep(bytes.subarray(at));
  }

  end(): void {
    if (this.#pending.length > 0 || this.#isTooLong) this.#endPending(new Uint8Array());
  }

  #keep(rest: Uint8Array): void {
    if (this.#isTooLong) return;
    if (this.#pending.length + rest.length > LONGEST) {
      this.#isTooLong = true;
      this.#pending.clear();
    } else this.#pending.append(rest);
  }

  #endPending(rest: Uint8Array): void {
    this.#keep(rest);
    if (this.#isTooLong) this.#listener.broken(++this.#line);
    else this.#take(this.#pending.bytes, 0, this.#pending.length);
    this.#pending.clear();
    this.#isTooLong = false;
  }

  #take(bytes: Uint8Array, from: number, to: number): void {
    this.#line++;
    const start = skipSpace(bytes, from, to);
    if (start < to) this.#listener.record(bytes, start, to, this.#line);
  }
}

/** Only finds where objects begin and end; whoever is told of one looks whether it is whole. */
class Document {
  readonly #listener: RecordListener;
  readonly #pending = new Pending();
  #line = 1;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** Records are what opens at this depth. */
  #level = 0;
  /** Whether the last byte that is no blank opened a list of the outermost object. */
  #isInNewList = false;
  /** Where the record begins that is open: an index of the piece at hand; undefined: none is. */
  #start: number | undefined;
  #startLine = 1;
  #isTooLong = false;

  constructor(listener: RecordListener) {
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    if (this.#start !== undefined) this.#start = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === NEWLINE) this.#line++;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
      } else if (byte > 0x20) this.#step(bytes, at, byte);
    }
    if (this.#start !== undefined) this.#keep(bytes.subarray(this.#start));
  }

  end(): void {
    if (this.#start !== undefined || this.#depth > 0) this.#listener.broken(this.#startLine);
  }

  #step(bytes: Uint8Array, at: number, byte: number): void {
    const isInNewList = this.#isInNewList;
    this.#isInNewList = false;
    if (byte === QUOTE) this.#isInString = true;
    // `[` and `{`, `]` and `}` differ in one bit.
    else if ((byte | 0x20) === OPEN_OBJECT) this.#open(at, byte, isInNewList);
    else if ((byte | 0x20) === 0x7d) this.#close(bytes, at);
  }

  #open(at: number, byte: number, isInNewList: boolean): void {
    if (this.#depth === 0 && byte === OPEN_ARRAY) this.#level = 1;
    // A list within the outermost object: what it holds are the records, and not that object.
    if (isInNewList && this.#level === 0) {
      this.#level = 2;
      this.#start = undefined;
      this.#pending.clear();
    }
    this.#isInNewList = byte === OPEN_ARRAY && this.#depth === 1;
    if (this.#start === undefined && this.#depth === this.#level) {
      this.#start = at;
      this.#startLine = this.#line;
      this.#isTooLong = false;
    }
    this.#depth++;
  }

  #close(bytes: Uint8Array, at: number): void {
    if (this.#depth === 0) return;
    this.#depth--;
    if (this.#start !== undefined && this.#depth === this.#level) {
      this.#finish(bytes, this.#start, at + 1);
      this.#start = undefined;
    }
    if (this.#depth === 0) this.#level = 0;
  }

  #finish(bytes: Uint8Array, from: number, to: number): void {
    if (this.#pending.length === 0 && !this.#isTooLong) {
      this.#listener.record(bytes, from, to, this.#startLine);
      return;
    }
    this.#keep(bytes.subarray(from, to));
    if (this.#isTooLong) this.#listener.broken(this.#startLine);
    else this.#listener.record(this.#pending.bytes, 0, this.#pending.length, this.#startLine);
    this.#pending.clear();
  }

  #keep(more: Uint8Array): void {
    if (this.#isTooLong) return;
    if (this.#pending.length + more.length > LONGEST) {
      this.#isTooLong = true;
      this.#pending.clear();
    } else this.#pending.append(more);
  }
}
