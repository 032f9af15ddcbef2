import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Cluster } from '../../../src/cluster/api/cluster.ts';
import type { EvidenceOptions } from '../../../src/cluster/api/credentials.ts';
import { clusterAccess } from '../../../src/cluster/client.ts';
import { usesOf } from '../../../src/editor/terminal/used.ts';
import { readCommandLine } from '../../../src/refusal/commandLine.ts';
import { refusalsIn } from '../../../src/refusal/find.ts';
import { now } from './stage.ts';

const run = promisify(execFile);

/** Ways to give kubectl a kubeconfig, by the file's name in the folder. */
const WAYS: readonly ((file: string) => string)[] = [
  (file) => `kubectl --kubeconfig ${file} get pods`,
  (file) => `KUBECONFIG=other${delimiter}${file} kubectl get pods`,
  (file) => `kubectl \\\n  get pods \\\n  --kubeconfig=${file}`,
  (file) => `export KUBECONFIG=./${file}${delimiter}other && kubectl get pods`,
  (file) => `cd .. && kubectl --kubeconfig {folder}/${file} get pods 2>&1 | cat`,
];

/** What came of a command in a real shell. */
export interface Followed {
  readonly line: string;
  /** The words in it by which kubectl says that it was refused. */
  readonly links: readonly string[];
  /** The explanation of what its kubeconfig sends, by its line alone. */
  readonly explanation: Explanation;
}

/** Runs kubectl with a token, a way after the other, and follows what it wrote to the explanation, as the terminal's link does. */
export class Follower {
  readonly #kubectl: string;
  readonly #cluster: Cluster;
  readonly #folder: string;
  #count = 0;

  private constructor(kubectl: string, cluster: Cluster, folder: string) {
    this.#kubectl = kubectl;
    this.#cluster = cluster;
    this.#folder = folder;
  }

  /** In a new folder inside of one. */
  static async begin(kubectl: string, cluster: Cluster, within: string): Promise<Follower> {
    const folder = join(within, 'commands');
    await mkdir(folder);
    await writeFile(join(folder, 'other'), JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
    return new Follower(kubectl, cluster, folder);
  }

  async follow(token: string, more: Partial<EvidenceOptions> = {}): Promise<Followed> {
    const file = `${this.#count}.kubeconfig`;
    await writeFile(join(this.#folder, file), this.#kubeconfig(token), { mode: 0o600 });
    const way = WAYS[this.#count++ % WAYS.length] ?? String;
    const line = way(file).replace('{folder}', basename(this.#folder));
    const links = (await this.#said(line))
      .split('\n')
      .flatMap((one) => refusalsIn(one).map(({ start, end }) => one.slice(start, end)));
    const place = { folder: this.#folder, variable: undefined, isRoot: false };
    const [use, second] = usesOf(readCommandLine(line).commands, place);
    if (!use || use.unknown || second) throw new Error(`What was used is not known: ${line}`);
    const { credential, entry, sent } = await clusterAccess.sending({ files: use.files });
    const evidence = await this.#cluster.gatherEvidence(
      credential,
      { known: { entry, sent }, sendToken: undefined, compareSecret: true, requestToken: true, ...more },
      AbortSignal.timeout(20_000),
    );
    return { line, links, explanation: await explainAuthentication(evidence, now()) };
  }

  #kubeconfig(token: string): string {
    const { server, certificateAuthority = '' } = this.#cluster.endpoint;
    const cluster = { server, 'certificate-authority-data': btoa(certificateAuthority) };
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    });
  }

  /** What a shell shows after a line; its own folder is its home, so that kubectl keeps nothing elsewhere. */
  async #said(line: string): Promise<string> {
    const env = { PATH: [dirname(this.#kubectl), process.env['PATH']].join(delimiter), HOME: this.#folder };
    const { stdout, stderr } = await run('sh', ['-c', line], { cwd: this.#folder, env }).catch(
      (error: unknown) => error as { readonly stdout: string; readonly stderr: string },
    );
    return `${stdout}${stderr}`;
  }
}
