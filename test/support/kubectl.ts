import { execFile } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Who the API server says a kubeconfig is, asked by kubectl, which is on PATH too: a tokenless kubeconfig starts it again.
 * Rejects where kubectl is refused.
 */
export async function kubectlIs(kubectl: string, kubeconfig: string): Promise<string> {
  const args = ['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
  const env = { ...process.env, PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}` };
  return (await run(kubectl, args, { env })).stdout;
}
