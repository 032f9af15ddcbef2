/** The programs of the control plane: found where `KUBEBUILDER_ASSETS` says, else built once from their Go modules. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { cached } from './cache.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
type Name = (typeof names)[number];
export type Binaries = Readonly<Record<Name, string>>;

const packages: Readonly<Record<Name, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
};

const waysOut = [
  'There are three ways:',
  '  - install Go 1.26 or later (https://go.dev/dl), and the control plane is built once, in about 7 minutes;',
  '  - set KUBEBUILDER_ASSETS to a folder that holds etcd, kube-apiserver and kube-controller-manager;',
  '  - do without this cluster: npm start -- --kubeconfig FILE, or npm start -- --no-cluster.',
].join('\n');

export interface BuildOptions {
  /** Is told what is being done, a line at a time, at least every 10 seconds. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Finds or builds the programs. Throws with the ways out where neither is possible. */
export async function controlPlaneBinaries(options: BuildOptions): Promise<Binaries> {
  const assets = process.env['KUBEBUILDER_ASSETS'];
  if (assets === undefined || assets === '') return await built(names, options);
  const given = inFolder(assets);
  const missing = names.filter((name) => name !== 'kubectl' && !existsSync(given[name]));
  if (missing.length > 0) {
    throw new Error(`KUBEBUILDER_ASSETS is ${assets}, and there is no ${missing.join(' and no ')} in it.`);
  }
  if (existsSync(given.kubectl)) return given;
  const { kubectl } = await built(['kubectl'], options);
  return { ...given, kubectl };
}

function inFolder(folder: string): Binaries {
  const path = (name: Name): string => join(folder, process.platform === 'win32' ? `${name}.exe` : name);
  return {
    etcd: path('etcd'),
    'kube-apiserver': path('kube-apiserver'),
    'kube-controller-manager': path('kube-controller-manager'),
    kubectl: path('kubectl'),
  };
}

async function built(wanted: readonly Name[], options: BuildOptions): Promise<Binaries> {
  const source = fileURLToPath(new URL('control-plane', import.meta.url));
  const modules = await readFile(join(source, 'go.mod'), 'utf8');
  const flags = goFlags(modules);
  const key = createHash('sha256')
    .update(modules)
    .update(await readFile(join(source, 'go.sum')))
    .update(JSON.stringify([flags, wanted, packages, process.platform, process.arch]))
    .digest('hex')
    .slice(0, 16);
  const folder = await cached(join('control-plane', key), async (target) => {
    await build(source, target, flags, wanted, options);
  });
  return inFolder(folder);
}

/** Flags of `go build`; the version is what the API server reports at /version. */
function goFlags(modules: string): readonly string[] {
  const version = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/.exec(modules);
  if (!version) throw new Error('sandbox/control-plane/go.mod names no version of k8s.io/kubernetes.');
  const [, gitVersion, gitMajor, gitMinor] = version;
  const set = Object.entries({ gitVersion, gitMajor, gitMinor, gitTreeState: 'clean' })
    .flatMap(([name, value]) =>
      ['component-base', 'client-go/pkg'].map((at) => `-X k8s.io/${at}/version.${name}=${value}`),
    )
    .join(' ');
  return ['-trimpath', '-buildvcs=false', '-ldflags', `-s -w ${set}`];
}

async function build(
  source: string,
  target: string,
  flags: readonly string[],
  wanted: readonly Name[],
  { report, signal }: BuildOptions,
): Promise<void> {
  const from = wanted.map((name) => packages[name]);
  const started = performance.now();
  const minutes = (): string => {
    const seconds = Math.round((performance.now() - started) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  report(
    `Building ${wanted.join(', ')} from their Go modules; this happens once, and takes about 7 minutes on 2 cores.`,
  );
  let downloaded = 0;
  let compiled = 0;
  let total = 0;
  const timer = setInterval(() => {
    const doing =
      total === 0
        ? `${downloaded} Go modules downloaded`
        : `${compiled} Go packages compiled, of ${total} that are not cached yet at most`;
    report(`… ${minutes()}  ${doing}`);
  }, 5000);
  try {
    await go(source, ['list', '-deps', ...from], signal, (line) => {
      if (line.startsWith('go: downloading')) downloaded += 1;
      else total += 1;
    });
    await go(source, ['build', '-v', ...flags, '-o', target, ...from], signal, () => {
      compiled += 1;
    });
  } finally {
    clearInterval(timer);
  }
  const etcd = inFolder(target).etcd;
  // Go names a program after the last part of its package's path.
  if (wanted.includes('etcd')) await rename(etcd.replace(/etcd(\.exe)?$/, 'server$1'), etcd);
  report(`Built in ${minutes()}.`);
}

/** Runs the go command, handing every line it prints to `onLine`. Throws with its last lines where it fails. */
async function go(
  cwd: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  onLine: (line: string) => void,
): Promise<void> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
  const child = spawn('go', args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const last: string[] = [];
  for (const output of [child.stdout, child.stderr]) {
    createInterface({ input: output }).on('line', (line) => {
      onLine(line);
      last.push(line);
      if (last.length > 15) last.shift();
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const isMissing = error.code === 'ENOENT';
      reject(
        isMissing
          ? new Error(`There is no Go on this machine to build the cluster with.\n${waysOut}`)
          : error,
      );
    });
    child.once('close', resolve);
  });
  if (code !== 0) {
    throw new Error(`go ${args[0]} ended with ${code ?? 'a signal'}:\n${last.join('\n')}\n${waysOut}`);
  }
}
