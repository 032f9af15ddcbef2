/** No larger index is read, in bytes: it would name a million files. */
export const MAX_INDEX = 128 * 1024 * 1024;
/** How many entries are read before others may run. */
const PORTION = 2000;

/** Bytes of an entry before its object's name: times, device, inode, mode, owner, group and size. */
const STAT = 40;
const EXTENDED = 0x40_00;
const utf8 = new TextDecoder();

/**
 * The paths that a repository's index names, from the repository's root, with slashes: the files that git tracks
 * (gitformat-index(5)). Yields now and then. Undefined where it cannot be told: the index is damaged, of a version that is
 * not known, or goes on in another file.
 */
export function* trackedPaths(index: Uint8Array): Generator<undefined, ReadonlySet<string> | undefined> {
  // The length of an object's name is the repository's configuration, not the index's own.
  return (yield* readEntries(index, 20)) ?? (yield* readEntries(index, 32));
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
  let path: Uint8Array = new Uint8Array();
  for (let entry = 0; entry < count; entry++) {
    if (entry % PORTION === PORTION - 1) yield;
    const start = at;
    at += STAT + idLength;
    if (at + 2 > end) return undefined;
    at += (view.getUint16(at) & EXTENDED) === 0 ? 2 : 4;
    let kept = 0;
    if (version === 4) {
      const [removed, next] = varint(index, at);
      at = next;
      kept = path.length - removed;
    }
    const nul = index.indexOf(0, at);
    if (nul < 0 || nul >= end || kept < 0) return undefined;
    const suffix = index.subarray(at, nul);
    path = kept === 0 ? suffix : joined(path.subarray(0, kept), suffix);
    paths.add(utf8.decode(path));
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

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const both = new Uint8Array(head.length + tail.length);
  both.set(head);
  both.set(tail, head.length);
  return both;
}

/** Whether what comes after the entries is nothing but extensions, and none of them names another file (`link`). */
function areExtensions(index: Uint8Array, view: DataView, start: number, end: number): boolean {
  let at = start;
  while (at + 8 <= end) {
    if (utf8.decode(index.subarray(at, at + 4)) === 'link') return false;
    at += 8 + view.getUint32(at + 4);
  }
  return at === end;
}
