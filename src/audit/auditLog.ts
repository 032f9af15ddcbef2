import { Counts, MOST, type Told } from './counts.ts';
import { EventReader } from './event.ts';
import { unwrapped } from './forms.ts';
import { packed, type PackedSummary } from './pack.ts';
import { Records } from './records.ts';
import { skipSpace, textOf } from './scan.ts';
import type { AuditSummary, BrokenLine, FileRead } from './summary.ts';

/** So many broken lines are told by their number. */
const MOST_BROKEN = 20;
/** An export is wrapped no deeper. */
const DEEPEST = 4;

const encoder = new TextEncoder();

/** Reads audit logs, of any form and in pieces, and counts what they tell. */
export class AuditLog {
  readonly #counts: Counts;
  readonly #reader = new EventReader();
  readonly #files: (FileRead & {
    read: number;
    size: number;
    events: number;
    problem: string | undefined;
  })[] = [];
  #records: Records | undefined;
  #lines = 0;
  #broken = 0;
  readonly #firstBroken: BrokenLine[] = [];
  #others = 0;

  /** `wanted`: ids of tokens that are counted however many others there are; `most`: how much is known at a time. */
  constructor(wanted: readonly string[] = [], most = MOST) {
    this.#counts = new Counts(wanted, most);
  }

  /** Begins another file. */
  begin(name: string): void {
    const file = { name, read: 0, size: 0, events: 0, problem: undefined };
    this.#files.push(file);
    this.#records = new Records({
      record: (bytes, from, to, line) => {
        this.#lines++;
        const found = this.#take(bytes, from, to, 0);
        if (found === 'broken') this.#break(name, line);
        else if (found === 0) this.#others++;
        else file.events += found;
      },
      broken: (line) => {
        this.#lines++;
        this.#break(name, line);
      },
    });
  }

  /** Says how large the file is, in bytes. */
  measure(size: number): void {
    const file = this.#files.at(-1);
    if (file) file.size = size;
  }

  /** Reads the next bytes, which may be reused afterwards; `onDisk`: how many of the file they are. */
  push(bytes: Uint8Array, onDisk: number): void {
    const file = this.#files.at(-1);
    if (file) file.read += onDisk;
    this.#records?.push(bytes);
  }

  /** Ends the file; `problem`: why that is not its end. */
  end(problem?: string): void {
    this.#records?.end();
    this.#records = undefined;
    const file = this.#files.at(-1);
    if (file && problem !== undefined) file.problem = problem;
  }

  /** What was found so far; `hasEnded`: nothing follows. */
  summary(hasEnded: boolean): AuditSummary {
    const { accounts, tokens, refusals, ...few } = this.#told(hasEnded);
    return { ...few, accounts: [...accounts], tokens: [...tokens], refusals: [...refusals] };
  }

  /** The same in little memory. */
  packed(hasEnded: boolean): PackedSummary {
    return packed(this.#told(hasEnded));
  }

  #told(hasEnded: boolean): Told & Omit<AuditSummary, keyof Told> {
    return {
      files: this.#files.map((file) => ({ ...file })),
      lines: this.#lines,
      broken: this.#broken,
      firstBroken: [...this.#firstBroken],
      others: this.#others,
      ...this.#counts.tell(hasEnded),
    };
  }

  #break(file: string, line: number): void {
    this.#broken++;
    if (this.#firstBroken.length < MOST_BROKEN) this.#firstBroken.push({ file, line });
  }

  /** How many events a record is of. */
  #take(bytes: Uint8Array, from: number, to: number, depth: number): number | 'broken' {
    const end = this.#reader.read(bytes, from, to);
    if (end < 0 || skipSpace(bytes, end, to) !== to) return this.#takeOther(bytes, from, to, depth);
    if (!this.#reader.isEvent) return this.#takeWrapped(textOf(bytes, from, end), depth);
    this.#count();
    return 1;
  }

  #count(): void {
    const { stage } = this.#reader;
    // Nothing is known yet of how it ends, and it is told again when it has.
    if (stage === 'RequestReceived' || stage === undefined) return;
    const { event } = this.#reader;
    if (stage === 'ResponseStarted') this.#counts.started(this.#reader.request, event);
    else this.#counts.ended(this.#counts.hasUnfinished ? this.#reader.request : undefined, event);
  }

  /** A record that is an array, or has something before it, as a time. */
  #takeOther(bytes: Uint8Array, from: number, to: number, depth: number): number | 'broken' {
    const start = skipSpace(bytes, from, to);
    if (bytes[start] === 0x5b) return this.#takeWrapped(textOf(bytes, start, to), depth);
    if (bytes[start] === 0x7b || depth > 0) return 'broken';
    const brace = bytes.subarray(start, Math.min(to, start + 512)).indexOf(0x7b);
    return brace < 0 ? 'broken' : this.#take(bytes, start + brace, to, 1);
  }

  #takeWrapped(text: string, depth: number): number | 'broken' {
    if (depth === DEEPEST) return 0;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return 'broken'; // It is no JSON: so it is said.
    }
    let events = 0;
    for (const one of unwrapped(value)) {
      const bytes = encoder.encode(one);
      const found = this.#take(bytes, 0, bytes.length, depth + 1);
      if (found === 'broken') return 'broken';
      events += found;
    }
    return events;
  }
}
