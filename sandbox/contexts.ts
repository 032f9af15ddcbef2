import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { usualKubeconfigs } from '../src/files/system.ts';
import { mergeKubeconfigs, parseKubeconfig } from '../src/kubeconfig/read.ts';

/** The contexts of the user's own kubeconfigs, by their names. A file that kubectl would not read is left out. */
export async function ownContexts(files: readonly string[] = usualKubeconfigs()): Promise<readonly string[]> {
  const read = await Promise.all(
    files.map(async (file) => {
      try {
        return [parseKubeconfig(await readFile(file, 'utf8'), file, (path) => resolve(dirname(file), path))];
      } catch {
        return [];
      }
    }),
  );
  return [...mergeKubeconfigs(read.flat()).contexts.keys()];
}

/** Whether a context is of a cluster on this machine, by the names that kind, k3d and minikube give. */
export const isLocal = (context: string): boolean => /^(?:kind-|k3d-|minikube$)/.test(context);

/** A kubeconfig that says which context is in use: before others in $KUBECONFIG, it is the one that counts. */
export const contextInUse = (context: string): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'Config', 'current-context': context });
