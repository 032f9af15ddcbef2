import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { go } from '../../sandbox/go.ts';
import { consumers, type WithToken } from '../../src/kubeconfig/consumers.ts';
import { lastLineOf } from '../support/cluster/outdatedRuns.ts';

interface Used {
  readonly cluster: Pick<ControlPlane, 'kubeconfig' | 'server' | 'caFile'>;
  readonly folder: string;
  readonly namespace: string;
  readonly admin: (...args: readonly string[]) => Promise<string>;
  readonly hold: (what: string, actual: string, wanted: string) => void;
}

/**
 * The forms in which other systems read a credential, read by the very code of these systems, which then reaches the server
 * by it. Argo CD's and Vault's are left out: with what they need they are 600 MB of source each.
 */
export async function consumersOwnCode({ cluster, folder, namespace, admin, hold }: Used): Promise<void> {
  const { kubeconfig, server, caFile } = cluster;
  const who = `system:serviceaccount:${namespace}:robot`;
  const token = (await admin('create', 'token', 'robot', '-n', namespace)).trim();
  const parts: WithToken = {
    endpoint: {
      server,
      certificateAuthority: await readFile(caFile, 'utf8'),
      insecureSkipTlsVerify: false,
      proxyUrl: undefined,
      tlsServerName: undefined,
    },
    cluster: 'Prod_1',
    serviceAccount: { namespace, name: 'robot' },
    credential: { token },
  };
  const built = async (name: string): Promise<string> => {
    const program = join(folder, name);
    await go(
      join(import.meta.dirname, 'consumers', name),
      ['build', '-o', program, '.'],
      undefined,
      () => {},
    );
    return program;
  };
  const apply = async (text: string, own: string): Promise<string> => {
    const file = join(folder, 'used.yaml');
    await writeFile(file, text);
    return (await admin('apply', '-n', own, '-f', file, '-o', 'name')).trim().replace('secret/', '');
  };
  const options = { cwd: folder, env: process.env };

  const secret = await apply(consumers.kubeconfigSecret.text(parts), namespace);
  hold(
    'Flux, kubeConfig.secretRef',
    await lastLineOf([await built('flux'), kubeconfig, namespace, secret], options),
    who,
  );
  const ofClusterApi = [
    await built('cluster-api'),
    kubeconfig,
    namespace,
    secret.replace('-kubeconfig', ''),
  ] as const;
  hold('Cluster API, the kubeconfig of a cluster', await lastLineOf(ofClusterApi, options), who);
}
