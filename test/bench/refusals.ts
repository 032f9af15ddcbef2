/** Row 29: finding the words that say 401 in logs, and how many are found where nobody says them. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startControlPlane } from '../../sandbox/controlPlane.ts';
import { findRefusals } from '../../src/refusal/find.ts';
import { processorTime } from '../fuzz/watch.ts';
import { inOneGo } from '../../src/slices.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ENOUGH = 1e9;
/** What has these words as its own: Kubernetes, its clients, and what the tests of this extension leave behind. */
const OWN = /[\\/](?:k8s\.io|sigs\.k8s\.io|@kubernetes|kubernetes|\.vitest-cache)[\\/@]/;

/**
 * Looks through what a control plane logs that refuses nobody, and as much of the Go modules and npm packages of this
 * machine as there is, up to 1 GB, as text that is no log of a refusal.
 */
export async function refusalRows(say: (line: string) => void): Promise<Row[]> {
  let [bytes, milliseconds, files] = [0, 0, 0];
  const wrong: string[] = [];
  const look = (name: string, text: string): void => {
    const started = processorTime();
    const found = inOneGo(findRefusals(text));
    milliseconds += processorTime() - started;
    bytes += text.length;
    files += 1;
    wrong.push(...found.map(({ start, end, kind }) => `${name}: ${kind.id}: ${text.slice(start, end)}`));
  };
  const cluster = await startControlPlane({ report: say });
  try {
    for (const name of readdirSync(cluster.folder).filter((one) => one.endsWith('.log'))) {
      look(name, readFileSync(join(cluster.folder, name), 'utf8'));
    }
  } finally {
    await cluster.stop();
  }
  const ofGo = execFileSync('go', ['env', 'GOMODCACHE', 'GOROOT'], { encoding: 'utf8' }).trim().split('\n');
  // Joined, as ticks of the processor's clock do not tell how long one file takes.
  let joined: string[] = [];
  let length = 0;
  for (const file of textsIn([...ofGo, join(root, 'node_modules')])) {
    if (bytes + length > ENOUGH) break;
    joined.push(file);
    length += file.length;
    if (length < 64e6) continue;
    look('Go modules and npm packages', joined.join('\n'));
    [joined, length] = [[], 0];
  }
  look('Go modules and npm packages', joined.join('\n'));
  for (const line of wrong) say(line);
  const speed = bytes / 1e3 / milliseconds;
  return [
    {
      row: 29,
      what: 'Words that say 401, found in other logs and texts',
      figure: `${wrong.length} links in ${(bytes / 1e6).toFixed(0)} MB, ${speed.toFixed(0)} MB/s, one core`,
      peer: '—',
      ratio: '—',
      target: '0 in 0.5 to 1 GB; ≥ 100 MB/s',
      held: bytes > ENOUGH / 2 ? wrong.length === 0 && speed >= 100 : undefined,
    },
  ];
}

/** The text files of folders, each as text. */
function* textsIn(folders: readonly string[]): Generator<string> {
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || OWN.test(path)) continue;
      const file = readFileSync(path);
      if (!file.subarray(0, 8000).includes(0)) yield file.toString('latin1');
    }
  }
}
