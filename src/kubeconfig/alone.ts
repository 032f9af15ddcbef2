import { clusterFields, kubeconfigOf, type ClusterEndpoint } from './buildKubeconfig.ts';
import { programOf } from './credentialProgram.ts';
import type { UserEntry } from './read.ts';

/** What a context comes to: the files that its entries name have been read, so that their content stands in their place. */
export interface ContextAlone {
  readonly name: string;
  readonly namespace: string;
  readonly endpoint: ClusterEndpoint;
  /** Without tokenFile, certFile and keyFile. Undefined: nobody. */
  readonly user: UserEntry | undefined;
}

/**
 * A kubeconfig of one context and nothing else, for a program that is to use what was read and agreed to, and not the
 * file that it was read from. It names no file; a program only where that is how the user gets a credential. Undefined
 * for an auth-provider, which would write what it renews into this document, and lose it.
 */
export function kubeconfigAlone({ name, namespace, endpoint, user }: ContextAlone): string | undefined {
  const program = programOf(user);
  if (program?.kind === 'auth-provider') return undefined;
  const context = { cluster: 'cluster', user: 'user', namespace };
  return kubeconfigOf({
    cluster: { name: 'cluster', cluster: clusterFields(endpoint) },
    user: { name: 'user', user: user ? userFields(user, program !== undefined) : {} },
    context: { name, context },
  });
}

function userFields(user: UserEntry, runs: boolean): Readonly<Record<string, unknown>> {
  const { token, username, password, certData, keyData, exec } = user;
  return {
    ...(token !== undefined && { token }),
    ...(username !== undefined && { username, password }),
    ...(certData !== undefined && { 'client-certificate-data': certData }),
    ...(keyData !== undefined && { 'client-key-data': keyData }),
    ...impersonated(user),
    ...(exec &&
      runs && {
        exec: {
          apiVersion: exec.apiVersion,
          command: exec.command,
          args: exec.args,
          env: Object.entries(exec.env).map(([key, value]) => ({ name: key, value })),
          provideClusterInfo: exec.provideClusterInfo,
          ...(exec.interactiveMode !== undefined && { interactiveMode: exec.interactiveMode }),
        },
      }),
  };
}

/** The headers of `read.ts` as the fields that they came from. */
function impersonated({ impersonate }: UserEntry): Readonly<Record<string, unknown>> {
  const prefix = 'Impersonate-Extra-';
  const extra = Object.entries(impersonate).flatMap(([key, value]) =>
    key.startsWith(prefix) ? [[decodeURIComponent(key.slice(prefix.length)), value] as const] : [],
  );
  const [as, uid, groups] = ['User', 'Uid', 'Group'].map((one) => impersonate[`Impersonate-${one}`]);
  return {
    ...(as !== undefined && { as }),
    ...(uid !== undefined && { 'as-uid': uid }),
    ...(groups !== undefined && { 'as-groups': groups }),
    ...(extra.length > 0 && { 'as-user-extra': Object.fromEntries(extra) }),
  };
}
