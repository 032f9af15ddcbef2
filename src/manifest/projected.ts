import { LONGEST_SECONDS, SHORTEST_SECONDS } from '../kubernetes.ts';
import { withoutTrailing } from '../trailing.ts';

/** A volume of a Pod's spec, and how a container mounts it. */
export interface ProjectedVolume {
  readonly volume: Readonly<Record<string, unknown>> & { readonly name: string };
  readonly mount: { readonly name: string; readonly mountPath: string; readonly readOnly: true };
}

export interface ProjectedTokenOptions {
  /** The volume's name. */
  readonly name: string;
  readonly mountPath: string;
  /** The token's file in the volume. */
  readonly path: string;
  /** Undefined: the API server's own. */
  readonly audience: string | undefined;
  readonly expirationSeconds: number;
  /** With ca.crt and namespace beside the token, as the admission plugin writes it (its generateTokenVolume). */
  readonly withCluster: boolean;
}

/** What stands beside a Pod's own token, as the admission plugin has it (its generateTokenVolume). */
export const OWN_FILES = [
  {
    file: 'ca.crt',
    source: { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
  },
  {
    file: 'namespace',
    source: {
      downwardAPI: {
        items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
      },
    },
  },
] as const;

/** The volume that holds a token for the Pod's ServiceAccount, renewed by the kubelet. */
export function projectedVolume(options: ProjectedTokenOptions): ProjectedVolume {
  const { name, mountPath, path, audience, expirationSeconds, withCluster } = options;
  const token = {
    serviceAccountToken: { path, expirationSeconds, ...(audience !== undefined && { audience }) },
  };
  const cluster = OWN_FILES.map(({ source }) => source);
  return {
    volume: {
      name,
      projected: withCluster ? { defaultMode: 420, sources: [token, ...cluster] } : { sources: [token] },
    },
    mount: { name, mountPath, readOnly: true },
  };
}

/** What is wrong with a token's path in its volume, for people (kubernetes pkg/apis/core/validation, validateLocalNonReservedPath). */
export function tokenPathProblem(path: string): string | undefined {
  if (path === '') return 'A file name is needed.';
  if (path.startsWith('/')) return 'The path is inside the volume: without / at its beginning.';
  if (path.split('/').includes('..')) return 'The path must not contain "..".';
  return path.startsWith('..') ? 'The path must not begin with "..".' : undefined;
}

/** What is wrong with a mount path, for people: one that a container uses already is refused by the API server. */
export function mountPathProblem(path: string, taken: readonly string[]): string | undefined {
  if (!path.startsWith('/')) return 'An absolute path, such as /var/run/secrets/tokens.';
  if (path.includes(':')) return 'A mount path must not contain ":".';
  const clean = (one: string): string => withoutTrailing(one, '/');
  return taken.some((one) => clean(one) === clean(path))
    ? `A chosen container mounts something at ${path} already.`
    : undefined;
}

/** What is wrong with a life in seconds, for people. */
export function secondsProblem(typed: string): string | undefined {
  if (!/^\d{1,10}$/.test(typed.trim())) return 'A number of seconds.';
  const seconds = Number(typed);
  if (seconds < SHORTEST_SECONDS)
    return `The API server takes no less than ${SHORTEST_SECONDS} seconds (10 minutes).`;
  return seconds > LONGEST_SECONDS
    ? `The API server takes no more than ${LONGEST_SECONDS} seconds.`
    : undefined;
}
