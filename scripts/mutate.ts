/**
 * `npm run mutate [-- ROOM …]`: changes single expressions of the rooms that hold what must be right, and tells which of the
 * changes no test of that room notices. Lines are drawn by SEED (1), DRAWN (8) of each room. What is changed to the same is listed
 * in scripts/equivalent.ts with its reason. Fails below 92 % of a room.
 */
import { Stryker } from '@stryker-mutator/core';
import { globSync, mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equivalents } from './equivalent.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const seed = Number(process.env['SEED'] ?? 1);
const most = Number(process.env['DRAWN'] ?? 8);
const NEEDED = 0.92;

interface Room {
  readonly files: readonly string[];
  /** The tests that are about it: others may notice a change, too, and take longer. */
  readonly tests: readonly string[];
}

const unit = (folder: string): string => `test/unit/${folder}/**/*.test.ts`;

const rooms: Readonly<Record<string, Room>> = {
  token: { files: ['src/token/**/*.ts'], tests: [unit('token'), unit('problems')] },
  yaml: {
    files: ['src/yaml/**/*.ts'],
    tests: [unit('yaml'), unit('manifest'), unit('kubeconfig'), unit('problems')],
  },
  manifest: { files: ['src/manifest/**/*.ts'], tests: [unit('manifest'), unit('problems')] },
  kubeconfig: { files: ['src/kubeconfig/**/*.ts'], tests: [unit('kubeconfig'), unit('problems')] },
  authentication: { files: ['src/authentication/**/*.ts'], tests: [unit('authentication')] },
  authorization: { files: ['src/authorization/**/*.ts'], tests: [unit('authorization')] },
  refusal: { files: ['src/refusal/**/*.ts'], tests: [unit('refusal')] },
  since124: { files: ['src/since124/**/*.ts'], tests: [unit('since124')] },
  audit: { files: ['src/audit/**/*.ts'], tests: [unit('audit')] },
  issued: { files: ['src/issued/**/*.ts'], tests: [unit('ledger')] },
  git: { files: ['src/files/git/**/*.ts'], tests: [unit('files'), 'test/hostile/git.test.ts'] },
  secretFile: {
    files: ['src/files/secretFile.ts', 'src/files/links.ts'],
    tests: ['test/unit/files/{secretFile*,links}.test.ts'],
  },
  redaction: {
    files: ['src/redact.ts', 'src/harmless.ts'],
    tests: ['test/unit/{redact,harmless}.test.ts', 'test/unit/token/broken.test.ts'],
  },
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !(name in rooms));
if (unknown.length > 0)
  throw new Error(`There is no room ${unknown.join(', ')}; there are ${Object.keys(rooms).join(', ')}.`);
const names = chosen.length > 0 ? chosen : Object.keys(rooms);

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomOf(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Some of a room's lines with code, as ranges that Stryker takes. */
function linesOf(patterns: readonly string[]): readonly string[] {
  const random = randomOf(seed);
  const all: { readonly range: string; readonly key: number }[] = [];
  for (const pattern of patterns) {
    for (const file of globSync(pattern, { cwd: root }).toSorted()) {
      for (const [index, line] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
        if (/^\s*(?:$|\/\/|\/?\*|import\b|export (?:type|interface)\b|readonly\b|[)}\]]+[;,]?$)/.test(line))
          continue;
        all.push({ range: `${file}:${index + 1}:0-${index + 1}:${line.length}`, key: random() });
      }
    }
  }
  return all
    .toSorted((one, other) => one.key - other.key)
    .slice(0, most)
    .map(({ range }) => range);
}

/** A text between two places of a file. */
function textAt(file: string, start: Place, end: Place): string {
  const lines = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .slice(start.line - 1, end.line);
  const last = lines.length - 1;
  return lines
    .map((line, index) =>
      line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined),
    )
    .join('\n');
}

/** Lines and columns counted from 1, as results have them; ranges that are drawn have columns from 0. */
interface Place {
  readonly line: number;
  readonly column: number;
}

let isGood = true;
mkdirSync(join(root, 'out'), { recursive: true });
const mutate = new Map<string, readonly string[]>();
for (const name of names) mutate.set(name, linesOf(rooms[name]?.files ?? []));
process.env['MUTATE_TESTS'] = JSON.stringify(names.flatMap((name) => rooms[name]?.tests ?? []));
const results = await new Stryker({
  mutate: [...mutate.values()].flat(),
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'scripts/mutate.vitest.ts', related: true },
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 20_000,
  tempDirName: 'out/mutation',
  ignorePatterns: ['out', 'dist', '.git'],
  tsconfigFile: 'none.json',
  reporters: ['progress'],
  allowConsoleColors: false,
}).runMutationTest();
type MutantResult = (typeof results)[number];
const fileOf = ({ fileName }: MutantResult): string => relative(root, fileName).replaceAll('\\', '/');

/** Whether a test fails, does not end, or cannot even be loaded. Throws where none was run that could notice. */
function isNoticed(result: MutantResult): boolean {
  const { status, testsCompleted } = result;
  if (status === 'Survived' && testsCompleted === 0) {
    if (result.static === true) return true;
    throw new Error(`No test was run of those that run ${fileOf(result)}:${result.location.start.line}.`);
  }
  return status === 'Killed' || status === 'Timeout' || status === 'RuntimeError';
}

for (const [name, ranges] of mutate) {
  const files = new Set(ranges.map((range) => range.split(':')[0]));
  const counted = results.filter((result) => {
    const file = fileOf(result);
    if (!files.has(file) || result.status === 'Ignored' || result.status === 'CompileError') return false;
    const { start, end } = result.location;
    const original = textAt(file, start, end);
    const before = textAt(file, { line: start.line, column: 1 }, start);
    return !equivalents.some(
      (one) =>
        one.file === file &&
        one.original === original &&
        before.endsWith(one.behind ?? '') &&
        one.replacements.includes(result.replacement ?? ''),
    );
  });
  const unnoticed = counted.filter((result) => !isNoticed(result));
  const noticed = counted.length - unnoticed.length;
  const share = counted.length === 0 ? 1 : noticed / counted.length;
  isGood &&= share >= NEEDED;
  process.stdout.write(`${name}: ${noticed} of ${counted.length} noticed (${(share * 100).toFixed(0)} %)\n`);
  for (const result of unnoticed) {
    const { location, replacement, status } = result;
    const file = fileOf(result);
    const original = textAt(file, location.start, location.end);
    process.stdout.write(
      `  ${file}:${location.start.line}:${location.start.column} ${original} → ${replacement ?? ''}${status === 'NoCoverage' ? ' (no test runs it)' : ''}\n`,
    );
  }
}
process.exitCode = isGood ? 0 : 1;
