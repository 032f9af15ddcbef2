import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { go } from './go.ts';

/**
 * Writes the Go module of which the commands of another Kubernetes are built, e.g. `1.24.17`: what Kubernetes' own
 * go.mod requires, with its staged parts (`./staging/src/k8s.io/api`) by the versions under which they are published
 * (v0.24.17). Throws where Go cannot have the module.
 */
export async function writeOlderModule(
  version: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), 'module older\n');
  const said: string[] = [];
  await go(folder, ['mod', 'download', '-json', `k8s.io/kubernetes@v${version}`], signal, (line) => {
    said.push(line);
  });
  // It tells what it downloads first.
  const { GoMod, Dir } = JSON.parse(said.slice(said.indexOf('{')).join('\n')) as Downloaded;
  const staged: string[] = [];
  const lines = (await readFile(GoMod, 'utf8')).split('\n').filter((line) => {
    const [, name] = /^\t(\S+) => \.\/staging\//.exec(line) ?? [];
    if (name !== undefined) staged.push(name);
    return name === undefined;
  });
  const published = version.replace(/^1\./, 'v0.');
  const own = lines.map((line) => (line.startsWith('module ') ? 'module older' : line));
  const replaced = staged.map((name) => `\t${name} => ${name} ${published}`);
  const text = [...own, `require k8s.io/kubernetes v${version}`, 'replace (', ...replaced, ')', ''];
  await writeFile(join(folder, 'go.mod'), text.join('\n'));
  // Its sums are of everything that is not staged; Go adds the others.
  await writeFile(join(folder, 'go.sum'), await readFile(join(Dir, 'go.sum')));
}

/** What `go mod download -json` says: paths. */
interface Downloaded {
  readonly GoMod: string;
  readonly Dir: string;
}
