import { chmod, chown, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stampOf, WHO_READS, writeSecretFile } from '../../../src/files/secretFile.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secret-file-'));
  folder = join(root, 'workspace');
  await mkdir(folder);
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const write = async (path: string, replaces = false): Promise<string> =>
  await writeSecretFile({
    folder,
    path,
    text: 'a secret',
    replaces: replaces ? await stampOf(join(folder, path)) : undefined,
  });

describe('a secret file', () => {
  it.skipIf(process.getuid?.() !== 0)(
    'stays its owner’s where root writes it anew into a folder of theirs, which is said',
    async () => {
      const file = join(folder, 'one');
      await writeFile(file, 'old');
      await chown(file, 12_345, 54_321);
      await chown(folder, 12_345, 54_321);
      const stamp = await stampOf(file);
      expect(stamp).toMatchObject({ isOf: 12_345, staysTheirs: true });
      await write('one', true);
      const { uid, gid, mode } = await stat(file);
      expect([uid, gid, mode & 0o777]).toEqual([12_345, 54_321, 0o600]);
      await write('two');
      expect((await stat(join(folder, 'two'))).uid).toBe(0);
    },
  );

  it.skipIf(process.getuid?.() !== 0)(
    'of root’s own is of nobody else’s group after it, either',
    async () => {
      const file = join(folder, 'one');
      await writeFile(file, 'old');
      await chown(file, 0, 54_321);
      expect(await stampOf(file)).toMatchObject({ isOf: undefined, staysTheirs: false });
      await write('one', true);
      expect((await stat(file)).gid).toBe((await stat(folder)).gid);
    },
  );

  it.skipIf(process.getuid?.() !== 0)(
    'is a user’s own, and nothing to be kept, where that user is not root',
    async () => {
      const file = join(folder, 'one');
      await writeFile(file, 'old');
      await chown(file, 12_345, 54_321);
      await chown(folder, 12_345, 54_321);
      const { getuid } = process;
      try {
        for (const [uid, isOf] of [
          [12_345, undefined],
          [54_321, 12_345],
        ] as const) {
          Object.defineProperty(process, 'getuid', { value: () => uid, configurable: true });
          expect(await stampOf(file)).toMatchObject({ isOf, staysTheirs: false });
        }
        // Windows has no such numbers.
        Object.defineProperty(process, 'getuid', { value: undefined, configurable: true });
        expect(await stampOf(file)).toMatchObject({ isOf: undefined, staysTheirs: false });
      } finally {
        Object.defineProperty(process, 'getuid', { value: getuid, configurable: true });
      }
    },
  );

  it('is said to have its folder’s rights on Windows', async () => {
    const here = process.platform;
    Object.defineProperty(process, 'platform', { value: 'win32' });
    try {
      vi.resetModules();
      const there = await import('../../../src/files/secretFile.ts');
      expect(there.WHO_READS).toBe('With its folder’s rights');
    } finally {
      Object.defineProperty(process, 'platform', { value: here });
    }
  });

  it.skipIf(process.platform === 'win32')(
    'is said to be read by its user alone, or by others too',
    async () => {
      expect(WHO_READS).toBe('Readable by you alone');
      const file = join(folder, 'one');
      for (const [mode, isShared] of [
        [0o600, false],
        [0o700, false],
        [0o640, true],
        [0o602, true],
      ] as const) {
        await writeFile(file, 'old');
        await chmod(file, mode);
        expect((await stampOf(file))?.isShared).toBe(isShared);
      }
    },
  );

  it.skipIf(process.getuid?.() !== 0)(
    'is root’s in place of a stranger’s file: nobody else reads it',
    async () => {
      const file = join(folder, 'one');
      await writeFile(file, 'old');
      await chown(file, 12_345, 54_321);
      expect(await stampOf(file)).toMatchObject({ isOf: 12_345, staysTheirs: false });
      await write('one', true);
      const { uid, gid, mode } = await stat(file);
      expect([uid, gid, mode & 0o777]).toEqual([0, 0, 0o600]);
      expect((await stampOf(file))?.isOf).toBeUndefined();
    },
  );
});
