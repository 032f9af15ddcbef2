/** The programs of the control plane: found on this machine, else built once from their Go modules. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { programNamed } from '../scripts/system.mjs';
import { cached, cacheOf } from './cache.ts';
import { foundHere } from './found.ts';
import { go } from './go.ts';
import { writeOlderModule } from './older.ts';

const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
export type Name = (typeof names)[number];

/** What is built together, in the order in which a start needs it. */
const stages: readonly { readonly of: readonly Name[]; readonly takes: string }[] = [
  { of: ['etcd', 'kube-apiserver'], takes: '5 minutes' },
  { of: ['kube-controller-manager'], takes: 'half a minute' },
  { of: ['kubectl'], takes: 'a minute' },
];

const source = fileURLToPath(new URL('control-plane', import.meta.url));
const ownControllers = './kube-controller-manager';

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
  /** Whether programs that this machine has will do, of whatever version; if not given, only those of `KUBEBUILDER_ASSETS`. */
  readonly takesFound?: boolean | undefined;
}

/** The path of a program, which is found or built when it is first asked for. Throws with the ways out where neither is possible. */
export async function controlPlaneProgram(name: Name, options: BuildOptions): Promise<string> {
  const { version, takesFound = false, report } = options;
  if (version !== undefined && name !== 'etcd') return await builtOlder(name, version, options);
  const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';
  if (assets !== '') {
    const given = join(assets, programNamed(name));
    if (existsSync(given)) return given;
    if (name === 'etcd' || name === 'kube-apiserver') {
      throw new Error(`KUBEBUILDER_ASSETS is ${assets}, and there is no ${name} in it.`);
    }
  } else if (takesFound) {
    const found = await foundHere(name);
    if (found !== undefined && !existsSync(cacheOf(await keyOfStage(name)))) {
      report(`Using ${found}.`);
      return found;
    }
  }
  return await built(name, options);
}

/** The version of the sandbox's own control plane, e.g. `1.37.2`. Throws where its go.mod names none. */
export async function sandboxVersion(): Promise<string> {
  const modules = await readFile(join(source, 'go.mod'), 'utf8');
  const [, version] = /k8s\.io\/kubernetes v(\S+)/.exec(modules) ?? [];
  if (version === undefined) {
    throw new Error('sandbox/control-plane/go.mod names no version of k8s.io/kubernetes.');
  }
  return version;
}

function stageOf(name: Name): (typeof stages)[number] {
  const stage = stages.find(({ of }) => of.includes(name));
  if (stage === undefined) throw new Error(`Nothing builds ${name}.`);
  return stage;
}

/** Nobody debugs these programs: without that, compiling takes a fifth less. */
const ownFlags = async (): Promise<readonly string[]> => [
  ...goFlags(await sandboxVersion(), []),
  '-gcflags=all=-dwarf=false',
];

const own = async (path: string): Promise<Buffer> => await readFile(join(source, path));

/** The name in the cache of what is built with a program. */
async function keyOfStage(name: Name): Promise<string> {
  const { of } = stageOf(name);
  const sources = ['go.mod', 'go.sum', ...(name === 'kube-controller-manager' ? [`${name}/main.go`] : [])];
  const key = keyOf(await Promise.all(sources.map(own)), await ownFlags(), of);
  return join('control-plane', `${of.join('-')}-${key}`);
}

async function built(name: Name, options: BuildOptions): Promise<string> {
  const { of, takes } = stageOf(name);
  const flags = await ownFlags();
  const from = of.map((one) => (one === 'kube-controller-manager' ? ownControllers : packages[one]));
  const folder = await cached(await keyOfStage(name), async (target) => {
    await build({ source, target, wanted: of, from, takes, flags, modules: [] }, options);
  });
  return join(folder, programNamed(name));
}

/** The commands of Kubernetes of another version. What its modules hold is compared with Go's own checksum database. */
async function builtOlder(name: Name, version: string, options: BuildOptions): Promise<string> {
  // Kubernetes up to 1.30 reaches into Go's runtime, which Go 1.23 and later refuse to link otherwise.
  const flags = goFlags(version, ['-checklinkname=0']);
  const wanted = names.filter((one) => one !== 'etcd');
  const from = wanted.map((one) => packages[one]);
  const key = keyOf([version], flags, wanted);
  const folder = await cached(join('control-plane', `v${version}-${key}`), async (target) => {
    const module = join(target, 'module');
    await writeOlderModule(version, module, options.signal);
    const modules = ['-mod=mod'];
    await build({ source: module, target, wanted, from, takes: '7 minutes', flags, modules }, options);
    await rm(module, { recursive: true });
  });
  return join(folder, programNamed(name));
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
  /** Their packages. */
  readonly from: readonly string[];
  /** How long it takes on two cores, in words. */
  readonly takes: string;
  readonly flags: readonly string[];
  /** How Go reads the module: where its sums are not complete, `-mod=mod`. */
  readonly modules: readonly string[];
}

async function build(
  { source, target, wanted, from, takes, flags, modules }: Build,
  { report, signal }: BuildOptions,
): Promise<void> {
  const started = performance.now();
  const minutes = (): string => {
    const seconds = Math.round((performance.now() - started) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  };
  report(
    `Building ${wanted.join(', ')} from Go modules; this happens once, and takes about ${takes} on 2 cores.`,
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
  // Go names a program after the last part of its package's path.
  if (wanted.includes('etcd')) {
    await rename(join(target, programNamed('server')), join(target, programNamed('etcd')));
  }
  report(`Built in ${minutes()}.`);
}
