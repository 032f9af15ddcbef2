/** Rows 1 and 3: what activating the extension costs in the real extension host. */
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../sandbox/browser.ts';
import { startEditor } from '../../sandbox/editor.ts';
import { buildExtension } from '../../scripts/build.ts';
import type { Activation } from './activationHost.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out', 'bench');
const report = join(out, 'activation.jsonl');
const starts = 30;
/** Seconds that one start of the extension host may take. */
const patience = 60;

/** Starts the extension host over and over, and returns rows 1 and 3. */
export async function activationRows(say: (line: string) => void): Promise<Row[]> {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, 'workspace'), { recursive: true });
  await buildExtension();
  await copyMeasured();
  await build({
    absWorkingDir: root,
    entryPoints: ['test/bench/activationHost.ts'],
    outfile: join(out, 'activationHost.cjs'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    external: ['vscode'],
  });
  const found = await activations(say);
  const p95 = p95Of(found.map((one) => one.milliseconds));
  const processor = p95Of(found.map((one) => one.processorMilliseconds));
  const heaps = found.map((one) => one.heapBytes / 1e6).toSorted((a, b) => a - b);
  const heap = heaps[Math.floor(heaps.length / 2)] ?? Number.NaN;
  const client = clientHeap();
  const isClean = found.every((one) => !one.wasActive && !one.isClientLoaded);
  return [
    {
      row: 1,
      what: `Loading the bundle and activate, p95 of ${found.length}${isClean ? ', no client loaded' : ', NOT a cold start'}`,
      figure: `${p95.toFixed(1)} ms`,
      peer: '300 ms, where users complain',
      ratio: `${(300 / p95).toFixed(0)} ×`,
      target: '≤ 15 ms',
      held: isClean && p95 <= 15,
    },
    {
      row: 1,
      what: `The same in processor time, which a busy machine does not change, p95 of ${found.length}`,
      figure: `${processor.toFixed(1)} ms`,
      peer: '',
      ratio: '',
      target: '≤ 15 ms',
      held: processor <= 15,
    },
    {
      row: 3,
      what: 'Heap that activation adds, median',
      figure: `${heap.toFixed(2)} MB`,
      peer: `client-node alone ${client.toFixed(1)} MB`,
      ratio: `${(client / heap).toFixed(0)} ×`,
      target: '≤ 5 MB',
      held: heap <= 5,
    },
  ];
}

function p95Of(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;
}

/** Loads and activates the bundle as VS Code does, which does other things in between, and adds up what both took. */
const measured = `const processor = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};
const clock = () => performance.now();
const started = [clock(), processor()];
const extension = require('./dist/extension.cjs');
const loading = [clock() - started[0], processor() - started[1]];
exports.activate = (context) => {
  const called = [clock(), processor()];
  const found = extension.activate(context);
  globalThis.benchedActivation = {
    milliseconds: loading[0] + clock() - called[0],
    processorMilliseconds: loading[1] + processor() - called[1],
  };
  return found;
};`;

/** The extension as it is built, except that nothing activates it before the bench does, and that it is timed. */
async function copyMeasured(): Promise<void> {
  const copy = join(out, 'extension');
  await cp(join(root, 'dist'), join(copy, 'dist'), { recursive: true });
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as object;
  const changes = { activationEvents: [], main: './measured.cjs', type: 'commonjs' };
  await writeFile(join(copy, 'package.json'), JSON.stringify({ ...manifest, ...changes }));
  await writeFile(join(copy, 'measured.cjs'), measured);
}

async function activations(say: (line: string) => void): Promise<Activation[]> {
  await using ending = new AsyncDisposableStack();
  const editor = await startEditor({
    workspaceTrust: false,
    isForTests: true,
    env: () => ({ BENCH_REPORT: report, KUBECONFIG: join(out, 'none') }),
  });
  ending.defer(editor.stop);
  const browser = await openBrowser();
  ending.defer(async () => {
    await browser.close();
  });
  const url = editor.url({
    workspace: join(out, 'workspace'),
    extension: join(out, 'extension'),
    tests: join(out, 'activationHost.cjs'),
  });
  for (let start = 1; start <= starts; start += 1) {
    const page = await browser.newPage();
    await page.goto(url);
    const deadline = performance.now() + patience * 1000;
    while (reported().length < start) {
      if (performance.now() > deadline) throw new Error(`Start ${start} gave no report in ${patience} s.`);
      await sleep(100);
    }
    await page.close();
    if (start % 10 === 0) say(`${start} of ${starts} starts of the extension host`);
  }
  return reported();
}

function reported(): Activation[] {
  if (!existsSync(report)) return [];
  const lines = readFileSync(report, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Activation);
}

/** MB of heap that the Kubernetes client alone takes. */
function clientHeap(): number {
  const program = `gc(); const before = process.memoryUsage().heapUsed;
    await import('@kubernetes/client-node'); gc();
    console.log((process.memoryUsage().heapUsed - before) / 1e6);`;
  const args = ['--expose-gc', '--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}
