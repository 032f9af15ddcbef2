/**
 * Measures the live view on a real API server, with kubectl beside it:
 * `node test/bench/liveView.ts [ServiceAccounts]` (10000 where it is not said).
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster, LiveView } from '../../src/cluster/api.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { startRelay } from '../support/relay.ts';

/** One line of the table. */
export interface BenchRow {
  readonly what: string;
  readonly figure: string;
  readonly peer: string;
  readonly target: string;
  readonly held: boolean;
}

const run = promisify(execFile);
const IDLE_SECONDS = 20;
const CHANGES = 200;
const MANY_CHANGES = 5000;

/** Seeds `size` ServiceAccounts and measures; takes a minute for 10,000, and some for 100,000. */
export async function measureLiveView(size: number, report: (line: string) => void): Promise<BenchRow[]> {
  const controlPlane = await startControlPlane({ report });
  const open = (): Cluster =>
    clusterAccess.open({ files: [controlPlane.kubeconfig], context: 'sandbox', allowPrograms: false });
  try {
    report(`Creating ${size} ServiceAccounts …`);
    await seed(controlPlane, size);
    const total = await settled(open);
    return [
      ...(await measureListing(controlPlane, open, total)),
      ...(await measureChanges(controlPlane, open)),
      ...(await measureRestart(controlPlane, open)),
      ...(await measureIdle(controlPlane)),
    ];
  } finally {
    await controlPlane.stop();
  }
}

/** A hundred ServiceAccounts a namespace; each namespace gets its `default` too. */
async function seed({ request }: ControlPlane, size: number): Promise<void> {
  const namespaces = Array.from({ length: Math.ceil(size / 100) }, (_, index) => `bench-${index}`);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let name = namespaces[next++]; name !== undefined; name = namespaces[next++]) {
      await request('POST', '/api/v1/namespaces', { metadata: { name } });
      for (let index = 0; index < 99; index += 1) {
        await request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
          metadata: { name: `sa-${index}` },
        });
      }
    }
  };
  await Promise.all(Array.from({ length: 24 }, work));
}

/** Waits until controllers make no more ServiceAccounts; returns how many there are. */
async function settled(open: () => Cluster): Promise<number> {
  const { cluster, view } = follow(open);
  await until(() => view.state('serviceAccounts').phase === 'ready');
  let before = -1;
  while (before !== view.count()) {
    before = view.count();
    await sleep(2000);
  }
  end(cluster, view);
  return before;
}

function follow(open: () => Cluster): { cluster: Cluster; view: LiveView } {
  const cluster = open();
  const view = cluster.live();
  view.resume();
  return { cluster, view };
}

function end(cluster: Cluster, view: LiveView): void {
  view.dispose();
  cluster.dispose();
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(1);
}

async function measureListing(
  controlPlane: ControlPlane,
  open: () => Cluster,
  total: number,
): Promise<BenchRow[]> {
  const first: number[] = [];
  const all: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const began = performance.now();
    const { cluster, view } = follow(open);
    await until(() => view.count() > 0);
    first.push(performance.now() - began);
    await until(() => view.count() >= total);
    all.push(performance.now() - began);
    end(cluster, view);
  }
  const kubectl: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    await run(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, 'get', 'sa', '-A'], {
      maxBuffer: 1e9,
    });
    kubectl.push(performance.now() - began);
  }
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const bytes = (await heapOfView(open, total, collect)) / total;
  const peer = median(kubectl);
  return [
    row(
      `${total} ServiceAccounts: first rows`,
      ms(median(first)),
      ms(peer),
      '≤ 150 ms',
      median(first) <= 150,
    ),
    row(
      `${total} ServiceAccounts: all known`,
      `${ms(median(all))} (${(peer / median(all)).toFixed(1)} ×)`,
      ms(peer),
      total > 50_000 ? '≤ 2 s' : '≥ 5 × faster than kubectl',
      total > 50_000 ? median(all) <= 2000 : median(all) * 5 <= peer,
    ),
    row('Memory a ServiceAccount', `${bytes.toFixed(0)} B`, '–', '≤ 1 kB', bytes <= 1000),
  ];
}

/** Bytes of heap that a view of everything holds, while it is followed. */
async function heapOfView(open: () => Cluster, total: number, collect: () => void): Promise<number> {
  const held = await heapWhileFollowed(open, total, collect);
  await sleep(1000);
  collect();
  return held - process.memoryUsage().heapUsed;
}

async function heapWhileFollowed(open: () => Cluster, total: number, collect: () => void): Promise<number> {
  const { cluster, view } = follow(open);
  await until(() => view.count() >= total);
  for (const namespace of view.namespaces()) view.serviceAccounts(namespace); // Sorted, as the tree asks for them.
  await sleep(1000);
  collect();
  const held = process.memoryUsage().heapUsed;
  end(cluster, view);
  return held;
}

async function measureChanges({ request }: ControlPlane, open: () => Cluster): Promise<BenchRow[]> {
  const { cluster, view } = follow(open);
  await until(() => view.state('serviceAccounts').phase === 'ready');
  const times: number[] = [];
  const root = '/api/v1/namespaces/default/serviceaccounts';
  for (let index = 0; index < CHANGES; index += 1) {
    const name = `change-${index}`;
    const seen = new Promise<void>((resolve) => {
      const stop = view.onChange(() => {
        if (!view.serviceAccounts('default').some((account) => account.name === name)) return;
        stop();
        resolve();
      });
    });
    await request('POST', root, { metadata: { name } });
    const began = performance.now();
    await seen;
    times.push(performance.now() - began);
  }
  const before = view.count();
  await Promise.all(
    Array.from({ length: 24 }, async (_, worker) => {
      for (let index = worker; index < MANY_CHANGES; index += 24) {
        await request('POST', root, { metadata: { name: `many-${index}` } });
        if (index % 2 === 0) await request('DELETE', `${root}/many-${index}`);
      }
    }),
  );
  await sleep(1000);
  const lost = before + MANY_CHANGES / 2 - view.count();
  end(cluster, view);
  const p99 = times.sort((one, other) => one - other)[Math.floor(CHANGES * 0.99)] ?? Number.NaN;
  return [
    row('Change to row known, p99', ms(p99), '–', '≤ 250 ms', p99 <= 250),
    row(`Rows wrong after ${(MANY_CHANGES * 1.5).toFixed(0)} changes`, String(lost), '–', '0', lost === 0),
  ];
}

async function measureRestart(controlPlane: ControlPlane, open: () => Cluster): Promise<BenchRow[]> {
  const { cluster, view } = follow(open);
  await until(() => view.state('serviceAccounts').phase === 'ready');
  await controlPlane.stopApiServer();
  await until(() => view.state('serviceAccounts').phase === 'stale');
  await controlPlane.startApiServer();
  const began = performance.now();
  await until(() => view.state('serviceAccounts').phase === 'ready');
  const time = performance.now() - began;
  end(cluster, view);
  return [row('API server killed and back: rows true again', ms(time), '–', '≤ 2 s', time <= 2000)];
}

async function measureIdle(controlPlane: ControlPlane): Promise<BenchRow[]> {
  const relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const file = join(controlPlane.folder, 'idle.json');
  const config = {
    clusters: [{ name: 'idle', cluster: { server: relay.url } }],
    contexts: [{ name: 'idle', context: { cluster: 'idle' } }],
  };
  await writeFile(file, JSON.stringify(config));
  const { cluster, view } = follow(() =>
    clusterAccess.open({ files: [file], context: 'idle', allowPrograms: false }),
  );
  await until(() => view.state('serviceAccounts').phase === 'ready' && view.state('pods').phase === 'ready');
  await sleep(500);
  const before = relay.requests.length;
  await sleep(IDLE_SECONDS * 1000);
  const sent = relay.requests.length - before;
  end(cluster, view);
  relay.close();
  return [
    row(`Requests of an open view in ${IDLE_SECONDS} idle seconds`, String(sent), '–', '0', sent === 0),
  ];
}

const row = (what: string, figure: string, peer: string, target: string, held: boolean): BenchRow => ({
  what,
  figure,
  peer,
  target,
  held,
});
const ms = (time: number): string => `${time.toFixed(0)} ms`;
const median = (times: readonly number[]): number =>
  times.toSorted((one, other) => one - other)[Math.floor(times.length / 2)] ?? Number.NaN;

if (import.meta.main) {
  const size = Number(process.argv[2] ?? 10_000);
  const rows = await measureLiveView(size, (line) => process.stdout.write(`${line}\n`));
  for (const { what, figure, peer, target, held } of rows) {
    process.stdout.write(
      `${held ? 'held  ' : 'MISSED'}  ${what}: ${figure}; kubectl ${peer}; target ${target}\n`,
    );
  }
}
