import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { manifestYaml } from '../../src/manifest/buildManifest.ts';
import {
  imageFor,
  mountedKubeconfigParts,
  REFRESH,
  refreshedParts,
  REQUEST,
  requestedParts,
} from '../../src/manifest/freshKubeconfig.ts';
import { findOutdated } from '../../src/since124/find.ts';
import { inOneGo } from '../../src/slices.ts';
import { adminOf } from '../support/cluster/kubectl.ts';

const { kubectl, server, caFile } = inject('controlPlane');
const run = promisify(execFile);
const namespace = 'fresh';
const account = { namespace, name: 'cni' };
const wanted = { account, path: '/etc/cni/net.d/cni.kubeconfig', image: 'busybox:1.37' };
const requested = { ...wanted, node: 'node-1', duration: '24h' };

let folder: string;
let mount: string;
let host: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fresh-'));
  [mount, host] = [join(folder, 'mount'), join(folder, 'host')];
  await mkdir(mount);
  await mkdir(host);
  await admin('create', 'namespace', namespace);
  await admin('create', 'serviceaccount', account.name, '-n', namespace);
});
afterAll(async () => {
  await admin('delete', 'namespace', namespace, '--wait=false');
  await rm(folder, { recursive: true });
});

const admin = adminOf(inject('controlPlane'));

async function feed(text: string, ...args: readonly string[]): Promise<string> {
  const file = join(folder, 'manifest.yaml');
  await writeFile(file, text);
  return await admin('apply', '-f', file, ...args);
}

/** Mounts a token as the kubelet does: a new folder, and one link that is put in the place of another. */
async function mounted(token: string): Promise<void> {
  const version = `..${crypto.randomUUID()}`;
  await mkdir(join(mount, version));
  await writeFile(join(mount, version, 'token'), token);
  await writeFile(join(mount, version, 'ca.crt'), await readFile(caFile));
  await symlink(version, join(mount, '..data_tmp'));
  await rename(join(mount, '..data_tmp'), join(mount, '..data'));
  for (const name of ['token', 'ca.crt']) {
    await symlink(join('..data', name), join(mount, name)).catch(() => undefined); // It is there from the first on.
  }
}

function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { hostname, port } = new URL(server);
  return {
    PATH: `${dirname(kubectl)}${delimiter}${process.env['PATH'] ?? ''}`,
    ACCOUNT: account.name,
    NAMESPACE: namespace,
    MOUNT: mount,
    KUBECONFIG_FOLDER: host,
    KUBECONFIG_NAME: 'cni.kubeconfig',
    KUBERNETES_SERVICE_HOST: hostname,
    KUBERNETES_SERVICE_PORT: port,
    EVERY: '0.2',
    ...more,
  };
}

const written = (): string => join(host, 'cni.kubeconfig');

/** As whom the server takes the host's kubeconfig; empty: not at all. */
async function whoIs(): Promise<string> {
  try {
    const args = ['--kubeconfig', written(), 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    return (await run(kubectl, args)).stdout;
  } catch {
    return '';
  }
}

describe('what keeps a host kubeconfig fresh', () => {
  it.each([
    ['from the Pod’s own token', refreshedParts(wanted)],
    ['by requests', requestedParts(requested)],
    ['by the mounted file', mountedKubeconfigParts({ account })],
  ])('%s is taken by the server as it is written', async (_how, parts) => {
    const said = await feed(manifestYaml(parts));
    expect(said.trim().split('\n')).toHaveLength(parts.length);
    expect(await feed(manifestYaml(parts))).not.toContain('configured');
  });

  it('is in the example as the wizard writes it', async () => {
    const file = new URL('../../sandbox/example/manifests/mycontroller-kubeconfig.yaml', import.meta.url);
    const mycontroller = { namespace: 'kube-system', name: 'mycontroller' };
    const path = '/etc/cni/net.d/mycontroller.kubeconfig';
    const parts = refreshedParts({ account: mycontroller, path, image: imageFor('sh') });
    expect(await readFile(file, 'utf8')).toBe(manifestYaml(parts));
  });

  it('has nothing in it that breaks since 1.24', () => {
    for (const script of [REFRESH, REQUEST]) expect(inOneGo(findOutdated('script.sh', script))).toEqual([]);
    for (const parts of [refreshedParts(wanted), requestedParts(requested)]) {
      expect(inOneGo(findOutdated('manifest.yaml', manifestYaml(parts)))).toEqual([]);
    }
  });
});

describe('the CronJob’s Role', () => {
  it('lets it request a token for that one ServiceAccount, and nothing else', async () => {
    await feed(manifestYaml(requestedParts(requested)));
    await admin('create', 'serviceaccount', 'other', '-n', namespace);
    const who = `system:serviceaccount:${namespace}:${account.name}-kubeconfig`;
    const mayDo = async (...args: readonly string[]): Promise<boolean> =>
      await admin(
        '--as',
        who,
        '--as-group',
        'system:serviceaccounts',
        '--as-group',
        'system:authenticated',
        '-n',
        namespace,
        ...args,
      ).then(
        () => true,
        (error: unknown) => {
          expect(String(error)).toMatch(/forbidden/i);
          return false;
        },
      );
    expect(await mayDo('create', 'token', account.name)).toBe(true);
    for (const args of [
      ['create', 'token', 'other'],
      ['create', 'token', `${account.name}-kubeconfig`],
      ['create', 'token', account.name, '--namespace', 'default'],
      ['get', 'serviceaccount', account.name],
      ['get', 'secrets'],
      ['create', 'secret', 'generic', 'x'],
      ['create', 'configmap', 'x'],
      ['delete', 'serviceaccount', account.name],
      ['get', 'nodes'],
    ]) {
      expect([args.join(' '), await mayDo(...args)]).toEqual([args.join(' '), false]);
    }
  });

  it('is enough for its script, in a real shell', async () => {
    await feed(manifestYaml(requestedParts(requested)));
    await mounted('unused');
    const own = join(folder, 'own.kubeconfig');
    const token = (await admin('create', 'token', `${account.name}-kubeconfig`, '-n', namespace)).trim();
    await admin(
      'config',
      'set-cluster',
      'c',
      '--kubeconfig',
      own,
      '--server',
      server,
      '--certificate-authority',
      caFile,
    );
    await admin('config', 'set-credentials', 'u', '--kubeconfig', own, '--token', token);
    await admin('config', 'set-context', 'x', '--kubeconfig', own, '--cluster', 'c', '--user', 'u');
    await admin('config', 'use-context', 'x', '--kubeconfig', own);
    const script = join(folder, 'request.sh');
    await writeFile(script, REQUEST);
    await run('sh', [script], { env: environment({ KUBECONFIG: own, DURATION: '1h' }) });
    expect(await whoIs()).toBe(`system:serviceaccount:${namespace}:${account.name}`);
    expect((await stat(written())).mode & 0o777).toBe(0o600);
    expect(await readdir(host)).toEqual(['cni.kubeconfig']);
  });
});

describe('the DaemonSet’s script, in a real shell', () => {
  let running: ChildProcess | undefined;
  afterEach(async () => {
    if (running?.exitCode === null) {
      running.kill('SIGTERM');
      await once(running, 'exit');
    }
  });

  const request = async (name: string): Promise<string> => {
    await admin('create', 'secret', 'generic', name, '-n', namespace);
    const bound = ['--bound-object-kind=Secret', `--bound-object-name=${name}`];
    return (await admin('create', 'token', account.name, '-n', namespace, ...bound)).trim();
  };

  it('writes the token anew whenever it is renewed, whole, for its owner alone, and ends when it is told to', async () => {
    const script = join(folder, 'refresh.sh');
    await writeFile(script, REFRESH);
    await rm(written(), { force: true });
    await writeFile(join(host, '.cni.kubeconfig.abcdef'), 'left by one that was killed');
    await mounted(await request('first'));
    running = spawn('sh', [script], { env: environment(), stdio: 'inherit' });
    const who = `system:serviceaccount:${namespace}:${account.name}`;
    await expect.poll(whoIs, { timeout: 20_000 }).toBe(who);
    expect((await stat(written())).mode & 0o777).toBe(0o600);

    const reading = new AbortController();
    const halves = (async () => {
      const seen: string[] = [];
      while (!reading.signal.aborted) {
        const text = await readFile(written(), 'utf8');
        if (!text.endsWith('current-context: local\n')) seen.push(text);
        await sleep(1);
      }
      return seen;
    })();
    for (const name of ['second', 'third', 'fourth']) {
      const token = await request(name);
      await mounted(token);
      await expect
        .poll(async () => await readFile(written(), 'utf8'), { timeout: 20_000 })
        .toContain(`token: ${token}\n`);
    }
    reading.abort();
    expect(await halves).toEqual([]);
    await admin('delete', 'secret', 'first', '-n', namespace);
    expect(await whoIs()).toBe(who);
    expect(await readdir(host)).toEqual(['cni.kubeconfig']);

    running.kill('SIGTERM');
    expect(await once(running, 'exit')).toEqual([0, null]);
  });
});
