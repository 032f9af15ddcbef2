import { blockYaml } from '../yaml/blockYaml.ts';

/** The endpoint that a generated kubeconfig points at, as the user's own context has it. */
export interface ClusterEndpoint {
  readonly server: string;
  /** PEM text of the CA, whether it came from data or from a file. */
  readonly certificateAuthority: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly proxyUrl: string | undefined;
  readonly tlsServerName: string | undefined;
}

/** What a user entry holds: the token, where a token lies (relative to the kubeconfig), or what mints one. */
export type UserCredential =
  | { readonly token: string }
  | { readonly tokenFile: string }
  | { readonly exec: Readonly<Record<string, unknown>> };

export interface KubeconfigParts {
  readonly endpoint: ClusterEndpoint;
  /** The cluster's name in the user's own kubeconfig. */
  readonly cluster: string;
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
  readonly credential: UserCredential;
}

/** One entry of each list of a kubeconfig, in kubectl's own fields. */
export interface KubeconfigEntries {
  readonly cluster: { readonly name: string; readonly cluster: Readonly<Record<string, unknown>> };
  readonly user: { readonly name: string; readonly user: UserCredential };
  readonly context: {
    readonly name: string;
    readonly context: { readonly cluster: string; readonly user: string; readonly namespace: string };
  };
}

/**
 * The three entries that a ServiceAccount's credential needs. The user is named as the API server names it, and the
 * context after user and cluster, so that merging them into another kubeconfig meets nothing else.
 */
export function kubeconfigEntries({
  endpoint,
  cluster,
  serviceAccount,
  credential,
}: KubeconfigParts): KubeconfigEntries {
  const { namespace, name } = serviceAccount;
  const user = `system:serviceaccount:${namespace}:${name}`;
  return {
    cluster: { name: cluster, cluster: clusterFields(endpoint) },
    user: { name: user, user: credential },
    context: { name: contextName(serviceAccount, cluster), context: { cluster, user, namespace } },
  };
}

/** An endpoint in the fields of a cluster entry, its CA inside. */
export function clusterFields({
  server,
  certificateAuthority,
  insecureSkipTlsVerify,
  proxyUrl,
  tlsServerName,
}: ClusterEndpoint): Readonly<Record<string, unknown>> {
  return {
    server,
    ...(certificateAuthority !== undefined && { 'certificate-authority-data': base64(certificateAuthority) }),
    ...(insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
  };
}

/** What the context of a ServiceAccount is called. */
export function contextName({ namespace, name }: KubeconfigParts['serviceAccount'], cluster: string): string {
  return `${namespace}/${name}@${cluster}`;
}

/** A kubeconfig document with everything that it needs inside: one cluster, one user, one context, which is current. */
export function buildKubeconfig(parts: KubeconfigParts): string {
  return kubeconfigOf(kubeconfigEntries(parts));
}

/** A whole document of three entries, its context current. */
export function kubeconfigOf({
  cluster,
  user,
  context,
}: Omit<KubeconfigEntries, 'user'> & {
  readonly user: { readonly name: string; readonly user: object };
}): string {
  return blockYaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [cluster],
    users: [user],
    contexts: [context],
    'current-context': context.name,
  });
}

/** base64 of a text's UTF-8. */
function base64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
