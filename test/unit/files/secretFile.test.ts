import { fork } from 'node:child_process';
import { once } from 'node:events';
import { statSync, watch, writeFileSync } from 'node:fs';
import {
  chmod,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { stampOf, writeSecretFile } from '../../../src/files/secretFile.ts';

let root: string;
let folder: string;
let outside: string;
const text = 'a secret';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secret-file-'));
  folder = join(root, 'workspace');
  outside = join(root, 'outside');
  await mkdir(folder);
  await mkdir(outside);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const write = async (path: string, replaces = false): Promise<string> =>
  await writeSecretFile({
    folder,
    path,
    text,
    replaces: replaces ? await stampOf(join(folder, path)) : undefined,
  });
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
/** Every file below a folder, or the root, with its text. */
async function everything(below = root): Promise<Record<string, string>> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const read = files.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(root.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

describe('a secret file', () => {
  it('is written whole, with its folders, and only its owner may read it', async () => {
    const path = await write('a/b/one.kubeconfig');
    expect(await everything()).toEqual({ 'workspace/a/b/one.kubeconfig': text });
    expect(await modeOf(path)).toBe(0o600);
  });

  it('is 0600 also in place of a file that everybody could read', async () => {
    await writeFile(join(folder, 'one'), 'old');
    await chmod(join(folder, 'one'), 0o644);
    await write('one', true);
    expect(await everything()).toEqual({ 'workspace/one': text });
    expect(await modeOf(join(folder, 'one'))).toBe(0o600);
  });

  // A thread, as `npm run mutate` has, can set none.
  it.skipIf(process.platform === 'win32' || !isMainThread)(
    'is 0600 from its first moment on, whatever the umask leaves or takes away',
    async () => {
      const modes: number[] = [];
      const watching = watch(folder, (_event, name) => {
        try {
          modes.push(statSync(join(folder, name ?? '')).mode & 0o777);
        } catch {
          // It has its own name by now, or is gone.
        }
      });
      const before = process.umask(0);
      try {
        for (let round = 0; modes.length < 40 && round < 1000; round += 1) await write(String(round));
        expect(modes.filter((mode) => mode !== 0o600)).toEqual([]);
        process.umask(0o277);
        expect(await modeOf(await write('one'))).toBe(0o600);
      } finally {
        process.umask(before);
        watching.close();
      }
    },
  );

  it('leaves another name of the file that it replaces as it was', async () => {
    await writeFile(join(outside, 'twin'), 'old');
    await link(join(outside, 'twin'), join(folder, 'one'));
    await write('one', true);
    expect(await everything()).toEqual({ 'outside/twin': 'old', 'workspace/one': text });
  });

  it('never replaces a file that nobody agreed to replace', async () => {
    await writeFile(join(folder, 'one'), 'old');
    await expect(write('one')).rejects.toMatchObject({
      reason: 'conflict',
      message: `${join(folder, 'one')} exists already meanwhile. It was left as it is.`,
    });
    expect(await everything()).toEqual({ 'workspace/one': 'old' });
  });

  it('never replaces a file that appears at any moment while it is being written', async () => {
    for (let round = 0; round < 300; round += 1) {
      const name = join(folder, String(round));
      const writing = write(String(round)).then(
        () => 'written',
        (error: unknown) => error,
      );
      for (let turn = 0; turn < round % 60; turn += 1) await new Promise(setImmediate);
      let theirs = true;
      try {
        writeFileSync(name, 'theirs', { flag: 'wx' });
      } catch {
        theirs = false; // It was written before.
      }
      const written = await writing;
      expect({ written, holds: await readFile(name, 'utf8') }).toMatchObject(
        theirs ? { written: { reason: 'conflict' }, holds: 'theirs' } : { written: 'written', holds: text },
      );
    }
  });

  it('never replaces a file that was changed after it was looked at', async () => {
    const file = join(folder, 'one');
    await writeFile(file, 'old');
    const replaces = await stampOf(file);
    await writeFile(file, 'changed meanwhile');
    const writing = writeSecretFile({ folder, path: 'one', text, replaces });
    await expect(writing).rejects.toMatchObject({ reason: 'conflict' });
    expect(await everything()).toEqual({ 'workspace/one': 'changed meanwhile' });
  });

  it.each(['ino', 'size', 'mtimeMs', 'ctimeMs'] as const)(
    'never replaces a file whose %s is another than when it was looked at',
    async (field) => {
      await writeFile(join(folder, 'one'), 'old');
      const seen = await stampOf(join(folder, 'one'));
      if (!seen) throw new Error('The file is there.');
      const replaces = { ...seen, [field]: seen[field] + 1 };
      const writing = writeSecretFile({ folder, path: 'one', text, replaces });
      await expect(writing).rejects.toThrow(/one was changed meanwhile/);
      expect(await everything()).toEqual({ 'workspace/one': 'old' });
    },
  );

  it('never replaces a file that was changed to the same length, with its old time put back', async () => {
    const file = join(folder, 'one');
    await writeFile(file, 'old');
    const replaces = await stampOf(file);
    const { atime, mtime } = await stat(file);
    await writeFile(file, 'new');
    await utimes(file, atime, mtime);
    const writing = writeSecretFile({ folder, path: 'one', text, replaces });
    await expect(writing).rejects.toThrow(/one was changed meanwhile/);
  });

  it('never makes anew a file that was removed after it was looked at', async () => {
    await writeFile(join(folder, 'one'), 'old');
    const replaces = await stampOf(join(folder, 'one'));
    await rm(join(folder, 'one'));
    const writing = writeSecretFile({ folder, path: 'one', text, replaces });
    await expect(writing).rejects.toThrow(/one was removed meanwhile/);
    expect(await everything()).toEqual({});
  });

  it.each(['../outside/one', 'a/../../outside/one', '..'])('is not written outside: %s', async (path) => {
    await expect(write(path)).rejects.toMatchObject({
      reason: 'bad-input',
      message: expect.stringContaining(`is outside ${folder}. Nothing was written.`) as string,
    });
    expect(await everything()).toEqual({});
  });

  it.skipIf(process.platform === 'win32')(
    'is not written under a name that Windows makes another of, there',
    async () => {
      const here = process.platform;
      await write('a:b ');
      Object.defineProperty(process, 'platform', { value: 'win32' });
      try {
        for (const path of ['c:d', 'new/nul.txt', 'e.']) {
          await expect(write(path)).rejects.toThrow(`${path} is no name that Windows keeps as it is.`);
        }
      } finally {
        Object.defineProperty(process, 'platform', { value: here });
      }
      expect(await readdir(folder)).toEqual(['a:b ']);
    },
  );

  it.each(['.git/one', 'a/.GIT/hooks/one', 'Git~1/config'])(
    'is not written into git’s own folder: %s',
    async (path) => {
      await expect(write(path)).rejects.toMatchObject({
        reason: 'bad-input',
        message: `${path} is inside git’s own folder. Nothing was written.`,
      });
      expect(await readdir(folder)).toEqual([]);
    },
  );

  it('is not written into git’s own folder through a link either', async () => {
    await mkdir(join(folder, '.git', 'hooks'), { recursive: true });
    await symlink('.git', join(folder, 'a'));
    await expect(write('a/hooks/one')).rejects.toThrow('is inside git’s own folder');
    expect(await everything()).toEqual({});
  });

  it('is not written through a link that is the file itself', async () => {
    await symlink(join(outside, 'one'), join(folder, 'one'));
    const link = `is a symbolic link to ${join(outside, 'one')}: a token is never written through one.`;
    await expect(write('one')).rejects.toMatchObject({ reason: 'bad-input' });
    await expect(write('one')).rejects.toThrow(`${join(folder, 'one')} ${link}`);
    await expect(stampOf(join(folder, 'one'))).rejects.toThrow(`${join(folder, 'one')} ${link}`);
    await expect(stampOf(join(folder, 'one'), 'the file')).rejects.toThrow(`the file ${link}`);
    expect(await everything()).toEqual({});
  });

  it('is not written through a folder that leads outside', async () => {
    await symlink(outside, join(folder, 'a'));
    await expect(write('a/one')).rejects.toMatchObject({ reason: 'bad-input' });
    await expect(write('a/b/one')).rejects.toMatchObject({ reason: 'bad-input' });
    expect(await everything()).toEqual({});
    expect(await readdir(outside)).toEqual([]);
  });

  it('may be written through a folder that leads inside', async () => {
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'a'));
    await write('a/one');
    expect(await everything()).toEqual({ 'workspace/real/one': text });
  });

  it.each([
    ['never', 'its folder', 'a', process.platform, 0],
    ['never', 'a folder on the way to it', 'a/b', process.platform, 0],
    // A folder that is swapped twice within a moment goes unseen there: SECURITY.md says so.
    ['hardly ever', 'its folder, on a system that keeps none open,', 'a', 'darwin', 5],
  ] as const)(
    '%s lies outside while another process swaps %s for a link, over and over',
    async (_often, _what, own, platform, most) => {
      await mkdir(join(folder, own), { recursive: true });
      await mkdir(join(outside, 'b'));
      await symlink(outside, join(folder, 'link'));
      const swap = join(root, 'swap.cjs');
      const moves = [
        ['a', 'real'],
        ['link', 'a'],
        ['a', 'link'],
        ['real', 'a'],
      ];
      // What is written makes the folder again meanwhile, which is then in the way.
      await writeFile(
        swap,
        `const { renameSync } = require('node:fs');
         process.chdir(${JSON.stringify(folder)});
         let aside = 0;
         const move = (from, to) => {
           for (;;) {
             try { return renameSync(from, to); } catch {}
             try { renameSync(to, 'aside-' + aside++); } catch {}
           }
         };
         process.send('swapping');
         for (;;) for (const [from, to] of ${JSON.stringify(moves)}) move(from, to);`,
      );
      const swapping = fork(swap);
      const here = process.platform;
      const made: (string | null)[] = [];
      const watching = watch(outside, { recursive: true }, (_event, name) => void made.push(name));
      try {
        await once(swapping, 'message');
        Object.defineProperty(process, 'platform', { value: platform });
        const seen = { written: 0, refused: 0 };
        const unworded: unknown[] = [];
        for (let round = 0; round < 500; round += 1) {
          await write(`${own}/${round}`).then(
            () => void seen.written++,
            (error: unknown) => {
              seen.refused++;
              if (!Problem.is(error) || /argument/.test(error.message)) unworded.push(error);
            },
          );
          const written = Object.values(await everything(outside)).filter((one) => one !== '');
          expect(written.length).toBeLessThanOrEqual(most);
        }
        // Where the folder is kept open, not even an empty file is made in another, to be taken away again.
        expect(platform === 'linux' ? made : []).toEqual([]);
        // A swap was in the way, and it was written beside one; where no folder is kept open, hardly ever.
        expect(seen.refused).toBeGreaterThan(0);
        expect(unworded).toEqual([]);
        expect(seen.written + (platform === 'linux' ? 0 : 1)).toBeGreaterThan(0);
      } finally {
        Object.defineProperty(process, 'platform', { value: here });
        watching.close();
        swapping.kill();
        await once(swapping, 'exit');
      }
    },
    120_000,
  );

  it('never goes through the file’s own name while somebody makes a link of it, over and over', async () => {
    const name = join(folder, 'one');
    await writeFile(join(outside, 'victim'), 'theirs');
    const over = new AbortController();
    const swapping = (async () => {
      while (!over.signal.aborted) {
        await rm(name, { force: true });
        await symlink(join(outside, 'victim'), name).catch(() => undefined);
        await rm(name, { force: true });
        await symlink(join(outside, 'new'), name).catch(() => undefined);
      }
    })();
    for (let round = 0; round < 60; round += 1) {
      await write('one').catch(() => undefined);
      await write('one', true).catch(() => undefined);
    }
    over.abort();
    await swapping;
    expect(await readdir(outside)).toEqual(['victim']);
    expect(await readFile(join(outside, 'victim'), 'utf8')).toBe('theirs');
  }, 60_000);

  it('says what is in the way, and leaves nothing half-written', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(write('file/one')).rejects.toMatchObject({
      message: expect.stringContaining('a part of its path is no folder') as string,
      cause: { code: 'ENOTDIR' },
    });
    await expect(write('file/a/one')).rejects.toThrow('a part of its path is no folder');
    await mkdir(join(folder, 'directory'));
    await expect(write('directory')).rejects.toMatchObject({
      reason: 'bad-input',
      message: `${join(folder, 'directory')} is no plain file.`,
    });
    await expect(stampOf(join(folder, 'file', 'one'))).rejects.toThrow('a part of its path is no folder');
    expect(await stampOf(join(folder, 'none', 'one'))).toBeUndefined();
    await expect(write('x'.repeat(300))).rejects.toThrow('name is too long');
    expect(await everything()).toEqual({ 'workspace/file': '' });
  });
});
