import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import { go } from '../../sandbox/go.ts';
import { REFRESH } from '../../src/manifest/freshKubeconfig.ts';
import { lastLineOf } from '../support/cluster/outdatedRuns.ts';

interface Story {
  readonly cluster: Pick<ControlPlane, 'kubeconfig' | 'kubectl' | 'server' | 'caFile'>;
  readonly folder: string;
  readonly namespace: string;
  readonly admin: (...args: readonly string[]) => Promise<string>;
  readonly hold: (what: string, actual: string, wanted: string) => void;
}

/**
 * The story that began it all, on real parts: the kubelet's own token manager and atomic writer mount a Pod's volume, a
 * script writes a kubeconfig onto the host, the kubelet renews the token, the Pod dies. Once as it was done, once as
 * "Keep a Host Kubeconfig Fresh" has it.
 */
export async function cniStory({ cluster, folder, namespace, admin, hold }: Story): Promise<void> {
  const { kubeconfig, kubectl, server, caFile } = cluster;
  const program = join(folder, 'pod-volume');
  const source = join(import.meta.dirname, '../../sandbox/control-plane');
  await go(source, ['build', '-o', program, './pod-volume'], undefined, () => {});
  const who = `system:serviceaccount:${namespace}:robot`;
  const [fresh, copied] = [join(folder, 'host', 'cni.kubeconfig'), join(folder, 'host', 'copied.kubeconfig')];
  await mkdir(dirname(fresh), { recursive: true });
  const script = join(folder, 'refresh.sh');
  await writeFile(script, REFRESH);
  const { hostname, port } = new URL(server);
  const whoIs = async (file: string): Promise<string> => {
    const args = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    return await lastLineOf([kubectl, '--kubeconfig', file, ...args], { cwd: folder, env: process.env });
  };
  const isWritten = async (token: string): Promise<void> => {
    while (!(await readFile(fresh, 'utf8').catch(() => '')).includes(`token: ${token}\n`)) await sleep(100);
  };

  /** A Pod with its volume, and the script in it. */
  const start = async (
    pod: string,
  ): Promise<{
    volume: ChildProcess;
    sidecar: ChildProcess;
    mount: string;
    sync: (line: string) => Promise<string>;
  }> => {
    const mount = join(folder, pod);
    await mkdir(mount);
    await admin(
      'run',
      pod,
      '-n',
      namespace,
      '--image=none',
      '--restart=Never',
      '--overrides={"spec":{"serviceAccountName":"robot"}}',
    );
    const uid = await admin('get', 'pod', pod, '-n', namespace, '-o', 'jsonpath={.metadata.uid}');
    const volume = spawn(program, [kubeconfig, namespace, 'robot', pod, uid, caFile, mount], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(volume.stdout)[Symbol.asyncIterator]();
    const sync = async (line: string): Promise<string> => {
      volume.stdin.write(`${line}\n`);
      await lines.next();
      return await readFile(join(mount, 'token'), 'utf8');
    };
    await sync('');
    const sidecar = spawn('sh', [script], {
      stdio: 'inherit',
      env: {
        PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}`,
        ACCOUNT: 'robot',
        NAMESPACE: namespace,
        MOUNT: mount,
        KUBECONFIG_FOLDER: dirname(fresh),
        KUBECONFIG_NAME: 'cni.kubeconfig',
        KUBERNETES_SERVICE_HOST: hostname,
        KUBERNETES_SERVICE_PORT: port,
        EVERY: '0.2',
      },
    });
    return { volume, sidecar, mount, sync };
  };
  const end = async (...programs: readonly ChildProcess[]): Promise<void> => {
    for (const one of programs) {
      one.kill('SIGTERM');
      if (one.exitCode === null && one.signalCode === null) await once(one, 'exit');
    }
  };

  const first = await start('cni-1');
  const before = await first.sync('');
  await isWritten(before);
  const own = ['config', '--kubeconfig', copied];
  await admin(...own, 'set-cluster', 'c', `--server=${server}`, `--certificate-authority=${caFile}`);
  await admin(...own, 'set-credentials', 'u', `--token=${before}`);
  await admin(...own, 'set-context', 'x', '--cluster=c', '--user=u');
  await admin(...own, 'use-context', 'x');
  hold('CNI, the token copied, while its Pod lives', await whoIs(copied), who);
  hold('… kept fresh', await whoIs(fresh), who);

  const renewed = await first.sync('rotate');
  hold('CNI, the kubelet renews the token', String(renewed !== before), 'true');
  await isWritten(renewed);
  hold('… and the kubeconfig kept fresh has it', await whoIs(fresh), who);

  await end(first.sidecar, first.volume);
  await admin('delete', 'pod', 'cni-1', '-n', namespace, '--force', '--grace-period=0');
  while ((await whoIs(copied)) !== '') await sleep(500);
  hold('CNI, the token copied, once its Pod is gone', await whoIs(copied), '');
  const second = await start('cni-2');
  await isWritten(await second.sync(''));
  hold('… kept fresh, by the Pod in its place', await whoIs(fresh), who);
  await end(second.sidecar, second.volume);
}
