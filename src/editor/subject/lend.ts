import type { Cluster, ClusterAccess } from '../../cluster/api/cluster.ts';
import type { KubeconfigInUse, KubeconfigSource } from '../../cluster/api/contexts.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import { Problem } from '../../errors.ts';
import { address, said, words } from '../../harmless.ts';
import { destinationInWords } from '../../kubeconfig/sameDestination.ts';
import { withCancelIfSlow } from '../workbench/progress.ts';
import { ask } from '../workbench/say.ts';
import type { Contexts, Services } from '../workbench/services.ts';
import { ownContexts } from './cluster.ts';

/** The text of a kubeconfig, and the context of it that is used. */
export type KubeconfigText = Extract<KubeconfigInUse, { readonly text: string }> & {
  readonly context: string;
};

/** A cluster for the time of a command; the selected context's is kept open after. */
interface Lent extends Disposable {
  readonly cluster: Cluster;
}

const kept = (cluster: Cluster): Lent => ({ cluster, [Symbol.dispose]: () => undefined });

/**
 * The cluster that may give a token for a kubeconfig: the selected context's, else that of another of the person's own
 * contexts, once it is certain that the file leads to the same API server, or the person says so. A file from elsewhere
 * could name a server that collects tokens.
 */
export async function clusterFor(
  services: Pick<Services, 'contexts'>,
  kubeconfig: KubeconfigText,
): Promise<Lent | undefined> {
  const { contexts } = services;
  const { origin } = kubeconfig;
  const access = await contexts.access();
  const named = endpointOf(access, kubeconfig);
  const cluster = await contexts.cluster();
  if (typeof named === 'object' && (await isClusterOf(cluster, kubeconfig))) return kept(cluster);
  const other = typeof named === 'object' ? await otherCluster(contexts, access, kubeconfig) : undefined;
  if (other) return { cluster: other, [Symbol.dispose]: () => other.dispose() };
  const [renew, select] = ['Renew It Anyway', 'Select Another Context'];
  const names =
    typeof named === 'string'
      ? words`Which server the file leads to cannot be told: ${said(named)}`
      : words`The file leads to ${destinationInWords(named)}.`;
  const answer = await ask({
    question: words`Does ${origin} lead to the cluster of context "${cluster.context.name}"?`,
    detail: words`${names} The token would come from ${address(cluster.endpoint.server)}, and whoever uses the file sends it to the server that the file names.`,
    first: select,
    acts: [renew],
  });
  if (answer === renew) return kept(cluster);
  if (answer === select && (await contexts.select())) return await clusterFor(services, kubeconfig);
  return undefined;
}

async function isClusterOf(cluster: Cluster, kubeconfig: KubeconfigText): Promise<boolean> {
  return await withCancelIfSlow(
    `Asking whether ${kubeconfig.origin} leads to ${cluster.context.name}`,
    async (signal) => await cluster.isClusterOf(kubeconfig, signal),
  );
}

/** The cluster of a context that is not selected, and leads to where the file leads; undefined where there is none. */
async function otherCluster(
  contexts: Contexts,
  access: ClusterAccess,
  kubeconfig: KubeconfigText,
): Promise<Cluster | undefined> {
  const tried = new Set<KubeconfigSource>();
  for (const { source, context } of ownContexts(contexts, access, kubeconfig)) {
    if (tried.has(source)) continue;
    tried.add(source);
    const agreed = await contexts.agree(context);
    if (agreed) return access.open({ ...source, context: context.name, agreed });
  }
  return undefined;
}

/** Where the file leads; in words, why that cannot be told, as where its CA is in a file of another machine. */
function endpointOf(
  access: ClusterAccess,
  { text, folder, context }: KubeconfigText,
): ClusterEndpoint | string {
  try {
    return access.describe({ text, folder, context }).endpoint;
  } catch (error) {
    if (!Problem.is(error, 'bad-kubeconfig')) throw error;
    return error.message;
  }
}
