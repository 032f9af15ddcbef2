import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { controlPlaneProgram } from '../../sandbox/binaries.ts';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import { foundHere } from '../../sandbox/found.ts';
import { envtestFolder } from '../../scripts/system.mjs';

const { kubeconfig, kubectl, server } = inject('controlPlane');
const run = promisify(execFile);

it('serves kubectl, which verifies its certificate', async () => {
  const { stdout } = await run(kubectl, ['--kubeconfig', kubeconfig, 'auth', 'whoami', '-o', 'json']);
  expect(JSON.parse(stdout)).toMatchObject({ status: { userInfo: { username: 'sandbox-admin' } } });
  expect(server).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
});

it('has a token controller that fills token Secrets', async () => {
  const admin = async (...args: string[]): Promise<string> =>
    (await run(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout;
  await admin('create', 'serviceaccount', 'filled');
  await admin(
    'create',
    '--save-config=false',
    '-f',
    fileURLToPath(new URL('../support/cluster/filled-token-secret.yaml', import.meta.url)),
  );
  const path = 'jsonpath={.data.token}';
  await admin('wait', 'secret/filled-token', `--for=${path}`, '--timeout=30s');
  expect(Buffer.from(await admin('get', 'secret', 'filled-token', '-o', path), 'base64').toString()).toMatch(
    /^eyJ/,
  );
  await admin('delete', 'serviceaccount', 'filled');
});

it('comes back on the same port with another certificate of the same CA', async () => {
  const cluster = await startControlPlane();
  try {
    await cluster.stopApiServer();
    await expect(cluster.request('GET', '/readyz')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|socket hang up/);
    await cluster.startApiServer();
    await expect(cluster.request('GET', '/readyz')).resolves.toBe('ok');
  } finally {
    await cluster.stop();
  }
  expect(existsSync(cluster.folder)).toBe(false);
});

it('leaves no process and no folder behind when the process that started it is killed', async () => {
  const script = fileURLToPath(new URL('../support/cluster/startControlPlane.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { folder, server: address } = JSON.parse(line) as { folder: string; server: string };
  expect(existsSync(folder)).toBe(true);

  child.kill('SIGKILL');
  while (existsSync(folder)) await sleep(50);
  await expect(fetch(`${address}/readyz`)).rejects.toThrow('fetch failed');
});

describe('a control plane that is on this machine', () => {
  let home: string;
  const store = (): string => envtestFolder({ XDG_DATA_HOME: home }, home);
  const put = async (folder: string, ...names: readonly ('etcd' | 'kube-apiserver' | 'kubectl')[]) => {
    await mkdir(folder, { recursive: true });
    for (const name of names) {
      await symlink(await controlPlaneProgram(name, { report: () => {} }), join(folder, name));
    }
  };
  const found = async (name: Parameters<typeof foundHere>[0]): Promise<string | undefined> =>
    await foundHere(
      name,
      { XDG_DATA_HOME: home, PATH: [join(home, 'bin'), '/nowhere'].join(delimiter) },
      join(home, 'kubebuilder'),
    );

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'found-'));
  });
  afterEach(async () => {
    await rm(home, { recursive: true });
  });

  it('is envtest’s newest, without controllers, before what is on PATH', async () => {
    await put(join(store(), '1.9.0-linux-amd64'), 'etcd', 'kube-apiserver', 'kubectl');
    await put(join(store(), '1.37.2-linux-amd64'), 'etcd', 'kube-apiserver', 'kubectl');
    await put(join(home, 'bin'), 'etcd', 'kube-apiserver', 'kubectl');
    for (const name of ['etcd', 'kube-apiserver', 'kubectl'] as const) {
      expect(await found(name)).toBe(join(store(), '1.37.2-linux-amd64', name));
    }
    expect(await found('kube-controller-manager')).toBeUndefined();
  });

  it('is on PATH, and none where etcd is missing or its API server does not run here', async () => {
    await put(join(home, 'bin'), 'kube-apiserver', 'kubectl');
    expect(await found('kube-apiserver')).toBeUndefined();
    expect(await found('kubectl')).toBe(join(home, 'bin', 'kubectl'));
    await put(join(home, 'bin'), 'etcd');
    expect(await found('kube-apiserver')).toBe(join(home, 'bin', 'kube-apiserver'));
    await rm(join(home, 'bin', 'kube-apiserver'));
    await writeFile(join(home, 'bin', 'kube-apiserver'), 'of another system', { mode: 0o700 });
    expect(await found('etcd')).toBeUndefined();
  });
});
