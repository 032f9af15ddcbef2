/**
 * Runs every check and every suite, or only those named (`npm test -- unit lint`), or of one suite only the files whose
 * paths have a part named (`npm test -- unit token/find`), and ends with one line:
 * `N passed, N failed`. A suite writes its counts to `out/results/<name>.json`; a check counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { isWindows } from './system.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'out', 'results');

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the step writes its own counts, in the shape of vitest's JSON reporter. */
  readonly counts?: boolean;
  /** Whether it runs on the oldest editor that is supported, not on the newest. */
  readonly isOldest?: boolean;
  /** Parts of the paths of the files that are run where the step is not named: those that use most of the editor's API. */
  readonly usual?: readonly string[];
}

const vitest = (project: string, name = project): Step => ({
  name,
  command: [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(results, `${name}.json`)}`,
  ],
  counts: true,
});

/** One after the other: what says soonest that something is wrong comes first. */
const first: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'oldest types', command: ['tsc', '--noEmit', '-p', 'src'] },
  { name: 'page types', command: ['tsc', '--noEmit', '-p', 'media'] },
  { name: 'workflows', command: ['node', 'scripts/workflows.ts'] },
  { name: 'package', command: ['node', 'scripts/package.ts'] },
  vitest('unit'),
  { name: 'control plane', command: ['node', 'scripts/controlPlane.ts'] },
];
const host: Step = { name: 'host', command: ['node', 'test/host/run.ts'], counts: true };
const hostOldest: Step = {
  ...host,
  name: 'host oldest',
  isOldest: true,
  usual:
    'clipboard completion contexts hover inspector kubernetesExtension lenses models problems.test tree wizards'.split(
      ' ',
    ),
};
/** Only where it is named: it takes as long as on the newest editor. */
const uiOldest: Step = { ...vitest('ui', 'ui oldest'), isOldest: true };
/** Side by side, as each waits for its cluster most of the time; a lane's steps one after the other. */
const lanes: readonly (readonly Step[])[] = [
  [vitest('cluster'), vitest('hostile'), vitest('page'), host, hostOldest],
  [vitest('ui'), uiOldest],
];
const steps = [...first, ...lanes.flat()];

interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** What failed, by name, so that nobody has to look for it among the lines of two lanes. */
  readonly names: readonly string[];
}

/** What of vitest's JSON reporter is read here. */
interface Report {
  readonly numPassedTests: number;
  readonly numTotalTests: number;
  readonly numPendingTests: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** `isNamed`: each line says whose it is, as steps of several lanes write at once. */
async function run(
  { name, command: [program = '', ...args], counts = false, isOldest = false }: Step,
  isNamed: boolean,
): Promise<Counts> {
  process.stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: isNamed ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      shell: isWindows(),
      env: { ...process.env, ...(isOldest && { OLDEST_EDITOR: '1' }) },
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => process.stdout.write(`${name} │ ${line}\n`));
    }
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const found = counts
    ? await readCounts(name)
    : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, names: code === 0 ? [] : [name] };
  // A suite that ended badly without a failed test crashed: that is a failure too.
  const counted =
    code !== 0 && found.failed === 0
      ? { ...found, failed: 1, names: [`${name}: ended with ${String(code)} and no failed test`] }
      : found;
  process.stdout.write(`── ${name}: ${counted.passed} passed, ${counted.failed} failed in ${seconds} s\n`);
  return counted;
}

async function readCounts(name: string): Promise<Counts> {
  let report: Report;
  try {
    report = JSON.parse(await readFile(join(results, `${name}.json`), 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: 1, names: [`${name}: no report, as it ended before it could write one`] };
  }
  return {
    passed: report.numPassedTests,
    failed: report.numTotalTests - report.numPassedTests - report.numPendingTests,
    names: (report.testResults ?? []).flatMap((file) => {
      const failed = file.assertionResults.filter(({ status }) => status === 'failed');
      const whole = file.status === 'failed' && failed.length === 0 ? [firstLine(file.message)] : [];
      return [
        ...failed.map((test) => `${test.fullName}: ${firstLine(test.failureMessages?.[0])}`),
        ...whole,
      ].map((text) => `${name}: ${relative(root, file.name)}: ${text}`);
    }),
  };
}

/** @returns The first line of what a test says of its failure, in at most 300 UTF-16 code units. */
const firstLine = (text = ''): string =>
  (stripVTControlCharacters(text).split('\n', 1)[0] ?? '').slice(0, 300);

const given = process.argv.slice(2);
const named = given.filter((name) => steps.some((step) => step.name === name));
/** Behind the name of one suite: parts of the paths of its files. */
const parts = given.filter((name) => !named.includes(name));
const isOneSuite =
  named.length === 1 && steps.some(({ name, counts }) => counts === true && name === named[0]);
if (parts.length > 0 && !isOneSuite) {
  process.stderr.write(
    `No such step: ${parts.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.\n`,
  );
  process.exit(2);
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
const chosen = (step: Step): boolean => (named.length === 0 ? step !== uiOldest : named.includes(step.name));
const all: Counts[] = [];
const inPart = (step: Step): Step => ({
  ...step,
  command: [...step.command, ...(named.length === 0 ? (step.usual ?? []) : parts)],
});
for (const step of first.filter(chosen)) all.push(await run(inPart(step), false));
const busy = lanes.map((lane) => lane.filter(chosen)).filter((lane) => lane.length > 0);
await Promise.all(
  busy.map(async (lane) => {
    for (const step of lane) all.push(await run(inPart(step), busy.length > 1));
  }),
);
const passed = all.reduce((sum, counts) => sum + counts.passed, 0);
const failed = all.reduce((sum, counts) => sum + counts.failed, 0);
const names = all.flatMap((counts) => counts.names);
if (names.length > 0) process.stdout.write(`\nFailed:\n${names.map((name) => `  ${name}\n`).join('')}`);
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
