import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { dirname, join, parse, resolve, win32 } from 'node:path';
import { Problem } from '../errors.ts';
import { isDeviceOnWindows } from './inside.ts';
import { home, isWindows } from './system.ts';

/** No certificate, key or token is longer, in bytes. */
export const MOST_CREDENTIAL = 1024 * 1024;
/** Bigger than any kubeconfig, in bytes. */
export const MOST_KUBECONFIG = 16 * 1024 * 1024;
/** How much is read at once, in bytes. */
const CHUNK = 64 * 1024;
/** As many links as Linux follows in one path (path_resolution(7)). */
const MOST_LINKS = 40;

/** How a file may be read whose path stands in a text of somebody else. */
export interface Reading {
  /** What is longer is none, in bytes. Counted while it is read: what a file says of its size need not be true. */
  readonly most: number;
  /** Whether the person named the path, so that it may lie on another machine. */
  readonly isOwn?: boolean;
}

/** Never waits for the other end of a pipe, and makes no terminal ours; Windows knows neither. */
export const TO_READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Reads a file as UTF-8 whose path stands in a text of somebody else, as a kubeconfig's CA file: a regular file within the
 * limit, wherever links lead, and nothing that lies on another machine, as to look at that is a request already. Throws
 * bad-input where it is anything else, and Node's own error where it cannot be read.
 */
export async function readNamedFile(path: string, reading: Reading): Promise<string> {
  return (await readNamedBytes(path, reading)).toString('utf8');
}

/** Reads such a file's bytes. Throws as `readNamedFile` does. */
export async function readNamedBytes(path: string, reading: Reading): Promise<Buffer> {
  refuseOthers(path, await statNamedFile(path, reading)); // To open a device can act by itself.
  const handle = await open(path, TO_READ);
  try {
    refuseOthers(path, await handle.stat()); // Another may be there since.
    const parts = new Parts(path, reading);
    while (parts.add((await handle.read(parts.room, 0, CHUNK, null)).bytesRead));
    return parts.bytes();
  } finally {
    await handle.close();
  }
}

/** Looks at such a file. Throws bad-input where to look is a request, and Node's own error where there is none. */
export async function statNamedFile(path: string, reading: Pick<Reading, 'isOwn'> = {}): Promise<Stats> {
  checkPath(path, reading);
  return await stat(path);
}

/** Reads such a file at once, for where nobody can wait. Throws as `readNamedFile` does. */
export function readNamedFileSync(path: string, reading: Reading): string {
  return readNamedBytesSync(path, reading).toString('utf8');
}

/** The same for a file that need not be UTF-8. */
export function readNamedBytesSync(path: string, reading: Reading): Buffer {
  checkPath(path, reading);
  refuseOthers(path, statSync(path));
  const handle = openSync(path, TO_READ);
  try {
    refuseOthers(path, fstatSync(handle));
    const parts = new Parts(path, reading);
    while (parts.add(readSync(handle, parts.room, 0, CHUNK, null)));
    return parts.bytes();
  } finally {
    closeSync(handle);
  }
}

/** What was read so far. */
class Parts {
  readonly room = Buffer.allocUnsafe(CHUNK);
  readonly #path: string;
  readonly #most: number;
  readonly #parts: Buffer[] = [];
  #size = 0;

  constructor(path: string, { most }: Reading) {
    this.#path = path;
    this.#most = most;
  }

  /** Keeps as many bytes of the room; returns whether there may be more. */
  add(bytes: number): boolean {
    this.#size += bytes;
    if (this.#size > this.#most) {
      const most = this.#most.toLocaleString('en');
      throw new Problem('bad-input', `${this.#path} is longer than ${most} bytes, too long to be read.`);
    }
    if (bytes > 0) this.#parts.push(Buffer.from(this.room.subarray(0, bytes)));
    return bytes > 0;
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}

/** Throws bad-input where what was found at a path is no regular file. */
function refuseOthers(path: string, found: Stats): void {
  if (found.isFile()) return;
  const what = found.isDirectory()
    ? 'a folder'
    : found.isFIFO()
      ? 'a pipe'
      : found.isSocket()
        ? 'a socket'
        : 'a device';
  throw new Problem('bad-input', `${path} is ${what}, not a file. It was not read.`);
}

/**
 * That to look at a path is no request to another machine and wakes no device, on Windows, where a path alone can do
 * both. Touches nothing elsewhere: links are read before they are followed. Throws bad-input.
 */
export function checkPath(
  path: string,
  { isOwn = false }: Pick<Reading, 'isOwn'> = {},
  platform?: NodeJS.Platform,
): void {
  if (!isWindows(platform) || isOwn) return;
  let at = path;
  refuseElsewhere(path, at);
  for (let followed = 0; ; followed++) {
    const link = firstLink(at);
    if (!link) return;
    if (followed === MOST_LINKS) throw new Problem('bad-input', `${path} leads through too many links.`);
    const to = readlinkSync(link.path);
    refuseElsewhere(path, to);
    at = join(resolve(dirname(link.path), to), link.rest);
    refuseElsewhere(path, at);
  }
}

/** The first part of a path that is a link; undefined where none is, or where the path ends before. */
function firstLink(path: string): { readonly path: string; readonly rest: string } | undefined {
  const { root } = parse(path);
  const parts = path.slice(root.length).split(/[\\/]/);
  let at = root;
  for (const [index, part] of parts.entries()) {
    at = join(at, part);
    const found = lstatSync(at, { throwIfNoEntry: false });
    if (!found) return undefined;
    if (found.isSymbolicLink()) return { path: at, rest: join(...parts.slice(index + 1)) };
  }
  return undefined;
}

function refuseElsewhere(path: string, at: string): void {
  if (/^[\\/]{2}[.?][\\/]|^\\\?\?\\/.test(at) || isDeviceOnWindows(at)) {
    throw new Problem('bad-input', `${path} is a device, not a file. It was not read.`);
  }
  // A share is the person's own where their home folder is on it.
  if (/^[\\/]{2}/.test(at) && !isSameShare(at, home())) {
    throw new Problem(
      'bad-input',
      `${path} is on another machine (${at}), and to look there would be a request to it. It was not read.`,
    );
  }
}

function isSameShare(one: string, other: string): boolean {
  const root = (path: string): string => win32.parse(win32.normalize(path)).root.toLowerCase();
  return root(one) === root(other);
}
