import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
  link,
  lstat,
  mkdir,
  open,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { constants as osConstants } from 'node:os';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { codeOf, messageOf, Problem } from '../errors.ts';
import { isInGit, isInside, isOddOnWindows } from './inside.ts';
import { held, placeOf } from './links.ts';
import { hasModes, isWindows, pathOfOpen } from './system.ts';

/** What tells whether a file is still the one that was looked at. */
export interface Stamp {
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  /** Its owner and group, by number. */
  readonly uid: number;
  readonly gid: number;
  /** Whether others than its owner may read it. */
  readonly isShared: boolean;
  /** The other user that it belongs to, by number; undefined where it is the process's own. */
  readonly isOf: number | undefined;
  /** Whether it stays that user's where root writes it anew: in a folder of theirs. */
  readonly staysTheirs: boolean;
}

/** Who can read what is written, in words: Windows has no modes, and a new file has the rights of its folder. */
export const WHO_READS = hasModes() ? 'Readable by you alone' : 'With its folder’s rights';

export interface SecretFile {
  /** Absolute path of the folder that the file must stay in, wherever links lead. */
  readonly folder: string;
  /** The file's path in it. */
  readonly path: string;
  readonly text: string;
  /** The file that may be replaced; undefined: there is none, and one that appears is left alone. */
  readonly replaces: Stamp | undefined;
}

/** Looks at what is at a path: undefined where nothing is. Throws bad-input where it is no plain file. `name`: what it is called then. */
export async function stampOf(file: string, name = file): Promise<Stamp | undefined> {
  const found = await statOf(file, name);
  if (!found) return undefined;
  if (found.isSymbolicLink()) {
    const target = await readlink(file).catch(() => 'elsewhere');
    throw new Problem(
      'bad-input',
      `${name} is a symbolic link to ${target}: a token is never written through one. Choose the file itself.`,
    );
  }
  if (!found.isFile()) throw new Problem('bad-input', `${name} is no plain file.`);
  const { ino, size, mtimeMs, ctimeMs, uid, gid, mode } = found;
  // Windows has no such bits, and reports them all the same.
  const isShared = hasModes() && (mode & 0o077) !== 0;
  const isOf = process.getuid !== undefined && process.getuid() !== uid ? uid : undefined;
  const staysTheirs = await isKept(uid, dirname(file));
  return { ino, size, mtimeMs, ctimeMs, uid, gid, isShared, isOf, staysTheirs };
}

/**
 * Whether root leaves a file to the user that owns it: where the folder is theirs too, as the one that a container was
 * given, they could not read their own file any more. Somebody else's in another folder is a stranger's, who would read
 * what is written.
 */
async function isKept(uid: number, directory: string): Promise<boolean> {
  return process.getuid?.() === 0 && uid !== 0 && (await stat(directory)).uid === uid;
}

/**
 * Writes a file that only its owner may read (0600): whole or not at all, never through a symbolic link, never outside
 * the folder, never over anything but `replaces`. It is this user's then; where root writes into a folder of the user whose
 * file it replaces, it stays theirs. The text reaches the disk only after the place was checked.
 * Returns the file's real path. Throws bad-input (the place), conflict (there is another file meanwhile) or refused
 * (the disk).
 */
export async function writeSecretFile({ folder, path, text, replaces }: SecretFile): Promise<string> {
  const home = await realpath(folder).catch((error: unknown) => fail(folder, error));
  // Before any folder is made, and again where links have led to.
  if (isInGit(path)) throw inGit(path);
  if (isWindows() && isOddOnWindows(path)) {
    throw new Problem('bad-input', `${path} is no name that Windows keeps as it is. Nothing was written.`);
  }
  const directory = await makeDirectory(home, dirname(resolve(home, path)));
  if (isInGit(relative(home, directory))) throw inGit(path);
  const name = join(directory, basename(path));
  await using place = await hold(directory, home).catch((error: unknown) => fail(name, error));
  const target = join(place.path, basename(path));
  const temporary = join(place.path, `.${basename(path)}.${randomBytes(9).toString('base64url')}.tmp`);
  // What is created exclusively (wx) is no link that was there (open(2)).
  const handle = await open(temporary, 'wx', 0o600).catch((error: unknown) => fail(name, error));
  try {
    await checkPlace(handle, temporary, { home, directory });
    await handle.chmod(0o600); // The umask may have taken more away; on Windows the folder's own rights hold.
    if (replaces && (await isKept(replaces.uid, place.path))) {
      await handle.chown(replaces.uid, replaces.gid);
    }
    await handle.writeFile(text);
    await handle.sync();
    await handle.close();
    await settle(temporary, target, replaces, name);
    return name;
  } catch (error) {
    return fail(name, error);
  } finally {
    await handle.close().catch(() => undefined); // Closed already where all went well.
    await rm(temporary, { force: true }); // It is there still where it was not renamed.
  }
}

/** Makes a directory inside `home` step by step, each step looked at. Returns its real path. */
async function makeDirectory(home: string, directory: string): Promise<string> {
  if (!isInside(home, directory)) throw outside(directory, home);
  let at = home;
  for (const part of relative(home, directory)
    .split(sep)
    .filter((one) => one !== '')) {
    at = join(at, part);
    try {
      await mkdir(at).catch((error: unknown) => {
        if (codeOf(error) !== 'EEXIST') throw error;
      });
      at = await realpath(at);
    } catch (error) {
      fail(at, error);
    }
    if (!isInside(home, at)) throw outside(at, home);
  }
  return at;
}

/**
 * Keeps a directory open, so that all that follows happens in that very one, whatever is swapped for it meanwhile. Where a
 * system cannot do that, its path is all there is, and `checkPlace` sees a swap that lasts.
 */
async function hold(directory: string, home: string): Promise<AsyncDisposable & { readonly path: string }> {
  if (pathOfOpen(0) === undefined) return { path: directory, [Symbol.asyncDispose]: async () => {} };
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    await checkPlace(handle, directory, { home, directory });
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    path: held(handle) ?? directory,
    [Symbol.asyncDispose]: async () => {
      await handle.close();
    },
  };
}

/** That what was just opened is where it was meant to be, whatever was swapped while it was being opened. */
async function checkPlace(
  handle: FileHandle,
  path: string,
  { home, directory }: { readonly home: string; readonly directory: string },
): Promise<void> {
  const place = await placeOf(handle, path);
  if (place === undefined) {
    throw new Problem('conflict', `${directory} was changed while writing into it. Nothing was written.`);
  }
  if (!isInside(home, place)) throw outside(place, home);
}

/** What a file system without hard links answers; EISDIR is that of FAT and exFAT on Windows (nodejs/node#65817). */
const WITHOUT_LINKS: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'ENOSYS', 'EISDIR']);

/** Gives the finished file its name. */
async function settle(
  temporary: string,
  target: string,
  replaces: Stamp | undefined,
  name: string,
): Promise<void> {
  const now = await stampOf(target, name);
  const isSame =
    now?.ino === replaces?.ino &&
    now?.size === replaces?.size &&
    now?.mtimeMs === replaces?.mtimeMs &&
    now?.ctimeMs === replaces?.ctimeMs;
  if (!isSame) {
    throw new Problem(
      'conflict',
      `${name} ${now === undefined ? 'was removed' : replaces === undefined ? 'exists already' : 'was changed'} meanwhile. It was left as it is.`,
    );
  }
  if (now !== undefined) {
    await rename(temporary, target);
    return;
  }
  try {
    await link(temporary, target); // Unlike rename, it never replaces what has appeared.
  } catch (error) {
    if (!WITHOUT_LINKS.has(codeOf(error))) throw error;
    await rename(temporary, target);
  }
}

async function statOf(file: string, name: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return fail(name, error);
  }
}

function inGit(path: string): Problem {
  return new Problem('bad-input', `${path} is inside git’s own folder. Nothing was written.`);
}

function outside(path: string, home: string): Problem {
  return new Problem('bad-input', `${path} is outside ${home}. Nothing was written.`);
}

// Windows says so of what another program has open, too.
const NOT_ALLOWED = isWindows() ? 'you may not write there, or it is in use' : 'you may not write there';

const REASONS: Readonly<Partial<Record<string, string>>> = {
  EEXIST: 'a file of that name exists already',
  ENOSPC: 'the disk is full',
  // EDQUOT, for which Node has no name (libuv's uv-errno.h).
  [`Unknown system error -${osConstants.errno.EDQUOT}`]: 'the disk quota is used up',
  EFBIG: 'it is bigger than a file may be here',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  EBUSY: 'another program is using it',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a symbolic link',
  ENAMETOOLONG: 'its name is too long',
};

/** Throws what a file system call threw, in words. */
function fail(path: string, error: unknown): never {
  if (Problem.is(error)) throw error;
  const code = codeOf(error);
  throw new Problem(
    code === 'EEXIST' ? 'conflict' : 'refused',
    `${path} could not be written: ${(code && REASONS[code]) ?? messageOf(error)}. Nothing was written.`,
    { cause: error },
  );
}
