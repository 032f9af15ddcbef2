/** Row 11: how soon the live view is true again after a fault, and what reconnecting costs. */
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { startRelay, type Relay } from '../support/cluster/relay.ts';
import { startSuspendable } from '../support/cluster/suspendedProcess.ts';
import { accountsOf, follow, heapUsed, isReady, kinds, ms, relayed, row, until } from './liveSupport.ts';
import type { Row } from './row.ts';

const ROUNDS = 5;
const RECONNECTS = 10_000;
const ASLEEP = 20;

/** Measures row 11. */
export async function recoveryRows(
  controlPlane: ControlPlane,
  open: () => Cluster,
  say: (line: string) => void,
): Promise<Row[]> {
  return [
    await restart(controlPlane, open),
    ...(await recoveries(controlPlane)),
    ...(process.platform === 'win32' ? [] : [await wakeUp(controlPlane, say)]),
    await reconnects(open, say),
  ];
}

async function restart(controlPlane: ControlPlane, open: () => Cluster): Promise<Row> {
  const found: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const { view, end } = follow(open);
    await until(() => isReady(view));
    await controlPlane.stopApiServer();
    await until(() => view.state('serviceAccounts').phase === 'stale');
    await controlPlane.startApiServer();
    const began = performance.now();
    await until(() => isReady(view));
    found.push(performance.now() - began);
    end();
  }
  const slowest = Math.max(...found);
  return row(11, 'API server killed and back: rows true again, slowest of 3', ms(slowest), {
    peer: 'client-node informers stop for good',
    target: '≤ 2 s',
    held: slowest <= 2000,
  });
}

/** From a fault until the view shows what was changed just then. */
async function recoveries(controlPlane: ControlPlane): Promise<Row[]> {
  const relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const { view, end } = follow(await relayed(controlPlane, relay));
  await until(() => isReady(view));
  const told = new Set<string>();
  const expire: Relay['fault'] = (incoming, outgoing) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', relay.url);
    if (searchParams.get('watch') !== 'true' || told.has(pathname)) return false;
    told.add(pathname);
    outgoing.end('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n');
    return true;
  };
  let made = 0;
  const recovery = async (what: string, fault: Relay['fault']): Promise<Row> => {
    const found: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      made += 1;
      const name = `recovery-${made}`;
      const began = performance.now();
      told.clear();
      relay.fault = fault;
      relay.cut();
      await controlPlane.request('POST', accountsOf, { metadata: { name } });
      await until(() => view.serviceAccounts('default').some((account) => account.name === name));
      await until(() => isReady(view));
      found.push(performance.now() - began);
      await sleep(2000);
    }
    const slowest = Math.max(...found);
    return row(11, `${what}: rows true again, slowest of ${ROUNDS}`, ms(slowest), {
      target: '≤ 2 s',
      held: slowest <= 2000,
    });
  };
  const rows = [
    await recovery('Connections cut', undefined),
    await recovery('Watches expired (410)', expire),
  ];
  end();
  relay.close();
  return rows;
}

/** From waking until a process that was stopped shows what happened meanwhile; its connections are dead. */
async function wakeUp(controlPlane: ControlPlane, say: (line: string) => void): Promise<Row> {
  const found: number[] = [];
  const uidsOf = async (): Promise<string> => {
    const all = (await controlPlane.request('GET', '/api/v1/serviceaccounts')) as {
      items: { metadata: { uid: string } }[];
    };
    return all.items
      .map(({ metadata }) => metadata.uid)
      .sort()
      .join(' ');
  };
  for (let round = 0; round < 3; round += 1) {
    const suspended = await startSuspendable(controlPlane);
    say(`Sleeping for ${ASLEEP} s …`);
    suspended.suspend();
    await controlPlane.request('POST', accountsOf, { metadata: { name: `asleep-${round}` } });
    const there = await uidsOf();
    await sleep(ASLEEP * 1000);
    const began = performance.now();
    suspended.resume();
    for (let isTrue = false; !isTrue;) {
      const { phase, uids } = await suspended.shown();
      isTrue = phase === 'ready' && uids.join(' ') === there;
    }
    found.push(performance.now() - began);
    suspended.close();
  }
  // Where timers do not count the time asleep, as on Linux, the clock is looked at up to a second later.
  const slowest = Math.max(...found) + 1000;
  return row(
    11,
    `Asleep for ${ASLEEP} s, connections dead: rows true after waking, slowest of 3`,
    ms(slowest),
    {
      peer: 'a quiet watch is dead until its timeout',
      target: '≤ 2 s',
      held: slowest <= 2000,
    },
  );
}

/** Ends the watches and takes them up again, over and over. */
async function reconnects(open: () => Cluster, say: (line: string) => void): Promise<Row> {
  const { view, end } = follow(open);
  const again = async (times: number): Promise<void> => {
    for (let index = 0; index < times; index += kinds.length) {
      view.pause();
      await until(() => kinds.every((kind) => view.state(kind).phase === 'paused'));
      view.resume();
      await until(() => isReady(view));
    }
  };
  await until(() => isReady(view));
  await again(500); // What is compiled and kept once is not growth.
  await sleep(1000);
  const before = heapUsed();
  say(`Reconnecting ${RECONNECTS.toLocaleString('en')} times …`);
  await again(RECONNECTS);
  await sleep(1000);
  const grown = heapUsed() - before;
  end();
  return row(
    11,
    `Heap that ${RECONNECTS.toLocaleString('en')} reconnects add`,
    `${(grown / 1e6).toFixed(2)} MB`,
    {
      target: '≤ 1 MB',
      held: grown <= 1e6,
    },
  );
}
