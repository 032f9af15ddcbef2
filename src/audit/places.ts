import type { AuditEvent } from './event.ts';
import { byCount, none, seen, type Counted } from './span.ts';
import type { Place, Span } from './summary.ts';

/** How many places may be known of one owner, of which so many in any case; the others are of a room that all share. */
export interface PlacesBound {
  readonly most: number;
  readonly own: number;
  readonly room: { left: number };
}

/** One place. It has all its fields from the beginning, as that takes the least memory: there are many. */
class Known implements Place {
  readonly address: string;
  readonly forwarded: string;
  readonly agent: string;
  readonly pod: string;
  readonly node: string;
  count = 0;
  first = 0;
  last = 0;
  /** The one that was found before it. */
  readonly before: Known | undefined;
  /** The one before it that has the same key, once they are found by their keys. */
  alike: Known | undefined = undefined;

  constructor({ address, forwarded, agent, user }: AuditEvent, before: Known | undefined) {
    this.address = address;
    this.forwarded = forwarded;
    this.agent = agent;
    this.pod = user.pod ?? '';
    this.node = user.node ?? '';
    this.before = before;
  }

  is({ address, forwarded, agent, user }: AuditEvent): boolean {
    return (
      this.pod === (user.pod ?? '') &&
      this.address === address &&
      this.agent === agent &&
      this.forwarded === forwarded &&
      this.node === (user.node ?? '')
    );
  }
}

/** So many are looked through one by one: most owners have no more. */
const FEW = 8;

const keyOf = (pod: string, address: string): string => (pod === '' ? address : pod);

/** The places that requests came from, no more than so many. */
export class Places {
  readonly #bound: PlacesBound;
  #newest: Known | undefined = undefined;
  #size = 0;
  #byKey: Map<string, Known> | undefined = undefined;
  /** Requests from places beyond those that are known. */
  #others: Counted | undefined = undefined;

  constructor(bound: PlacesBound) {
    this.#bound = bound;
  }

  add(event: AuditEvent): void {
    const known = this.#find(event);
    if (known) seen(known, event.at);
    else if (this.#hasRoom()) this.#put(event);
    else seen((this.#others ??= none()), event.at);
  }

  #find(event: AuditEvent): Known | undefined {
    if (this.#byKey) {
      let one = this.#byKey.get(keyOf(event.user.pod ?? '', event.address));
      while (one && !one.is(event)) one = one.alike;
      return one;
    }
    let one = this.#newest;
    while (one && !one.is(event)) one = one.before;
    return one;
  }

  #hasRoom(): boolean {
    const { most, own, room } = this.#bound;
    // All of a place that is known is counted at it: it may be among the others already.
    if (this.#others) return false;
    if (this.#size < own) return true;
    if (this.#size === most || room.left === 0) return false;
    room.left--;
    return true;
  }

  #put(event: AuditEvent): void {
    const place = new Known(event, this.#newest);
    seen(place, event.at);
    this.#newest = place;
    this.#size++;
    if (this.#byKey) this.#index(this.#byKey, place);
    else if (this.#size > FEW) {
      this.#byKey = new Map();
      for (const one of this.#all()) this.#index(this.#byKey, one);
    }
  }

  #index(byKey: Map<string, Known>, place: Known): void {
    const key = keyOf(place.pod, place.address);
    place.alike = byKey.get(key);
    byKey.set(key, place);
  }

  /** Those that were found first come first. */
  #all(): Known[] {
    const all: Known[] = [];
    for (let one = this.#newest; one; one = one.before) all.push(one);
    return all.toReversed();
  }

  /** How many requests came from places beyond those that are known. */
  get elsewhere(): number {
    return this.#others?.count ?? 0;
  }

  /** All requests, those from elsewhere too; undefined where there is none. */
  get span(): Span | undefined {
    if (this.#size === 0 && !this.#others) return undefined;
    const { count, first, last } = this.#others ?? none();
    const all = { count, first, last };
    for (let one = this.#newest; one; one = one.before) {
      all.count += one.count;
      if (one.first !== 0 && (all.first === 0 || one.first < all.first)) all.first = one.first;
      if (one.last > all.last) all.last = one.last;
    }
    return all;
  }

  /** Each address as often as it has places. */
  *addresses(): Generator<Pick<Place, 'address' | 'count'>> {
    for (const place of this.#all()) yield place;
  }

  /** Whether all came from one address. */
  get isOneAddress(): boolean {
    if (this.#others) return false;
    for (let one = this.#newest; one; one = one.before) {
      if (one.address !== this.#newest?.address) return false;
    }
    return true;
  }

  /** The most used first, no more than so many. */
  some(count: number): Place[] {
    const all = this.#all().sort(byCount).slice(0, count);
    return all.map(({ address, forwarded, agent, pod, node, count: times, first, last }) => ({
      address,
      forwarded,
      agent,
      pod,
      node,
      count: times,
      first,
      last,
    }));
  }

  /** Gives back what it took of the room that all share, as it is forgotten. */
  release(): void {
    this.#bound.room.left += Math.max(0, this.#size - this.#bound.own);
  }
}
