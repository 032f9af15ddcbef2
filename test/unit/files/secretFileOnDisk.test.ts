import { execFile, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSecretFile } from '../../../src/files/secretFile.ts';

let root: string;
let folder: string;
const text = 'a secret';
/** What makes the kernel of Linux answer that there are no hard links. */
const hasPython = process.platform === 'linux' && spawnSync('python3', ['--version']).status === 0;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secret-file-'));
  folder = join(root, 'workspace');
  await mkdir(folder);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

/** Every file of the folder, with its text. */
async function everything(): Promise<Record<string, string>> {
  const read = (await readdir(folder)).map(
    async (name) => [name, await readFile(join(folder, name), 'utf8')] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('a secret file, on a disk that does not do as it is told,', () => {
  it.skipIf(process.platform !== 'linux')('leaves nothing where the disk takes no more', async () => {
    await writeFile(join(folder, 'one'), 'old');
    const module = new URL('../../../src/files/secretFile.ts', import.meta.url).href;
    const script = `import { stampOf, writeSecretFile } from ${JSON.stringify(module)};
      const folder = process.argv[1];
      for (const path of ['one', 'two']) {
        const replaces = await stampOf(folder + '/' + path);
        await writeSecretFile({ folder, path, text: 'a secret', replaces }).catch((e) => console.log(e.message));
      }`;
    const node = [process.execPath, '--input-type=module', '-e', script, folder];
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      'ulimit -f 0; exec "$@" | cat',
      'bash',
      ...node,
    ]);
    expect(stdout.match(/bigger than a file may be here. Nothing was written/g)).toHaveLength(2);
    expect(await everything()).toEqual({ one: 'old' });
  });

  /** Writes a new file and one in place of an old one, where hard links fail. Returns what was said. */
  async function writeWithoutLinks(error: string): Promise<string> {
    await writeFile(join(folder, 'old'), 'old');
    const module = new URL('../../../src/files/secretFile.ts', import.meta.url).href;
    const script = `import { link } from 'node:fs/promises';
      import { stampOf, writeSecretFile } from ${JSON.stringify(module)};
      const folder = process.argv[1];
      await link(folder + '/old', folder + '/twin').catch((error) => console.log('link: ' + error.code));
      for (const path of ['new', 'old']) {
        const replaces = await stampOf(folder + '/' + path);
        await writeSecretFile({ folder, path, text: 'a secret', replaces }).catch((error) => console.log(error.message));
      }`;
    const withoutLinks = new URL('../../support/withoutHardLinks.py', import.meta.url).pathname;
    const node = [process.execPath, '--input-type=module', '-e', script, folder];
    return (await promisify(execFile)('python3', [withoutLinks, error, ...node])).stdout;
  }

  it.skipIf(!hasPython).each(['EPERM', 'ENOTSUP', 'ENOSYS', 'EISDIR'])(
    'is written where the disk has no hard links, too, and says %s',
    async (error) => {
      expect(await writeWithoutLinks(error)).toBe(`link: ${error}\n`);
      expect(await everything()).toEqual({ new: text, old: text });
      expect(await modeOf(join(folder, 'new'))).toBe(0o600);
    },
  );

  it.skipIf(!hasPython).each([
    ['EIO', 'the disk fails'],
    ['EEXIST', 'a file of that name exists already'],
    ['ENOSPC', 'the disk is full'],
    ['EDQUOT', 'the disk quota is used up', 'Unknown system error -122'],
    ['EMFILE', 'too many files are open'],
    ['EACCES', 'you may not write there'],
    ['EBUSY', 'another program is using it'],
    ['EROFS', 'the file system is read-only'],
    ['ELOOP', 'it is a symbolic link'],
  ])(
    'is not written where a hard link fails for another reason, which is said: %s',
    async (error, words, code = error) => {
      expect(await writeWithoutLinks(error)).toBe(
        `link: ${code}\n${join(folder, 'new')} could not be written: ${words}. Nothing was written.\n`,
      );
      expect(await everything()).toEqual({ old: text });
    },
  );

  it.skipIf(process.platform !== 'linux')('says so where nobody may write', async () => {
    for (const path of ['one', 'a/one']) {
      const writing = writeSecretFile({ folder: '/sys', path, text, replaces: undefined });
      await expect(writing).rejects.toThrow(/may not write there|read-only/);
    }
    const nowhere = join(root, 'nowhere');
    const writing = writeSecretFile({ folder: nowhere, path: 'one', text, replaces: undefined });
    await expect(writing).rejects.toMatchObject({
      reason: 'refused',
      message: expect.stringMatching(
        /nowhere could not be written: ENOENT.*\. Nothing was written\.$/,
      ) as string,
    });
  });
});
