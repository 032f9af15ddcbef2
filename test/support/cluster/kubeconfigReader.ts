/** What kubectl's own code reads in a kubeconfig, and what we do, in one shape. */
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface } from 'node:readline';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { promisify } from 'node:util';
import { textOfKubeconfig } from '../../../src/kubeconfig/kubeconfigText.ts';
import { parseKubeconfig, type Kubeconfig } from '../../../src/kubeconfig/read.ts';
import { Problem } from '../../../src/errors.ts';

const run = promisify(execFile);

/** A process that reads by client-go, one text after another. */
export class ClientGo {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #folder: string;
  readonly #waiting: ((line: string) => void)[] = [];

  /** Builds it with the modules of the sandbox's control plane, which takes seconds once that is built. */
  static async start(): Promise<ClientGo> {
    const folder = await mkdtemp(join(tmpdir(), 'client-go-'));
    const program = join(folder, 'kubeconfig-reader');
    const modules = join(import.meta.dirname, '../../../sandbox/control-plane');
    const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
    const flags = ['-trimpath', '-buildvcs=false', '-ldflags', '-s -w'];
    await run('go', ['build', ...flags, '-o', program, './kubeconfig-reader'], { cwd: modules, env });
    return new ClientGo(folder, program);
  }

  private constructor(folder: string, program: string) {
    this.#folder = folder;
    this.#child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#waiting.shift()?.(line));
  }

  /** The kubeconfig as it reads it; undefined where it refuses it. */
  async read(bytes: Uint8Array): Promise<object | undefined> {
    const line = await this.#answer('kubeconfig', bytes);
    return line === '' ? undefined : asRead(JSON.parse(line) as KubectlConfig);
  }

  /** A text of YAML as it has it before it looks at any field; undefined where it refuses it. */
  async yaml(text: string): Promise<unknown> {
    const line = await this.#answer('yaml', Buffer.from(text));
    return line === '' ? undefined : JSON.parse(line);
  }

  async #answer(what: 'kubeconfig' | 'yaml', bytes: Uint8Array): Promise<string> {
    return await new Promise<string>((resolve) => {
      this.#waiting.push(resolve);
      this.#child.stdin.write(`${what} ${Buffer.from(bytes).toString('base64')}\n`);
    });
  }

  async end(): Promise<void> {
    this.#child.stdin.end();
    await rm(this.#folder, { recursive: true });
  }
}

/** What `kubectl config view --raw -o json` prints, as far as it matters here; what is empty may be absent. */
export interface KubectlConfig {
  readonly clusters?: readonly { readonly name: string; readonly cluster: KubectlCluster }[] | null;
  readonly users?: readonly { readonly name: string; readonly user: KubectlUser }[] | null;
  readonly contexts?: readonly { readonly name: string; readonly context: KubectlContext }[] | null;
  readonly 'current-context'?: string;
}

interface KubectlContext {
  readonly cluster?: string;
  readonly user?: string;
  readonly namespace?: string;
}

type KubectlCluster = Readonly<Partial<Record<string, string>>> & {
  readonly 'insecure-skip-tls-verify'?: boolean;
  readonly extensions?: readonly { readonly name: string; readonly extension: unknown }[];
};

type KubectlUser = Readonly<Partial<Record<string, string>>> & {
  readonly 'as-groups'?: readonly string[];
  readonly 'as-user-extra'?: Readonly<Record<string, readonly string[] | null>>;
  readonly exec?: {
    readonly apiVersion?: string;
    readonly command: string;
    readonly args: readonly string[] | null;
    readonly env: readonly { readonly name: string; readonly value: string }[] | null;
    readonly installHint?: string;
    readonly provideClusterInfo: boolean;
    readonly interactiveMode?: string;
  };
  readonly 'auth-provider'?: {
    readonly name: string;
    readonly config: Readonly<Record<string, string>> | null;
  };
};

/** What kubectl has read, in the shape of what we read. */
export function asRead(config: KubectlConfig): object {
  const byName = <T>(
    list: readonly T[] | null | undefined,
    nameOf: (item: T) => string,
    of: (item: T) => object,
  ): object => Object.fromEntries((list ?? []).map((item) => [nameOf(item), of(item)]));
  return {
    current: config['current-context'] ?? '',
    clusters: byName(
      config.clusters,
      ({ name }) => name,
      ({ cluster }) => clusterOf(cluster),
    ),
    users: byName(
      config.users,
      ({ name }) => name,
      ({ user }) => userOf(user),
    ),
    contexts: byName(
      config.contexts,
      ({ name }) => name,
      ({ context }) => ({
        cluster: context.cluster ?? '',
        user: context.user ?? '',
        namespace: context.namespace ?? '',
      }),
    ),
  };
}

function clusterOf(cluster: KubectlCluster): object {
  const exec = cluster.extensions?.find(({ name }) => name === 'client.authentication.k8s.io/exec');
  return {
    server: cluster['server'] ?? '',
    caData: cluster['certificate-authority-data'] ?? '',
    caFile: cluster['certificate-authority'] ?? '',
    isInsecure: cluster['insecure-skip-tls-verify'] ?? false,
    proxyUrl: cluster['proxy-url'] ?? '',
    tlsServerName: cluster['tls-server-name'] ?? '',
    execConfig: exec?.extension ?? null,
  };
}

function userOf(user: KubectlUser): object {
  const { exec, 'auth-provider': provider } = user;
  const extra = Object.entries(user['as-user-extra'] ?? {});
  return {
    texts: TEXTS_OF_USER.map((key) => user[key] ?? ''),
    impersonate: Object.fromEntries<unknown>([
      ['Impersonate-User', user['as'] ?? ''],
      ['Impersonate-Uid', user['as-uid'] ?? ''],
      ['Impersonate-Group', user['as-groups'] ?? []],
      ...extra.map(
        ([key, values]) => [`Impersonate-Extra-${encodeURIComponent(key)}`, values ?? []] as const,
      ),
    ]),
    exec: exec && {
      apiVersion: exec.apiVersion ?? '',
      command: exec.command,
      args: exec.args ?? [],
      env: Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value])),
      installHint: exec.installHint ?? '',
      provideClusterInfo: exec.provideClusterInfo,
      interactiveMode: exec.interactiveMode ?? '',
    },
    authProvider: provider && { name: provider.name, config: provider.config ?? {} },
  };
}

const TEXTS_OF_USER = [
  'token',
  'tokenFile',
  'username',
  'password',
  'client-certificate-data',
  'client-certificate',
  'client-key-data',
  'client-key',
];

/** What we read in the bytes of a kubeconfig, in the same shape; the Problem where we refuse it. */
export function read(bytes: Uint8Array): object | Problem {
  try {
    return asShape(parseKubeconfig(textOfKubeconfig(bytes, 'it'), 'it', (path) => path));
  } catch (error) {
    if (Problem.is(error, 'bad-kubeconfig')) return error;
    throw error;
  }
}

function asShape({ clusters, users, contexts, current }: Kubeconfig): object {
  const byName = <T>(map: ReadonlyMap<string, T>, of: (entry: T) => object): object =>
    Object.fromEntries([...map].map(([name, entry]) => [name, of(entry)]));
  /** Go writes base64 anew. */
  const bytes = (data: string | undefined): string => Buffer.from(data ?? '', 'base64').toString('base64');
  return {
    current: current ?? '',
    clusters: byName(clusters, (one) => ({
      server: one.server,
      caData: bytes(one.caData),
      caFile: one.caFile ?? '',
      isInsecure: one.insecureSkipTlsVerify,
      proxyUrl: one.proxyUrl ?? '',
      tlsServerName: one.tlsServerName ?? '',
      execConfig: one.execConfig,
    })),
    users: byName(users, (one) => ({
      texts: [
        ...[one.token, one.tokenFile, one.username, one.password].map((text) => text ?? ''),
        bytes(one.certData),
        one.certFile ?? '',
        bytes(one.keyData),
        one.keyFile ?? '',
      ],
      impersonate: {
        'Impersonate-User': '',
        'Impersonate-Uid': '',
        'Impersonate-Group': [],
        ...one.impersonate,
      },
      exec: one.exec && {
        apiVersion: one.exec.apiVersion,
        command: one.exec.command,
        args: one.exec.args,
        env: one.exec.env,
        installHint: one.exec.installHint ?? '',
        provideClusterInfo: one.exec.provideClusterInfo,
        interactiveMode: one.exec.interactiveMode ?? '',
      },
      authProvider: one.authProvider,
    })),
    contexts: byName(contexts, (one) => ({
      cluster: one.cluster,
      user: one.user,
      namespace: one.namespace ?? '',
    })),
  };
}
