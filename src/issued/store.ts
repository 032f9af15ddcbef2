import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';
import { readNamedFile } from '../files/named.ts';
import { readEntry, type IssuedToken } from './entry.ts';

/** A record of metadata is far smaller; what is bigger is none of ours. In bytes. */
const MOST_BYTES = 16 * 1024;

/**
 * Keeps records in a folder, a file each, so that two windows never overwrite one another's. A folder and no memento,
 * because it is on the machine where the files are that it names: a memento is on the machine of the window, which for
 * a remote workspace is another, and would tell of files that are gone where they only are elsewhere.
 */
export class LedgerStore {
  readonly #folder: string;
  #seen: number | undefined;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether the folder is another than when it was last read: by this window or by another. */
  async hasChanged(): Promise<boolean> {
    return (await this.#changedAt()) !== this.#seen;
  }

  /** Every record that can be read, newest first. */
  async read(): Promise<IssuedToken[]> {
    this.#seen = await this.#changedAt();
    if (this.#seen === 0) return [];
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith('.json'));
    const read = await Promise.all(names.map(async (name) => await this.#readOne(name)));
    return read.filter((entry) => entry !== undefined).sort((one, other) => other.issued - one.issued);
  }

  /** Writes a record, whole or not at all; only this user may read it. Throws what the disk does. */
  async write(entry: IssuedToken): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const file = this.#fileOf(entry.id);
    const temporary = `${file}.${randomUUID()}.tmp`;
    try {
      await writeFile(temporary, JSON.stringify(entry), { mode: 0o600, flag: 'wx' });
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async remove(id: string): Promise<void> {
    await rm(this.#fileOf(id), { force: true });
  }

  #fileOf(id: string): string {
    return join(this.#folder, `${id.replaceAll(/[^\w-]/g, '')}.json`);
  }

  async #readOne(name: string): Promise<IssuedToken | undefined> {
    const file = join(this.#folder, name);
    try {
      const text = await readNamedFile(file, { most: MOST_BYTES, isOwn: true });
      const entry = readEntry(JSON.parse(text));
      return entry?.id === name.slice(0, -'.json'.length) ? entry : undefined;
    } catch {
      return undefined; // Another window has just forgotten it, or the file is no record of ours.
    }
  }

  /** When a record was last added, changed or removed, in milliseconds; 0 where there is no folder yet. */
  async #changedAt(): Promise<number> {
    try {
      return (await stat(this.#folder)).mtimeMs;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 0;
      throw error;
    }
  }
}
