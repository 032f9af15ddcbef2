/**
 * `npm run fuzz [-- COUNT [SEED]]`: reads that many made-up documents (1,000,000 unless said): tokens among what breaks
 * readers, tokens that must be found at their places and nothing else, files of Kubernetes and Terraform with some of them
 * changed, indexes of repositories and ignore rules; then some of a size and depth that break readers. All that runs when a
 * file is opened runs on each. Says what broke, and what kept the editor waiting.
 */
import { fuzzAuditLines } from './auditLines.ts';
import { makeDocument, readDocument } from './documents.ts';
import { makeFile, makeIgnoreFile, makeIndex } from './files.ts';
import { monsters } from './monsters.ts';
import { openIgnoreFile, openIndex, openText } from './opening.ts';
import { ignoreMonsters, indexMonsters, parserMonsters } from './parserMonsters.ts';
import { checkPlanted, plant } from './planted.ts';
import { processorTime, Watch } from './watch.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const first = Number(process.argv[3] ?? 1);
/** For how long the extension host may be blocked by any file, in milliseconds of processor time. */
const BLOCKED = 100;
/** All that is done with a document of some kilobytes, and for each MiB of a larger one, in milliseconds of processor time. */
const HANG = 1000;
const HANG_PER_MIB = 200;
/** What may be done with a file of any size, in slices, in milliseconds of processor time. */
const WORK = 5000;
/** The size of monsters that can be of any, in MB: VS Code shows extensions no larger document. */
const SIZE = 50;

/** More failures need not be seen. */
const MOST_FAILURES = 20;

const started = performance.now();
let tokens = 0;
let failures = 0;
let slowest = 0;
let longest = 0;

function fail(message: string): void {
  failures++;
  process.stdout.write(`${message}\n`);
}

/** Does what is done with one document. It is done again under watch where it took longer than anything in it may. */
function run(name: string, work: (watch: Watch) => void): void {
  const before = processorTime();
  try {
    work(new Watch(() => 0));
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    return;
  }
  const took = processorTime() - before;
  slowest = Math.max(slowest, took);
  if (took > HANG) fail(`${name}: took ${took.toFixed(0)} ms`);
  if (took > BLOCKED) watched(name, work);
}

/** What blocks is looked at again, as it may have been V8 tidying up after others. */
function watched(name: string, work: (watch: Watch) => void, tries = 3): void {
  const watch = new Watch();
  work(watch);
  if (watch.longest > BLOCKED && tries > 1) {
    watched(name, work, tries - 1);
    return;
  }
  longest = Math.max(longest, watch.longest);
  if (watch.longest > BLOCKED) fail(`${name}: ${watch.name} blocks for ${watch.longest.toFixed(0)} ms`);
}

/** The same for a monster, in milliseconds of processor time for each MiB. */
function runMonster(name: string, size: number, work: (watch: Watch) => void): void {
  let took = 0;
  try {
    watched(name, (watch) => {
      const before = processorTime();
      work(watch);
      took = processorTime() - before;
    });
  } catch (error) {
    fail(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (took > WORK + (HANG_PER_MIB * size) / 1024 / 1024) fail(`${name}: took ${took.toFixed(0)} ms`);
}

/** What is done with the document of a number. */
function read(seed: number, watch: Watch): void {
  switch (seed % 8) {
    case 0:
      tokens += readDocument(makeDocument(seed));
      return;
    case 1:
      openText(makeDocument(seed), watch);
      return;
    case 2:
      tokens += readDocument(makeFile(seed));
      return;
    case 3:
      openText(makeFile(seed), watch);
      return;
    case 4:
      openIndex(makeIndex(seed), watch);
      return;
    case 5: {
      const { text, path } = makeIgnoreFile(seed);
      openIgnoreFile(text, path, watch);
      return;
    }
    default: {
      const document = plant(seed);
      checkPlanted(document);
      tokens += document.planted.length;
    }
  }
}

for (let seed = first; seed < first + count; seed++) {
  if (failures >= MOST_FAILURES) break;
  run(`seed ${seed}`, (watch) => {
    read(seed, watch);
  });
  if ((seed - first + 1) % 100_000 === 0) process.stdout.write(`… ${seed - first + 1} documents\n`);
}
for (const { name, make } of monsters) {
  const text = flat(make(SIZE));
  runMonster(name, text.length, (watch) => {
    tokens += readDocument(text);
    openText(text, watch);
  });
}
for (const { name, make } of parserMonsters) {
  const text = flat(make());
  runMonster(name, text.length, (watch) => {
    openText(text, watch);
  });
}
for (const { name, make } of indexMonsters) {
  const bytes = make();
  runMonster(name, bytes.length, (watch) => {
    openIndex(bytes, watch);
  });
}
for (const { name, make, path } of ignoreMonsters) {
  const text = flat(make());
  runMonster(name, text.length, (watch) => {
    openIgnoreFile(text, path, watch);
  });
}
fuzzAuditLines(count, first, fail);
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const all = [monsters, parserMonsters, indexMonsters, ignoreMonsters].flat().length;
process.stdout.write(
  `${count} documents, as many lines of audit logs and ${all} monsters, ${tokens} tokens and fragments in ${seconds} s; slowest document ` +
    `${slowest.toFixed(1)} ms; longest block ${longest.toFixed(1)} ms; ${failures} failures\n`,
);
process.exitCode = failures === 0 ? 0 : 1;

/** The same text in one piece of memory, as an editor's is. */
function flat(text: string): string {
  text.charCodeAt(text.length - 1);
  return text;
}
