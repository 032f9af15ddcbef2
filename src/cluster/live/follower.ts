import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { messageOf, Problem } from '../../errors.ts';
import type { LiveState } from '../api/live.ts';
import type { Server } from '../connect/server.ts';
import { field, text } from '../read/json.ts';
import { needOf, watchRequest, type Kind } from '../read/kinds.ts';
import { pages } from '../read/pages.ts';
import type { Named, Rows } from './rows.ts';

/** The server ends a watch after this, and the follower goes on with the next one; spread, so that they do not end together. */
const WATCH_SECONDS = { least: 300, more: 300 };
/** The server sends a bookmark about once a minute; a watch that is quiet for longer is dead. */
const QUIET_TIMEOUT = 130_000;
/** A watch that lived for less counts as failed. */
const SHORT_LIFE = 1000;
const BACK_OFF = { first: 100, longest: 1900 };
/** A refused credential is tried again less often: a program may have to be run for it. Its files are looked at meanwhile. */
const LONGEST_BACK_OFF_UNAUTHORIZED = 30_000;
/** How often a right that was there has to be refused before it counts as taken away: a server that has just started does not know its roles yet. */
const REFUSALS = 5;
/** How often a server may say that it is busy before what it would go on from is given up. */
const BUSY = 10;
/** A server that has not answered by then may have news: what is shown of it counts as old, in milliseconds. */
const LATE = 2000;

/** For so long rows are taken out without a pause, in milliseconds. */
const SLICE = 4;

/** What a follower keeps true, and whom it tells. */
export interface Followed<T extends Named> {
  readonly server: Server;
  readonly kind: Kind;
  /** Undefined: every namespace. */
  readonly namespace: string | undefined;
  readonly reduce: (object: unknown) => T;
  readonly rows: Rows<T>;
  readonly onRows: (namespaces: Iterable<string>) => void;
  readonly onState: () => void;
  /** How long a watch may be silent, in milliseconds; as long as two bookmarks are apart where undefined. */
  readonly quietTimeout: number | undefined;
}

/** Lists and watches one kind in one scope, for as long as it runs, whatever happens to the server meanwhile. */
export class Follower<T extends Named> {
  readonly #followed: Followed<T>;
  #state: LiveState = { phase: 'paused', problem: undefined };
  /** Where the watch goes on; undefined: it has to be listed first. */
  #resourceVersion: string | undefined;
  #known = false;
  #failures = 0;
  /** How often in a row the server has said that it is busy. */
  #busy = 0;
  #late: NodeJS.Timeout | undefined;

  constructor(followed: Followed<T>) {
    this.#followed = followed;
  }

  get state(): LiveState {
    return this.#state;
  }

  /** Whether all of it has been there. */
  get isKnown(): boolean {
    return this.#known;
  }

  /** Follows until the signal ends it, or until the server forbids it. Rejects never. */
  async run(signal: AbortSignal): Promise<void> {
    this.#become(this.#known ? 'stale' : 'loading');
    this.#failures = 0;
    while (!signal.aborted) {
      try {
        if (this.#resourceVersion === undefined) await this.#list(signal);
        await this.#watch(signal);
      } catch (error) {
        clearTimeout(this.#late);
        if (signal.aborted) break;
        const problem = Problem.is(error)
          ? error
          : new Problem('refused', messageOf(error), { cause: error });
        if (problem.reason === 'forbidden' && (!this.#known || this.#failures >= REFUSALS)) {
          this.#forget();
          this.#become('forbidden', problem);
          return;
        }
        this.#failures += 1;
        // What a server refuses to watch has to be listed anew. A connection that was cut has not, and a server that is
        // busy is spared it for a while.
        const isRefused = problem.reason === 'refused';
        this.#busy = problem.reason === 'busy' ? this.#busy + 1 : 0;
        const isBusyForLong = this.#busy >= BUSY;
        if (isRefused || isBusyForLong) this.#resourceVersion = undefined;
        this.#become(this.#known ? 'stale' : 'loading', problem);
        await this.#pause(problem, signal);
      }
    }
    this.#become('paused');
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { server, kind, namespace, reduce, rows, onRows } = this.#followed;
    const listedNames = new Map<string, Set<string>>();
    let listed: string | undefined;
    let isWhole = !this.#known;
    this.#await();
    for await (const page of pages(server, kind, namespace, reduce, signal)) {
      if (page.restarted) {
        listedNames.clear();
        isWhole = false;
      }
      for (const row of page.items) {
        const names = listedNames.get(row.namespace);
        if (names) names.add(row.name);
        else listedNames.set(row.namespace, new Set([row.name]));
      }
      // Rows are shown as they come; those that are not listed any more stay until all others are there.
      onRows(new Set(page.items.filter((row) => rows.set(row)).map((row) => row.namespace)));
      listed = page.resourceVersion;
      this.#await();
    }
    clearTimeout(this.#late);
    if (!isWhole) await this.#dropOthers(listedNames, signal);
    this.#resourceVersion = listed;
    this.#known = true;
    this.#become('ready');
  }

  /** Takes out what a list does not have, and lets others run between: there may be 100,000. */
  async #dropOthers(listed: ReadonlyMap<string, ReadonlySet<string>>, signal: AbortSignal): Promise<void> {
    const { namespace, rows, onRows } = this.#followed;
    let began = performance.now();
    for (const scope of namespace === undefined ? rows.namespaces() : [namespace]) {
      const left = rows.keep(scope, listed.get(scope));
      if (left) onRows([scope]);
      if (performance.now() - began < SLICE) continue;
      await setImmediate();
      signal.throwIfAborted();
      began = performance.now();
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { server, kind, namespace } = this.#followed;
    const timeoutSeconds = Math.round(WATCH_SECONDS.least + Math.random() * WATCH_SECONDS.more);
    const query = { resourceVersion: this.#resourceVersion, timeoutSeconds };
    const began = performance.now();
    this.#await();
    const onOpen = (): void => {
      clearTimeout(this.#late);
      this.#busy = 0;
      this.#become('ready');
    };
    const request = watchRequest(kind, namespace, query);
    const quiet = this.#followed.quietTimeout ?? QUIET_TIMEOUT;
    const events = server.stream(request, needOf('watch', kind, namespace), quiet, signal, onOpen);
    const livedLong = (): boolean => performance.now() - began >= SHORT_LIFE;
    try {
      for await (const event of events) {
        if (!this.#take(text(event, 'type'), field(event, 'object'))) return;
      }
    } finally {
      if (livedLong()) this.#failures = 0;
    }
    if (!livedLong() && !signal.aborted) {
      throw new Problem('unreachable', `${server.context.endpoint.server} ended a watch at once.`);
    }
  }

  /** Takes in an event. Returns false where the watch cannot go on, and what it watched has to be listed. */
  #take(type: string | undefined, object: unknown): boolean {
    const { rows, reduce, onRows, server, kind } = this.#followed;
    if (type === 'ERROR') {
      this.#resourceVersion = undefined;
      if (field(object, 'code') === 410) return false;
      const said = text(object, 'message') ?? 'no reason given';
      throw new Problem(
        'refused',
        `${server.context.endpoint.server} ended the watch of ${kind.resource}: ${said}`,
      );
    }
    const version = text(field(object, 'metadata'), 'resourceVersion');
    if (version === undefined) {
      throw new Problem(
        'refused',
        `${server.context.endpoint.server} sends a watch event without an object.`,
      );
    }
    if (type === 'ADDED' || type === 'MODIFIED') {
      const row = reduce(object);
      if (rows.set(row)) onRows([row.namespace]);
    } else if (type === 'DELETED') {
      const row = reduce(object);
      if (rows.delete(row)) onRows([row.namespace]);
    }
    this.#resourceVersion = version;
    return true;
  }

  /** Nothing of this may be seen any more. */
  #forget(): void {
    const { rows, namespace, onRows } = this.#followed;
    this.#resourceVersion = undefined;
    if (this.#known) onRows(rows.replace(namespace, []));
    this.#known = false;
  }

  /** Waits until the next try; no longer than until the credential that was refused is replaced. */
  async #pause(problem: Problem, signal: AbortSignal): Promise<void> {
    const waiting = new AbortController();
    const either = AbortSignal.any([signal, waiting.signal]);
    const waits = [pause(backOff(this.#failures, problem), either)];
    if (isOfCredential(problem)) waits.push(this.#followed.server.credentialChange(either));
    await Promise.race(waits);
    waiting.abort();
  }

  /** Marks the rows where the server has not answered soon: it may be a route that is gone, which nobody tells. */
  #await(): void {
    clearTimeout(this.#late);
    if (!this.#known) return; // Who has no rows sees that they are still being loaded.
    const { server } = this.#followed.server.context.endpoint;
    const problem = new Problem('unreachable', `Waiting for ${server} for more than ${LATE / 1000} s.`);
    this.#late = setTimeout(() => {
      this.#become('stale', problem);
    }, LATE);
  }

  #become(phase: LiveState['phase'], problem?: Problem): void {
    if (this.#state.phase === phase && this.#state.problem?.message === problem?.message) return;
    this.#state = { phase, problem };
    this.#followed.onState();
  }
}

/** Milliseconds until the next try, with jitter so that not all clients come back at once. */
function backOff(failures: number, problem: Problem): number {
  const longest = isOfCredential(problem) ? LONGEST_BACK_OFF_UNAUTHORIZED : BACK_OFF.longest;
  return Math.min(BACK_OFF.first * 2 ** failures, longest) * (0.5 + Math.random() / 2);
}

function isOfCredential({ reason }: Problem): boolean {
  return reason === 'unauthorized' || reason === 'bad-kubeconfig';
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal });
  } catch {
    // Ended while waiting: the loop sees the signal.
  }
}
