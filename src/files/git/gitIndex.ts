/** No larger index is read, in bytes: it would name a million files. */
export const MAX_INDEX = 128 * 1024 * 1024;
/** How many entries are read before others may run. */
const PORTION = 500;
/** No longer path is read, in bytes: PATH_MAX of Linux. */
const MAX_PATH = 4096;
/**
 * How many bytes of paths are read for each byte of an index, and how many in any case. Version 4 shares the beginnings of
 * paths, so that some kilobytes could name gigabytes; an entry takes 65 bytes at least, and real paths are not much longer.
 */
const MAX_GROWTH = 4;
const MIN_PATHS = 1024 * 1024;

/** Bytes of an entry before its object's name: times, device, inode, mode, owner, group and size. */
const STAT = 40;
/** Where in an entry its mode is. */
const MODE = 24;
/** The mode of a folder that a sparse index holds instead of what is in it (its path ends with a slash). */
const FOLDER = 0o04_00_00;
const EXTENDED = 0x40_00;
/** The flags' bits that hold a path's length, or all of them where it is longer. */
const LENGTH = 0x0f_ff;
const utf8 = new TextDecoder();

/**
 * The paths that a repository's index names, from the repository's root, with slashes: the files that git tracks
 * (gitformat-index(5)), and ending with a slash the folders of which a sparse index does not say what is in them. Yields now
 * and then. Undefined where it cannot be told: the index is damaged, of a version that is not known, goes on in another file,
 * or names more than an index of its size would.
 */
export function* trackedPaths(index: Uint8Array): Generator<undefined, ReadonlySet<string> | undefined> {
  // The length of an object's name is the repository's configuration, not the index's own.
  const [short, long] = [yield* readEntries(index, 20), yield* readEntries(index, 32)];
  return short && long ? undefined : (short ?? long); // Made to be read in two ways.
}

/** Whether git tracks a path; undefined where it lies in a folder that a sparse index does not open up. */
export function isTrackedIn(paths: ReadonlySet<string>, path: string): boolean | undefined {
  if (paths.has(path)) return true;
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    if (paths.has(path.slice(0, slash + 1))) return undefined;
  }
  return false;
}

function* readEntries(index: Uint8Array, idLength: number): Generator<undefined, Set<string> | undefined> {
  const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
  if (index.length < 12 + idLength || view.getUint32(0) !== 0x44_49_52_43 /* DIRC */) return undefined;
  const version = view.getUint32(4);
  const count = view.getUint32(8);
  if (version < 2 || version > 4) return undefined;
  const paths = new Set<string>();
  const end = index.length - idLength;
  let at = 12;
  /** The path of the entry before, of which version 4 keeps the beginning. */
  const path = new Uint8Array(MAX_PATH);
  let length = 0;
  let left = index.length * MAX_GROWTH + MIN_PATHS;
  for (let entry = 0; entry < count; entry++) {
    if (entry % PORTION === PORTION - 1) yield;
    const start = at;
    at += STAT + idLength;
    if (at + 2 > end) return undefined;
    const flags = view.getUint16(at);
    at += (flags & EXTENDED) === 0 ? 2 : 4;
    let kept = 0;
    if (version === 4) {
      const [removed, next] = varint(index, at);
      at = next;
      kept = length - removed;
    }
    const nul = index.indexOf(0, at);
    // A path that no zero byte ends, or one behind the entries, is not as long as its flags say, or the entries do not end there.
    if (kept < 0) return undefined;
    length = kept + nul - at;
    left -= length;
    // git goes by the length that the flags tell, whatever ends the path.
    if (length > MAX_PATH || left < 0 || (flags & LENGTH) !== Math.min(length, LENGTH)) return undefined;
    path.set(index.subarray(at, nul), kept);
    const isFolder = view.getUint32(start + MODE) === FOLDER;
    if (isFolder !== (path[length - 1] === 0x2f)) return undefined;
    paths.add(utf8.decode(path.subarray(0, length)));
    at = version === 4 ? nul + 1 : start + ((nul - start + 8) & ~7);
  }
  return areExtensions(index, view, at, end) ? paths : undefined;
}

/** A number of variable width (git varint.c), and where it ends. */
function varint(bytes: Uint8Array, start: number): [value: number, end: number] {
  let at = start;
  let value = (bytes[at] ?? 0) & 0x7f;
  while (((bytes[at] ?? 0) & 0x80) !== 0 && at - start < 5) {
    at++;
    value = (value + 1) * 128 + ((bytes[at] ?? 0) & 0x7f);
  }
  return [value, at + 1];
}

/**
 * Whether what comes after the entries is nothing but extensions that change nothing about them: one whose name begins with
 * a capital letter may be passed over; `sdir` says that there are folders among the entries.
 */
function areExtensions(index: Uint8Array, view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at + 8 <= end) {
    const isOptional = (index[at] ?? 0) >= 0x41 && (index[at] ?? 0) <= 0x5a;
    if (!isOptional && utf8.decode(index.subarray(at, at + 4)) !== 'sdir') return false;
    at += 8 + view.getUint32(at + 4);
  }
  return at === end;
}
