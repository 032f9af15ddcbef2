/**
 * One of some threads that go through a folder's files: a path in which something may be found is told to the extension that
 * started it, and nothing of what a file holds.
 */
import { closeSync, existsSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { messageOf, Problem } from '../errors.ts';
import type { linesIn as LinesIn } from '../since124/foundLines.ts';
import { canMatter, isKustomization, longestInBytes } from '../since124/needles.ts';
import { firstBeginning } from '../token/beginnings.ts';
import { inOneGo } from '../slices.ts';
import { isBinary, wideEncoding } from './git/binary.ts';
import { walkFolder, type Disk, type Walked } from './git/walk.ts';
import { TO_READ } from './named.ts';

/** What the thread is told: a folder's path, and what is walked of it. */
export interface SieveRequest {
  readonly root: string;
  readonly walked: Walked;
  /** Larger files are not read, in bytes. */
  readonly most: number;
  /** All of so many threads walk the folder; of its files each reads those that are its own, by their number. */
  readonly threads: number;
  /** Which of them it is, from 0 on: the first tells of the folders too. */
  readonly thread: number;
  /** Files that are told of whatever they hold, relative to the folder, with slashes: an editor has other text for them. */
  readonly always: readonly string[];
}

/** What it tells since it last did: paths relative to the folder, with slashes. */
export interface Sieved {
  /** Of texts in which something may be found. */
  readonly found: string[];
  /** How many other texts there were, how many files that are no text, and how many files and folders .gitignore left out. */
  texts: number;
  binaries: number;
  ignored: number;
  /** What could not be read, and why, in words. */
  readonly unreadable: (readonly [path: string, reason: string])[];
  readonly hasEnded: boolean;
}

/** It tells after so many milliseconds. */
const PATIENCE = 50;

const utf8 = new TextDecoder();
let room = Buffer.allocUnsafeSlow(1024 * 1024);

/** The whole of a regular file, until the next is read. Throws where it is none, or longer than `most` bytes. */
function read(path: string, most: number): Uint8Array {
  const file = openSync(path, TO_READ);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new Problem('bad-input', 'It is no file that can be read.');
    if (stats.size > most) {
      throw new Problem('bad-input', `too large (${Math.round(stats.size / 1024 / 1024)} MB)`);
    }
    // What says so is empty, or made while it is read, as in /proc, and may have no end.
    if (stats.size === 0) return room.subarray(0, 0);
    if (room.length <= stats.size) room = Buffer.allocUnsafeSlow(2 * stats.size);
    let length = 0;
    // It ends where it said so: what is added meanwhile is of another time.
    for (let got = -1; got !== 0 && length < stats.size; length += got) {
      got = readSync(file, room, length, room.length - length, null);
    }
    return room.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

const diskAt = (root: string): Disk => ({
  list: (folder) =>
    readdirSync(join(root, folder), { withFileTypes: true }).map((entry) => ({
      name: entry.name,
      kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other',
    })),
  exists: (path) => existsSync(join(root, path)),
  readIgnore: (file, most) => {
    try {
      return new TextDecoder().decode(read(join(root, file), most));
    } catch (error) {
      if (Problem.is(error)) throw error;
      return ''; // There is no such file, or none that rules could be read from.
    }
  },
});

type What = 'found' | 'text' | 'binary';

/** What a file is, by its path in the folder and its bytes. */
function whatIs(path: string, bytes: Uint8Array, linesIn: typeof LinesIn): What {
  if (wideEncoding(bytes)) return 'found';
  if (isBinary(bytes)) return 'binary';
  if (firstBeginning(bytes) >= 0) return 'found';
  // A line that breaks since Kubernetes 1.24.
  if (bytes.length > longestInBytes(path) || !canMatter(path, bytes)) return 'text';
  // What is to be said of it rests on the files that it names, which the extension reads.
  if (isKustomization(path)) return 'found';
  return inOneGo(linesIn(path, utf8.decode(bytes))).length > 0 ? 'found' : 'text';
}

/** Goes through a folder's files, and tells of them now and then. Throws what ends it. */
async function goThrough(request: SieveRequest): Promise<void> {
  const { root, walked, most, threads, thread } = request;
  const { linesIn } = await import('../since124/door.ts');
  const open = new Set(request.always);
  const nothing = (): Sieved => ({
    found: [],
    unreadable: [],
    texts: 0,
    binaries: 0,
    ignored: 0,
    hasEnded: false,
  });
  let sieved = nothing();
  let told = performance.now();
  const look = (path: string): void => {
    try {
      const what = open.has(path) ? 'found' : whatIs(path, read(join(root, path), most), linesIn);
      if (what === 'found') sieved.found.push(path);
      else if (what === 'binary') sieved.binaries += 1;
      else sieved.texts += 1;
    } catch (error) {
      sieved.unreadable.push([path, messageOf(error)]);
    }
  };
  const batches = walkFolder(diskAt(root), walked, {
    onIgnored: () => {
      if (thread === 0) sieved.ignored += 1;
    },
    onUnreadable: (path, error) => {
      if (thread === 0) sieved.unreadable.push([path, messageOf(error)]);
    },
    run: inOneGo,
    isWanted: () => true, // It is ended with its thread.
  });
  let number = 0;
  for await (const batch of batches) {
    for (const path of batch) {
      if (number++ % threads !== thread) continue;
      look(path);
      if (performance.now() - told < PATIENCE) continue;
      parentPort?.postMessage(sieved);
      sieved = nothing();
      told = performance.now();
    }
  }
  parentPort?.postMessage({ ...sieved, hasEnded: true });
}

parentPort?.once('message', (request: SieveRequest) => void goThrough(request));
