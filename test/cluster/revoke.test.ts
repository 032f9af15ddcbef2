import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { ServiceAccountInfo } from '../../src/cluster/api/objects.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { endsWith, entryOf, type IssuedToken } from '../../src/issued/entry.ts';
import { endsTogether, planRevocation, type Plan } from '../../src/editor/revoke/plan.ts';
import { Prover } from '../../src/editor/revoke/prove.ts';
import type { Target } from '../../src/editor/revoke/target.ts';
import { buildKubeconfig } from '../../src/kubeconfig/buildKubeconfig.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';

const { kubeconfig, kubectl } = inject('controlPlane');
const run = promisify(execFile);
const signal = AbortSignal.timeout(110_000);
const namespace = 'revoking';
const server = 'https://elsewhere.example.com';

let folder: string;
let cluster: Cluster;
let owner: ServiceAccountInfo;

const admin = async (...args: string[]): Promise<string> =>
  (await run(kubectl, ['--kubeconfig', kubeconfig, '-n', namespace, ...args])).stdout;
const post = async (path: string, body: object): Promise<{ metadata: { uid: string } }> => {
  const answer = await cluster.ask({ method: 'POST', path, body }, signal);
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
  return answer.body as { metadata: { uid: string } };
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'revoke-'));
  cluster = clusterAccess.open({ files: [kubeconfig], context: 'sandbox' });
  await run(kubectl, ['--kubeconfig', kubeconfig, 'create', 'namespace', namespace]);
  await admin('create', 'serviceaccount', 'deployer');
  owner = await cluster.serviceAccount({ namespace, name: 'deployer' }, signal);
});
afterAll(async () => {
  await run(kubectl, ['--kubeconfig', kubeconfig, 'delete', 'namespace', namespace, '--wait=false']);
  cluster.dispose();
  await rm(folder, { recursive: true });
});

/** What a token in hand is to the command. */
function targetOf(token: string): Target {
  const decoded = decodeToken(token);
  const read = decoded && classifyToken(decoded);
  if (!read || read.kind === 'other') throw new Error('The token was not read.');
  const { serviceAccount, serviceAccountUid, expires, algorithm } = read;
  const ends = endsWith(read, {});
  return { namespace, serviceAccount, serviceAccountUid, ends, expires, algorithm, hand: { token } };
}

async function legacyToken(name: string): Promise<string> {
  const manifest = { namespace, name, serviceAccount: 'deployer' };
  await cluster.createTokenSecret(manifest, signal);
  await cluster.followTokenSecret(manifest, () => undefined, signal);
  return await cluster.readSecretToken({ namespace, name }, signal);
}

async function boundTo(kind: 'Pod' | 'Secret', name: string, uid: string): Promise<string> {
  const options = { expirationSeconds: 600, boundTo: { kind, name, uid } };
  return (await cluster.requestToken(owner, options, signal)).token;
}

async function plan(target: Target, issued: readonly IssuedToken[] = []): Promise<Plan> {
  return await planRevocation(target, cluster, issued, signal);
}

async function planToDelete(token: string): Promise<Plan & { is: 'delete' }> {
  const found = await plan(targetOf(token));
  if (found.is !== 'delete') throw new Error(JSON.stringify(found));
  return found;
}

/** That the server accepts it, then does what `end` does, and that it refuses it within the time that is told. */
async function provedBy(token: string, patience: number, end: () => Promise<void>): Promise<void> {
  const prover = new Prover(clusterAccess, cluster, token);
  await prover.before(signal);
  await end();
  const proof = await prover.after(patience, signal);
  expect(proof.is).toBe('refused');
}

// Each waits for the 10 s in which the server remembers: all at once.
describe.concurrent('revoking a token', () => {
  it('of a token Secret deletes the Secret, after saying who uses it and that its name must not come back', async () => {
    const token = await legacyToken('used-token');
    const labels = { app: 'readers' };
    await post(`/apis/apps/v1/namespaces/${namespace}/replicasets`, {
      metadata: { name: 'readers' },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: 'deployer',
            containers: [
              {
                name: 'main',
                image: 'none',
                env: [{ name: 'T', valueFrom: { secretKeyRef: { name: 'used-token', key: 'token' } } }],
              },
            ],
            volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'used-token' } }] } }],
          },
        },
      },
    });
    const pods = async (): Promise<string> => await admin('get', 'pods', '-l', 'app=readers', '-o', 'name');
    await expect.poll(pods, { timeout: 30_000 }).not.toBe('');
    await admin('patch', 'serviceaccount', 'deployer', '-p', '{"secrets":[{"name":"used-token"}]}');
    const { object, breaks, notes, patience } = await planToDelete(token);
    expect(object).toMatchObject({ kind: 'Secret', namespace, name: 'used-token' });
    expect(breaks).toEqual([
      expect.stringMatching(/^Pod readers-\w+ of ReplicaSet readers uses it \(volume, env\)\.$/),
      'ServiceAccount deployer lists it (secrets).',
    ]);
    expect(notes.join()).toContain('the very same token');
    await provedBy(token, patience, async () => {
      await cluster.deleteSecret(object, signal);
    });
    expect(await plan(targetOf(token))).toMatchObject({ is: 'over' });
  });

  it('of a token Secret does not hold where a Secret of the same name is made again: the same token is back', async () => {
    const token = await legacyToken('revived-token');
    const { object, patience } = await planToDelete(token);
    await provedBy(token, patience, async () => {
      await cluster.deleteSecret(object, signal);
    });
    expect(await legacyToken('revived-token')).toBe(token);
    const prover = new Prover(clusterAccess, cluster, token);
    await prover.before(signal);
    expect(await prover.after(0, signal)).toMatchObject({ is: 'still-accepted' });
    // It is the new Secret that ends it now.
    const again = await planToDelete(token);
    expect(again.object.uid).not.toBe(object.uid);
  });

  it('that is bound to a Secret of its own deletes that, and only that one', async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const { uid } = (await post(path, { metadata: { name: 'sentinel' } })).metadata;
    const token = await boundTo('Secret', 'sentinel', uid);
    const { object, breaks, patience } = await planToDelete(token);
    expect({ object, breaks }).toEqual({
      object: { kind: 'Secret', namespace, name: 'sentinel', uid },
      breaks: [],
    });
    await expect(cluster.deleteSecret({ ...object, uid: crypto.randomUUID() }, signal)).rejects.toMatchObject(
      {
        reason: 'conflict',
      },
    );
    await provedBy(token, patience, async () => {
      await cluster.deleteSecret(object, signal);
    });
    // Under the same name another uid: the token stays ended.
    await post(path, { metadata: { name: 'sentinel' } });
    expect(await plan(targetOf(token))).toMatchObject({ is: 'over' });
  });

  it('that is bound to a Secret with data says that the data goes too', async () => {
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const { uid } = (await post(path, { metadata: { name: 'tls' }, stringData: { 'tls.key': 'x' } }))
      .metadata;
    const { breaks } = await planToDelete(await boundTo('Secret', 'tls', uid));
    expect(breaks).toEqual([`Secret ${namespace}/tls goes, with all that is in it (tls.key).`]);
  });

  it('of a Pod deletes the Pod, and says what that does', async () => {
    const { uid } = (
      await post(`/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name: 'worker' },
        spec: {
          serviceAccountName: 'deployer',
          terminationGracePeriodSeconds: 7,
          containers: [{ name: 'main', image: 'none' }],
        },
      })
    ).metadata;
    const token = await boundTo('Pod', 'worker', uid);
    const { object, breaks, patience } = await planToDelete(token);
    expect(object).toEqual({ kind: 'Pod', namespace, name: 'worker', uid });
    expect(breaks[0]).toBe('The Pod’s containers are stopped; they are given 7 s. Nothing makes it again.');
    expect(patience).toBe(82);
    await provedBy(token, patience, async () => {
      await cluster.deletePod(object, signal);
    });
  });

  it('that is bound to nothing ends with its ServiceAccount only, and says what else would', async () => {
    await admin('create', 'serviceaccount', 'lonely');
    const lonely = await cluster.serviceAccount({ namespace, name: 'lonely' }, signal);
    const { token } = await cluster.requestToken(lonely, { expirationSeconds: 600 }, signal);
    const manifest = { namespace, name: 'lonely-token', serviceAccount: 'lonely' };
    await cluster.createTokenSecret(manifest, signal);
    await cluster.followTokenSecret(manifest, () => undefined, signal);
    const { context } = cluster;
    const file = '/home/me/lonely.kubeconfig';
    const entry = entryOf({ token, context, form: 'kubeconfig', file }, 'one', 0);
    const elsewhere = entryOf(
      { token, context: { ...context, server }, form: 'kubeconfig', file: '/x' },
      'two',
      0,
    );
    if (!entry || !elsewhere) throw new Error('It was not remembered.');
    const found = await plan(targetOf(token), [entry, elsewhere]);
    if (found.is !== 'only-with-account' || !found.account) throw new Error(JSON.stringify(found));
    expect(found.breaks).toEqual([
      '1 token Secret and the tokens in them: lonely-token.',
      `The file ${file}.`,
      'Every other token of it, wherever it is used.',
    ]);
    const { account, patience } = found;
    await provedBy(token, patience, async () => {
      await cluster.deleteServiceAccount(account, signal);
    });
    await admin('create', 'serviceaccount', 'lonely');
    expect(await plan(targetOf(token))).toMatchObject({ is: 'over' });
    expect(endsTogether(elsewhere, targetOf(token), cluster)).toBe(false);
  });

  it('says that it could not look where it may not', async () => {
    const token = await legacyToken('blind-token');
    await admin('create', 'role', 'secrets-only', '--verb=get,delete', '--resource=secrets');
    await admin(
      'create',
      'rolebinding',
      'blind',
      '--role=secrets-only',
      `--serviceaccount=${namespace}:blind`,
    );
    await admin('create', 'serviceaccount', 'blind');
    const blindToken = (await admin('create', 'token', 'blind')).trim();
    const blind = await openAs(blindToken);
    const found = await planRevocation(targetOf(token), blind, [], signal);
    if (found.is !== 'delete') throw new Error(JSON.stringify(found));
    expect(found.breaks).toHaveLength(2);
    for (const line of found.breaks)
      expect(line).toMatch(/^Cannot tell who else uses it\. Not allowed to list/);
    blind.dispose();
  });

  it('that the server refused before proves nothing', async () => {
    const options = { expirationSeconds: 600, audiences: ['vault'] };
    const { token } = await cluster.requestToken(owner, options, signal);
    const prover = new Prover(clusterAccess, cluster, token);
    await prover.before(signal);
    expect(await prover.after(5, signal)).toEqual({ is: 'refused-before' });
  });

  it('can be left while it waits', async () => {
    const { token } = await cluster.requestToken(owner, { expirationSeconds: 600 }, signal);
    const prover = new Prover(clusterAccess, cluster, token);
    await prover.before(signal);
    const stop = new AbortController();
    const waiting = prover.after(60, stop.signal);
    await sleep(300);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ reason: 'cancelled' });
  });
});

/** The same cluster, with a token's rights. */
async function openAs(token: string): Promise<Cluster> {
  const serviceAccount = { namespace, name: 'blind' };
  const { endpoint } = cluster;
  const file = join(folder, 'blind.kubeconfig');
  await writeFile(
    file,
    buildKubeconfig({ endpoint, cluster: 'blind', serviceAccount, credential: { token } }),
    {
      mode: 0o600,
    },
  );
  const context = `${namespace}/blind@blind`;
  return clusterAccess.open({ files: [file], context });
}
