/** Row 30: lines that break since Kubernetes 1.24, what only looks so, and how long `serviceaccount-tokens check` takes. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExtension } from '../../scripts/build.ts';
import { findOutdated } from '../../src/since124/find.ts';
import { inOneGo } from '../../src/slices.ts';
import { snippets, type Snippet } from '../support/texts/outdatedCorpus.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const program = join(root, 'dist', 'check.cjs');
const STARTS = 10;

/** Measures the corpus, and the program on the Go modules of this machine and Go's own sources. */
export async function outdatedRows(say: (line: string) => void): Promise<Row[]> {
  const isRight = ({ path, text, rules }: Snippet): boolean =>
    inOneGo(findOutdated(path, text))
      .map(({ rule }) => rule)
      .join() === rules.join();
  const [found, none] = [snippets('found'), snippets('none')];
  const missed = found.filter((one) => !isRight(one)).length;
  const wrong = none.filter((one) => !isRight(one)).length;
  await buildExtension();
  const folders = execFileSync('go', ['env', 'GOMODCACHE', 'GOROOT'], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const files = folders.reduce((sum, folder) => sum + filesIn(folder), 0);
  const check = (...args: readonly string[]): { readonly milliseconds: number; readonly said: string } => {
    const started = performance.now();
    const { stdout } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8', maxBuffer: 1e9 });
    return { milliseconds: performance.now() - started, said: stdout };
  };
  const { milliseconds, said } = check('check', ...folders);
  for (const line of said.split('\n').filter((one) => one !== '')) say(line);
  const seconds = (milliseconds / 1000 / files) * 100_000;
  const starts = Array.from({ length: STARTS }, () => check('--help').milliseconds).toSorted((a, b) => a - b);
  const start = starts[STARTS / 2] ?? Infinity;
  const row = { row: 30, peer: '—', ratio: '—' } as const;
  return [
    {
      ...row,
      what: 'Lines that break since 1.24, missed and wrong in the corpus',
      figure: `${missed} of ${found.length} missed, ${wrong} of ${none.length} wrong`,
      target: '0, 0',
      held: missed === 0 && wrong === 0,
    },
    {
      ...row,
      what: 'serviceaccount-tokens check, 100,000 files; its start, median',
      figure: `${seconds.toFixed(1)} s (${files} files); ${start.toFixed(0)} ms`,
      target: '≤ 20 s; ≤ 150 ms',
      held: seconds <= 20 && start <= 150,
    },
  ];
}

function filesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
}
