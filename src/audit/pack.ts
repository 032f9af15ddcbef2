import type { Told } from './counts.ts';
import {
  credentialKinds,
  type AccountUse,
  type ActionUse,
  type AuditSummary,
  type CredentialKind,
  type Issue,
  type Place,
  type Refusal,
  type SecretUse,
  type Span,
  type TokenUse,
} from './summary.ts';

/** A summary without what there are many of. */
type Few = Omit<AuditSummary, 'accounts' | 'tokens' | 'refusals'>;

/**
 * What is told of a log, as numbers and the bytes of texts: a tenth of what it is in objects. So it is handed from one
 * thread to another, and kept.
 */
export interface PackedSummary extends Few {
  /** So many in each, of which the last has more than are used. */
  readonly numbers: readonly Float64Array<ArrayBuffer>[];
  /** UTF-8, each text in one of them. */
  readonly texts: readonly Uint8Array<ArrayBuffer>[];
}

/** Numbers in one piece, and bytes in one of texts. */
const PIECE = 1 << 15;
const TEXTS = 1 << 18;
/** Stands for undefined: no JSON has it. */
const NOTHING = Number.NaN;
/** No text is longer, in UTF-16 units: no name is. */
const LONGEST = 1 << 16;
/** A text is a number: its place among the bytes times this, and its length in bytes, which is less. */
const LENGTHS = 2 ** 20;
/** So many texts are kept once however often they are written. */
const SHARED = 1 << 14;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Writes numbers one after the other. */
class Writer {
  readonly pieces: Float64Array<ArrayBuffer>[] = [];
  readonly #shared = new Map<string, number>();
  readonly texts: Uint8Array<ArrayBuffer>[] = [];
  #end = 0;
  /** In the last piece of texts. */
  #textsEnd = TEXTS;

  number(value: number | undefined): void {
    if (this.#end % PIECE === 0) this.pieces.push(new Float64Array(PIECE));
    this.#put(this.#end++, value ?? NOTHING);
  }

  #put(at: number, value: number): void {
    const piece = this.pieces[Math.floor(at / PIECE)];
    if (piece) piece[at % PIECE] = value;
  }

  /** A text that may have been written before. */
  text(value: string | undefined): void {
    const known = value === undefined ? NOTHING : this.#shared.get(value);
    const place = known ?? this.#add(value ?? '');
    if (known === undefined && value !== undefined && this.#shared.size < SHARED)
      this.#shared.set(value, place);
    this.number(place);
  }

  /** A text that nothing else has. */
  ownText(value: string | undefined): void {
    this.number(value === undefined ? undefined : this.#add(value));
  }

  #add(value: string): number {
    const text = value.slice(0, LONGEST);
    let piece = this.texts.at(-1);
    if (!piece || this.#textsEnd + text.length * 3 > TEXTS) {
      piece = new Uint8Array(TEXTS);
      this.texts.push(piece);
      this.#textsEnd = 0;
    }
    const { written } = encoder.encodeInto(text, piece.subarray(this.#textsEnd));
    const start = (this.texts.length - 1) * TEXTS + this.#textsEnd;
    this.#textsEnd += written;
    return start * LENGTHS + written;
  }

  /** Always three numbers. */
  span(span: Span | undefined): void {
    this.number(span?.count);
    this.number(span?.first);
    this.number(span?.last);
  }

  /** Where the list ends, how many there are, and each; undefined: no list. */
  list<T>(all: Iterable<T> | undefined, write: (one: T) => void): void {
    const start = this.#end;
    this.number(0);
    this.number(undefined);
    if (all) {
      let count = 0;
      for (const one of all) {
        write(one);
        count++;
      }
      this.#put(start + 1, count);
    }
    this.#put(start, this.#end);
  }

  places(places: readonly Place[]): void {
    this.list(places, (place) => {
      this.ownText(place.address);
      this.text(place.forwarded);
      this.text(place.agent);
      this.ownText(place.pod);
      this.text(place.node);
      this.span(place);
    });
  }

  strings(all: readonly string[] | undefined): void {
    this.list(all, (text) => {
      this.text(text);
    });
  }
}

/** What is told, as numbers. */
export function packed({
  accounts,
  tokens,
  refusals,
  ...few
}: Told & Omit<AuditSummary, keyof Told>): PackedSummary {
  const writer = new Writer();
  writer.list(accounts, (account) => {
    writeAccount(writer, account);
  });
  writer.list(tokens, (token) => {
    writeToken(writer, token);
  });
  writer.list(refusals, (refusal) => {
    writer.number(refusal.code);
    writer.text(refusal.who);
    writer.text(refusal.why);
    writer.span(refusal);
    writer.number(refusal.elsewhere);
    writer.places(refusal.places);
  });
  return { ...few, numbers: writer.pieces, texts: writer.texts };
}

function writeAccount(writer: Writer, account: AccountUse): void {
  writer.text(account.namespace);
  writer.text(account.name);
  writer.ownText(account.uid);
  writer.span(account);
  writer.number(account.elsewhere);
  writer.number(account.staleSince);
  writer.number(account.refused);
  writer.number(account.actedAs);
  writer.number(account.actedAsIt);
  writer.number(Number(account.hasMoreActions));
  for (const kind of credentialKinds) writer.span(account.byKind[kind]);
  writer.places(account.places);
  writer.list(account.secrets, (secret) => {
    writer.text(secret.name);
    writer.number(Number(secret.isListed));
    writer.span(secret);
    writer.places(secret.places);
  });
  writer.list(account.actions, (action) => {
    const { verb, group, resource, namespace, path } = action;
    for (const text of [verb, group, resource, namespace, path]) writer.text(text);
    writer.span(action);
    writer.strings(action.names);
    writer.strings(action.allowedBy);
  });
}

function writeToken(writer: Writer, token: TokenUse): void {
  const { issued } = token;
  writer.ownText(token.jti);
  writer.text(token.account);
  writer.ownText(token.pod);
  writer.ownText(token.podUid);
  writer.text(token.node);
  writer.number(Number(token.isPart));
  writer.number(token.elsewhere);
  writer.number(token.staleSince);
  writer.span(token.used);
  writer.list(issued && [issued], ({ at, by, address, agent, boundTo, life }) => {
    writer.number(at);
    for (const text of [by, address, agent, boundTo]) writer.text(text);
    writer.number(life);
  });
  writer.places(token.places);
  writer.strings(token.strange);
}

type Packed = Pick<PackedSummary, 'numbers' | 'texts'>;

/** Reads what was written, from a place on. */
class Reader {
  readonly packed: Packed;
  at: number;

  constructor(given: Packed, at: number) {
    this.packed = given;
    this.at = at;
  }

  number(): number {
    const { at } = this;
    this.at++;
    return this.packed.numbers[Math.floor(at / PIECE)]?.[at % PIECE] ?? NOTHING;
  }

  maybeNumber(): number | undefined {
    const value = this.number();
    return Number.isNaN(value) ? undefined : value;
  }

  text(): string {
    return this.maybeText() ?? '';
  }

  maybeText(): string | undefined {
    const place = this.maybeNumber();
    if (place === undefined) return undefined;
    const start = Math.floor(place / LENGTHS);
    const piece = this.packed.texts[Math.floor(start / TEXTS)];
    return decoder.decode(piece?.subarray(start % TEXTS, (start % TEXTS) + (place % LENGTHS)));
  }

  maybeSpan(): Span | undefined {
    const [count, first, last] = [this.number(), this.number(), this.number()];
    return Number.isNaN(count) ? undefined : { count, first, last };
  }

  span(): Span {
    return this.maybeSpan() ?? { count: 0, first: 0, last: 0 };
  }

  list<T>(read: (reader: Reader) => T): T[] | undefined {
    this.at++;
    const count = this.number();
    return Number.isNaN(count) ? undefined : Array.from({ length: count }, () => read(this));
  }

  /** Passes so many lists over. */
  skip(lists: number): this {
    for (let left = lists; left > 0; left--) this.at = this.number();
    return this;
  }
}

const readText = (reader: Reader): string => reader.text();

function readPlace(reader: Reader): Place {
  const [address, forwarded, agent] = [reader.text(), reader.text(), reader.text()];
  const [pod, node] = [reader.text(), reader.text()];
  return { address, forwarded, agent, pod, node, ...reader.span() };
}

function readSecret(reader: Reader): SecretUse {
  const [name, isListed, span] = [reader.text(), reader.number() === 1, reader.span()];
  return { name, isListed, ...span, places: reader.list(readPlace) ?? [] };
}

function readAction(reader: Reader): ActionUse {
  const [verb, group, resource] = [reader.text(), reader.text(), reader.text()];
  const [namespace, path, span] = [reader.text(), reader.text(), reader.span()];
  const [names, allowedBy] = [reader.list(readText), reader.list(readText) ?? []];
  return { verb, group, resource, namespace, path, ...span, names, allowedBy };
}

function readIssue(reader: Reader): Issue {
  const [at, by, address, agent] = [reader.number(), reader.text(), reader.text(), reader.text()];
  return { at, by, address, agent, boundTo: reader.maybeText(), life: reader.maybeNumber() };
}

/** Something of which each field is read when somebody asks for it; `size` numbers come before its lists. */
class View {
  readonly #packed: Packed;
  readonly #at: number;
  readonly #size: number;

  constructor(reader: Reader, size: number, lists: number) {
    this.#packed = reader.packed;
    this.#at = reader.at;
    this.#size = size;
    reader.at += size;
    reader.skip(lists);
  }

  protected from(offset: number): Reader {
    return new Reader(this.#packed, this.#at + offset);
  }

  protected list<T>(lists: number, read: (reader: Reader) => T): T[] {
    return this.from(this.#size).skip(lists).list(read) ?? [];
  }
}

/** One whose first three fields are texts or a code, which its use follows. */
class UseView extends View implements Span {
  get count(): number {
    return this.from(3).number();
  }

  get first(): number {
    return this.from(4).number();
  }

  get last(): number {
    return this.from(5).number();
  }

  get elsewhere(): number {
    return this.from(6).number();
  }
}

class PackedAccount extends UseView implements AccountUse {
  constructor(reader: Reader) {
    super(reader, 24, 3);
  }

  get namespace(): string {
    return this.from(0).text();
  }

  get name(): string {
    return this.from(1).text();
  }

  get uid(): string {
    return this.from(2).text();
  }

  get staleSince(): number | undefined {
    return this.from(7).maybeNumber();
  }

  get refused(): number {
    return this.from(8).number();
  }

  get actedAs(): number {
    return this.from(9).number();
  }

  get actedAsIt(): number {
    return this.from(10).number();
  }

  get hasMoreActions(): boolean {
    return this.from(11).number() === 1;
  }

  get byKind(): Readonly<Record<CredentialKind, Span | undefined>> {
    const reader = this.from(12);
    const [legacy, stale, bound, untold] = credentialKinds.map(() => reader.maybeSpan());
    return { legacy, stale, bound, untold };
  }

  get places(): readonly Place[] {
    return this.list(0, readPlace);
  }

  get secrets(): readonly SecretUse[] {
    return this.list(1, readSecret);
  }

  get actions(): readonly ActionUse[] {
    return this.list(2, readAction);
  }
}

class PackedToken extends View implements TokenUse {
  constructor(reader: Reader) {
    super(reader, 11, 3);
  }

  get jti(): string {
    return this.from(0).text();
  }

  get account(): string {
    return this.from(1).text();
  }

  get pod(): string | undefined {
    return this.from(2).maybeText();
  }

  get podUid(): string | undefined {
    return this.from(3).maybeText();
  }

  get node(): string | undefined {
    return this.from(4).maybeText();
  }

  get isPart(): boolean {
    return this.from(5).number() === 1;
  }

  get elsewhere(): number {
    return this.from(6).number();
  }

  get staleSince(): number | undefined {
    return this.from(7).maybeNumber();
  }

  get used(): Span | undefined {
    return this.from(8).maybeSpan();
  }

  get issued(): Issue | undefined {
    return this.list(0, readIssue)[0];
  }

  get places(): readonly Place[] {
    return this.list(1, readPlace);
  }

  get strange(): readonly string[] {
    return this.list(2, readText);
  }
}

class PackedRefusal extends UseView implements Refusal {
  constructor(reader: Reader) {
    super(reader, 7, 1);
  }

  get code(): number {
    return this.from(0).number();
  }

  get who(): string {
    return this.from(1).text();
  }

  get why(): string {
    return this.from(2).text();
  }

  get places(): readonly Place[] {
    return this.list(0, readPlace);
  }
}

/** The same summary; what is in its lists is read from the numbers when somebody asks for it, and kept nowhere else. */
export function unpacked({ numbers, texts, ...few }: PackedSummary): AuditSummary {
  const reader = new Reader({ numbers, texts }, 0);
  return {
    ...few,
    accounts: reader.list((from) => new PackedAccount(from)) ?? [],
    tokens: reader.list((from) => new PackedToken(from)) ?? [],
    refusals: reader.list((from) => new PackedRefusal(from)) ?? [],
  };
}

/** What of it is handed over to another thread instead of being copied. */
export const handedOver = ({ numbers, texts }: PackedSummary): ArrayBuffer[] =>
  [...numbers, ...texts].map(({ buffer }) => buffer);
