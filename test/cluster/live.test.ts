import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import type { LiveKind, LiveView } from '../../src/cluster/api/live.ts';
import { clusterAccess } from '../../src/cluster/client.ts';
import { startControlPlane, type ControlPlane } from '../../sandbox/controlPlane.ts';
import { openAgreed } from '../support/cluster/agreedSending.ts';

const run = promisify(execFile);
const soon = { timeout: 20_000, interval: 50 };
const kinds: readonly LiveKind[] = ['serviceAccounts', 'tokenSecrets'];

let controlPlane: ControlPlane;
let cluster: Cluster;
let view: LiveView;

beforeAll(async () => {
  controlPlane = await startControlPlane();
  cluster = clusterAccess.open({
    files: [controlPlane.kubeconfig],
    context: 'sandbox',
  });
  view = cluster.live();
});

afterAll(async () => {
  view.dispose();
  cluster.dispose();
  await controlPlane.stop();
});

async function admin(...args: string[]): Promise<string> {
  return (await run(controlPlane.kubectl, ['--kubeconfig', controlPlane.kubeconfig, ...args])).stdout.trim();
}

/** Opens the sandbox as another user. */
async function openAs(name: string, user: object, isAgreed = false): Promise<Cluster> {
  const { server, caFile } = controlPlane;
  const file = join(controlPlane.folder, `${name}.json`);
  const config = {
    clusters: [{ name: 'c', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: 'c', user: name } }],
  };
  await writeFile(file, JSON.stringify(config));
  return isAgreed ? openAgreed(file, name) : clusterAccess.open({ files: [file], context: name });
}

function uids(): string[] {
  return view
    .namespaces()
    .flatMap((namespace) => view.serviceAccounts(namespace).map(({ uid }) => uid))
    .sort();
}

/** Waits until the view shows what kubectl shows, and says that it is ready. */
async function expectTruth(): Promise<void> {
  await vi.waitFor(async () => {
    const listed = await admin('get', 'serviceaccounts', '-A', '-o', 'jsonpath={.items[*].metadata.uid}');
    expect(uids()).toEqual(listed.split(' ').sort());
    expect(kinds.map((kind) => view.state(kind).phase)).toEqual(['ready', 'ready']);
  }, soon);
}

it('is paused, and empty, until it is resumed', () => {
  expect(kinds.map((kind) => view.state(kind).phase)).toEqual(['paused', 'paused']);
  expect(view.count()).toBe(0);
});

it('knows all ServiceAccounts, and sees what comes and goes', async () => {
  view.resume();
  await expectTruth();
  const changed = new Set<string>();
  const end = view.onChange(({ namespaces }) => {
    for (const namespace of namespaces) changed.add(namespace);
  });
  await admin('create', 'namespace', 'live');
  await admin('-n', 'live', 'create', 'serviceaccount', 'mycontroller');
  await vi.waitFor(() => {
    expect(view.serviceAccounts('live').map(({ name }) => name)).toEqual(['default', 'mycontroller']);
  }, soon);
  expect(changed).toContain('live');
  await admin('-n', 'live', 'delete', 'serviceaccount', 'mycontroller');
  await vi.waitFor(() => {
    expect(view.serviceAccounts('live').map(({ name }) => name)).toEqual(['default']);
  }, soon);
  end();
});

it('hangs token Secrets and Pods on their ServiceAccount', async () => {
  await admin('-n', 'live', 'create', 'serviceaccount', 'owner');
  const ref = { namespace: 'live', name: 'owner-token', serviceAccount: 'owner' };
  await cluster.createTokenSecret(ref, AbortSignal.timeout(10_000));
  await vi.waitFor(() => {
    expect(view.tokenSecrets({ namespace: 'live', name: 'owner' })[0]?.missing).toEqual([]);
  }, soon);
  const overrides = JSON.stringify({ spec: { serviceAccountName: 'owner' } });
  await admin('-n', 'live', 'run', 'agent', '--image=example.invalid/agent', '--overrides', overrides);
  const owner = { namespace: 'live', name: 'owner' };
  view.followPods('live');
  await vi.waitFor(() => {
    expect(view.tokenSecrets(owner).map(({ name }) => name)).toEqual(['owner-token']);
    expect(view.pods(owner)[0]).toMatchObject({
      name: 'agent',
      projectedTokens: [
        { path: '/var/run/secrets/kubernetes.io/serviceaccount/token', expirationSeconds: 3607 },
      ],
    });
  }, soon);
});

it('goes on from where it was after a pause', async () => {
  view.pause();
  await vi.waitFor(() => {
    expect(kinds.map((kind) => view.state(kind).phase)).toEqual(['paused', 'paused']);
  }, soon);
  const before = view.count();
  expect(before).toBeGreaterThan(0);
  await admin('-n', 'live', 'create', 'serviceaccount', 'meanwhile');
  expect(view.count()).toBe(before);
  view.resume();
  await expectTruth();
});

it('keeps the rows and says why they are stale while the server is gone, and is true again after it is back', async () => {
  const before = uids();
  await controlPlane.stopApiServer();
  await vi.waitFor(() => {
    expect(view.state('serviceAccounts')).toMatchObject({
      phase: 'stale',
      problem: { reason: 'unreachable' },
    });
  }, soon);
  expect(uids()).toEqual(before);
  await controlPlane.startApiServer();
  await admin('-n', 'live', 'create', 'serviceaccount', 'after-restart');
  await expectTruth();
});

it('lists anew when what it would go on from has expired', async () => {
  view.pause();
  await admin('-n', 'live', 'create', 'serviceaccount', 'expired');
  // A resourceVersion that the restarted server's watch cache does not reach back to.
  await controlPlane.stopApiServer();
  await controlPlane.startApiServer();
  await admin('-n', 'live', 'delete', 'serviceaccount', 'expired', 'after-restart');
  view.resume();
  await expectTruth();
  expect(view.serviceAccounts('live').map(({ name }) => name)).not.toContain('expired');
});

it('looks into the namespaces it may see where it may not see all, and names the right it lacks', async () => {
  await admin('-n', 'live', 'create', 'role', 'reader', '--verb=list,watch', '--resource=serviceaccounts');
  await admin('-n', 'live', 'create', 'rolebinding', 'reader', '--role=reader', '--user=partial');
  const { certificate, key } = await controlPlane.clientCertificate('partial');
  const user = { 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) };
  const partial = await openAs('partial', user);
  const seen = partial.live({ namespaces: ['live'] });
  try {
    seen.resume();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts', 'live').phase).toBe('ready');
      expect(seen.state('tokenSecrets').problem?.message).toContain('list secrets in namespace');
    }, soon);
    expect(seen.namespaces()).toEqual(['live']);
    expect(seen.state('serviceAccounts', 'default')).toMatchObject({ phase: 'forbidden' });
  } finally {
    seen.dispose();
    partial.dispose();
  }
});

it('says that its credential is refused, keeps the rows, and goes on once tokenFile holds another', async () => {
  await admin('create', 'clusterrolebinding', 'viewer', '--clusterrole=view', '--serviceaccount=live:viewer');
  const tokenFile = join(controlPlane.folder, 'viewer-token');
  const newToken = async (): Promise<void> => {
    await admin('-n', 'live', 'create', 'serviceaccount', 'viewer');
    await writeFile(tokenFile, await admin('-n', 'live', 'create', 'token', 'viewer'));
  };
  await newToken();
  const viewer = await openAs('viewer', { tokenFile }, true);
  const seen = viewer.live();
  try {
    seen.resume();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts').phase).toBe('ready');
    }, soon);
    const before = seen.count();
    seen.pause();
    await admin('-n', 'live', 'delete', 'serviceaccount', 'viewer');
    seen.resume();
    // A success is remembered by the server for 10 s; connections made in that time still pass.
    await vi.waitFor(
      () => {
        seen.retry();
        expect(seen.state('serviceAccounts').problem?.reason).toBe('unauthorized');
      },
      { timeout: 30_000, interval: 500 },
    );
    expect(seen.count()).toBeGreaterThanOrEqual(before - 1);
    await newToken();
    await vi.waitFor(() => {
      expect(kinds.map((kind) => seen.state(kind).problem?.reason)).toEqual([undefined, 'forbidden']);
      expect(seen.state('serviceAccounts').phase).toBe('ready');
    }, soon);
  } finally {
    seen.dispose();
    viewer.dispose();
  }
});

it('tries a right for some time before it counts as taken away, and then shows nothing that it may not see', async () => {
  await admin('create', 'clusterrole', 'lister', '--verb=list,watch', '--resource=serviceaccounts');
  const binding = ['clusterrolebinding', 'lister'];
  await admin('create', ...binding, '--clusterrole=lister', '--user=revoked');
  const { certificate, key } = await controlPlane.clientCertificate('revoked');
  const user = { 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) };
  const revoked = await openAs('revoked', user);
  const seen = revoked.live();
  try {
    seen.resume();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts').phase).toBe('ready');
    }, soon);
    expect(seen.count()).toBeGreaterThan(1);
    await admin('delete', ...binding);
    seen.pause();
    seen.resume();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts')).toMatchObject({
        phase: 'stale',
        problem: { reason: 'forbidden' },
      });
    }, soon);
    expect(seen.count()).toBeGreaterThan(1);
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts')).toMatchObject({
        phase: 'forbidden',
        problem: { message: expect.stringContaining('list serviceaccounts in namespace default') as string },
      });
    }, soon);
    expect(seen.count()).toBe(0);
    await admin('create', ...binding, '--clusterrole=lister', '--user=revoked');
    await vi.waitFor(() => {
      seen.retry();
      expect(seen.state('serviceAccounts').phase).toBe('ready');
    }, soon);
  } finally {
    seen.dispose();
    revoked.dispose();
  }
});

it('gets another credential from its program when the server refuses the one it has, and bears a clock that is ahead', async () => {
  const folder = controlPlane.folder;
  const newToken = async (): Promise<void> => {
    await admin('-n', 'live', 'create', 'serviceaccount', 'program');
    await writeFile(join(folder, 'printed'), await admin('-n', 'live', 'create', 'token', 'program'));
  };
  const runs = async (): Promise<number> => (await readFile(join(folder, 'runs'), 'utf8')).length;
  await admin(
    'create',
    'clusterrolebinding',
    'program',
    '--clusterrole=view',
    '--serviceaccount=live:program',
  );
  await newToken();
  const apiVersion = 'client.authentication.k8s.io/v1';
  // As on a machine whose clock is an hour ahead, each credential has ended before it arrives.
  const script = `const { appendFileSync, readFileSync } = require('node:fs');
    appendFileSync('runs', '.');
    console.log(JSON.stringify({ kind: 'ExecCredential', apiVersion: '${apiVersion}', status: {
      token: readFileSync('printed', 'utf8'), expirationTimestamp: new Date(Date.now() - 3600e3).toISOString() } }));`;
  const args = ['-e', `process.chdir(${JSON.stringify(folder)}); ${script}`];
  const exec = { apiVersion, command: process.execPath, args, interactiveMode: 'Never' };
  const program = await openAs('program', { exec }, true);
  const seen = program.live();
  try {
    seen.resume();
    await vi.waitFor(() => {
      expect(seen.state('serviceAccounts').phase).toBe('ready');
      expect(seen.state('serviceAccounts').phase).toBe('ready');
    }, soon);
    expect(await runs()).toBe(1);
    await admin('-n', 'live', 'delete', 'serviceaccount', 'program');
    await newToken();
    await sleep(11_000); // The server remembers that it accepted a token for 10 s.
    seen.pause();
    seen.resume();
    await admin('-n', 'live', 'create', 'serviceaccount', 'seen-by-program');
    await vi.waitFor(() => {
      expect(seen.serviceAccounts('live').map(({ name }) => name)).toContain('seen-by-program');
      expect(seen.state('serviceAccounts')).toEqual({ phase: 'ready', problem: undefined });
    }, soon);
    expect(await runs()).toBeLessThanOrEqual(4);
  } finally {
    seen.dispose();
    program.dispose();
  }
});

it('knows which roles a ServiceAccount has, itself and through its groups, in every namespace', async () => {
  const bindings = cluster.live();
  bindings.followAccess();
  const account = { namespace: 'live', name: 'bound' };
  const roles = (): string[] =>
    bindings.access(account).map(({ role, binding, group }) => {
      return `${role.kind} ${role.name} by ${binding.namespace}/${binding.name} ${group ?? ''}`.trim();
    });
  try {
    await admin(
      'create',
      'clusterrolebinding',
      'root',
      '--clusterrole=cluster-admin',
      '--serviceaccount=live:bound',
    );
    await admin(
      'create',
      'clusterrolebinding',
      'all',
      '--clusterrole=view',
      '--group=system:serviceaccounts:live',
    );
    await admin('-n', 'default', 'create', 'rolebinding', 'far', '--role=any', '--serviceaccount=live:bound');
    bindings.resume();
    await vi.waitFor(() => {
      expect(roles().filter((line) => !line.includes('by /system:'))).toEqual([
        'ClusterRole cluster-admin by /root',
        'Role any by default/far',
        'ClusterRole view by /all system:serviceaccounts:live',
      ]);
      expect(bindings.state('clusterRoleBindings').phase).toBe('ready');
    }, soon);
    expect(roles()).toContain('ClusterRole system:discovery by /system:discovery system:authenticated');
    await admin('delete', 'clusterrolebinding', 'root');
    await vi.waitFor(() => {
      expect(roles()).not.toContain('ClusterRole cluster-admin by /root');
    }, soon);
  } finally {
    bindings.dispose();
  }
});
