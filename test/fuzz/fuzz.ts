/**
 * `npm run fuzz [-- COUNT [SEED]]`: reads that many made-up documents (1,000,000 unless said), every second one with
 * tokens planted in it that must be found, each at its place, and nothing else; then some of a size and depth that break
 * readers. Says what broke.
 */
import { makeDocument, readDocument } from './documents.ts';
import { monsters } from './monsters.ts';
import { checkPlanted, plant } from './planted.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const first = Number(process.argv[3] ?? 1);
/** In milliseconds: what other programs do meanwhile does not count. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** A document of some kilobytes that takes longer is a hang in the making, in milliseconds of processor time. */
const HANG = 1000;
/** The same for each MiB of a monster. */
const HANG_PER_MIB = 200;
const started = performance.now();
let tokens = 0;
let failures = 0;
let slowest = 0;

function run(name: string, most: number, read: () => number): void {
  const before = processorTime();
  try {
    tokens += read();
  } catch (error) {
    failures++;
    process.stdout.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  const took = processorTime() - before;
  slowest = Math.max(slowest, took);
  if (took <= most) return;
  failures++;
  process.stdout.write(`${name}: took ${took.toFixed(0)} ms\n`);
}

for (let seed = first; seed < first + count && failures < 20; seed++) {
  run(`seed ${seed}`, HANG, () => {
    if (seed % 2 === 0) return readDocument(makeDocument(seed));
    const document = plant(seed);
    checkPlanted(document);
    return document.planted.length;
  });
  if ((seed - first + 1) % 100_000 === 0) process.stdout.write(`… ${seed - first + 1} documents\n`);
}
const slowestOfMany = slowest;
for (const { name, make } of monsters) {
  const text = make(100);
  run(name, HANG + (HANG_PER_MIB * text.length) / 1024 / 1024, () => readDocument(text));
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(
  `${count} documents and ${monsters.length} of 100 MB, ${tokens} tokens and fragments in ${seconds} s; ` +
    `slowest document ${slowestOfMany.toFixed(1)} ms; ${failures} failures\n`,
);
process.exitCode = failures === 0 ? 0 : 1;
