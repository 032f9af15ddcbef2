import type { AuditEvent } from './event.ts';
import { Places, type PlacesBound } from './places.ts';
import type { Trace } from './strange.ts';
import type { Issue } from './summary.ts';

/** What is known of one token; each place of its use, too. */
export class Token extends Places implements Trace {
  readonly account: string;
  /** Whether some of its use may have been left out before. */
  readonly isPart: boolean;
  issued: Issue | undefined = undefined;
  pod: string | undefined = undefined;
  podUid: string | undefined = undefined;
  node: string | undefined = undefined;
  staleSince: number | undefined = undefined;

  constructor(account: string, isPart: boolean, bound: PlacesBound) {
    super(bound);
    this.account = account;
    this.isPart = isPart;
  }

  use(event: AuditEvent): void {
    this.add(event);
    const { pod, podUid, node } = event.user;
    this.pod ??= pod;
    this.podUid ??= podUid;
    this.node ??= node;
  }

  get lastSeen(): number {
    return Math.max(this.span?.last ?? 0, this.issued?.at ?? 0);
  }
}

/** Tokens by their ids, no more than so many. */
export class Tokens {
  readonly #known = new Map<string, Token>();
  readonly #forgotten = new Forgotten();
  /** Those that are known however many others there are. */
  readonly #wanted: ReadonlySet<string>;
  readonly #most: number;
  readonly #places: PlacesBound;
  /** How many requests came with tokens that were left out; one of which only the issue was known counts as one. */
  leftOut = 0;

  constructor(wanted: readonly string[], most: number, places: PlacesBound) {
    this.#wanted = new Set(wanted);
    this.#most = most;
    this.#places = places;
  }

  get size(): number {
    return this.#known.size;
  }

  [Symbol.iterator](): Iterator<[jti: string, token: Token]> {
    return this.#known[Symbol.iterator]();
  }

  /** One that is new is of the ServiceAccount `account`. */
  get(jti: string, account: string): Token {
    const known = this.#known.get(jti);
    if (known) return known;
    if (this.#known.size >= this.#most && !this.#wanted.has(jti)) this.#forget();
    const token = new Token(account, this.#forgotten.mayHave(jti), this.#places);
    this.#known.set(jti, token);
    return token;
  }

  /** Those that are wanted, and so many others: those that were found last. */
  some(count: number): [jti: string, token: Token][] {
    const all = [...this.#known];
    const wanted = all.filter(([jti]) => this.#wanted.has(jti));
    return [...wanted, ...all.slice(-count).filter(([jti]) => !this.#wanted.has(jti))];
  }

  /**
   * Leaves out half of the tokens that are renewed for Pods, those that ended the longest ago: they are the many. One that
   * came from several addresses stays, as does one that is wanted.
   */
  #forget(): void {
    const others = [...this.#known].filter(([jti]) => !this.#wanted.has(jti));
    const passing = others.filter(
      ([, token]) => (token.pod !== undefined || token.span === undefined) && token.isOneAddress,
    );
    const all = passing.length < this.#most / 4 ? others : passing;
    const byAge = all
      .map(([jti, token]) => ({ jti, token, last: token.lastSeen }))
      .sort((one, other) => one.last - other.last);
    for (const { jti, token } of byAge.slice(0, Math.ceil(all.length / 2))) {
      this.leftOut += Math.max(1, token.span?.count ?? 0);
      this.#forgotten.add(jti);
      token.release();
      this.#known.delete(jti);
    }
  }
}

/** In bits: of a million ids one in twenty others is taken for one of them. */
const ROOM = 1 << 23;

/** Which ids were left out, by two bits of each. It may take another for one of them, and never one of them for another. */
class Forgotten {
  #bits: Uint32Array | undefined;

  add(id: string): void {
    this.#bits ??= new Uint32Array(ROOM / 32);
    for (const bit of bitsOf(id)) this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  mayHave(id: string): boolean {
    const bits = this.#bits;
    return (
      bits !== undefined && bitsOf(id).every((bit) => ((bits[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0)
    );
  }
}

function bitsOf(id: string): [number, number] {
  let [one, other] = [0x811c9dc5, id.length];
  for (let at = 0; at < id.length; at++) {
    const unit = id.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x9e3779b1);
    other ^= other >>> 15;
  }
  one ^= one >>> 16;
  return [one & (ROOM - 1), other & (ROOM - 1)];
}
