import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const waysOut = [
  'There are three ways:',
  '  - install Go 1.26 or later (https://go.dev/dl), and the control plane is built once, in about 5 minutes;',
  '  - set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver, kube-controller-manager and kubectl;',
  '  - do without this cluster: npm start -- --context NAME, --kubeconfig FILE or --no-cluster.',
].join('\n');

/** Runs the go command, handing every line it prints to `onLine`. Throws with its last lines where it fails. */
export async function go(
  cwd: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  // Go's compiler ends soon: it is a quarter faster where it does not tidy its memory up so often.
  const memory = { GOGC: '400', GOMEMLIMIT: '1GiB' };
  const env = { ...memory, ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
  const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const last: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => {
      onLine(line);
      last.push(line);
      if (last.length > 15) last.shift();
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(
        isMissing
          ? new Error(`There is no Go on this machine to build the cluster with.\n${waysOut}`)
          : error,
      );
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`go ${args[0]} ended with ${code ?? 'a signal'}:\n${last.join('\n')}\n${waysOut}`);
  }
}
