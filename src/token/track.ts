import { scanText } from './find.ts';
import { MAX_LENGTH, type Finding } from './finding.ts';

/** How much is read at a time, in UTF-16 units: little enough that nobody waits for it. */
const PIECE = 128 * 1024;
/** How far from an edit a token can begin that it touches: a token's length, and a line break and indentation more. */
const REACH = MAX_LENGTH + 4096;

/** What changed at a UTF-16 offset: `removed` units were replaced by `inserted` units. */
export interface TextChange {
  readonly offset: number;
  readonly removed: number;
  readonly inserted: number;
}

/** No more tokens of a text are known at a time: a file of nothing else would take gigabytes. */
const MOST_FINDINGS = 10_000;

/** More changes at a time are taken for one that reaches from the first to the last. */
const MOST_CHANGES = 4;

/** Knows the tokens of a text that is edited, and reads again only what an edit could have touched. */
export class TokenTrack {
  #findings: readonly Finding[] = [];
  #dirty: { readonly from: number; readonly to: number } | undefined;
  #leftOutFrom: number | undefined;

  readonly #most: number;

  /**
   * `length` in UTF-16 units: all of it has yet to be read, but what comes before `from`, where no token begins. No more than
   * `most` tokens are known at a time.
   */
  constructor(length: number, most = MOST_FINDINGS, from = 0) {
    this.#most = most;
    this.#dirty = { from: Math.max(0, from - REACH), to: length };
  }

  /** What was found so far, in the order of the text. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  /** Whether all of the text was read since the last edit. */
  get isComplete(): boolean {
    return this.#dirty === undefined;
  }

  /** Where the first token begins of those that are left out, as there are too many; undefined: there is none. */
  get leftOutFrom(): number | undefined {
    return this.#leftOutFrom;
  }

  /** Takes note of changes that were made one after the other. */
  edit(changes: readonly TextChange[]): void {
    const [first, ...more] = changes;
    if (!first) return;
    if (more.length < MOST_CHANGES) {
      for (const change of changes) this.#edit(change);
      return;
    }
    let from = first.offset;
    let to = first.offset + first.inserted;
    let grown = first.inserted - first.removed;
    for (const { offset, removed, inserted } of more) {
      from = Math.min(from, offset);
      to = Math.max(offset, to - removed) + inserted;
      grown += inserted - removed;
    }
    this.#edit({ offset: from, removed: to - from - grown, inserted: to - from });
  }

  #edit({ offset, removed, inserted }: TextChange): void {
    const shift = inserted - removed;
    const moved = (at: number): number => (at >= offset + removed ? at + shift : Math.min(at, offset));
    const from = Math.max(0, offset - REACH);
    const to = offset + inserted + REACH;
    if (this.#leftOutFrom !== undefined) {
      if (from >= this.#leftOutFrom) return; // What comes there is not known anyway.
      this.#leftOutFrom = moved(this.#leftOutFrom);
    }
    this.#findings = this.#findings.flatMap((found) => {
      if (found.end < offset) return [found];
      if (found.start <= offset + removed) return [];
      return [{ ...found, start: found.start + shift, end: found.end + shift }];
    });
    const { from: oldFrom, to: oldTo } = this.#dirty ?? { from: offset, to: offset + removed };
    this.#dirty = { from: Math.min(from, moved(oldFrom)), to: Math.max(to, moved(oldTo)) };
  }

  /** Reads what has yet to be read, and yields after each piece. `read` gives the text between two offsets, cut at its end. */
  *scan(read: (from: number, to: number) => string): Generator<undefined, readonly Finding[]> {
    for (let dirty = this.#dirty; dirty; dirty = this.#dirty) {
      this.#scanPiece(dirty, read);
      yield;
    }
    return this.#findings;
  }

  #scanPiece(
    dirty: { readonly from: number; readonly to: number },
    read: (from: number, to: number) => string,
  ): void {
    const end = Math.min(dirty.to, dirty.from + PIECE);
    const text = read(dirty.from, end + REACH);
    const before = this.#findings.filter((found) => found.start < dirty.from);
    let last = before.at(-1)?.end ?? 0;
    const fresh: Finding[] = [];
    for (const found of scanText(text, 0, end - dirty.from)) {
      const start = dirty.from + found.start;
      if (start < last) continue;
      last = dirty.from + found.end;
      fresh.push({ ...found, start, end: last });
    }
    const next = Math.max(end, last);
    const after = this.#findings.filter((found) => found.start >= next);
    this.#findings = [...before, ...fresh, ...after];
    const isAtEnd = text.length < end + REACH - dirty.from && text.length <= next - dirty.from;
    this.#dirty = next >= dirty.to || isAtEnd ? undefined : { from: next, to: dirty.to };
    this.#limit();
  }

  /** Leaves out what is too much, and goes on with what was left out once there is room for it again. */
  #limit(): void {
    const left = this.#findings[this.#most];
    if (left) {
      this.#findings = this.#findings.slice(0, this.#most);
      this.#leftOutFrom = left.start;
      const isBeyond = this.#dirty !== undefined && this.#dirty.from >= left.start;
      if (isBeyond) this.#dirty = undefined;
    } else if (!this.#dirty && this.#leftOutFrom !== undefined) {
      this.#dirty = { from: this.#leftOutFrom, to: Number.POSITIVE_INFINITY };
      this.#leftOutFrom = undefined;
    }
  }
}
