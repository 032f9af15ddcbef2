import type { ExecEntry } from './read.ts';

/** What a kubeconfig without a secret needs to know to have tokens minted. */
export interface Minting {
  /** The context of the person's own kubeconfig that may create tokens. */
  readonly context: string;
  /** $KUBECONFIG for finding that context: absolute paths; empty: `~/.kube/config` of whoever runs it. */
  readonly kubeconfig: string;
  readonly serviceAccount: { readonly namespace: string; readonly name: string };
}

/** The API server's shortest, in seconds; a new token is minted whenever one is needed. */
export const MINTED_SECONDS = 600;

/**
 * Prints the answer of `kubectl create token` as an ExecCredential. `status.expirationTimestamp` is the token's own
 * `exp` here: only tokens bound to a Pod are extended (kubernetes pkg/registry/core/serviceaccount/storage/token.go).
 */
const TEMPLATE =
  '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{.status.token}}","expirationTimestamp":"{{.status.expirationTimestamp}}"}}';

/**
 * A user entry that has kubectl mint a short token with the person's own context each time one is needed. kubectl alone
 * does it, without a shell, so it is the same on every system. $KUBECONFIG is set for the inner kubectl: it may name the
 * very file that this entry is in.
 */
export function mintingExec({
  context,
  kubeconfig,
  serviceAccount,
}: Minting): Readonly<Record<string, unknown>> {
  const { namespace, name } = serviceAccount;
  return {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: 'kubectl',
    args: [
      `--context=${context}`,
      `--namespace=${namespace}`,
      'create',
      'token',
      name,
      `--duration=${MINTED_SECONDS}s`,
      `--output=go-template=${TEMPLATE}`,
    ],
    env: [{ name: 'KUBECONFIG', value: kubeconfig }],
    installHint: `kubectl 1.24 or later has to be on PATH, and its kubeconfig needs the context "${context}", which may create tokens for ServiceAccount ${namespace}/${name}: this kubeconfig has no secret in it, and is of no use without it.`,
    interactiveMode: 'IfAvailable',
    provideClusterInfo: false,
  };
}

/** The ServiceAccount that such an entry mints tokens for; undefined where it is another program's. */
export function mintedFor({
  command,
  args,
}: Pick<ExecEntry, 'command' | 'args'>): Minting['serviceAccount'] | undefined {
  const at = args.indexOf('create');
  const name = args[at + 2];
  const namespace = args.find((one) => one.startsWith('--namespace='))?.slice('--namespace='.length);
  const isOurs = /(?:^|[\\/])kubectl(?:\.exe)?$/.test(command) && at >= 0 && args[at + 1] === 'token';
  return isOurs && name !== undefined && namespace !== undefined ? { namespace, name } : undefined;
}
