import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, it } from 'vitest';
import { startControlPlane } from '../../sandbox/controlPlane.ts';

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
    fileURLToPath(new URL('../support/filled-token-secret.yaml', import.meta.url)),
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
  const script = fileURLToPath(new URL('../support/startControlPlane.ts', import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const { folder, server: address } = JSON.parse(line) as { folder: string; server: string };
  expect(existsSync(folder)).toBe(true);

  child.kill('SIGKILL');
  while (existsSync(folder)) await sleep(50);
  await expect(fetch(`${address}/readyz`)).rejects.toThrow('fetch failed');
});
