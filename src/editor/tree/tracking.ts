import type { Cluster } from '../../cluster/api.ts';
import { isRecord } from '../../token/decode.ts';

const PATH = '/api/v1/namespaces/kube-system/configmaps/kube-apiserver-legacy-service-account-token-tracking';

/**
 * The day, YYYY-MM-DD, on which the API server began to note uses of legacy tokens; undefined where it may not be
 * read or there is none (kubernetes pkg/controlplane/controller/legacytokentracking). Throws as `ask` does.
 */
export async function trackedSince(cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  const { status, body } = await cluster.ask({ path: PATH }, signal);
  const data = status === 200 && isRecord(body) ? body['data'] : undefined;
  const since = isRecord(data) ? data['since'] : undefined;
  return typeof since === 'string' ? since : undefined;
}
