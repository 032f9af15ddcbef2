import * as vscode from 'vscode';
import type { Cluster, KubeconfigInUse } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import type { Contexts, Services } from '../services.ts';

/** In a browser there are no contexts: the token alone is judged there. */
export type InspectorServices = Pick<Services, 'log'> & Partial<Pick<Services, 'contexts'>>;

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

/**
 * The server that a kubeconfig names, asked by the person's own context that leads to the same server under the same
 * certificate authority; as nobody where there is none. Whoever opens it disposes of it.
 */
export async function witnessFor(services: InspectorServices, kubeconfig: KubeconfigInUse): Promise<Cluster> {
  const contexts = mustHaveContexts(services);
  const access = await contexts.access();
  const own = contexts.sources.flatMap((source) =>
    orNone(() => access.sameServer(kubeconfig, source)).map((context) => ({ source, context })),
  );
  const selected = contexts.selected?.version;
  const found =
    own.find(({ context }) => context.version === selected) ??
    own.find(({ context }) => context.program === undefined) ??
    own[0];
  const agreed = found && (await contexts.agree(found.context));
  if (!found || !agreed) return access.openAnonymously(kubeconfig);
  return access.open({ ...found.source, context: found.context.name, agreed });
}

/** Without a kubeconfig of their own that can be read, the person is nobody to a server. */
function orNone<T>(ask: () => readonly T[]): readonly T[] {
  try {
    return ask();
  } catch (error) {
    if (Problem.is(error)) return [];
    throw error;
  }
}
