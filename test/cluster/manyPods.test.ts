import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import type { PodUse } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { PROTOBUF } from '../../src/cluster/read/shapes.ts';
import { namingOneOf } from '../../src/editor/workbench/lookedThrough.ts';
import { KnownEnds } from '../../src/editor/tree/knownEnds.ts';
import { classifyToken, type Token } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { startRelay, type Relay } from '../support/cluster/relay.ts';

const NAMESPACES = 20;
const EACH = 100;
const WORKERS = 16;
const soon = { timeout: 20_000, interval: 50 };
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', resources: [{ group: '', resources: ['pods', 'serviceaccounts'] }] }],
};

interface Audited {
  readonly stage: string;
  readonly verb: string;
  readonly userAgent?: string;
  readonly requestURI: string;
  readonly objectRef?: { readonly resource?: string };
}

let folder: string;
let controlPlane: ControlPlane;
let relay: Relay;
let cluster: Cluster;
let view: LiveView;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'many-pods-'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify(policy));
  controlPlane = await startControlPlane({
    extraApiServerArgs: [
      `--audit-policy-file=${join(folder, 'policy.json')}`,
      `--audit-log-path=${join(folder, 'audit.log')}`,
    ],
  });
  await seed();
  relay = await startRelay(controlPlane, await readFile(controlPlane.caFile, 'utf8'));
  const file = join(folder, 'relayed.json');
  const config = {
    clusters: [{ name: 'c', cluster: { server: relay.url } }],
    contexts: [{ name: 'x', context: { cluster: 'c' } }],
  };
  await writeFile(file, JSON.stringify(config));
  cluster = clusterAccess.open({ files: [file], context: 'x' });
  view = cluster.live();
}, 120_000);

afterAll(async () => {
  view.dispose();
  cluster.dispose();
  relay.close();
  await controlPlane.stop();
  await rm(folder, { recursive: true });
});

const podsOf = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`;

async function makePod(namespace: string, name: string, secret?: string): Promise<string> {
  const container = { name: 'c', image: 'example.invalid/none' };
  const volumes = secret === undefined ? [] : [{ name: 's', secret: { secretName: secret } }];
  const made = await controlPlane.request('POST', podsOf(namespace), {
    metadata: { name },
    spec: { serviceAccountName: 'worker', containers: [container], volumes },
  });
  return (made as { metadata: { uid: string } }).metadata.uid;
}

async function seed(): Promise<void> {
  const names = Array.from({ length: NAMESPACES }, (_, index) => `many-${index}`);
  for (const name of names) {
    await controlPlane.request('POST', '/api/v1/namespaces', { metadata: { name } });
    await controlPlane.request('POST', `/api/v1/namespaces/${name}/serviceaccounts`, {
      metadata: { name: 'worker' },
    });
  }
  const all = names.flatMap((name) =>
    Array.from({ length: EACH }, (_, index) => [name, `p-${index}`] as const),
  );
  const work = async (): Promise<void> => {
    for (let next = all.pop(); next; next = all.pop()) {
      const [namespace, name] = next;
      await makePod(namespace, name, name === 'p-0' ? 'held' : undefined);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** What we have asked of Pods so far, by the API server's own audit log, without what a page or a watch goes on from. */
async function askedOfPods(): Promise<readonly string[]> {
  const lines = (await readFile(join(folder, 'audit.log'), 'utf8')).split('\n').filter(Boolean);
  return (
    lines
      .map((line) => JSON.parse(line) as Audited)
      .filter(
        ({ userAgent, objectRef }) => userAgent === 'serviceaccount-tokens' && objectRef?.resource === 'pods',
      )
      .filter(({ requestURI }) => !requestURI.includes('continue='))
      // A watch is logged as it ends, too.
      .filter(({ stage, verb }) => verb !== 'watch' || stage === 'ResponseStarted')
      .map(({ verb, requestURI }) => {
        const { pathname, searchParams } = new URL(requestURI, 'http://server');
        return [verb, pathname, searchParams.get('fieldSelector') ?? ''].filter(Boolean).join(' ');
      })
  );
}

/** Does something, and expects that this and no more is asked of Pods by it; a watch is logged soon after it is open. */
async function expectAsked(expected: readonly string[], does: () => Promise<void>): Promise<void> {
  const before = (await askedOfPods()).length;
  await does();
  await vi.waitFor(async () => {
    expect((await askedOfPods()).slice(before).sort()).toEqual(expected);
  }, soon);
}

const worker = (namespace: string): { namespace: string; name: string } => ({ namespace, name: 'worker' });

it('opens without asking for any Pod', async () => {
  await expectAsked([], async () => {
    view.resume();
    await vi.waitFor(() => {
      expect(view.state('serviceAccounts').phase).toBe('ready');
      expect(view.state('tokenSecrets').phase).toBe('ready');
      expect(view.namespaces()).toContain('many-19');
    }, soon);
  });
  expect(await readFile(join(folder, 'audit.log'), 'utf8')).toContain('/api/v1/serviceaccounts');
});

it('knows nothing of the Pods of a namespace that was not opened, rather than that there are none', () => {
  expect(view.state('pods', 'many-1').phase).toBe('unasked');
  expect(view.pod({ namespace: 'many-1', name: 'p-1' }).state.phase).toBe('unasked');
});

it('asks once, and in that namespace alone, as it is opened, and knows all of them', async () => {
  await expectAsked([`list ${podsOf('many-1')}`, `watch ${podsOf('many-1')}`], async () => {
    view.followPods('many-1');
    view.followPods('many-1');
    await vi.waitFor(() => {
      expect(view.state('pods', 'many-1').phase).toBe('ready');
    }, soon);
    expect(view.pods(worker('many-1'))).toHaveLength(EACH);
    expect(view.state('pods', 'many-2').phase).toBe('unasked');
  });
});

it('stays true while Pods come and go, connections are cut, and what it goes on from expires', async () => {
  let isExpired = false;
  relay.fault = (incoming, outgoing) => {
    if (isExpired || incoming.url?.includes('watch=true') !== true || !incoming.url.includes('/pods'))
      return false;
    isExpired = true;
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
    outgoing.writeHead(200, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify({ type: 'ERROR', object: status }));
    return true;
  };
  for (let round = 0; round < 60; round += 1) {
    await makePod('many-1', `new-${round}`);
    if (round % 3 === 0) {
      const remove = { gracePeriodSeconds: 0 };
      await controlPlane.request('DELETE', `${podsOf('many-1')}/p-${round}`, remove);
    }
    if (round % 20 === 10) relay.cut();
  }
  await vi.waitFor(() => {
    expect(isExpired).toBe(true);
  }, soon);
  relay.fault = undefined;
  const { items } = (await controlPlane.request('GET', podsOf('many-1'))) as {
    items: { metadata: { uid: string } }[];
  };
  expect(items).toHaveLength(EACH + 60 - 20);
  await vi.waitFor(() => {
    expect(view.state('pods', 'many-1').phase).toBe('ready');
    expect(
      view
        .podsIn('many-1')
        .map(({ uid }) => uid)
        .sort(),
    ).toEqual(items.map(({ metadata }) => metadata.uid).sort());
  }, soon);
});

it('forgets them once nobody looks, and asks for no more than 20 namespaces at once, of which the last opened count', async () => {
  const before = (await askedOfPods()).length;
  view.leavePods('many-1');
  expect(view.state('pods', 'many-1').phase).toBe('unasked');
  expect(view.podsIn('many-1')).toEqual([]);
  for (let index = 0; index < NAMESPACES; index += 1) view.followPods(`many-${index}`);
  view.followPods('default');
  expect(view.state('pods', 'default').phase).toBe('unasked');
  view.followPods('default', true);
  expect(view.state('pods', 'many-0').phase).toBe('unasked');
  await vi.waitFor(() => {
    expect(view.state('pods').phase).toBe('ready');
  }, soon);
  const followed = ['default', ...Array.from({ length: NAMESPACES - 1 }, (_, index) => `many-${index + 1}`)];
  // Otherwise some are only logged while the next test counts.
  await vi.waitFor(async () => {
    const asked = (await askedOfPods()).slice(before);
    expect(asked).toEqual(expect.arrayContaining(followed.map((namespace) => `watch ${podsOf(namespace)}`)));
  }, soon);
  for (const namespace of [...followed, 'many-0']) view.leavePods(namespace);
});

it('looks through all Pods once to tell who names token Secrets, says how far it is, and keeps only those', async () => {
  const told: string[] = [];
  let found: readonly PodUse[] = [];
  await expectAsked(['list /api/v1/pods'], async () => {
    const keeps = namingOneOf([{ namespace: 'many-7', name: 'held' }]);
    const onPods = (looked: number, all: number | undefined): void => {
      told.push(`${looked} of ${all}`);
    };
    found = (await cluster.uses(undefined, AbortSignal.timeout(20_000), { keeps, onPods })).pods.items;
  });
  expect(found.map(({ namespace, name }) => `${namespace}/${name}`)).toEqual(['many-7/p-0']);
  const all = NAMESPACES * EACH + 60 - 20;
  expect(told[0]).toBe(`500 of ${all}`);
  expect(told.at(-1)).toBe(`${all} of ${all}`);
});

it('ends looking through Pods where it is cancelled', async () => {
  const ending = new AbortController();
  const looking = cluster.uses(undefined, ending.signal, {
    onPods: () => {
      ending.abort();
    },
  });
  await expect(looking).rejects.toMatchObject({ reason: 'cancelled' });
});

async function tokenOf(namespace: string, pod: string): Promise<Token> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/worker/token`;
  const made = (await controlPlane.request('POST', path, {
    spec: { boundObjectRef: { kind: 'Pod', apiVersion: 'v1', name: pod } },
  })) as { status: { token: string } };
  const decoded = decodeToken(made.status.token);
  if (!decoded) throw new Error('no token');
  return classifyToken(decoded);
}

it('asks for the one Pod that a token is bound to, and knows the token dead as it goes', async () => {
  const token = await tokenOf('many-3', 'p-7');
  const ends = new KnownEnds(view, cluster);
  await ends.readSigners(
    async (one) => await cluster.ask(one, AbortSignal.timeout(10_000)),
    AbortSignal.timeout(10_000),
  );
  const one = { namespace: 'many-3', name: 'p-7' };
  const single = `${podsOf('many-3')} metadata.name=p-7`;
  await expectAsked([`list ${single}`, `watch ${single}`], async () => {
    expect(ends.whyEnded(token, undefined)).toBeUndefined();
    expect(ends.whyEnded(token, undefined)).toBeUndefined();
    await vi.waitFor(() => {
      expect(view.pod(one)).toMatchObject({ state: { phase: 'ready' }, pod: { serviceAccount: 'worker' } });
    }, soon);
  });
  expect(ends.whyEnded(token, undefined)).toBeUndefined();
  await controlPlane.request('DELETE', `${podsOf('many-3')}/p-7`, { gracePeriodSeconds: 0 });
  await vi.waitFor(() => {
    expect(ends.whyEnded(token, undefined)).toBe('its Pod is gone (seen in x)');
  }, soon);
  expect(view.state('pods', 'many-3').phase).toBe('unasked');
});

it('asks for nothing for a token that is another cluster’s', async () => {
  const token = await tokenOf('many-4', 'p-7');
  const ends = new KnownEnds(view, cluster); // It does not know by what this cluster signs.
  await expectAsked([], async () => {
    expect(ends.whyEnded(token, undefined)).toBeUndefined();
    await cluster.version(AbortSignal.timeout(10_000));
  });
});

it('follows a namespace in place of many single Pods of it', async () => {
  for (let index = 10; index < 16; index += 1) view.followPod({ namespace: 'many-5', name: `p-${index}` });
  await vi.waitFor(() => {
    expect(view.state('pods', 'many-5').phase).toBe('ready');
  }, soon);
  expect(view.pod({ namespace: 'many-5', name: 'p-15' }).pod).toBeDefined();
});

it('takes JSON from what knows no protobuf, and a refusal in either', async () => {
  relay.fault = (incoming) => {
    delete incoming.headers.accept;
    return false;
  };
  const inJson = await cluster.uses('many-6', AbortSignal.timeout(10_000));
  relay.fault = undefined;
  expect(inJson.pods.items).toHaveLength(EACH);
  expect(await cluster.uses('many-6', AbortSignal.timeout(10_000))).toEqual(inJson);
  relay.fault = (_incoming, outgoing) => {
    outgoing.writeHead(403, { 'content-type': PROTOBUF });
    outgoing.end('no protobuf');
    return true;
  };
  await expect(cluster.uses('many-6', AbortSignal.timeout(10_000))).rejects.toMatchObject({
    reason: 'refused',
  });
  relay.fault = undefined;
});

it('asks for lists compressed, and refuses what unpacks to more than a list is', async () => {
  let accepted: unknown;
  const zeros = gzipSync(Buffer.alloc(100 * 1024 * 1024));
  relay.fault = (incoming, outgoing) => {
    accepted = incoming.headers['accept-encoding'];
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    outgoing.end(zeros);
    return true;
  };
  const before = process.memoryUsage().rss;
  await expect(cluster.uses('many-6', AbortSignal.timeout(20_000))).rejects.toMatchObject({
    reason: 'refused',
    message: expect.stringContaining('does not end') as string,
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6);
  expect(accepted).toBe('gzip');
  relay.fault = (_incoming, outgoing) => {
    outgoing.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
    outgoing.end('not compressed');
    return true;
  };
  await expect(cluster.uses('many-6', AbortSignal.timeout(20_000))).rejects.toBeInstanceOf(Error);
  relay.fault = undefined;
});

it('asks for a next page, and does not wait for it where it is cancelled meanwhile', async () => {
  const before = relay.requests.length;
  const ending = new AbortController();
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  relay.hold = async (url) => {
    if (!url.includes('continue=')) return;
    ending.abort();
    await never;
  };
  const looking = cluster.uses(undefined, ending.signal);
  await expect(looking).rejects.toThrow('Cancelled.');
  const asked = relay.requests.slice(before).filter((one) => one.includes('/api/v1/pods?'));
  expect(asked.map((one) => one.includes('continue='))).toEqual([false, true]);
  relay.hold = undefined;
  release();
});
