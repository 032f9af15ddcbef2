/**
 * Rows 8 to 13: the live view on a real API server, with kubectl beside it. Row 9 seeds 100,000 ServiceAccounts, which
 * takes minutes; row 12 waits for ten.
 */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { startRelay } from '../support/cluster/relay.ts';
import { recoveryRows } from './liveRecovery.ts';
import { A_NAMESPACE, bigTreeRows, shownRows } from './liveShown.ts';
import { accountsOf, follow, heapUsed, isReady, ms, relayed, row, times, until } from './liveSupport.ts';
import { median, percentile } from './percentile.ts';
import type { Row } from './row.ts';

const run = promisify(execFile);
/** Rows 8, 10 and 11 are measured among this many, row 9 among the many. */
const SOME = 10_000;
const MANY = 100_000;
const WORKERS = 24;
const ROUNDS = 5;
const CHANGES = 300;
const MANY_CHANGES = 10_000;
/** Ten minutes; fewer show less of it. */
const IDLE_SECONDS = Number(process.env['BENCH_IDLE_SECONDS'] ?? 600);
const TOKENS = 20;

type Say = (line: string) => void;

/** Measures the rows that are wanted of 8 to 13. */
export async function liveViewRows(wanted: (row: number) => boolean, say: Say): Promise<Row[]> {
  const rows: Row[] = [];
  await using ending = new AsyncDisposableStack();
  const controlPlane = await startControlPlane({ report: say });
  ending.defer(controlPlane.stop);
  const open = (): Cluster => clusterAccess.open({ files: [controlPlane.kubeconfig], context: 'sandbox' });
  const some = [8, 10, 11].some(wanted) ? SOME : 0;
  const total = some > 0 ? await seeded(controlPlane, open, 0, some, say) : 0;
  if (wanted(8)) rows.push(...(await listing(controlPlane, open, total, 8)));
  if (wanted(10)) {
    rows.push(...(await shownRows(controlPlane, say)));
    rows.push(...(await changes(controlPlane, open, say)));
  }
  if (wanted(11)) rows.push(...(await recoveryRows(controlPlane, open, say)));
  if (wanted(12)) rows.push(await idle(controlPlane, say));
  if (wanted(13)) rows.push(await tokenBytes(controlPlane));
  if (wanted(9)) {
    const all = await seeded(controlPlane, open, some, MANY, say);
    rows.push(...(await listing(controlPlane, open, all, 9)));
    rows.push(...(await bigTreeRows(controlPlane, all, say)));
  }
  return rows;
}

/** Creates ServiceAccounts up to `to`, 100 a namespace (its `default` is one); returns how many there are in all. */
async function seeded(
  { request }: ControlPlane,
  open: () => Cluster,
  from: number,
  to: number,
  say: Say,
): Promise<number> {
  say(`Creating ${(to - from).toLocaleString('en')} ServiceAccounts …`);
  let next = from / A_NAMESPACE;
  const work = async (): Promise<void> => {
    while (next < to / A_NAMESPACE) {
      const name = `bench-${next}`;
      next += 1;
      if (next % 100 === 0) say(`${(next * A_NAMESPACE).toLocaleString('en')} created`);
      await request('POST', '/api/v1/namespaces', { metadata: { name } });
      for (let index = 1; index < A_NAMESPACE; index += 1) {
        await request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
          metadata: { name: `sa-${index}` },
        });
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  // Controllers make the last `default` ones by themselves.
  const { view, end } = follow(open);
  await until(() => isReady(view));
  let before = -1;
  while (before < to || before !== view.count()) {
    before = view.count();
    await sleep(2000);
  }
  end();
  return before;
}

async function listing(
  controlPlane: ControlPlane,
  open: () => Cluster,
  total: number,
  number: number,
): Promise<Row[]> {
  const first: number[] = [];
  const all: number[] = [];
  const finding: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now();
    const { view, end } = follow(open);
    await until(() => view.count() > 0);
    first.push(performance.now() - began);
    await until(() => view.count() >= total && isReady(view));
    for (const namespace of view.namespaces()) view.serviceAccounts(namespace); // Sorted, as the tree asks for them.
    all.push(performance.now() - began);
    const typed = performance.now();
    if (new Inventory(view).search('bench-42/ sa-77', 100).length === 0)
      throw new Error('Nothing was found.');
    finding.push(performance.now() - typed);
    end();
  }
  const kubectl: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const began = performance.now();
    const args = ['--kubeconfig', controlPlane.kubeconfig, 'get', 'sa', '-A'];
    await run(controlPlane.kubectl, args, { maxBuffer: 1e9 });
    kubectl.push(performance.now() - began);
  }
  const peer = median(kubectl);
  const known = median(all);
  const bytes = await bytesEach(open, total);
  const what = `${total.toLocaleString('en')} ServiceAccounts`;
  const isMany = number === 9;
  return [
    row(number, `${what}: first rows`, ms(median(first)), {
      peer: `kubectl get sa -A ${ms(peer)}`,
      ratio: times(peer / median(first)),
      target: `≤ ${isMany ? 150 : 50} ms`,
      held: median(first) <= (isMany ? 150 : 50),
    }),
    row(number, `${what}: all known and sorted`, ms(known), {
      peer: `kubectl get sa -A ${ms(peer)}`,
      ratio: times(peer / known),
      target: isMany ? '≤ 1.2 s' : '≥ 20 × faster',
      held: isMany ? known <= 1200 : known * 20 <= peer,
    }),
    row(number, `${what}: found by typing`, ms(median(finding)), {
      target: '≤ 1 s',
      held: median(finding) <= 1000,
    }),
    row(number, `${what}: memory of each`, `${bytes.toFixed(0)} B`, {
      target: isMany ? '≤ 250 B' : '≤ 1 kB',
      held: bytes <= (isMany ? 250 : 1000),
    }),
  ];
}

/** Bytes of heap that a view of everything holds for each ServiceAccount. */
async function bytesEach(open: () => Cluster, total: number): Promise<number> {
  const held = await heapWhileFollowed(open, total);
  await sleep(1000);
  return (held - heapUsed()) / total;
}

async function heapWhileFollowed(open: () => Cluster, total: number): Promise<number> {
  const { view, end } = follow(open);
  await until(() => view.count() >= total && isReady(view));
  for (const namespace of view.namespaces()) view.serviceAccounts(namespace);
  await sleep(1000);
  const held = heapUsed();
  end();
  return held;
}

/** From the server's answer to a change, until the view tells of it; then many changes at once. */
async function changes({ request }: ControlPlane, open: () => Cluster, say: Say): Promise<Row[]> {
  const { view, end } = follow(open);
  await until(() => isReady(view));
  const found: number[] = [];
  for (let index = 0; index < CHANGES; index += 1) {
    const name = `change-${index}`;
    const seen = new Promise<void>((resolve) => {
      const stop = view.onChange(() => {
        if (!view.serviceAccounts('default').some((account) => account.name === name)) return;
        stop();
        resolve();
      });
    });
    const began = performance.now();
    await request('POST', accountsOf, { metadata: { name } });
    await seen;
    found.push(performance.now() - began);
  }
  say(`Making ${MANY_CHANGES.toLocaleString('en')} changes while connections are cut …`);
  const lost = await lostOf({ request }, open, say);
  end();
  const p99 = percentile(found, 0.99);
  return [
    row(10, `Change to row known, p99 of ${CHANGES}`, ms(p99), { target: '≤ 120 ms', held: p99 <= 120 }),
    row(10, `Rows wrong after ${MANY_CHANGES.toLocaleString('en')} changes`, String(lost), {
      target: '0',
      held: lost === 0,
    }),
  ];
}

/** How many rows differ from the server's own list after many changes. */
async function lostOf(
  { request }: Pick<ControlPlane, 'request'>,
  open: () => Cluster,
  say: Say,
): Promise<number> {
  const { view, end } = follow(open);
  await until(() => isReady(view));
  let made = 0;
  const work = async (worker: number): Promise<void> => {
    for (let index = worker; made < MANY_CHANGES; index += WORKERS) {
      const path = `${accountsOf}/many-${index}`;
      await request('POST', accountsOf, { metadata: { name: `many-${index}` } });
      await request('PATCH', path, { automountServiceAccountToken: false });
      if (index % 2 === 0) await request('DELETE', path);
      made += index % 2 === 0 ? 3 : 2;
    }
  };
  const cutting = setInterval(() => {
    view.pause();
    view.resume();
  }, 1000);
  await Promise.all(Array.from({ length: WORKERS }, async (_, worker) => await work(worker)));
  clearInterval(cutting);
  say(`${made.toLocaleString('en')} changes were made`);
  await sleep(2000);
  const { items } = (await request('GET', accountsOf)) as { items: { metadata: { uid: string } }[] };
  const there = new Set(items.map(({ metadata }) => metadata.uid));
  const shown = view.serviceAccounts('default').map(({ uid }) => uid);
  const wrong = shown.filter((uid) => !there.delete(uid)).length + there.size;
  end();
  return wrong;
}

async function idle(controlPlane: ControlPlane, say: Say): Promise<Row> {
  const relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const { view, end } = follow(await relayed(controlPlane, relay));
  view.followAccess(); // As a ServiceAccount that was opened needs.
  await until(() => isReady(view) && view.state('clusterRoles').phase === 'ready');
  await sleep(3000);
  const sent = relay.requests.length;
  const received = relay.received;
  say(`Waiting for ${IDLE_SECONDS / 60} idle minutes …`);
  await sleep(IDLE_SECONDS * 1000);
  const lines = relay.requests.slice(sent);
  const others = lines.filter((line) => !line.includes('watch=true'));
  const kilobytes = (relay.received - received) / 1000;
  end();
  relay.close();
  return row(
    12,
    `Open and idle for ${IDLE_SECONDS / 60} min`,
    `${lines.length} watches renewed, ${others.length} other requests, ${kilobytes.toFixed(1)} kB`,
    { target: 'watches only', held: others.length === 0 },
  );
}

/** Looks in all that the server sends for the bytes of real tokens, as they are and as a Secret's data has them. */
async function tokenBytes(controlPlane: ControlPlane): Promise<Row> {
  const { request } = controlPlane;
  const secrets = '/api/v1/namespaces/default/secrets';
  const names = Array.from({ length: TOKENS }, (_, index) => `token-${index}`);
  for (const name of names) {
    await request('POST', secrets, {
      metadata: { name, annotations: { 'kubernetes.io/service-account.name': 'default' } },
      type: 'kubernetes.io/service-account-token',
    });
  }
  const tokens: string[] = [];
  for (const name of names) {
    let token: string | undefined;
    while (token === undefined) {
      const { data } = (await request('GET', `${secrets}/${name}`)) as { data?: { token?: string } };
      token = data?.token;
    }
    tokens.push(token);
  }
  const relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const chunks: Buffer[] = [];
  relay.onChunk = (chunk) => chunks.push(chunk);
  const { view, end } = follow(await relayed(controlPlane, relay));
  await until(() => isReady(view));
  const patch = { metadata: { labels: { touched: 'yes' } } };
  for (const name of names) await request('PATCH', `${secrets}/${name}`, patch); // Watched too, not only listed.
  await sleep(1000);
  const shown = view.tokenSecrets({ namespace: 'default', name: 'default' }).length;
  end();
  relay.close();
  const received = Buffer.concat(chunks).toString('latin1');
  const isSeen = (part: string): boolean => received.includes(part);
  const leaked = tokens
    .flatMap((token) => [token, Buffer.from(token, 'base64').toString()])
    .map((token) => (isSeen(token.slice(-60)) || isSeen(token.slice(0, 60)) ? token.length : 0))
    .reduce((sum, length) => sum + length, 0);
  const isSound = shown === TOKENS && isSeen('token-0');
  return row(
    13,
    `Bytes of ${TOKENS} tokens among ${(received.length / 1e6).toFixed(1)} MB received`,
    String(leaked),
    {
      peer: 'peers list whole Secrets',
      target: '0',
      held: isSound ? leaked === 0 : undefined,
    },
  );
}
