import { lstat, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { Problem } from '../errors.ts';
import { isInside, isSameFile } from './inside.ts';
import { pathOfOpen } from './system.ts';

/**
 * That what is written at a path stays in a folder: no link on the way leads out of it, or to where nothing is yet. Both
 * are absolute; there need be nothing at either: where the folder is to be made, what it is to be made in counts. Throws
 * bad-input.
 */
export async function checkLinks(folder: string, path: string): Promise<void> {
  const home = await realpath(folder).catch(() => undefined);
  if (home === undefined) {
    if (dirname(folder) !== folder) await checkLinks(dirname(folder), path);
    return;
  }
  const from = isInside(folder, path) ? relative(folder, path) : relative(home, path);
  let at = home;
  if (!isInside(home, join(home, from))) throw new Problem('bad-input', `${path} is not in ${folder}.`);
  for (const part of from.split(sep)) {
    at = join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (!found) return; // The rest is new, and whoever writes it makes no links.
    if (!found.isSymbolicLink()) continue;
    const to = await readlink(at);
    const real = await realpath(at).catch(() => undefined);
    if (real !== undefined && isInside(home, real)) {
      at = real;
      continue;
    }
    const where = real === undefined ? `to ${to}, where nothing is` : `to ${to}, out of ${folder}`;
    throw new Problem('bad-input', `${at} is a symbolic link ${where}: nothing is written through it.`);
  }
}

/** What is open, by a path that leads to it whatever is swapped where it was opened. Only Linux has one (proc_pid_fd(5)). */
export function held({ fd }: FileHandle): string | undefined {
  return pathOfOpen(fd);
}

/**
 * Where an open file lies, links resolved: as the kernel knows it where that tells, else as its path leads there now.
 * Undefined where its path leads to another file by now.
 */
export async function placeOf(handle: FileHandle, path: string): Promise<string | undefined> {
  const known = held(handle);
  if (known !== undefined) return await readlink(known);
  const real = await realpath(path);
  return isSameFile(await handle.stat(), await lstat(real)) ? real : undefined;
}

/** Whether a path leads to a regular file that lies in one of some folders, links resolved. Never throws. */
export async function isFileWithin(folders: readonly string[], path: string): Promise<boolean> {
  try {
    const real = await realpath(path);
    const homes = await Promise.all(
      folders.map(async (folder) => await realpath(folder).catch(() => undefined)),
    );
    const isWithin = homes.some((home) => home !== undefined && isInside(home, real));
    return isWithin && (await lstat(real)).isFile();
  } catch {
    return false; // It is not there, or nobody may look.
  }
}
