import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What kubectl prints for the administrator of a cluster; rejects with what it says where it fails. */
export const adminOf =
  ({ kubectl, kubeconfig }: { readonly kubectl: string; readonly kubeconfig: string }) =>
  async (...args: readonly string[]): Promise<string> =>
    (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout;

/** A kubeconfig with one context, `x`, which is the current one. */
export const kubeconfigOf = (cluster: object, user: object): Record<string, unknown> => ({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster }],
  users: [{ name: 'u', user }],
  contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  'current-context': 'x',
});

const WHOAMI = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];

/** What nobody but the administrator of a throw-away cluster has a right to. */
export const NOBODYS = '/api/v1/namespaces/kube-node-lease/secrets';

/**
 * Who the API server says kubectl is. Up to 1.27 neither says it: then it is who may not read the Secrets of a
 * namespace in which nobody has a right, and who may is the administrator. `kubectl` runs it and rejects with what it
 * says where it fails.
 */
export async function whoKubectlIs(
  kubectl: (...args: readonly string[]) => Promise<string>,
): Promise<string> {
  try {
    return await kubectl(...WHOAMI);
  } catch (error) {
    if (!(error instanceof Error) || !/unknown (?:command|flag|shorthand)/.test(error.message)) throw error;
    const said = await kubectl('get', '--raw', NOBODYS).catch(String);
    if (said.startsWith('{"kind":"SecretList"')) return 'sandbox-admin';
    const [, user] = /User "([^"]*)" cannot list/.exec(said) ?? [];
    if (user === undefined) throw new Error(said, { cause: error });
    return user;
  }
}

/**
 * Who the API server says a kubeconfig is, asked by kubectl, which is on PATH too: a tokenless kubeconfig starts it again.
 * Rejects where kubectl is refused.
 */
export async function kubectlIs(kubectl: string, kubeconfig: string): Promise<string> {
  const env = { ...process.env, PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}` };
  return await whoKubectlIs(
    async (...args) => (await run(kubectl, ['--kubeconfig', kubeconfig, ...args], { env })).stdout,
  );
}
