import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { entryOf, type IssuedToken } from '../../../src/issued/entry.ts';
import { LedgerStore } from '../../../src/issued/store.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

let root: string;
let folder: string;
const context = { name: 'sandbox', cluster: 'sandbox', server: 'https://127.0.0.1:6443' };
const entry = (id: string, iat = 1): IssuedToken => {
  const made = entryOf(
    { token: jwt(boundClaims({}, { iat })), context, form: 'kubeconfig', file: `/home/me/${id}` },
    id,
    0,
  );
  if (!made) throw new Error('The token was not read.');
  return made;
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ledger-'));
  folder = join(root, 'issued');
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('the records of what was issued', () => {
  it('are none before the first, and then newest first', async () => {
    const store = new LedgerStore(folder);
    expect(await store.read()).toEqual([]);
    const times = [3, 9, 1, 7, 5, 8, 2, 6, 4];
    for (const time of times) await store.write(entry(`of-${time}`, time));
    expect((await store.read()).map(({ issued }) => issued)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });

  it('are of two windows that write at once, all kept', async () => {
    const [one, other] = [new LedgerStore(folder), new LedgerStore(folder)];
    await one.read();
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        await (index % 2 === 0 ? one : other).write(entry(`id-${index}`));
      }),
    );
    expect(await one.hasChanged()).toBe(true);
    expect(await one.read()).toHaveLength(20);
    expect(await one.hasChanged()).toBe(false);
  });

  it('are for this user alone, and leave nothing half-written behind', async () => {
    const store = new LedgerStore(folder);
    await store.write(entry('one'));
    expect(await readdir(folder)).toEqual(['one.json']);
    expect((await stat(join(folder, 'one.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    await store.remove('one');
    expect(await readdir(folder)).toEqual([]);
    await store.remove('one'); // Another window was faster.
  });

  it('are not said to be none where their folder cannot be read', async () => {
    await writeFile(join(root, 'file'), '');
    const store = new LedgerStore(join(root, 'file', 'issued'));
    await expect(store.read()).rejects.toThrow('ENOTDIR');
    await expect(store.hasChanged()).rejects.toThrow('ENOTDIR');
  });

  it('leave nothing behind where one cannot be written either', async () => {
    const store = new LedgerStore(folder);
    await mkdir(join(folder, 'one.json'), { recursive: true });
    await expect(store.write(entry('one'))).rejects.toThrow('EISDIR');
    expect(await readdir(folder)).toEqual(['one.json']);
  });

  it('are read from a folder on a share, which is the person’s own', async () => {
    await new LedgerStore(folder).write(entry('one'));
    const here = process.platform;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      expect((await new LedgerStore(`/${folder}`).read()).map(({ id }) => id)).toEqual(['one']);
    } finally {
      Object.defineProperty(process, 'platform', { value: here });
    }
  });

  it('are read where other files lie among them', async () => {
    const store = new LedgerStore(folder);
    await store.write(entry('one'));
    await writeFile(join(folder, 'broken.json'), '{');
    await writeFile(join(folder, 'copied.json'), JSON.stringify(entry('one')));
    await writeFile(join(folder, 'one.save'), JSON.stringify(entry('one')));
    await writeFile(join(folder, 'huge.json'), `${JSON.stringify(entry('huge'))}${' '.repeat(20_000)}`);
    expect((await store.read()).map(({ id }) => id)).toEqual(['one']);
  });

  it('stay in their folder, whatever an id says', async () => {
    const store = new LedgerStore(folder);
    await store.write({ ...entry('one'), id: '../../escaped' });
    expect(await readdir(root)).toEqual(['issued']);
    expect(await readdir(folder)).toEqual(['escaped.json']);
  });
});
