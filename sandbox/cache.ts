import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../scripts/system.mjs';

/** Where a folder of this name is, once it is there. */
export const cacheOf = (name: string): string =>
  join(cacheFolder(process.env, homedir()), 'serviceaccount-tokens', name);

/**
 * A folder in this user's cache that `make` fills once. It appears under its name when it is whole, however often and
 * by however many processes it is made.
 */
export async function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = cacheOf(name);
  if (existsSync(folder)) return folder;
  const parent = dirname(folder);
  await mkdir(parent, { recursive: true });
  await removeLeftovers(parent);
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await make(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error; // Otherwise someone else has made the same meanwhile.
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Removes what makers that were killed have left behind. */
async function removeLeftovers(parent: string): Promise<void> {
  const anHourAgo = Date.now() - 3600 * 1000;
  for (const name of await readdir(parent)) {
    if (!name.includes('.unfinished-')) continue;
    const path = join(parent, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < anHourAgo) await rm(path, { recursive: true, force: true });
  }
}
