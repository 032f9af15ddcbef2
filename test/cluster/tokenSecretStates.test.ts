import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveView } from '../../src/cluster/api/live.ts';
import type { TokenSecretInfo } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import type { Cleaning } from '../../src/inventory/cleaner.ts';
import { SHOW_ALL } from '../../src/inventory/choices.ts';
import { Inventory } from '../../src/inventory/inventory.ts';
import { countedKeys, onDemand, trackedSince } from '../../src/inventory/onDemand.ts';
import { useInWords } from '../../src/inventory/tokenUse.ts';
import { does, upTo } from '../../src/versions.ts';

const { kubeconfig, minor } = inject('controlPlane');
const soon = { timeout: 30_000, interval: 50 };
const namespace = 'states';
const secrets = `/api/v1/namespaces/${namespace}/secrets`;
const signal = (): AbortSignal => AbortSignal.timeout(10_000);

let cluster: Cluster;
let view: LiveView;
let inventory: Inventory;
let since: string | undefined;

beforeAll(async () => {
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await send('POST', '/api/v1/namespaces', { metadata: { name: namespace } });
  await send('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'owner' } });
  view = cluster.live();
  view.resume();
  inventory = new Inventory(view, { since: () => since, keys: () => undefined });
  await vi.waitUntil(() => inventory.account({ namespace, name: 'owner' }) !== undefined, soon);
});

afterAll(async () => {
  for (const name of ['orphan', 'other-uid']) {
    await send('PATCH', `${secrets}/${name}`, { metadata: { finalizers: null } });
  }
  view.dispose();
  cluster.dispose();
});

async function send(method: 'POST' | 'PATCH', path: string, body: object): Promise<void> {
  const answer = await cluster.ask({ method, path, body }, signal());
  expect([200, 201]).toContain(answer.status);
}

/** A finalizer keeps what the token controller deletes for as long as the test looks at it. */
async function createSecret(
  name: string,
  serviceAccount: string,
  more: { annotations?: object } = {},
): Promise<void> {
  const annotations = { 'kubernetes.io/service-account.name': serviceAccount, ...more.annotations };
  await send('POST', secrets, {
    metadata: { name, annotations, finalizers: ['example.invalid/keep'] },
    type: 'kubernetes.io/service-account-token',
  });
}

const found = (name: string): TokenSecretInfo | undefined =>
  view.tokenSecretsIn(namespace).find((secret) => secret.name === name);
const stateOf = (name: string): string | undefined => {
  const secret = found(name);
  return secret && inventory.secretState(secret).kind;
};

it('a token Secret of a missing ServiceAccount is an orphan, and shown as one', async () => {
  await createSecret('orphan', 'no-such');
  await vi.waitFor(() => {
    expect(stateOf('orphan')).toBe('orphan');
    expect(inventory.orphans(namespace, SHOW_ALL).map(({ name }) => name)).toEqual(['orphan']);
  }, soon);
});

it('one with the uid of an earlier ServiceAccount is told from one of this', async () => {
  const annotations = { 'kubernetes.io/service-account.uid': 'aaaaaaaa-0000-0000-0000-000000000000' };
  await createSecret('other-uid', 'owner', { annotations });
  await vi.waitFor(() => {
    expect(stateOf('other-uid')).toBe('other-uid');
  }, soon);
});

it('one that the controller has filled is filled, and its uid is the ServiceAccount’s', async () => {
  await createSecret('filled', 'owner');
  await vi.waitFor(() => {
    expect(stateOf('filled')).toBe('filled');
    expect(found('filled')?.serviceAccountUid).toBe(inventory.account({ namespace, name: 'owner' })?.uid);
  }, soon);
});

it('one that cannot be filled waits for all of its keys since it was made', async () => {
  await send('POST', secrets, {
    metadata: { name: 'waiting', annotations: { 'kubernetes.io/service-account.name': 'owner' } },
    type: 'kubernetes.io/service-account-token',
    immutable: true,
  });
  await vi.waitFor(() => {
    const secret = found('waiting');
    expect(secret && inventory.secretState(secret)).toEqual({
      kind: 'waiting',
      keys: ['ca.crt', 'namespace', 'token'],
      since: secret?.created,
    });
  }, soon);
});

it('one of before 1.18, without managedFields, is counted by the server’s table, without its data', async () => {
  await send('PATCH', `${secrets}/filled`, { metadata: { managedFields: [{}] } });
  await vi.waitFor(() => {
    expect(stateOf('filled')).toBe('unknown');
  }, soon);
  const counted = await countedKeys(cluster, namespace, signal());
  expect([counted.get('filled'), counted.get('waiting')]).toEqual([3, 0]);
  let answers = 0;
  const asking = onDemand(cluster, signal(), {
    onAnswer: () => {
      answers += 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  const asked = new Inventory(view, asking);
  await vi.waitFor(() => {
    const secret = found('filled');
    expect(secret && asked.secretState(secret).kind).toBe('filled');
  }, soon);
  expect(answers).toBe(1);
});

it('one whose token was used says on which day, or that this server notes no uses', async () => {
  const token = await cluster.readSecretToken({ namespace, name: 'filled' }, signal());
  const review = { spec: { token } };
  await send('POST', '/apis/authentication.k8s.io/v1/tokenreviews', review);
  const isNoted = does(minor, 'notes uses') === true;
  await vi.waitFor(() => {
    const secret = found('filled');
    const today = new Date().toISOString().slice(0, 10);
    expect(secret && useInWords(secret, inventory.noted())).toBe(
      isNoted ? `last used ${today}` : 'uses not noted',
    );
  }, soon);
});

it('one that is listed in .secrets is the cleaner’s business where the server has one, from a day that the cluster tells', async () => {
  const next = (): unknown => found('filled') && inventory.cleaning(found('filled') as TokenSecretInfo);
  expect(next()).toBeUndefined();
  await send('PATCH', `/api/v1/namespaces/${namespace}/serviceaccounts/owner`, {
    secrets: [{ name: 'filled' }],
  });
  await vi.waitFor(() => {
    expect(inventory.account({ namespace, name: 'owner' })?.settings?.secrets).toEqual(['filled']);
  }, soon);
  expect(next()).toBeUndefined(); // A Pod may name it: nobody has looked.
  view.followPods(namespace);
  await vi.waitFor(() => {
    expect(inventory.known('pods', namespace)).toBe('all');
  }, soon);
  const cleans = does(minor, 'cleans up legacy tokens') === true;
  const first = next() as Cleaning | undefined;
  expect([first?.does, first?.isExact]).toEqual(cleans ? ['invalidate', false] : [undefined, undefined]);
  const isNoted = does(minor, 'notes uses') === true;
  await vi.waitFor(async () => {
    since = await trackedSince(cluster, signal());
    expect(/^\d{4}-\d{2}-\d{2}$/.test(since ?? '')).toBe(isNoted);
  }, soon);
  const from = new Date(Date.now() + 366 * 86_400_000).toISOString().slice(0, 10);
  expect(next()).toEqual(cleans ? { does: 'invalidate', from, isExact: true } : undefined);
});

it('one that was marked invalid says since when, whatever else holds', async () => {
  await send('PATCH', `${secrets}/filled`, {
    metadata: { labels: { 'kubernetes.io/legacy-token-invalid-since': '2026-01-01' }, finalizers: null },
  });
  await vi.waitFor(() => {
    expect(stateOf('filled')).toBe('invalid');
  }, soon);
});

it('one can be refused for a try by its label, is noted as used by it, and accepted again without it', async ({
  skip,
}) => {
  const minds = does(minor, 'refuses what is marked invalid') === true;
  skip(!minds, `The label means nothing to a server up to ${upTo('refuses what is marked invalid')}`);
  await createSecret('trial', 'owner');
  let token = '';
  await vi.waitFor(async () => {
    token = await cluster.readSecretToken({ namespace, name: 'trial' }, signal());
    expect(token).not.toBe('');
  }, soon);
  const label = async (day: string | null): Promise<void> => {
    const labels = { 'kubernetes.io/legacy-token-invalid-since': day };
    await send('PATCH', `${secrets}/trial`, { metadata: { labels, finalizers: null } });
  };
  const review = async (): Promise<string | undefined> => {
    const path = '/apis/authentication.k8s.io/v1/tokenreviews';
    const answer = await cluster.ask({ method: 'POST', path, body: { spec: { token } } }, signal());
    return (answer.body as { status: { error?: string } }).status.error;
  };
  await label('2026-01-01');
  await vi.waitFor(async () => {
    expect(await review()).toContain('has been marked invalid');
    expect(found('trial')?.lastUsed).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  }, soon);
  await label(null);
  await vi.waitFor(async () => {
    expect(await review()).toBeUndefined();
  }, soon);
});
