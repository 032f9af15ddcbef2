import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stampOf } from '../../../src/files/secretFile.ts';
import { writeFiles } from '../../../src/editor/credentials/writeFiles.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'write-files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

describe('files that belong together', () => {
  it('are as they were where one of them cannot be written: a token file does not hold what nobody uses', async () => {
    await writeFile(join(folder, 'one.token'), 'old');
    await writeFile(join(folder, 'one.kubeconfig'), 'appeared meanwhile');
    const stamp = await stampOf(join(folder, 'one.token'));
    if (!stamp) throw new Error('The file is there.');
    const files = [
      { folder, path: 'one.bak', before: undefined, text: () => 'a backup' },
      { folder, path: 'one.token', before: { stamp, text: 'old' }, text: (token: string) => token },
      { folder, path: 'one.kubeconfig', before: undefined, text: () => 'tokenFile: one.token' },
    ];
    await expect(writeFiles(files, 'new')).rejects.toMatchObject({ reason: 'conflict' });
    expect((await readdir(folder)).toSorted()).toEqual(['one.kubeconfig', 'one.token']);
    expect(await readFile(join(folder, 'one.token'), 'utf8')).toBe('old');
    expect(await readFile(join(folder, 'one.kubeconfig'), 'utf8')).toBe('appeared meanwhile');
  });
});
