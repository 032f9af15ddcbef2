import { Problem } from '../../errors.ts';
import type { Listed, Snapshot } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { SERVICE_ACCOUNTS, TOKEN_SECRETS, type Kind } from './kinds.ts';
import { serviceAccountInfo, tokenSecretInfo } from './objects.ts';
import { listAll } from './pages.ts';

/** Lists once what the tree opens with; see Cluster.snapshot. */
export async function takeSnapshot(server: Server, signal: AbortSignal): Promise<Snapshot> {
  const [serviceAccounts, tokenSecrets] = await Promise.all([
    listAll(server, SERVICE_ACCOUNTS, serviceAccountInfo, signal),
    listIfAllowed(server, TOKEN_SECRETS, tokenSecretInfo, signal),
  ]);
  return { serviceAccounts, tokenSecrets };
}

async function listIfAllowed<T>(
  server: Server,
  kind: Kind,
  reduce: (object: unknown) => T,
  signal: AbortSignal,
): Promise<Listed<T>> {
  try {
    return { items: await listAll(server, kind, reduce, signal), problem: undefined };
  } catch (error) {
    if (Problem.is(error) && error.reason !== 'cancelled') return { items: [], problem: error.message };
    throw error;
  }
}
