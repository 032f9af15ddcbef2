import { constants } from 'node:fs';
import { open, readlink, realpath, stat, statfs, type FileHandle } from 'node:fs/promises';
import { messageOf, Problem } from '../errors.ts';
import { isInside } from './inside.ts';
import { placeOf } from './links.ts';
import { hasModes, tellsFileSystems } from './system.ts';

/** Bits of a mode that let somebody else than the owner read. */
const OTHERS = 0o044;
/** File systems of Linux that keep no modes, or another machine's (linux/magic.h): 9p and drvfs of WSL, NFS, SMB, FUSE, FAT, exFAT, NTFS. */
const NOT_OURS: ReadonlySet<number> = new Set([
  0x01_02_19_97, 0x53_46_41_4f, 0x69_69, 0x51_7b, 0xff_53_4d_42, 0xfe_53_4d_42, 0x65_73_55_46, 0x4d_44,
  0x20_11_ba_b0, 0x53_46_54_4e, 0x73_66_74_6e,
]);

/** The modes of files on this machine; absent where there are none, as in a browser. */
export interface FileModes {
  /** The mode of a file that others on this machine can read; undefined where they cannot, or where that cannot be told. */
  readableByOthers(path: string): Promise<number | undefined>;
  /**
   * Lets the owner alone read and write a file, and never one that a link leads to. `folder`: the one that it must be in,
   * wherever links lead. Throws bad-input where it is elsewhere or no file, and refused where the file system does not
   * take that.
   */
  makePrivate(path: string, folder: string | undefined): Promise<void>;
}

/** Modes as POSIX has them; Windows has none. */
export const fileModes: FileModes | undefined = hasModes() ? { readableByOthers, makePrivate } : undefined;

async function readableByOthers(path: string): Promise<number | undefined> {
  try {
    const { mode } = await stat(path);
    if ((mode & OTHERS) === 0) return undefined;
    if (tellsFileSystems() && NOT_OURS.has((await statfs(path)).type)) return undefined;
    return mode & 0o777;
  } catch {
    return undefined; // It was never saved, or is gone: nobody can read it.
  }
}

async function makePrivate(path: string, folder: string | undefined): Promise<void> {
  const handle = await openItself(path);
  try {
    if (!(await handle.stat()).isFile()) throw new Problem('bad-input', `${path} is no plain file.`);
    if (folder !== undefined && !(await isWithin(handle, path, folder))) {
      throw new Problem(
        'bad-input',
        `${path} leads out of ${folder} by a symbolic link. Its mode was left as it is.`,
      );
    }
    await handle.chmod(0o600);
    const { mode } = await handle.stat();
    if ((mode & OTHERS) === 0) return;
  } finally {
    await handle.close();
  }
  throw new Problem(
    'refused',
    `${path} is on a file system that keeps no modes: others can still read it. Move it to another one.`,
  );
}

/** Opens a file, and nothing that a link by its name leads to. */
async function openItself(path: string): Promise<FileHandle> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const target = await readlink(path).catch(() => undefined);
    if (target === undefined) {
      throw new Problem('refused', `${path} cannot be changed: ${messageOf(error)}`, { cause: error });
    }
    throw new Problem(
      'bad-input',
      `${path} is a symbolic link to ${target}. Its mode was left as it is: open the file itself.`,
      { cause: error },
    );
  }
}

/** Whether an open file is the one at a path, and that is in a folder. */
async function isWithin(handle: FileHandle, path: string, folder: string): Promise<boolean> {
  const place = await placeOf(handle, path);
  return place !== undefined && isInside(await realpath(folder), place);
}
