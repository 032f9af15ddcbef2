import { stringify } from 'yaml';

/** The endpoint that a generated kubeconfig points at, as the user's own context has it. */
export interface ClusterEndpoint {
  readonly server: string;
  /** PEM text of the CA, whether it came from data or from a file. */
  readonly certificateAuthority: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly proxyUrl: string | undefined;
  readonly tlsServerName: string | undefined;
}

export interface KubeconfigParts {
  readonly endpoint: ClusterEndpoint;
  /** The cluster's name in the user's own kubeconfig. */
  readonly cluster: string;
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  readonly token: string;
}

/**
 * A kubeconfig document with everything that it needs inside: one cluster, one user, one context, which is current.
 * The user is named as the API server names it, and the context after user and cluster, so that merging it into
 * another kubeconfig meets nothing else. YAML 1.1, which is what kubectl reads: `on` and `1_000` stay names.
 */
export function buildKubeconfig({ endpoint, cluster, serviceAccount, token }: KubeconfigParts): string {
  const { namespace, name } = serviceAccount;
  const user = `system:serviceaccount:${namespace}:${name}`;
  const context = `${namespace}/${name}@${cluster}`;
  const { server, certificateAuthority, insecureSkipTlsVerify, proxyUrl, tlsServerName } = endpoint;
  return stringify(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: cluster,
          cluster: {
            server,
            ...(certificateAuthority !== undefined && {
              'certificate-authority-data': base64(certificateAuthority),
            }),
            ...(insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
            ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
            ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
          },
        },
      ],
      users: [{ name: user, user: { token } }],
      contexts: [{ name: context, context: { cluster, user, namespace } }],
      'current-context': context,
    },
    { version: '1.1', lineWidth: 0 },
  );
}

/** base64 of a text's UTF-8. */
function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
