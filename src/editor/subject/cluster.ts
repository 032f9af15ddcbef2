import * as vscode from 'vscode';
import type { Cluster, ClusterAccess } from '../../cluster/api/cluster.ts';
import type { ContextInfo, KubeconfigInUse, KubeconfigSource } from '../../cluster/api/contexts.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import { Problem } from '../../errors.ts';
import { isSameDestination, mayBeSameCluster } from '../../kubeconfig/sameDestination.ts';
import type { Contexts, Services } from '../workbench/services.ts';

/** In a browser there are no contexts: the token alone is judged there. */
export type InspectorServices = Pick<Services, 'log'> & Partial<Pick<Services, 'contexts' | 'live'>>;

/** Contexts, where a cluster may be asked. Throws not-allowed-here in a browser and in Restricted Mode. */
export function mustHaveContexts({ contexts }: InspectorServices): Contexts {
  const only = 'only what the token itself says is judged.';
  if (!contexts) throw new Problem('not-allowed-here', `In a browser no cluster can be asked: ${only}`);
  if (!vscode.workspace.isTrusted) {
    throw new Problem('not-allowed-here', `In Restricted Mode no cluster is asked: ${only}`);
  }
  return contexts;
}

/** The cluster of the selected context. Throws not-allowed-here where none may be asked, and what opening it throws. */
export async function clusterOf(services: InspectorServices): Promise<Cluster> {
  return await mustHaveContexts(services).cluster();
}

/** A server that is asked, and the login that was not used for it though it leads there, or seems to. */
export interface OpenedWitness {
  readonly cluster: Cluster;
  readonly unused: UnusedLogin | undefined;
}

export interface UnusedLogin {
  readonly context: string;
  readonly why: string;
}

/**
 * The server that a kubeconfig names, asked by the person's own context that leads to the same server under the same
 * certificate authority; as nobody where there is none. Whoever opens it disposes of it.
 */
export async function witnessFor(
  services: InspectorServices,
  kubeconfig: KubeconfigInUse,
): Promise<OpenedWitness> {
  const contexts = mustHaveContexts(services);
  const access = await contexts.access();
  const own = ownContexts(contexts, access, kubeconfig);
  const { selected } = contexts;
  const found =
    own.find(({ context }) => context.version === selected?.version) ??
    own.find(({ context }) => context.program === undefined) ??
    own[0];
  const agreed = found && (await contexts.agree(found.context));
  if (found && agreed) {
    const cluster = access.open({ ...found.source, context: found.context.name, agreed });
    return { cluster, unused: undefined };
  }
  const cluster = access.openAnonymously(kubeconfig);
  if (found)
    return { cluster, unused: { context: found.context.name, why: 'you did not agree to what it takes' } };
  const why = selected && whyUnused(selected, cluster.endpoint);
  return { cluster, unused: selected && why !== undefined ? { context: selected.name, why } : undefined };
}

/** Why the login of the selected context does not count as one for a server; undefined where it leads elsewhere. */
function whyUnused({ endpoint: own }: ContextInfo, endpoint: ClusterEndpoint): string | undefined {
  // At the same destination it was passed over because it is the very token that is explained.
  if (!own || isSameDestination(own, endpoint)) return undefined;
  if (mayBeSameCluster(own, endpoint))
    return 'it has the same certificate authority, and another address: clusters can share one';
  const [one, other] = [new URL(own.server), new URL(endpoint.server)];
  if (one.host !== other.host) return undefined;
  if (one.protocol !== other.protocol || one.pathname !== other.pathname)
    return 'its URL is another on the same host';
  return 'it has the same address, but another certificate authority, TLS name or proxy than this kubeconfig';
}

export interface OwnContext {
  readonly source: KubeconfigSource;
  readonly context: ContextInfo;
}

/** The person's own contexts that lead to the server of a kubeconfig; none of a file that cannot be read. */
export function ownContexts(
  { sources }: Contexts,
  access: ClusterAccess,
  kubeconfig: KubeconfigInUse,
): readonly OwnContext[] {
  return sources.flatMap((source) => {
    try {
      return access.sameServer(kubeconfig, source).map((context) => ({ source, context }));
    } catch (error) {
      if (Problem.is(error)) return [];
      throw error;
    }
  });
}
