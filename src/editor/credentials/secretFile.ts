import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { link, lstat, mkdir, open, readlink, realpath, rename, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { messageOf, Problem } from '../../errors.ts';
import { isInGit, isInside, isOddOnWindows, isSameFile } from '../../files/inside.ts';

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
}

/** Who can read what is written, in words: Windows has no modes, and a new file has the rights of its folder. */
export const WHO_READS = process.platform === 'win32' ? 'With its folder’s rights' : 'Readable by you alone';

export interface SecretFile {
  /** Absolute path of the folder that the file must stay in, wherever links lead. */
  readonly folder: string;
  /** The file's path in it. */
  readonly path: string;
  readonly text: string;
  /** The file that may be replaced; undefined: there is none, and one that appears is left alone. */
  readonly replaces: Stamp | undefined;
}

/** Looks at what is at a path: undefined where nothing is. Throws bad-input where it is no plain file. */
export async function stampOf(file: string): Promise<Stamp | undefined> {
  const found = await statOf(file);
  if (!found) return undefined;
  if (found.isSymbolicLink()) {
    const target = await readlink(file).catch(() => 'elsewhere');
    throw new Problem(
      'bad-input',
      `${file} is a symbolic link to ${target}: a token is never written through one. Choose the file itself.`,
    );
  }
  if (!found.isFile()) throw new Problem('bad-input', `${file} is no plain file.`);
  const { ino, size, mtimeMs, ctimeMs, uid, gid, mode } = found;
  // Windows has no such bits, and reports them all the same.
  const isShared = process.platform !== 'win32' && (mode & 0o077) !== 0;
  return { ino, size, mtimeMs, ctimeMs, uid, gid, isShared };
}

/**
 * Writes a file that only its owner may read (0600): whole or not at all, never through a symbolic link, never outside
 * the folder, never over anything but `replaces`, whose owner it keeps where root writes. The text reaches the disk only after the place was checked.
 * Returns the file's real path. Throws bad-input (the place), conflict (there is another file meanwhile) or refused
 * (the disk).
 */
export async function writeSecretFile({ folder, path, text, replaces }: SecretFile): Promise<string> {
  const home = await realpath(folder).catch((error: unknown) => fail(folder, error));
  // Before any folder is made, and again where links have led to.
  if (isInGit(path)) throw inGit(path);
  if (process.platform === 'win32' && isOddOnWindows(path)) {
    throw new Problem('bad-input', `${path} is no name that Windows keeps as it is. Nothing was written.`);
  }
  const directory = await makeDirectory(home, dirname(resolve(home, path)));
  if (isInGit(relative(home, directory))) throw inGit(path);
  const target = join(directory, basename(path));
  const temporary = join(directory, `.${basename(path)}.${randomBytes(9).toString('base64url')}.tmp`);
  // O_NOFOLLOW is not known to Windows, where creating exclusively is enough.
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);
  const handle = await open(temporary, flags, 0o600).catch((error: unknown) => fail(target, error));
  let settled = false;
  try {
    await checkPlace(handle, temporary, home);
    await handle.chmod(0o600); // The umask may have taken more away; on Windows the folder's own rights hold.
    // In a container an editor often runs as root, on files of somebody who could not read theirs any more.
    if (replaces && process.getuid?.() === 0) await handle.chown(replaces.uid, replaces.gid);
    await handle.writeFile(text, 'utf8');
    await handle.sync();
    await handle.close();
    await settle(temporary, target, replaces);
    settled = true;
    return target;
  } catch (error) {
    return fail(target, error);
  } finally {
    await handle.close().catch(() => undefined); // Closed already where all went well.
    if (!settled) await rm(temporary, { force: true });
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

/** That the file just opened is where it was meant to be, whatever was swapped while it was being opened. */
async function checkPlace(handle: FileHandle, path: string, home: string): Promise<void> {
  const real = await realpath(path);
  const [opened, found] = await Promise.all([handle.stat(), lstat(real)]);
  if (!isInside(home, real)) throw outside(real, home);
  if (!isSameFile(opened, found)) {
    throw new Problem('conflict', `${dirname(path)} was changed while writing into it. Nothing was written.`);
  }
}

/** What a file system without hard links answers; EISDIR is that of FAT and exFAT on Windows (nodejs/node#65817). */
const WITHOUT_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR']);

/** Gives the finished file its name. */
async function settle(temporary: string, target: string, replaces: Stamp | undefined): Promise<void> {
  const now = await stampOf(target);
  const isSame =
    now?.ino === replaces?.ino &&
    now?.size === replaces?.size &&
    now?.mtimeMs === replaces?.mtimeMs &&
    now?.ctimeMs === replaces?.ctimeMs;
  if (!isSame) {
    throw new Problem(
      'conflict',
      `${target} ${now === undefined ? 'was removed' : replaces === undefined ? 'exists already' : 'was changed'} meanwhile. It was left as it is.`,
    );
  }
  if (now !== undefined) {
    await rename(temporary, target);
    return;
  }
  try {
    await link(temporary, target); // Unlike rename, it never replaces what has appeared.
    await rm(temporary);
  } catch (error) {
    if (!WITHOUT_LINKS.has(codeOf(error) ?? '')) throw error;
    await rename(temporary, target);
  }
}

async function statOf(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    return fail(file, error);
  }
}

function inGit(path: string): Problem {
  return new Problem('bad-input', `${path} is inside git’s own folder. Nothing was written.`);
}

function outside(path: string, home: string): Problem {
  return new Problem('bad-input', `${path} is outside ${home}. Nothing was written.`);
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'a file of that name exists already',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'it is bigger than a file may be here',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
  // Windows says so of what another program has open, too.
  EACCES:
    process.platform === 'win32' ? 'you may not write there, or it is in use' : 'you may not write there',
  EPERM:
    process.platform === 'win32' ? 'you may not write there, or it is in use' : 'you may not write there',
  EBUSY: 'another program is using it',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'it is a symbolic link',
  ENAMETOOLONG: 'its name is too long',
};

/** Throws what a file system call threw, in words. */
function fail(path: string, error: unknown): never {
  if (Problem.is(error)) throw error;
  const code = codeOf(error) ?? '';
  throw new Problem(
    code === 'EEXIST' ? 'conflict' : 'refused',
    `${path} could not be written: ${REASONS[code] ?? messageOf(error)}. Nothing was written.`,
    { cause: error },
  );
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
