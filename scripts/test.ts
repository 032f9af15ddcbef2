/**
 * Runs every check and every suite, or only those named (`npm test -- unit lint`), and ends with one line:
 * `N passed, N failed`. A suite writes its counts to `out/results/<name>.json`; a check counts as one.
 */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = join(root, 'out', 'results');

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the step writes its own counts, in the shape of vitest's JSON reporter. */
  readonly counts?: boolean;
}

const vitest = (project: string): Step => ({
  name: project,
  command: [
    'vitest',
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(results, `${project}.json`)}`,
  ],
  counts: true,
});

const steps: readonly Step[] = [
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'dead code', command: ['knip'] },
  { name: 'format', command: ['oxfmt', '--check', '.'] },
  { name: 'page types', command: ['tsc', '--noEmit', '-p', 'media/inspector'] },
  { name: 'package', command: ['node', 'scripts/package.ts'] },
  vitest('unit'),
  vitest('page'),
  vitest('cluster'),
  { name: 'host', command: ['node', 'test/host/run.ts'], counts: true },
  vitest('ui'),
];

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

async function run({ name, command: [program = '', ...args], counts = false }: Step): Promise<Counts> {
  process.stdout.write(`\n── ${name}\n`);
  const started = performance.now();
  const code = await new Promise<number>((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    child.once('error', reject);
    child.once('close', (status) => {
      resolve(status ?? 1);
    });
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const found = counts ? await readCounts(name) : { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  // A suite that ended badly without a failed test crashed: that is a failure too.
  const counted = code !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
  process.stdout.write(`── ${name}: ${counted.passed} passed, ${counted.failed} failed in ${seconds} s\n`);
  return counted;
}

async function readCounts(name: string): Promise<Counts> {
  try {
    const report = JSON.parse(await readFile(join(results, `${name}.json`), 'utf8')) as {
      numPassedTests: number;
      numTotalTests: number;
      numPendingTests: number;
    };
    return {
      passed: report.numPassedTests,
      failed: report.numTotalTests - report.numPassedTests - report.numPendingTests,
    };
  } catch {
    return { passed: 0, failed: 1 }; // No report: the suite ended before it could write one.
  }
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `No such step: ${unknown.join(', ')}. There are: ${steps.map((step) => step.name).join(', ')}.\n`,
  );
  process.exit(2);
}

await rm(results, { recursive: true, force: true });
await mkdir(results, { recursive: true });
let passed = 0;
let failed = 0;
for (const step of steps) {
  if (named.length > 0 && !named.includes(step.name)) continue;
  const counts = await run(step);
  passed += counts.passed;
  failed += counts.failed;
}
process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
