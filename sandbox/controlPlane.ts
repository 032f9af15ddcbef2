import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiClient, type Request } from './api.ts';
import { controlPlaneProgram, type BuildOptions, type Name } from './binaries.ts';
import { createAuthority, createSigningKey, type CertificateAuthority } from './certificates.ts';
import { openGuard, type Guard, type Guarded } from './guard.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { freePorts } from './ports.ts';

/** A real Kubernetes control plane on this machine's loopback interface: no node, no kubelet, nothing kept. */
export interface ControlPlane {
  /** https://127.0.0.1:PORT */
  readonly server: string;
  /** A temporary folder that is removed with the cluster. */
  readonly folder: string;
  /** Path of the administrator's kubeconfig: context `sandbox`, a client certificate, the CA embedded. */
  readonly kubeconfig: string;
  /** Path of the CA's certificate. */
  readonly caFile: string;
  /** Path of the kubectl program. */
  readonly kubectl: string;
  /** Path of the kube-apiserver program. */
  readonly apiServer: string;
  /** A client certificate that this API server accepts for a user. */
  readonly clientCertificate: CertificateAuthority['forClient'];
  /** Sends one request as administrator. */
  readonly request: Request;
  /** Kills the API server, as a crash would. */
  readonly stopApiServer: () => Promise<void>;
  /** Starts it again on the same port, with a new serving certificate of the same CA; settles once it is ready. */
  readonly startApiServer: () => Promise<void>;
  /** Kills etcd, as a crash would; the API server stays. */
  readonly stopEtcd: () => Promise<void>;
  /** Starts it again with the same data. */
  readonly startEtcd: () => void;
  /** Starts kube-controller-manager again, with these flags beside its own. */
  readonly restartControllers: (extraArgs: readonly string[]) => Promise<Guarded>;
  /** Makes etcd forget every state but the present one, as it does by itself every few minutes. */
  readonly compactEtcd: () => Promise<void>;
  /** Ends every process and removes the folder. */
  readonly stop: () => Promise<void>;
}

/** One of which kubectl is still to be had. */
export type Servers = Omit<ControlPlane, 'kubectl'>;

export interface ControlPlaneOptions extends Pick<BuildOptions, 'takesFound'> {
  /** Is told what is being done, a line at a time. */
  readonly report?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** More flags for kube-apiserver, e.g. `--feature-gates=…`. */
  readonly extraApiServerArgs?: readonly string[];
  /** Of Kubernetes, e.g. `1.24.17`; undefined is what KUBERNETES_VERSION says, else the sandbox's own. */
  readonly version?: string | undefined;
  /** Is called once the API server answers, while the controllers may still have to be built. */
  readonly onApiServer?: (access: Pick<ControlPlane, 'kubeconfig' | 'request'>) => Promise<void>;
  /** The socket of an external signer (--service-account-signing-endpoint), in the place of the key files. */
  readonly signer?: string;
}

/** Seconds that a start may take; it takes 3 on an idle machine. */
const patience = 120;

/** Starts one as `startServers` does, and has kubectl too. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const servers = await startServers(options);
  try {
    return { ...servers, kubectl: await programsBy(options)('kubectl') };
  } catch (error) {
    await servers.stop();
    throw error;
  }
}

/** Finds or builds the programs that these options ask for. */
export function programsBy(options: ControlPlaneOptions): (name: Name) => Promise<string> {
  const { report = () => {}, signal, takesFound, version = process.env['KUBERNETES_VERSION'] } = options;
  return async (name) => await controlPlaneProgram(name, { report, signal, version, takesFound });
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager, and settles once ServiceAccounts are being looked after.
 * All of it ends with this process, however that ends. Builds the programs first where they are not there yet.
 */
export async function startServers(options: ControlPlaneOptions = {}): Promise<Servers> {
  const { report = () => {}, signal } = options;
  const program = programsBy(options);
  const [etcd, apiServer] = [await program('etcd'), await program('kube-apiserver')];
  report('Starting the control plane …');
  for (let attempt = 1; ; attempt += 1) {
    const guard = openGuard('serviceaccount-tokens-cluster');
    const abort = (): void => void guard.close();
    signal?.addEventListener('abort', abort);
    try {
      signal?.throwIfAborted();
      const cluster = await start(guard, { etcd, apiServer, find: program }, options);
      report(`The control plane is ready at ${cluster.server}.`);
      return cluster;
    } catch (error) {
      await guard.close();
      signal?.throwIfAborted();
      const isPortTaken = error instanceof Error && error.message.includes('address already in use');
      if (!isPortTaken || attempt === 3) throw error;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

async function start(
  guard: Guard,
  programs: {
    readonly etcd: string;
    readonly apiServer: string;
    readonly find: (name: Name) => Promise<string>;
  },
  options: ControlPlaneOptions,
): Promise<Servers> {
  const { folder } = guard;
  const [etcdPort = 0, peerPort = 0, apiPort = 0, managerPort = 0] = await freePorts(4);
  const [authority, signing] = await Promise.all([createAuthority('sandbox'), createSigningKey()]);
  const [admin, manager] = await Promise.all([
    authority.forClient('sandbox-admin', ['system:masters']),
    authority.forClient('system:kube-controller-manager'),
  ]);
  const file = (name: string): string => join(folder, name);
  const save = async (name: string, text: string): Promise<void> => {
    await writeFile(file(name), text, { mode: 0o600 });
  };
  const server = `https://127.0.0.1:${apiPort}`;
  const ca = authority.certificate;
  await Promise.all([
    save('ca.crt', ca),
    save('sa.key', signing.privateKey),
    save('sa.pub', signing.publicKey),
    writeKubeconfig(file('admin.kubeconfig'), { server, ca, user: 'sandbox-admin', credential: admin }),
    writeKubeconfig(file('manager.kubeconfig'), { server, ca, user: 'manager', credential: manager }),
  ]);
  const request = apiClient(server, ca, admin);

  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const startEtcd = (): Guarded =>
    guard.start('etcd', programs.etcd, [
      `--data-dir=${file('etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
      '--log-level=warn',
    ]);
  let etcd = startEtcd();

  async function startApiServer(): Promise<Guarded> {
    const serving = await authority.forServer(
      ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      ['127.0.0.1', '::1', '10.0.0.1'],
    );
    await Promise.all([save('serving.crt', serving.certificate), save('serving.key', serving.key)]);
    const process = guard.start('kube-apiserver', programs.apiServer, [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${apiPort}`,
      `--cert-dir=${file('certificates')}`,
      `--tls-cert-file=${file('serving.crt')}`,
      `--tls-private-key-file=${file('serving.key')}`,
      `--client-ca-file=${file('ca.crt')}`,
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      ...(options.signer === undefined
        ? [
            `--service-account-key-file=${file('sa.pub')}`,
            `--service-account-signing-key-file=${file('sa.key')}`,
          ]
        : [`--service-account-signing-endpoint=${options.signer}`]),
      '--authorization-mode=RBAC',
      '--service-cluster-ip-range=10.0.0.0/24',
      '--endpoint-reconciler-type=none',
      ...(options.extraApiServerArgs ?? []),
    ]);
    await until([etcd, process], 'the API server to be ready', options.signal, async () => {
      await request('GET', '/readyz');
    });
    return process;
  }

  let apiServer = await startApiServer();
  await until([etcd, apiServer], 'the namespaces of the system', options.signal, async () => {
    await request('GET', '/api/v1/namespaces/kube-system');
  });
  const [controllerManager] = await Promise.all([
    programs.find('kube-controller-manager'),
    options.onApiServer?.({ kubeconfig: file('admin.kubeconfig'), request }),
  ]);
  const startControllers = (extraArgs: readonly string[]): Guarded =>
    guard.start('kube-controller-manager', controllerManager, [
      `--kubeconfig=${file('manager.kubeconfig')}`,
      `--service-account-private-key-file=${file('sa.key')}`,
      `--root-ca-file=${file('ca.crt')}`,
      '--use-service-account-credentials=true',
      '--leader-elect=false',
      '--bind-address=127.0.0.1',
      `--secure-port=${managerPort}`,
      ...extraArgs,
    ]);
  let controllers = startControllers([]);
  await until(
    [etcd, apiServer, controllers],
    'the ServiceAccount controllers to work',
    options.signal,
    async () => {
      await request('GET', '/api/v1/namespaces/kube-system/serviceaccounts/default');
      await request('GET', '/api/v1/namespaces/kube-system/configmaps/kube-root-ca.crt');
    },
  );

  return {
    server,
    folder,
    kubeconfig: file('admin.kubeconfig'),
    caFile: file('ca.crt'),
    apiServer: programs.apiServer,
    request,
    clientCertificate: authority.forClient,
    stopApiServer: async () => {
      await apiServer.kill();
    },
    startApiServer: async () => {
      apiServer = await startApiServer();
    },
    stopEtcd: async () => {
      await etcd.kill();
    },
    startEtcd: () => {
      etcd = startEtcd();
    },
    restartControllers: async (extraArgs) => {
      await controllers.kill();
      controllers = startControllers(extraArgs);
      return controllers;
    },
    compactEtcd: async () => {
      const { header } = (await etcdCall(etcdUrl, 'maintenance/status', {})) as {
        header: { revision: string };
      };
      await etcdCall(etcdUrl, 'kv/compaction', { revision: header.revision });
    },
    stop: guard.close,
  };
}

/** One call of etcd's JSON gateway (etcd.io/docs, dev-guide/api_grpc_gateway). */
async function etcdCall(url: string, method: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}/v3/${method}`, { method: 'POST', body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`etcd ${method}: ${answer.status} ${await answer.text()}`);
  return await answer.json();
}

/** Asks again every 100 ms until `ask` succeeds. Throws where a program that it needs has ended, and after two minutes. */
async function until(
  needed: readonly Guarded[],
  what: string,
  signal: AbortSignal | undefined,
  ask: () => Promise<void>,
): Promise<void> {
  const deadline = performance.now() + patience * 1000;
  for (;;) {
    signal?.throwIfAborted();
    let last: unknown;
    try {
      await ask();
      return;
    } catch (error) {
      last = error;
    }
    const dead = needed.find(({ hasExited }) => hasExited);
    if (dead) {
      throw new Error(
        `${dead.name} ended (${await dead.exited}) while waiting for ${what}:\n${await dead.lastWords()}`,
      );
    }
    if (performance.now() > deadline) {
      throw new Error(`Waited ${patience} s for ${what}: ${String(last)}`, { cause: last });
    }
    await sleep(100);
  }
}
