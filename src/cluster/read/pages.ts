import { setImmediate } from 'node:timers/promises';
import { Problem } from '../../errors.ts';
import type { ClusterAnswer } from '../api/cluster.ts';
import type { Server } from '../connect/server.ts';
import { field, list, text } from './json.ts';
import { listRequest, needOf, type Kind } from './kinds.ts';
import { Unread } from './wire.ts';

/** The first page is small, so that first rows are there at once. */
const FIRST_PAGE = 500;
/** More at once is quicker to get (3 times over 30,000 objects), and small objects are quick to parse. */
const LATER_PAGES = { small: 2000, big: 500 };
/** For so long objects are read without a pause, in milliseconds. */
const SLICE = 4;
/** A list that expires this often while it is read is read no further. */
const MOST_RESTARTS = 3;

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  /** What had been given before is void: the list expired (410) and starts anew. */
  readonly restarted: boolean;
  /** The state of the cluster that the list shows; a watch goes on from it. */
  readonly resourceVersion: string;
  /** How many objects come after this page, where the server says that. */
  readonly remaining: number | undefined;
}

/**
 * Lists a kind page by page, each object reduced as it arrives; the next page is asked for meanwhile, and not waited for where
 * nobody goes on. Throws a Problem.
 */
export async function* pages<T>(
  server: Server,
  kind: Kind,
  namespace: string | undefined,
  reduce: (object: unknown) => T,
  signal: AbortSignal,
): AsyncGenerator<Page<T>, void, undefined> {
  const need = needOf('list', kind, namespace);
  const { endpoint } = server.context;
  const ending = new AbortController();
  const wanted = AbortSignal.any([signal, ending.signal]);
  const ask = (next?: string): Promise<ClusterAnswer> => {
    const limit = next === undefined ? FIRST_PAGE : LATER_PAGES[kind.isBig === true ? 'big' : 'small'];
    const answer = server.ask(listRequest(kind, namespace, { limit, continue: next }), wanted, kind.shape);
    answer.catch(() => undefined); // Who waits for it is told.
    return answer;
  };
  let next: string | undefined;
  let restarts = 0;
  let restarted = false;
  try {
    for (let coming: Promise<ClusterAnswer> | undefined = ask(); coming;) {
      const answer = await coming;
      if (answer.status === 410 && next !== undefined && restarts < MOST_RESTARTS) {
        restarts += 1;
        restarted = true;
        next = undefined;
        coming = ask();
        continue;
      }
      if (answer.status !== 200) throw server.problemOf(answer, need);
      const metadata = field(answer.body, 'metadata');
      const resourceVersion = text(metadata, 'resourceVersion');
      if (resourceVersion === undefined) {
        throw new Problem(
          'refused',
          `${endpoint.server} answers with something else than a list of ${kind.resource}: it is no API server.`,
        );
      }
      next = text(metadata, 'continue');
      coming = next === undefined ? undefined : ask(next);
      const left = field(metadata, 'remainingItemCount');
      const remaining = next === undefined ? 0 : typeof left === 'number' ? left : undefined;
      const items = await reduced(list(answer.body, 'items'), reduce, signal);
      yield { items, restarted, resourceVersion, remaining };
      restarted = false;
    }
  } finally {
    ending.abort();
  }
}

/** Reduces each object, of protobuf as it is read, and lets others run between. */
async function reduced<T>(
  objects: readonly unknown[],
  reduce: (object: unknown) => T,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const items: T[] = [];
  let began = performance.now();
  for (const object of objects) {
    items.push(reduce(object instanceof Unread ? object.read() : object));
    if (performance.now() - began < SLICE) continue;
    await setImmediate();
    if (signal.aborted) throw new Problem('cancelled', 'Cancelled.');
    began = performance.now();
  }
  return items;
}

/** What is wanted of a list, and who is told how far it is. */
export interface ListOptions<T> {
  readonly namespace?: string | undefined;
  /** Whether an object is wanted; each where absent. */
  readonly keeps?: ((item: T) => boolean) | undefined;
  readonly onPage?: ((looked: number, all: number | undefined) => void) | undefined;
}

/** Lists all of a kind, everywhere or in one namespace, and keeps what is wanted. Throws a Problem. */
export async function listAll<T>(
  server: Server,
  kind: Kind,
  reduce: (object: unknown) => T,
  signal: AbortSignal,
  { namespace, keeps, onPage }: ListOptions<T> = {},
): Promise<readonly T[]> {
  const items: T[] = [];
  let looked = 0;
  for await (const page of pages(server, kind, namespace, reduce, signal)) {
    if (page.restarted) items.length = looked = 0;
    for (const item of page.items) if (keeps?.(item) !== false) items.push(item);
    looked += page.items.length;
    onPage?.(looked, page.remaining === undefined ? undefined : looked + page.remaining);
  }
  return items;
}
