import { readCarrier } from '../../authentication/carrier.ts';
import type { ClusterAccess } from '../../cluster/api/cluster.ts';
import type { ContextInfo, KubeconfigSource } from '../../cluster/api/contexts.ts';
import { Problem } from '../../errors.ts';
import { mustHaveContexts, type InspectorServices } from '../subject/cluster.ts';
import { pickMany, withCancel } from '../workbench/say.ts';

/**
 * Asks those clusters of the person's that they choose for their public keys, and says whose verify a token, which is
 * sent to none. Undefined where nothing was chosen. `asked` is the server whose keys did not fit.
 */
export async function searchOtherClusters(
  services: InspectorServices,
  credential: string,
  asked: string | undefined,
): Promise<string | undefined> {
  const contexts = mustHaveContexts(services);
  const access = await contexts.access();
  const others = contexts.sources
    .flatMap((source) => contextsIn(access, source).map((context) => ({ source, context })))
    .filter(({ context }) => context.server !== asked);
  if (others.length === 0) return 'Your kubeconfig has no other cluster.';
  const chosen = await pick(others);
  if (!chosen || chosen.length === 0) return undefined;
  const { token } = readCarrier(credential);
  return await withCancel('Asking for public keys', async (signal, report) => {
    const silent: string[] = [];
    for (const { source, context } of chosen) {
      report(context.name, 100 / chosen.length);
      const agreed = await contexts.agree(context);
      if (!agreed) continue;
      const cluster = access.open({ ...source, context: context.name, agreed });
      try {
        const limit = AbortSignal.any([signal, AbortSignal.timeout(15_000)]);
        const fits = await cluster.keysFit(token, limit);
        if (fits === 'fits') {
          return `It is from the cluster of your context “${context.name}” (${context.server}): its keys verify the signature.`;
        }
        if (fits === 'unknown') silent.push(context.name);
      } finally {
        cluster.dispose();
      }
    }
    const unknown = silent.length === 0 ? '' : ` These did not say: ${silent.join(', ')}.`;
    return `None of the keys that were seen verifies it.${unknown}`;
  });
}

interface Other {
  readonly source: KubeconfigSource;
  readonly context: ContextInfo;
}

/** A source that cannot be read has no contexts to offer; what is wrong with it is told where contexts are selected. */
function contextsIn(access: ClusterAccess, source: KubeconfigSource): readonly ContextInfo[] {
  try {
    return access.contexts(source).contexts;
  } catch (error) {
    if (Problem.is(error)) return [];
    throw error;
  }
}

async function pick(others: readonly Other[]): Promise<readonly Other[] | undefined> {
  const items = others.map(({ source, context }) => ({
    label: context.name,
    description: context.server,
    ...(context.runs !== undefined && { detail: `Runs ${context.runs}` }),
    picked: context.runs === undefined,
    other: { source, context },
  }));
  const chosen = await pickMany(items, {
    title: 'Whose Token Is It?',
    placeHolder:
      'These clusters are asked for their public keys, with your own login. The token is not sent.',
  });
  return chosen?.map(({ other }) => other);
}
