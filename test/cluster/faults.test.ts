import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster, LiveView } from '../../src/cluster/api.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { startRelay, type Fault, type Relay } from '../support/relay.ts';

const run = promisify(execFile);
const soon = { timeout: 20_000, interval: 50 };

let controlPlane: ControlPlane;
let relay: Relay;
let cluster: Cluster;
let view: LiveView;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const file = join(controlPlane.folder, 'relayed.json');
  await writeFile(
    file,
    JSON.stringify({
      clusters: [{ name: 'relayed', cluster: { server: relay.url } }],
      contexts: [{ name: 'relayed', context: { cluster: 'relayed' } }],
    }),
  );
  cluster = clusterAccess.open({ files: [file], context: 'relayed', allowPrograms: false });
  view = cluster.live();
  view.resume();
  await expectTruth();
});

afterAll(async () => {
  view.dispose();
  cluster.dispose();
  relay.close();
  await controlPlane.stop();
});

afterEach(() => {
  relay.fault = undefined;
});

async function admin(...args: string[]): Promise<string> {
  return (await run(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args])).stdout.trim();
}

let created = 0;
/** Makes a change, and waits until the view shows what kubectl shows. */
async function expectTruth(): Promise<void> {
  created += 1;
  await admin('create', 'serviceaccount', `change-${created}`);
  await vi.waitFor(async () => {
    const listed = await admin('get', 'serviceaccounts', '-A', '-o', 'jsonpath={.items[*].metadata.uid}');
    const shown = view
      .namespaces()
      .flatMap((namespace) => view.serviceAccounts(namespace).map(({ uid }) => uid));
    expect(shown.sort()).toEqual(listed.split(' ').sort());
    expect(view.state('serviceAccounts')).toEqual({ phase: 'ready', problem: undefined });
  }, soon);
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Fault =>
  (_incoming, outgoing) => {
    outgoing.writeHead(status, headers).end(body);
    return true;
  };
const status = (code: number, reason: string): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason });

describe('a live view is true again after', () => {
  it.each<[string, Fault]>([
    ['a server that answers with a page', answer(200, '<html>Please log in</html>')],
    ['a server that answers with other JSON', answer(200, '{"hello": "world"}')],
    ['a server that answers nothing', answer(200, '')],
    ['an internal error', answer(500, status(500, 'InternalError'))],
    ['a server that is not ready', answer(503, 'starting')],
    ['a server that is busy', answer(429, status(429, 'TooManyRequests'), { 'retry-after': '1' })],
    ['a refused credential', answer(401, status(401, 'Unauthorized'))],
    ['a redirect', answer(302, '', { location: 'https://login.invalid/' })],
    ['an expired resourceVersion as an answer', answer(410, status(410, 'Expired'))],
    [
      'an expired resourceVersion as an event',
      (incoming, outgoing) => {
        if (incoming.url?.includes('watch=true') !== true) return false;
        outgoing.end(`{"type":"ERROR","object":${status(410, 'Expired')}}\n`);
        return true;
      },
    ],
    [
      'an event cut in its middle',
      (incoming, outgoing) => {
        if (incoming.url?.includes('watch=true') !== true) return false;
        outgoing.write('{"type":"ADDED","object":{"metadata":{"na');
        setTimeout(() => outgoing.destroy(), 50);
        return true;
      },
    ],
    [
      'a server that hangs up',
      (incoming) => {
        incoming.socket.destroy();
        return true;
      },
    ],
  ])('%s', async (_what, fault) => {
    const before = view.count();
    relay.fault = fault;
    relay.cut();
    await vi.waitFor(() => {
      expect(view.state('serviceAccounts').phase).not.toBe('ready');
    }, soon);
    await sleep(300);
    expect(view.count()).toBe(before);
    relay.fault = undefined;
    if (view.state('serviceAccounts').problem?.reason === 'unauthorized') view.retry();
    await expectTruth();
  });
});

it('loses no change while connections are cut, and leaves no connection behind', async () => {
  const root = '/api/v1/namespaces/default/serviceaccounts';
  for (let batch = 0; batch < 20; batch += 1) {
    relay.cut();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const name = `cut-${batch}-${index}`;
        await controlPlane.request('POST', root, { metadata: { name } });
        if (index % 2 === 0) await controlPlane.request('DELETE', `${root}/${name}`);
      }),
    );
  }
  await expectTruth();
  expect(relay.openSockets()).toBeLessThanOrEqual(8);
});

it('lists again only when the server cannot go on from where the view was', async () => {
  const lists = (): number =>
    relay.requests.filter((line) => line.includes('/serviceaccounts?limit=')).length;
  const before = lists();
  relay.cut();
  await expectTruth();
  expect(lists()).toBe(before);

  view.pause();
  await admin('create', 'serviceaccount', 'unseen'); // The new server's memory begins after it: a real 410.
  await controlPlane.stopApiServer();
  await controlPlane.startApiServer();
  view.resume();
  await expectTruth();
  expect(lists()).toBeGreaterThan(before);
});

it('sends nothing but its watches while nothing changes', async () => {
  const before = relay.requests.length;
  await sleep(3000);
  expect(relay.requests.slice(before)).toEqual([]);
});

it('tells the answers of a server apart for people', async () => {
  const told = async (fault: Fault): Promise<unknown> => {
    relay.fault = fault;
    return await cluster.snapshot(AbortSignal.timeout(20_000)).catch((error: unknown) => error);
  };
  const saying = (text: string): string => expect.stringContaining(text) as string;
  expect(await told(answer(401, 'denied'))).toMatchObject({
    reason: 'unauthorized',
    message: saying('gateway'),
  });
  expect(await told(answer(302, ''))).toMatchObject({ reason: 'refused', message: saying('redirect') });
  expect(await told(answer(200, '<html>'))).toMatchObject({
    reason: 'refused',
    message: saying('no API server'),
  });
  expect(await told(answer(404, 'no'))).toMatchObject({
    reason: 'not-found',
    message: saying('path in its URL'),
  });
  const token = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln';
  expect(await told(answer(400, status(400, `bad ${token}`)))).toMatchObject({ message: saying('[token]') });
  const cancelled = cluster.snapshot(AbortSignal.abort());
  await expect(cancelled).rejects.toMatchObject({ reason: 'cancelled' });
});
