import { mkdir, mkdtemp, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkLinks, isFileWithin, placeOf } from '../../../src/files/links.ts';

let root: string;
let folder: string;
let outside: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'links-'));
  folder = join(root, 'workspace');
  outside = join(root, 'outside');
  await mkdir(join(folder, 'real'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(folder, 'real', 'file'), '');
  await writeFile(join(outside, 'file'), '');
  await symlink('real', join(folder, 'inside'));
  await symlink('real/file', join(folder, 'inside.file'));
  await symlink(outside, join(folder, 'out'));
  await symlink('../outside/file', join(folder, 'out.file'));
  await symlink('../outside/new', join(folder, 'dangling'));
  await symlink('real/new', join(folder, 'dangling-inside'));
  await symlink('out/file', join(folder, 'twice'));
  await symlink('loop', join(folder, 'loop'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

describe('what is written', () => {
  it.each(['new', 'new/deep', 'real/file', 'real/new', 'inside/new', 'inside/new/deep', 'inside.file'])(
    'stays in its folder at %s',
    async (path) => {
      await expect(checkLinks(folder, join(folder, path))).resolves.toBeUndefined();
    },
  );

  it.each(['out/new', 'out/file', 'out.file', 'twice', 'inside/../out/file'])(
    'would leave its folder at %s',
    async (path) => {
      await expect(checkLinks(folder, join(folder, path))).rejects.toThrow(/out of .*nothing is written/);
    },
  );

  it.each(['dangling', 'dangling/new', 'dangling-inside', 'loop', 'loop/new'])(
    'would be where nothing is at %s',
    async (path) => {
      await expect(checkLinks(folder, join(folder, path))).rejects.toThrow(/where nothing is/);
    },
  );

  it('may be in a folder that is still to be made, and not where a link leads to nothing', async () => {
    const into = async (path: string): Promise<void> =>
      await checkLinks(join(folder, path), join(folder, path, 'file'));
    await expect(into('new/deep')).resolves.toBeUndefined();
    await expect(into('dangling')).rejects.toThrow(/where nothing is/);
    await expect(into('dangling/deep')).rejects.toThrow(/where nothing is/);
  });

  it('may be in a folder that is reached by a link, and not beside it', async () => {
    await symlink(folder, join(root, 'opened'));
    await checkLinks(join(root, 'opened'), join(root, 'opened', 'inside', 'new'));
    await checkLinks(join(root, 'opened'), join(folder, 'inside', 'new'));
    await expect(checkLinks(join(root, 'opened'), join(outside, 'file'))).rejects.toMatchObject({
      reason: 'bad-input',
      message: expect.stringContaining('is not in') as string,
    });
  });
});

it.each([
  ['real/file', true],
  ['inside/file', true],
  ['inside.file', true],
  ['real', false],
  ['out/file', false],
  ['out.file', false],
  ['twice', false],
  ['dangling', false],
  ['gone', false],
  ['../outside/file', false],
])('whether a file lies within is told of where its links lead: %s', async (path, is) => {
  expect(await isFileWithin([folder], join(folder, path))).toBe(is);
});

it('a file that lies in one of several folders lies within them', async () => {
  expect(await isFileWithin([join(root, 'gone'), folder, outside], join(folder, 'out.file'))).toBe(true);
  expect(await isFileWithin([], join(folder, 'real', 'file'))).toBe(false);
});

it.skipIf(process.platform !== 'linux')(
  'where an open file lies is known after its folder was moved',
  async () => {
    await using handle = await open(join(folder, 'real', 'file'));
    await rename(join(folder, 'real'), join(folder, 'moved'));
    await symlink(outside, join(folder, 'real'));
    expect(await placeOf(handle, join(folder, 'real', 'file'))).toBe(join(folder, 'moved', 'file'));
  },
);

it('where no system tells it, an open file lies where its path leads, and nowhere once that is another', async () => {
  const here = process.platform;
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  try {
    await using handle = await open(join(folder, 'inside', 'file'));
    const place = async (): Promise<string | undefined> =>
      await placeOf(handle, join(folder, 'inside', 'file'));
    expect(await place()).toBe(join(folder, 'real', 'file'));
    await rename(join(folder, 'real'), join(folder, 'moved'));
    await symlink(outside, join(folder, 'real'));
    expect(await place()).toBeUndefined();
  } finally {
    Object.defineProperty(process, 'platform', { value: here });
  }
});
