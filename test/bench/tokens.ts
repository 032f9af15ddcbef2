/** Rows 4–7 and 19: finding and reading tokens. `node test/bench/tokens.ts` prints them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findAt, findTokens, MAX_LENGTH, scanText } from '../../src/token/find.ts';
import { TokenTrack } from '../../src/token/track.ts';
import { makeDocument, readDocument } from '../fuzz/documents.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { writeCorpus } from './corpus.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const MIB = 1024 * 1024;
const bound = jwt(boundClaims());

function milliseconds(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

/** The best of some runs: what the machine can do when nothing else is in the way. */
const best = (runs: number, run: () => void): number =>
  Math.min(...Array.from({ length: runs }, () => milliseconds(run)));

const percentile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ??
  Number.NaN;

function scanning(): Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-bench-'));
  try {
    const { texts, bytes } = writeCorpus(join(root, 'node_modules'), folder, 100 * MIB);
    const size = bytes / MIB;
    let found = 0;
    const ours = best(3, () => {
      found = 0;
      for (const text of texts) found += findTokens(text).length;
    });
    const speed = (ms: number): number => size / (ms / 1000);
    const figure = `${speed(ours).toFixed(0)} MiB/s over ${size.toFixed(0)} MiB, ${found} tokens, one core`;
    const rg = ripgrep();
    const rows: Row[] = [];
    const compare = (name: string, ms: number | undefined, least: number, target: string): void => {
      const times = ms === undefined ? undefined : ms / ours;
      rows.push({
        row: 4,
        what: 'Scanning text for tokens, raw and base64',
        figure,
        peer: ms === undefined ? `${name}: not on this machine` : `${name}: ${speed(ms).toFixed(0)} MiB/s`,
        ratio: times === undefined ? '—' : `${times.toFixed(2)} ×`,
        target,
        held: times === undefined ? undefined : times >= least,
      });
    };
    const rgTime =
      rg === undefined
        ? undefined
        : best(3, () => void execFileSync(rg, ['-j1', '-uu', '--count', '--no-filename', 'eyJ', folder]));
    compare('ripgrep counting eyJ', rgTime, 0.25, '≥ 1/4 of ripgrep');
    const gitleaks = process.env['GITLEAKS'] ?? 'gitleaks';
    compare('gitleaks, its JWT rules', gitleaksTime(gitleaks, folder), 10, '≥ 10 × gitleaks');
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The ripgrep that the editor brings. */
function ripgrep(): string | undefined {
  const folder = join(root, 'node_modules/code-server/lib/vscode/node_modules/@vscode/ripgrep-universal/bin');
  if (!existsSync(folder)) return process.env['RIPGREP'];
  const name = readdirSync(folder).find((one) => one === `${process.platform}-${process.arch}`);
  return name === undefined ? undefined : join(folder, name, process.platform === 'win32' ? 'rg.exe' : 'rg');
}

function gitleaksTime(program: string, folder: string): number | undefined {
  const args = ['dir', folder, '--no-banner', '--exit-code', '0', '--log-level', 'error'];
  const rules = ['--enable-rule', 'jwt', '--enable-rule', 'jwt-base64'];
  let failed = false;
  const time = milliseconds(() => {
    const env = { ...process.env, GOMAXPROCS: '1' };
    const { status } = spawnSync(program, [...args, ...rules], { env, stdio: 'ignore' });
    failed = status !== 0;
  });
  return failed ? undefined : time;
}

/** Inputs that make a scanner begin again and again. */
const WORST: Readonly<Record<string, string>> = {
  'rows of eyJ': 'eyJ',
  'eyJ.eyJ.': 'eyJ.eyJ.',
  'eyJ a line': 'eyJ\n',
  'rows of ZXlK': 'ZXlK',
  'ZXlK at every alignment': 'ZXlKZ',
  'short lines of base64': 'ZXlKaGJHY2k\n',
  'rows of WlhsS': 'WlhsS',
  'headers without claims': `${bound.split('.')[0] ?? ''}.x.`,
  'tokens, line by line': `${bound}\n`,
  'base64 tokens, line by line': `${Buffer.from(bound).toString('base64')}\n`,
};

function worst(): Row {
  let slowest = { name: '', perMib: 0 };
  let steepest = 0;
  for (const [name, unit] of Object.entries(WORST)) {
    const perMib = (size: number): number => {
      const text = unit.repeat(Math.ceil((size * MIB) / unit.length));
      return best(2, () => void [...scanText(text)]) / size;
    };
    const one = perMib(1);
    const sixteen = perMib(16);
    steepest = Math.max(steepest, sixteen / one);
    if (sixteen > slowest.perMib) slowest = { name, perMib: sixteen };
  }
  return {
    row: 5,
    what: 'Worst input for the scanner, 1 → 16 MiB',
    figure: `${slowest.perMib.toFixed(1)} ms a MiB (${slowest.name}); 16 MiB costs ${steepest.toFixed(2)} × as much a MiB as 1 MiB`,
    peer: '—',
    ratio: '—',
    target: 'linear; ≤ 20 ms a MiB',
    held: slowest.perMib <= 20 && steepest < 2,
  };
}

function hovering(): Row {
  const text = `${'{"a":"b","c":[1,2,3]},'.repeat(90_000)}"${bound}",`.repeat(20);
  const times = Array.from({ length: 500 }, (_, run) => {
    const offset =
      run % 2 === 0
        ? text.indexOf(bound, (run / 500) * text.length) + 5
        : Math.floor((run / 500) * text.length);
    const from = Math.max(0, offset - MAX_LENGTH);
    return milliseconds(() => void findAt(text.slice(from, offset + MAX_LENGTH), offset - from));
  });
  const p99 = percentile(times, 0.99);
  return {
    row: 6,
    what: `Hover in a ${(text.length / 1e6).toFixed(0)} MB single line, finding the token, p99 of 500`,
    figure: `${p99.toFixed(2)} ms`,
    peer: 'the editor waits 300 ms',
    ratio: '—',
    target: '≤ 5 ms',
    held: p99 <= 5,
  };
}

function editing(): Row {
  const line = 'some: value of a manifest # and a comment\n';
  const small = `${line.repeat(1000)}token: ${bound}\n`.repeat(24);
  const large = small.repeat(50);
  const track = new TokenTrack(small.length);
  while (!track.isComplete) track.scanPiece((from, to) => small.slice(from, to));
  const times = Array.from({ length: 200 }, (_, run) =>
    milliseconds(() => {
      track.edit(Math.floor((run / 200) * small.length), 1, 1);
      while (!track.isComplete) track.scanPiece((from, to) => small.slice(from, to));
    }),
  );
  large.charCodeAt(0); // A text that was put together is made one by its first use; the editor's lines are one already.
  const whole = new TokenTrack(large.length);
  const pieces: number[] = [];
  while (!whole.isComplete)
    pieces.push(
      milliseconds(() => {
        whole.scanPiece((from, to) => large.slice(from, to));
      }),
    );
  const p95 = percentile(times, 0.95);
  const longest = Math.max(...pieces);
  return {
    row: 7,
    what: `Edit of a 1 MB file read again, p95; longest piece of work in ${(large.length / 1e6).toFixed(0)} MB`,
    figure: `${p95.toFixed(2)} ms; ${longest.toFixed(1)} ms`,
    peer: 'cSpell debounces 50 ms and stops at 500 kB',
    ratio: '—',
    target: '≤ 60 ms; ≤ 16 ms',
    held: p95 <= 60 && longest <= 16,
  };
}

function fuzzing(): Row {
  const documents = 20_000;
  let broken = 0;
  for (let seed = 1; seed <= documents; seed++) {
    try {
      readDocument(makeDocument(seed));
    } catch {
      broken++;
    }
  }
  return {
    row: 19,
    what: 'Crashes and wrong offsets over made-up documents (npm run fuzz reads 1,000,000)',
    figure: `${broken} of ${documents}`,
    peer: '—',
    ratio: '—',
    target: '0',
    held: broken === 0,
  };
}

/** Measures all of these rows, one after the other. */
export function tokenRows(): Row[] {
  return [...scanning(), worst(), hovering(), editing(), fuzzing()];
}

if (import.meta.main) {
  for (const { row, what, figure, peer, ratio, target, held } of tokenRows()) {
    const answer = held === undefined ? 'not measured' : held ? 'held' : 'MISSED';
    process.stdout.write(`${[row, what, figure, peer, ratio, target, answer].join(' | ')}\n`);
  }
}
