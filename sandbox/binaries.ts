/** The programs of the control plane: found where `KUBEBUILDER_ASSETS` says, else built once from their Go modules. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programNamed } from '../scripts/system.mjs';
import { cached } from './cache.ts';
import { go } from './go.ts';
import { writeOlderModule } from './older.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
type Name = (typeof names)[number];
export type Binaries = Readonly<Record<Name, string>>;

const source = fileURLToPath(new URL('control-plane', import.meta.url));

const packages: Readonly<Record<Name, string>> = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
};

export interface BuildOptions {
  /** Is told what is being done, a line at a time, at least every 10 seconds. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Of another Kubernetes than the sandbox's own, e.g. `1.24.17`; etcd and `KUBEBUILDER_ASSETS` are of the sandbox's. */
  readonly version?: string | undefined;
}

/** Finds or builds the programs. Throws with the ways out where neither is possible. */
export async function controlPlaneBinaries(options: BuildOptions): Promise<Binaries> {
  if (options.version !== undefined) {
    const { etcd } = await controlPlaneBinaries({ ...options, version: undefined });
    return { ...(await builtOlder(options.version, options)), etcd };
  }
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
  const path = (name: Name): string => join(folder, programNamed(name));
  return {
    etcd: path('etcd'),
    'kube-apiserver': path('kube-apiserver'),
    'kube-controller-manager': path('kube-controller-manager'),
    kubectl: path('kubectl'),
  };
}

/** The version of the sandbox's own control plane, e.g. `1.37.2`. Throws where its go.mod names none. */
export async function sandboxVersion(): Promise<string> {
  return versionIn(await readFile(join(source, 'go.mod'), 'utf8'));
}

function versionIn(modules: string): string {
  const [, version] = /k8s\.io\/kubernetes v(\S+)/.exec(modules) ?? [];
  if (version === undefined) {
    throw new Error('sandbox/control-plane/go.mod names no version of k8s.io/kubernetes.');
  }
  return version;
}

async function built(wanted: readonly Name[], options: BuildOptions): Promise<Binaries> {
  const modules = await readFile(join(source, 'go.mod'), 'utf8');
  const version = versionIn(modules);
  const flags = goFlags(version, []);
  const key = keyOf([modules, await readFile(join(source, 'go.sum'))], flags, wanted);
  const folder = await cached(join('control-plane', key), async (target) => {
    await build({ source, target, wanted, flags, modules: [] }, options);
  });
  return inFolder(folder);
}

/** The commands of Kubernetes of another version. What its modules hold is compared with Go's own checksum database. */
async function builtOlder(version: string, options: BuildOptions): Promise<Binaries> {
  // Kubernetes up to 1.30 reaches into Go's runtime, which Go 1.23 and later refuse to link otherwise.
  const flags = goFlags(version, ['-checklinkname=0']);
  const wanted = names.filter((name) => name !== 'etcd');
  const key = keyOf([version], flags, wanted);
  const folder = await cached(join('control-plane', `v${version}-${key}`), async (target) => {
    const module = join(target, 'module');
    await writeOlderModule(version, module, options.signal);
    await build({ source: module, target, wanted, flags, modules: ['-mod=mod'] }, options);
    await rm(module, { recursive: true });
  });
  return inFolder(folder);
}

function keyOf(
  modules: readonly (string | Buffer)[],
  flags: readonly string[],
  wanted: readonly Name[],
): string {
  const hash = createHash('sha256');
  for (const part of modules) hash.update(part);
  return hash
    .update(JSON.stringify([flags, wanted, packages, process.platform, process.arch]))
    .digest('hex')
    .slice(0, 16);
}

/** Flags of `go build`; the version, e.g. `1.37.2`, is what the API server reports at /version. */
function goFlags(version: string, forLinker: readonly string[]): readonly string[] {
  const [gitMajor = '', gitMinor = ''] = version.split('.');
  const gitVersion = `v${version}`;
  const set = Object.entries({ gitVersion, gitMajor, gitMinor, gitTreeState: 'clean' })
    .flatMap(([name, value]) =>
      ['component-base', 'client-go/pkg'].map((at) => `-X k8s.io/${at}/version.${name}=${value}`),
    )
    .join(' ');
  return ['-trimpath', '-buildvcs=false', '-ldflags', ['-s', '-w', ...forLinker, set].join(' ')];
}

interface Build {
  /** The folder of the Go module. */
  readonly source: string;
  readonly target: string;
  readonly wanted: readonly Name[];
  readonly flags: readonly string[];
  /** How Go reads the module: where its sums are not complete, `-mod=mod`. */
  readonly modules: readonly string[];
}

async function build(
  { source, target, wanted, flags, modules }: Build,
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
    await go(source, ['list', ...modules, '-deps', ...from], signal, (line) => {
      if (line.startsWith('go: downloading')) downloaded += 1;
      else total += 1;
    });
    await go(source, ['build', ...modules, '-v', ...flags, '-o', target, ...from], signal, () => {
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
