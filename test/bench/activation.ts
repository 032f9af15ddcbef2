/** Rows 1 and 3: what activating the extension costs in the real extension host. */
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildExtension } from '../../scripts/build.ts';
import type { Activation } from './activationHost.ts';
import { reportsOf } from './host.ts';
import { onReference } from './machine.ts';
import { median, percentile } from './percentile.ts';
import type { Row } from './row.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const out = join(root, 'out', 'bench');
const starts = 30;
/** Seconds that one start of the extension host may take. */
const patience = 60;

/** Starts the extension host over and over, and returns rows 1 and 3. */
export async function activationRows(say: (line: string) => void): Promise<Row[]> {
  await rm(out, { recursive: true, force: true });
  await mkdir(join(out, 'workspace'), { recursive: true });
  await buildExtension();
  await copyMeasured();
  const found = await reportsOf<Activation>('activationHost', {
    out,
    workspace: join(out, 'workspace'),
    extension: join(out, 'extension'),
    starts,
    patience,
    onReport: (count) => {
      if (count % 10 === 0) say(`${count} of ${starts} starts of the extension host`);
    },
  });
  const p95 = percentile(
    found.map((one) => one.milliseconds),
    0.95,
  );
  const processor = percentile(
    found.map((one) => one.processorMilliseconds),
    0.95,
  );
  const heap = median(found.map((one) => one.heapBytes / 1e6));
  const factor = median(found.map((one) => one.factor));
  const client = clientHeap();
  const isClean = found.every((one) => !one.wasActive && !one.isClientLoaded);
  return [
    {
      row: 1,
      what: `Loading the bundle and activate in an editor at rest, p95 of ${found.length}${isClean ? ', no client loaded' : ', NOT a cold start'}`,
      figure: onReference(p95, factor),
      peer: '300 ms, where users complain',
      ratio: `${(300 / p95).toFixed(0)} ×`,
      target: '≤ 15 ms',
      held: isClean && p95 / factor <= 15,
    },
    {
      row: 1,
      what: `The same in processor time, which a busy machine does not change, p95 of ${found.length}`,
      figure: onReference(processor, factor),
      peer: '',
      ratio: '',
      target: '≤ 15 ms',
      held: processor / factor <= 15,
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

/** MB of heap that the Kubernetes client alone takes. */
function clientHeap(): number {
  const program = `gc(); const before = process.memoryUsage().heapUsed;
    await import('@kubernetes/client-node'); gc();
    console.log((process.memoryUsage().heapUsed - before) / 1e6);`;
  const args = ['--expose-gc', '--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
}
