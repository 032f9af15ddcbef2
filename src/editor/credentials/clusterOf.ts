import { dirname } from 'node:path';
import type * as vscode from 'vscode';
import type { Cluster, ClusterEndpoint } from '../../cluster/api.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { Problem } from '../../errors.ts';
import { address, said, words } from '../../harmless.ts';
import { destinationInWords } from '../../kubeconfig/destination.ts';
import { ask } from '../workbench/say.ts';
import { labelOf } from './label.ts';
import { withCancelIfSlow } from '../workbench/progress.ts';
import type { WizardServices } from '../workbench/services.ts';

/** A kubeconfig and the context of it that is used. */
interface FileInUse {
  readonly file: vscode.Uri;
  readonly text: string;
  readonly context: string;
}

/** A cluster for the time of a renewal; the selected context's is kept open after. */
interface Lent extends Disposable {
  readonly cluster: Cluster;
}

const kept = (cluster: Cluster): Lent => ({ cluster, [Symbol.dispose]: () => undefined });

/**
 * The cluster that may give the token: the selected context's, else that of another of the person's own contexts, once it
 * is certain that the file leads to the same API server, or the person says so. A file from elsewhere could name a
 * server that collects tokens.
 */
export async function clusterFor(services: WizardServices, old: FileInUse): Promise<Lent | undefined> {
  const { file } = old;
  const named = await endpointOf(old);
  const cluster = await services.contexts.cluster();
  if (typeof named === 'object' && (await isClusterOf(cluster, old))) return kept(cluster);
  const other = typeof named === 'object' ? await otherCluster(services, old) : undefined;
  if (other) return { cluster: other, [Symbol.dispose]: () => other.dispose() };
  const [renew, select] = ['Renew It Anyway', 'Select Another Context'];
  const names =
    typeof named === 'string'
      ? words`Which server the file leads to cannot be told: ${said(named)}`
      : words`The file leads to ${destinationInWords(named)}.`;
  const answer = await ask({
    question: words`Does ${labelOf(file)} lead to the cluster of context "${cluster.context.name}"?`,
    detail: words`${names} The token would come from ${address(cluster.endpoint.server)}, and whoever uses the file sends it to the server that the file names.`,
    first: select,
    acts: [renew],
  });
  if (answer === renew) return kept(cluster);
  if (answer === select && (await services.contexts.select())) return await clusterFor(services, old);
  return undefined;
}

async function isClusterOf(cluster: Cluster, { text, file, context }: FileInUse): Promise<boolean> {
  const path = labelOf(file);
  const kubeconfig = { text, folder: dirname(file.fsPath), origin: path, context };
  return await withCancelIfSlow(
    `Asking whether ${path} leads to ${cluster.context.name}`,
    async (signal) => await cluster.isClusterOf(kubeconfig, signal),
  );
}

/** The cluster of a context that is not selected, and leads to where the file leads; undefined where there is none. */
async function otherCluster({ contexts }: WizardServices, old: FileInUse): Promise<Cluster | undefined> {
  const access = await contexts.access();
  const { text, file, context } = old;
  const origin = labelOf(file);
  const kubeconfig = { text, folder: dirname(file.fsPath), origin, context };
  for (const source of contexts.sources) {
    try {
      const [found] = access.sameServer(kubeconfig, source);
      const agreed = found && (await contexts.agree(found));
      if (found && agreed) return access.open({ ...source, context: found.name, agreed });
    } catch (error) {
      if (!Problem.is(error, 'no-kubeconfig') && !Problem.is(error, 'bad-kubeconfig')) throw error;
    }
  }
  return undefined;
}

/** Where the file leads; in words, why that cannot be told, as where its CA is in a file of another machine. */
async function endpointOf({ text, file, context }: FileInUse): Promise<ClusterEndpoint | string> {
  const access = await loadClusterAccess();
  try {
    return access.describe({ text, folder: dirname(file.fsPath), context }).endpoint;
  } catch (error) {
    if (!Problem.is(error, 'bad-kubeconfig')) throw error;
    return error.message;
  }
}
