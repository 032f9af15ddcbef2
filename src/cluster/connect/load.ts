import { DEFAULT_MOUNT } from '../../kubernetes.ts';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { messageOf, Problem } from '../../errors.ts';
import {
  MOST_CREDENTIAL,
  MOST_KUBECONFIG,
  readNamedBytesSync,
  readNamedFileSync,
} from '../../files/named.ts';
import type { KubeconfigSource } from '../api/contexts.ts';
import { textOfKubeconfig } from '../../kubeconfig/kubeconfigText.ts';
import { mergeKubeconfigs, parseKubeconfig, type Kubeconfig } from '../../kubeconfig/read.ts';
import { pathInKubeconfig, usualKubeconfigs } from '../../files/system.ts';

/**
 * Reads the user's kubeconfig files by kubectl's rules: those given, else $KUBECONFIG, else ~/.kube/config; a missing
 * file is passed over; where there is none at all, or nothing in them, a Pod's own ServiceAccount is used. Throws
 * no-kubeconfig or bad-kubeconfig. Sends nothing, runs nothing.
 */
export function loadKubeconfig(source: KubeconfigSource): Kubeconfig {
  return mergeKubeconfigs(loadKubeconfigFiles(source).map(({ config }) => config));
}

/** The same before it is merged: each file that exists with what it says, in order of precedence. Throws as that does. */
export function loadKubeconfigFiles(
  source: KubeconfigSource,
  ofPod: () => Kubeconfig | undefined = podKubeconfig,
): readonly { readonly file: string; readonly config: Kubeconfig }[] {
  const inCluster = source.files === undefined || source.inCluster === true ? ofPod() : undefined;
  const pod = inCluster && [{ file: DEFAULT_MOUNT, config: inCluster }];
  if (source.inCluster === true) {
    if (pod) return pod;
    throw new Problem('no-kubeconfig', 'This does not run in a Pod with a ServiceAccount token.');
  }
  const files = kubeconfigFiles(source);
  const found = files.filter((file) => existsSync(file));
  const read = found.map((file) => ({ file, config: readKubeconfigFile(file) }));
  if (pod && read.every(({ config }) => isEmpty(config))) return pod;
  if (read.length > 0) return read;
  throw new Problem(
    'no-kubeconfig',
    `There is no kubeconfig: ${files.join(', ')} ${files.length === 1 ? 'does' : 'do'} not exist.`,
  );
}

/** Whether a kubeconfig says nothing, as `kubectl config` leaves one whose entries were all taken out (client-go tools/clientcmd/api/helpers.go, IsConfigEmpty). */
function isEmpty({ contexts, clusters, users, current }: Kubeconfig): boolean {
  return contexts.size + clusters.size + users.size === 0 && current === undefined;
}

/** Absolute paths of the files that a source may come from, in order of precedence, whether they exist or not. */
export function kubeconfigFiles({ files }: KubeconfigSource): string[] {
  const named = [...new Set((files ?? []).filter((file) => file !== '').map((file) => resolve(file)))];
  return named.length > 0 ? named : usualKubeconfigs();
}

function readKubeconfigFile(file: string): Kubeconfig {
  let bytes: Uint8Array;
  try {
    bytes = readNamedBytesSync(file, { most: MOST_KUBECONFIG, isOwn: true });
  } catch (error) {
    throw new Problem('bad-kubeconfig', `The kubeconfig ${file} cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return parseKubeconfig(textOfKubeconfig(bytes, file), file, (path) =>
    pathInKubeconfig(dirname(file), path),
  );
}

/** What a Pod's container finds of its own ServiceAccount (client-go rest.InClusterConfig); undefined elsewhere. */
export function podKubeconfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folder = DEFAULT_MOUNT,
): Kubeconfig | undefined {
  const host = environment['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = environment['KUBERNETES_SERVICE_PORT'] ?? '';
  const tokenFile = join(folder, 'token');
  if (host === '' || port === '' || !existsSync(tokenFile)) return undefined;
  const name = 'in-cluster';
  const namespaceFile = join(folder, 'namespace');
  return parseKubeconfig(
    JSON.stringify({
      clusters: [
        {
          name,
          cluster: {
            server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
            'certificate-authority': join(folder, 'ca.crt'),
          },
        },
      ],
      users: [{ name, user: { tokenFile } }],
      contexts: [
        {
          name,
          context: {
            cluster: name,
            user: name,
            namespace: existsSync(namespaceFile)
              ? readNamedFileSync(namespaceFile, { most: MOST_CREDENTIAL }).trim()
              : undefined,
          },
        },
      ],
      'current-context': name,
    }),
    'The Pod',
    (path) => path,
  );
}
