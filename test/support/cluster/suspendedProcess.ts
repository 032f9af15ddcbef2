import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ControlPlane } from '../../../sandbox/controlPlane.ts';
import { writeKubeconfig } from '../../../sandbox/kubeconfig.ts';
import type { LiveState } from '../../../src/cluster/api/live.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { startWire } from './wire.ts';

/** What a live view shows of ServiceAccounts. */
interface Shown {
  readonly phase: LiveState['phase'];
  readonly uids: readonly string[];
}

/** A process of its own that follows a cluster, and can be suspended as a machine is. */
export interface Suspendable {
  /** Stops it; meanwhile its connections die without a sign, as when a machine's address has changed. */
  suspend(): void;
  resume(): void;
  /** What it shows; settles once it runs. */
  shown(): Promise<Shown>;
  close(): void;
}

/** Starts one, and settles once it knows all ServiceAccounts. On Windows, which cannot stop a process, it goes on. */
export async function startSuspendable(controlPlane: ControlPlane): Promise<Suspendable> {
  const wire = await startWire(Number(new URL(controlPlane.server).port));
  const file = join(controlPlane.folder, 'suspended.kubeconfig');
  await writeKubeconfig(file, {
    server: `https://127.0.0.1:${wire.port}`,
    ca: await readFile(controlPlane.caFile, 'utf8'),
    user: 'suspended',
    credential: await controlPlane.clientCertificate('suspended', ['system:masters']),
  });
  const child = fork(fileURLToPath(import.meta.url), [file], { execArgv: [] });
  const shown = async (): Promise<Shown> => {
    child.send('shown?');
    const [answer] = (await once(child, 'message')) as [Shown];
    return answer;
  };
  while ((await shown()).phase !== 'ready');
  return {
    suspend() {
      if (process.platform !== 'win32') child.kill('SIGSTOP');
      wire.stall();
    },
    resume() {
      child.kill('SIGCONT');
    },
    shown,
    close() {
      child.kill('SIGKILL');
      wire.close();
    },
  };
}

function follow(file: string): void {
  const view = clusterAccess.open({ files: [file], context: 'sandbox' }).live();
  view.resume();
  process.once('disconnect', () => process.exit());
  process.on('message', () => {
    const uids = view
      .namespaces()
      .flatMap((namespace) => view.serviceAccounts(namespace).map(({ uid }) => uid))
      .sort();
    process.send?.({ phase: view.state('serviceAccounts').phase, uids } satisfies Shown);
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) follow(process.argv[2] ?? '');
