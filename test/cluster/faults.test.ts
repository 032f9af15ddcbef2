import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { createAuthority } from '../../sandbox/certificates.ts';
import { grantOf } from '../../src/token/grant.ts';
import { adminOf } from '../support/cluster/kubectl.ts';
import { startRelay, type Fault, type Relay } from '../support/cluster/relay.ts';
import { startSuspendable, type Suspendable } from '../support/cluster/suspendedProcess.ts';
import { startWire, type Wire } from '../support/cluster/wire.ts';

const soon = { timeout: 20_000, interval: 50 };

let controlPlane: ControlPlane;
let relay: Relay;
let wire: Wire;
let cluster: Cluster;
let view: LiveView;
/** Suspended from before the first fault until after the last. */
let suspended: Suspendable;

beforeAll(async () => {
  controlPlane = await startControlPlane({
    extraApiServerArgs: ['--service-account-max-token-expiration=1h'],
  });
  relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  wire = await startWire(Number(new URL(controlPlane.server).port));
  cluster = await open({ server: relay.url });
  view = cluster.live();
  view.resume();
  await expectTruth();
  suspended = await startSuspendable(controlPlane);
  suspended.suspend();
});

interface Entry {
  readonly server: string;
  readonly 'certificate-authority'?: string;
}

/** Opens a cluster through a relay or the wire, as administrator. */
async function open(entry: Entry, user: object = {}): Promise<Cluster> {
  const file = join(controlPlane.folder, `${entry.server.replaceAll(/\W/g, '-')}.json`);
  const config = {
    clusters: [{ name: 'c', cluster: entry }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return clusterAccess.open({ files: [file], context: 'x' });
}

/** Opens the cluster through the wire, as administrator by a certificate, as the wire carries TLS. */
async function openWired(): Promise<Cluster> {
  const user = await controlPlane.clientCertificate('wired', ['system:masters']);
  const base64 = (pem: string): string => Buffer.from(pem).toString('base64');
  return await open(
    { server: `https://127.0.0.1:${wire.port}`, 'certificate-authority': controlPlane.caFile },
    { 'client-certificate-data': base64(user.certificate), 'client-key-data': base64(user.key) },
  );
}

afterAll(async () => {
  suspended?.close();
  view.dispose();
  cluster.dispose();
  relay.close();
  wire.close();
  await controlPlane.stop();
});

afterEach(() => {
  relay.fault = undefined;
  relay.hold = undefined;
  wire.corrupts = false;
});

async function admin(...args: string[]): Promise<string> {
  return (await adminOf(controlPlane)(...args)).trim();
}

const listed = async (): Promise<readonly string[]> =>
  (await admin('get', 'serviceaccounts', '-A', '-o', 'jsonpath={.items[*].metadata.uid}')).split(' ').sort();

let created = 0;
/** Makes a change, and waits until the view shows what kubectl shows. */
async function expectTruth(of: LiveView = view): Promise<void> {
  created += 1;
  await admin('create', 'serviceaccount', `change-${created}`);
  await vi.waitFor(async () => {
    const there = await listed();
    const shown = of.namespaces().flatMap((namespace) => of.serviceAccounts(namespace).map(({ uid }) => uid));
    expect(shown.sort()).toEqual(there);
    expect(of.state('serviceAccounts')).toEqual({ phase: 'ready', problem: undefined });
  }, soon);
}

const answer =
  (status: number, body: string, headers: Record<string, string> = {}): Fault =>
  (_incoming, outgoing) => {
    outgoing.writeHead(status, headers).end(body);
    return true;
  };
const ENDLESS = Buffer.alloc(1024 * 1024, ' ');
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
      'an answer that never ends',
      (_incoming, outgoing) => {
        const more = (): void => {
          while (!outgoing.destroyed && outgoing.write(ENDLESS));
        };
        outgoing.on('drain', more);
        more();
        return true;
      },
    ],
    [
      'bytes that are nothing',
      (incoming) => {
        incoming.socket.end(Buffer.from(Array.from({ length: 512 }, (_, index) => (index * 151) & 0xff)));
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

  relay.fault = answer(503, 'starting');
  relay.cut();
  await vi.waitFor(() => {
    expect(view.state('serviceAccounts').problem?.reason).toBe('busy');
  }, soon);
  relay.fault = undefined;
  await expectTruth();

  const known = lists();
  view.pause();
  await admin('create', 'serviceaccount', 'unseen'); // The new server's memory begins after it: a real 410.
  await controlPlane.stopApiServer();
  await controlPlane.startApiServer();
  view.resume();
  await expectTruth();
  expect(lists()).toBeGreaterThan(known);
});

it('starts a list anew that etcd forgets while it is read', async () => {
  const root = '/api/v1/namespaces/default/serviceaccounts';
  await Promise.all(
    Array.from({ length: 600 }, async (_, index) => {
      await controlPlane.request('POST', root, { metadata: { name: `many-${index}` } });
    }),
  );
  let forgot = 0;
  relay.hold = async (url) => {
    if (forgot > 0 || !url.includes('/serviceaccounts?') || !url.includes('continue=')) return;
    forgot += 1;
    await admin('create', 'serviceaccount', 'meanwhile');
    await controlPlane.compactEtcd();
    await controlPlane.stopApiServer(); // Whose memory of the state that is being listed goes with it.
    await controlPlane.startApiServer();
  };
  const before = relay.requests.length;
  const other = cluster.live();
  try {
    other.resume();
    await expectTruth(other);
    expect(forgot).toBe(1);
    const lists = relay.requests.slice(before).filter((line) => line.includes('/serviceaccounts?limit='));
    expect(lists.filter((line) => !line.includes('continue=')).length).toBe(2);
  } finally {
    other.dispose();
  }
  await expectTruth();
});

it('is true again after etcd was killed, and says nothing false meanwhile', async () => {
  const before = view.count();
  await controlPlane.stopEtcd();
  relay.cut();
  await sleep(1000);
  expect(view.count()).toBe(before);
  controlPlane.startEtcd();
  await vi.waitFor(async () => {
    await controlPlane.request('GET', '/readyz');
  }, soon);
  await expectTruth();
});

it('is true again after a wire was cut, changed bytes, or let none through', async () => {
  const wired = await openWired();
  const seen = wired.live({ quietTimeout: 2000 });
  try {
    seen.resume();
    await expectTruth(seen);
    wire.cut();
    await expectTruth(seen);
    wire.corrupts = true;
    await admin('create', 'serviceaccount', 'corrupted');
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts')).toMatchObject({
        phase: 'stale',
        problem: { reason: 'unreachable' },
      });
    }, soon);
    wire.corrupts = false;
    await expectTruth(seen);
    wire.stall();
    await expectTruth(seen);
    expect(wire.openSockets()).toBeLessThanOrEqual(8);
  } finally {
    seen.dispose();
    wired.dispose();
  }
});

it('takes another certificate-authority once its file holds it', async () => {
  const [before, after] = await Promise.all([createAuthority('before'), createAuthority('after')]);
  const caFile = join(controlPlane.folder, 'swapped.crt');
  await writeFile(caFile, before.certificate);
  const ca = await readFile(controlPlane.caFile, 'utf8');
  const secure = await startRelay(controlPlane, ca, await before.forServer([], ['127.0.0.1']));
  const swapped = await open({ server: secure.url, 'certificate-authority': caFile });
  const seen = swapped.live();
  try {
    seen.resume();
    await expectTruth(seen);
    secure.swap(await after.forServer([], ['127.0.0.1']));
    secure.cut();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts').problem?.message).toContain('not signed by');
    }, soon);
    await writeFile(caFile, after.certificate);
    await expectTruth(seen);
  } finally {
    seen.dispose();
    swapped.dispose();
    secure.close();
  }
});

it('knows the version of its server', async () => {
  expect(view.version()).toMatchObject({ major: 1, minor: 37 });
  relay.fault = (incoming, outgoing) => {
    if (incoming.url !== '/version') return false;
    outgoing.end(JSON.stringify({ major: '1', minor: '23+', gitVersion: 'v1.23.17-eks-1' }));
    return true;
  };
  const old = cluster.live();
  old.resume();
  await vi.waitFor(() => {
    expect(old.version()).toEqual({ major: 1, minor: 23, name: 'v1.23.17-eks-1' });
  }, soon);
  old.dispose();
});

it('sends nothing but its watches while nothing changes', async () => {
  // What the tests before have ended, or made fail, may still be on its way to the relay.
  await vi.waitFor(async () => {
    for (const kind of ['serviceAccounts', 'tokenSecrets'] as const) {
      expect(view.state(kind)).toEqual({ phase: 'ready', problem: undefined });
    }
    const sent = relay.requests.length;
    await sleep(1000);
    expect(relay.requests.length).toBe(sent);
  }, soon);
  const before = relay.requests.length;
  await sleep(3000);
  expect(relay.requests.slice(before)).toEqual([]);
});

describe('a machine that slept', () => {
  /** The clock goes on while a machine sleeps, its timers on Linux do not. */
  const clock = (hours: number): void => {
    const now = Date.now.bind(Date);
    vi.spyOn(Date, 'now').mockImplementation(() => now() + hours * 3_600_000);
  };

  it('sees what it missed once it wakes, though its connections are dead and nobody tells', async () => {
    const wired = await openWired();
    const seen = wired.live();
    try {
      seen.resume();
      await expectTruth(seen);
      wire.stall();
      await admin('create', 'serviceaccount', 'while-asleep');
      await sleep(1500);
      // Nothing but the wake-up can tell.
      expect(seen.serviceAccount({ namespace: 'default', name: 'while-asleep' })).toBeUndefined();
      clock(8);
      await expectTruth(seen);
    } finally {
      vi.restoreAllMocks();
      seen.dispose();
      wired.dispose();
    }
  });

  it.skipIf(process.platform === 'win32')(
    'was stopped through all that happened here, and is true again',
    async () => {
      await admin('create', 'serviceaccount', 'before-waking');
      suspended.resume();
      await vi.waitFor(async () => {
        expect(await suspended.shown()).toEqual({ phase: 'ready', uids: await listed() });
      }, soon);
    },
  );
});

it('marks its rows while a server is asked and does not answer', async () => {
  const answers = Promise.withResolvers<void>();
  relay.hold = async () => {
    await answers.promise;
  };
  relay.cut();
  await vi.waitFor(() => {
    const problem = { message: `Waiting for ${relay.url} for more than 2 s.` };
    expect(view.state('serviceAccounts')).toMatchObject({ phase: 'stale', problem });
  }, soon);
  relay.hold = undefined;
  answers.resolve();
  await expectTruth();
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

describe('a server that caps the life of tokens', () => {
  it('says so itself, and the token shows what was granted', async () => {
    const signal = AbortSignal.timeout(30_000);
    const owner = await cluster.serviceAccount({ namespace: 'default', name: 'default' }, signal);
    const { token, warnings } = await cluster.requestToken(owner, { expirationSeconds: 86_400 }, signal);
    expect(warnings).toEqual(['requested expiration of 86400 seconds shortened to 3600 seconds']);
    expect(grantOf(token, 86_400)).toMatchObject({ is: 'shortened', seconds: 3600 });
    expect(grantOf(token, 86_400).text).toContain('Asked for 1 d, granted 1 h');
  });
});
