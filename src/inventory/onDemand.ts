import { TOKEN_SECRET_TYPE } from '../kubernetes.ts';
import type { Cluster } from '../cluster/api/cluster.ts';
import type { ObjectRef } from '../cluster/api/objects.ts';
import { isRecord } from '../token/decode.ts';
import type { Noted } from './tokenUse.ts';

/** What is asked for when a row first needs it, and known from then on; undefined until then, and where it may not be read. */
export interface OnDemand {
  /** The day, YYYY-MM-DD, on which the API server began to note uses of legacy tokens. */
  since(): string | undefined;
  /** How many keys a token Secret holds: for those whose metadata does not say which. */
  keys(secret: ObjectRef): number | undefined;
}

const TRACKING =
  '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking';
const TABLE = 'application/json;as=Table;g=meta.k8s.io;v=v1';
/** Rows of a table that are asked for at once. */
const PAGE = 500;

/** Asks a cluster, once for each thing, until the signal ends it. `onAnswer` is told when something is known, `onError` why not. */
export function onDemand(
  cluster: Cluster,
  signal: AbortSignal,
  { onAnswer, onError }: { readonly onAnswer: () => void; readonly onError: (error: unknown) => void },
): OnDemand {
  const asked = new Set<string>();
  const keys = new Map<string, ReadonlyMap<string, number>>();
  let since: string | undefined;
  const once = (what: string, ask: () => Promise<void>): void => {
    if (asked.has(what)) return;
    asked.add(what);
    const run = async (): Promise<void> => {
      try {
        await ask();
        if (!signal.aborted) onAnswer();
      } catch (error) {
        if (!signal.aborted) onError(error);
      }
    };
    void run();
  };
  return {
    since() {
      once('since', async () => {
        since = await trackedSince(cluster, signal);
      });
      return since;
    },
    keys({ namespace, name }) {
      once(`keys/${namespace}`, async () => {
        keys.set(namespace, await countedKeys(cluster, namespace, signal));
      });
      return keys.get(namespace)?.get(name);
    },
  };
}

/** See OnDemand.since (kubernetes pkg/controlplane/controller/legacytokentracking). Throws as `ask` does. */
export async function trackedSince(cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await cluster.ask({ path: TRACKING }, signal);
  const data = status === 200 && isRecord(body) ? body['data'] : undefined;
  const since = isRecord(data) ? data['since'] : undefined;
  return typeof since === 'string' ? since : undefined;
}

/** Since when a server notes uses, asked at this moment. Throws as `ask` does. */
export async function notedBy(cluster: Cluster, signal: AbortSignal): Promise<Noted> {
  const [version, since] = await Promise.all([cluster.version(signal), trackedSince(cluster, signal)]);
  return { minor: version?.minor, since };
}

/**
 * How many keys each token Secret of a namespace holds, from the column Data of the server's own table: no data
 * crosses the wire. Secrets of before Kubernetes 1.18 have no managedFields that would tell which keys. Empty where
 * they may not be listed. Throws as `ask` does.
 */
export async function countedKeys(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const counted = new Map<string, number>();
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
  const fieldSelector = `type=${TOKEN_SECRET_TYPE}`;
  let next: string | undefined;
  do {
    const query = { fieldSelector, limit: PAGE, continue: next, includeObject: 'None' };
    const { status, body } = await cluster.ask({ path, accept: TABLE, query }, signal);
    if (status !== 200 || !isRecord(body)) break;
    const columns = Array.isArray(body['columnDefinitions']) ? body['columnDefinitions'] : [];
    const at = (title: string): number =>
      columns.findIndex((column) => isRecord(column) && column['name'] === title);
    const [name, data] = [at('Name'), at('Data')];
    for (const row of Array.isArray(body['rows']) ? body['rows'] : []) {
      const cells: unknown = isRecord(row) ? row['cells'] : undefined;
      const all: readonly unknown[] = Array.isArray(cells) ? cells : [];
      const of = all[name];
      const count = all[data];
      if (typeof of === 'string' && typeof count === 'number') counted.set(of, count);
    }
    const metadata = body['metadata'];
    const more = isRecord(metadata) ? metadata['continue'] : undefined;
    next = typeof more === 'string' && more !== '' ? more : undefined;
  } while (next !== undefined);
  return counted;
}
