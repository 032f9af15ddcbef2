/** `npm run fuzz [-- COUNT [SEED]]`: reads that many made-up documents (1,000,000 unless said), and says what broke. */
import { makeDocument, readDocument } from './documents.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const first = Number(process.argv[3] ?? 1);
/** A document of some kilobytes that takes longer is a hang in the making, in milliseconds. */
const HANG = 1000;
const started = performance.now();
let tokens = 0;
let failures = 0;
let slowest = 0;
for (let seed = first; seed < first + count; seed++) {
  const text = makeDocument(seed);
  const before = performance.now();
  try {
    tokens += readDocument(text);
  } catch (error) {
    failures++;
    process.stdout.write(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  const took = performance.now() - before;
  slowest = Math.max(slowest, took);
  if (took > HANG) {
    failures++;
    process.stdout.write(`seed ${seed}: took ${took.toFixed(0)} ms\n`);
  }
  if (failures >= 20) break;
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
process.stdout.write(
  `${count} documents, ${tokens} tokens and fragments in ${seconds} s; slowest ${slowest.toFixed(1)} ms; ${failures} failures\n`,
);
process.exitCode = failures === 0 ? 0 : 1;
