import type { ClusterEndpoint } from './build.ts';

/**
 * Whether a token of one cluster may be put into a kubeconfig that leads to an endpoint, without asking. TLS by the same
 * CA leads to the same cluster under whatever address; without TLS or CA, the address has to be the same. An endpoint
 * whose certificate is not verified is taken only where the cluster's own is not verified either.
 */
export function mayTakeTokensOf(endpoint: ClusterEndpoint, cluster: ClusterEndpoint): boolean {
  if (endpoint.insecureSkipTlsVerify && !cluster.insecureSkipTlsVerify) return false;
  const ca = endpoint.certificateAuthority?.trim();
  if (ca !== cluster.certificateAuthority?.trim()) return false;
  const isProvedByCa = ca !== undefined && /^https:/i.test(endpoint.server);
  return isProvedByCa || endpoint.server === cluster.server;
}
