import type { LiveState, OnePod } from '../api/live.ts';
import type { ObjectRef, PodInfo } from '../api/objects.ts';
import { PODS } from '../read/kinds.ts';
import { podInfo } from '../read/objects.ts';
import { Follower, type Followed } from './follower.ts';
import { Rows } from './rows.ts';

/** Namespaces whose Pods are followed at once: each is a connection of its own. */
const MOST_NAMESPACES = 20;
/** Single Pods that are followed at once, and of one namespace before all of it is followed in their place. */
const MOST_SINGLE = { inAll: 20, inNamespace: 5 };
const UNASKED: LiveState = { phase: 'unasked', problem: undefined };

type Watched = Pick<Followed<PodInfo>, 'server' | 'quietTimeout'>;

/** One list that is followed: a namespace's Pods, or a single one. */
class Room {
  readonly rows: Rows<PodInfo>;
  readonly #follower: Follower<PodInfo>;
  readonly #ending = new AbortController();
  #ran: Promise<void> = Promise.resolve();
  #hasRun = false;

  constructor(followed: Followed<PodInfo>) {
    this.rows = followed.rows;
    this.#follower = new Follower(followed);
  }

  get state(): LiveState {
    const { state } = this.#follower;
    // Paused before all of it was there, it is not known to have none.
    return state.phase === 'paused' && !(this.#hasRun && this.#follower.isKnown) ? UNASKED : state;
  }

  /** Runs after what ran before has ended, until the signal or `end`. */
  async run(signal: AbortSignal): Promise<void> {
    const before = this.#ran;
    const either = AbortSignal.any([signal, this.#ending.signal]);
    this.#ran = (async () => {
      await before;
      this.#hasRun = true;
      if (!either.aborted) await this.#follower.run(either);
    })();
    await this.#ran;
  }

  end(): void {
    this.#ending.abort();
  }
}

/**
 * The Pods that somebody looks at, namespace by namespace, and single ones that a token on screen is bound to; no other
 * is asked for. What is no longer looked at is forgotten.
 */
export class PodRooms {
  readonly #watched: Watched;
  readonly #onChange: (namespaces: Iterable<string>) => void;
  /** In the order in which they were opened. */
  readonly #namespaces = new Map<string, Room>();
  /** By namespace and name. */
  readonly #single = new Map<string, Map<string, Room>>();
  #running: AbortSignal | undefined;

  /** `onChange` is told where a Pod or what is known of them is another. */
  constructor(watched: Watched, onChange: (namespaces: Iterable<string>) => void) {
    this.#watched = watched;
    this.#onChange = onChange;
  }

  /** Follows what is followed until the signal ends it. */
  run(signal: AbortSignal): void {
    this.#running = signal;
    for (const room of this.#rooms()) void room.run(signal);
  }

  /** See LiveView.followPods. */
  follow(namespace: string, isWanted: boolean): void {
    const there = this.#namespaces.get(namespace);
    if (there) {
      if (!isWanted) return;
      this.#namespaces.delete(namespace);
      this.#namespaces.set(namespace, there);
      return;
    }
    if (this.#namespaces.size >= MOST_NAMESPACES) {
      const oldest = isWanted ? this.#namespaces.keys().next().value : undefined;
      if (oldest === undefined) return;
      this.leave(oldest);
    }
    this.#namespaces.set(namespace, this.#opened(namespace));
    this.#onChange([namespace]);
  }

  /** See LiveView.leavePods. */
  leave(namespace: string): void {
    const room = this.#namespaces.get(namespace);
    if (!room) return;
    room.end();
    this.#namespaces.delete(namespace);
    this.#onChange([namespace]);
  }

  /** See LiveView.pod. */
  one({ namespace, name }: ObjectRef): OnePod {
    const room = this.#namespaces.get(namespace) ?? this.#singles(namespace).get(name);
    return { state: room?.state ?? UNASKED, pod: room?.rows.get(namespace, name) };
  }

  /** See LiveView.followPod. */
  followOne({ namespace, name }: ObjectRef): void {
    const singles = this.#singles(namespace);
    if (this.#namespaces.has(namespace) || singles.has(name)) return;
    if (singles.size >= MOST_SINGLE.inNamespace) {
      this.follow(namespace, false);
      return;
    }
    if ([...this.#single.values()].reduce((sum, { size }) => sum + size, 0) >= MOST_SINGLE.inAll) return;
    singles.set(name, this.#opened(namespace, name));
    this.#single.set(namespace, singles);
  }

  of({ namespace, name }: ObjectRef): readonly PodInfo[] {
    return this.#namespaces.get(namespace)?.rows.ownedBy(namespace, name) ?? [];
  }

  sorted(namespace: string): readonly PodInfo[] {
    return this.#namespaces.get(namespace)?.rows.sorted(namespace) ?? [];
  }

  /** Of a namespace, or the worst of all that are followed. */
  state(namespace: string | undefined): LiveState {
    if (namespace !== undefined) return this.#namespaces.get(namespace)?.state ?? UNASKED;
    const states = [...this.#namespaces.values()].map((room) => room.state);
    for (const phase of ['loading', 'stale', 'forbidden', 'paused', 'ready'] as const) {
      const found = states.find((state) => state.phase === phase);
      if (found) return found;
    }
    return UNASKED;
  }

  #rooms(): readonly Room[] {
    const single = Array.from(this.#single.values(), (all) => Array.from(all.values()));
    return [...this.#namespaces.values(), ...single.flat()];
  }

  #singles(namespace: string): Map<string, Room> {
    return this.#single.get(namespace) ?? new Map<string, Room>();
  }

  #opened(namespace: string, name?: string): Room {
    const room = new Room({
      ...this.#watched,
      kind: name === undefined ? PODS : { ...PODS, fieldSelector: `metadata.name=${name}` },
      namespace,
      reduce: podInfo,
      rows: new Rows<PodInfo>(({ serviceAccount }) => serviceAccount),
      onRows: (changed) => {
        const namespaces = [...changed];
        if (namespaces.length > 0) this.#onChange(namespaces);
      },
      onState: () => {
        this.#onChange([namespace]);
      },
    });
    if (this.#running && !this.#running.aborted) void room.run(this.#running);
    return room;
  }
}
