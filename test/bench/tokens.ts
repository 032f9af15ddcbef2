/** Rows 4–7 and 19: finding and reading tokens, beside gitleaks and ripgrep in the same run. */
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { firstBeginning, unitAt } from '../../src/token/beginnings.ts';
import { findTokens, scanText } from '../../src/token/find.ts';
import { makeDocument, readDocument } from '../fuzz/documents.ts';
import { processorTime } from '../fuzz/watch.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { writeCorpus } from './corpus.ts';
import { editingRows } from './editing.ts';
import { machineFactor, onReference } from './machine.ts';
import { goProgram } from '../../sandbox/goProgram.ts';
import { ripgrep } from '../../sandbox/ripgrep.ts';
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

/** The same in processor time. */
const leastProcessor = (runs: number, run: () => void): number =>
  Math.min(
    ...Array.from({ length: runs }, () => {
      const started = processorTime();
      run();
      return processorTime() - started;
    }),
  );

/** Row 4, and what a MiB of it costs in memory, in milliseconds of processor time. */
async function scanning(): Promise<{ rows: Row[]; perMib: number }> {
  const leaks = await goProgram('github.com/zricethezav/gitleaks/v8', 'v8.30.1');
  const folder = mkdtempSync(join(tmpdir(), 'tokens-bench-'));
  try {
    const { texts, bytes } = writeCorpus(join(root, 'node_modules'), folder, 100 * MIB);
    const size = bytes / MIB;
    let found = 0;
    const inMemory = leastProcessor(3, () => {
      found = 0;
      for (const text of texts) found += findTokens(text).length;
    });
    const names = readdirSync(folder);
    // The peers read the files too.
    const room = Buffer.alloc(4 * MIB);
    const ours = best(3, () => {
      for (const name of names) {
        const file = readInto(room, join(folder, name));
        const first = firstBeginning(file);
        if (first < 0) continue;
        const text = file.toString('utf8');
        for (const one of scanText(text, unitAt(first, file, text))) void one;
      }
    });
    const speed = (ms: number): number => size / (ms / 1000);
    const figure = `${speed(ours).toFixed(0)} MiB/s with reading ${size.toFixed(0)} MiB of files, ${speed(inMemory).toFixed(0)} in memory, ${found} tokens, one core`;
    const rg = ripgrep();
    const rows: Row[] = [];
    const compare = (name: string, ms: number, least: number, target: string): void => {
      const times = ms / ours;
      rows.push({
        row: 4,
        what: 'Scanning text for tokens, raw and base64',
        figure,
        peer: `${name}: ${speed(ms).toFixed(0)} MiB/s`,
        ratio: `${times.toFixed(2)} ×`,
        target,
        held: times >= least,
      });
    };
    const rgTime = best(
      3,
      () => void execFileSync(rg, ['-j1', '-uu', '--count', '--no-filename', 'eyJ', folder]),
    );
    compare('ripgrep counting eyJ', rgTime, 0.7, '≥ 0.7 of ripgrep');
    compare('gitleaks, its JWT rules', gitleaksTime(leaks, folder), 10, '≥ 10 × gitleaks');
    return { rows, perMib: inMemory / size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The whole of a file that is no larger than `room`, until the next is read. */
function readInto(room: Buffer, path: string): Buffer {
  const file = openSync(path, 'r');
  let length = 0;
  for (let got = -1; got !== 0; length += got) got = readSync(file, room, length, room.length - length, null);
  closeSync(file);
  return room.subarray(0, length);
}

function gitleaksTime(program: string, folder: string): number {
  const args = ['dir', folder, '--no-banner', '--exit-code', '0', '--log-level', 'error'];
  const rules = ['--enable-rule', 'jwt', '--enable-rule', 'jwt-base64'];
  let failed = false;
  const time = milliseconds(() => {
    const env = { ...process.env, GOMAXPROCS: '1' };
    const { status } = spawnSync(program, [...args, ...rules], { env, stdio: 'ignore' });
    failed = status !== 0;
  });
  if (failed) throw new Error('gitleaks ended with an error.');
  return time;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

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
  'base64 tokens, line by line': `${base64(bound)}\n`,
  'rows of eyJ within base64, a byte late': 'V5Sm',
  'rows of eyJ within base64, two bytes late': 'leUp',
  'eyJ and too little within base64': base64(`x${'eyJ'.padEnd(24, 'a')}\u0001x`),
  'eyJ and just enough within base64': base64(`xx${'eyJ'.padEnd(30, 'a')}\u0001`),
  'eyJ.eyJ. within base64': base64(' eyJ.eyJ.eyJ'),
  'rows of apiVersion encoded twice': 'WVhCc',
  'headers with a blank and nothing of a token': 'ewogaaaaaaaaaaaaaaaa.x ',
  'rows of a brace and a blank': 'eyAi',
  'the end of a line within base64': 'aaaaaaaaZXlK\n',
  'a beginning within base64, and a line break': 'GV5Sm\n',
  'tokens within base64': base64(`token: ${bound}`.padEnd(1200)),
};

/** In processor time; `usual` is what a MiB of the mixed files costs. */
function worst(usual: number): Row[] {
  let slowest = { name: '', perMib: 0, text: '' };
  let steepest = 0;
  for (const [name, unit] of Object.entries(WORST)) {
    const textOf = (size: number): string => unit.repeat(Math.ceil((size * MIB) / unit.length));
    // As much is read of both, as processor time is counted by ticks.
    const perMib = (text: string, times: number): number =>
      leastProcessor(3, () => {
        for (let time = 0; time < times; time++) for (const found of scanText(text)) void found;
      }) /
      ((text.length * times) / MIB);
    const one = perMib(textOf(1), 16);
    const text = textOf(16);
    const sixteen = perMib(text, 1);
    steepest = Math.max(steepest, sixteen / one);
    if (sixteen > slowest.perMib) slowest = { name, perMib: sixteen, text };
  }
  const factor = machineFactor();
  const peer = ripgrepPerMib(slowest.text);
  const times = slowest.perMib / usual;
  return [
    {
      row: 5,
      what: 'Worst input for the scanner, 1 → 16 MiB',
      figure: `${onReference(slowest.perMib, factor)} a MiB (${slowest.name}); 16 MiB costs ${steepest.toFixed(2)} × as much a MiB as 1 MiB`,
      peer: `ripgrep counting eyJ in it: ${peer.toFixed(1)} ms a MiB`,
      ratio: `${(peer / slowest.perMib).toFixed(2)} ×`,
      target: 'linear; ≤ 10 ms a MiB',
      held: slowest.perMib / factor <= 10 && steepest < 2,
    },
    {
      row: 5,
      what: 'The same beside the mixed files of row 4',
      figure: `${times.toFixed(1)} × as much a MiB`,
      peer: `${usual.toFixed(1)} ms a MiB`,
      ratio: '—',
      target: '≤ 4 ×',
      held: times <= 4,
    },
  ];
}

function ripgrepPerMib(text: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-bench-'));
  try {
    writeFileSync(join(folder, 'worst.txt'), text);
    const args = ['-j1', '-uu', '--count', '--no-filename', 'eyJ', folder];
    // It ends with 1 where there is none.
    return best(3, () => void spawnSync(ripgrep(), args, { stdio: 'ignore' })) / (text.length / MIB);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
export async function tokenRows(): Promise<Row[]> {
  const { rows, perMib } = await scanning();
  return [...rows, ...worst(perMib), ...(await editingRows()), fuzzing()];
}
