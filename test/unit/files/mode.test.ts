import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileModes } from '../../../src/files/mode.ts';

let root: string;
let workspace: string;
let elsewhere: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mode-'));
  workspace = join(root, 'workspace');
  elsewhere = join(root, 'elsewhere');
  for (const folder of [workspace, elsewhere]) {
    await mkdir(folder);
    await writeFile(join(folder, 'file'), '');
    await chmod(join(folder, 'file'), 0o644);
  }
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const makePrivate = async (path: string, folder: string | undefined = workspace): Promise<void> =>
  await fileModes?.makePrivate(path, folder);
const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('a file that is made readable by its owner alone', () => {
  it('is 0600 then, in the workspace and outside of any', async () => {
    await makePrivate(join(workspace, 'file'));
    expect(await modeOf(join(workspace, 'file'))).toBe(0o600);
    await fileModes?.makePrivate(join(elsewhere, 'file'), undefined);
    expect(await modeOf(join(elsewhere, 'file'))).toBe(0o600);
  });

  it('is the file itself: what a link leads to keeps its mode', async () => {
    const link = join(workspace, 'link');
    await symlink('../elsewhere/file', link);
    await expect(makePrivate(link)).rejects.toThrow(/is a symbolic link to \.\.\/elsewhere\/file/);
    await expect(fileModes?.makePrivate(link, undefined)).rejects.toThrow(/is a symbolic link/);
    expect(await modeOf(join(elsewhere, 'file'))).toBe(0o644);
  });

  it('is in the workspace, also where a folder of it is a link', async () => {
    await symlink(elsewhere, join(workspace, 'folder'));
    await expect(makePrivate(join(workspace, 'folder', 'file'))).rejects.toThrow(/leads out of/);
    expect(await modeOf(join(elsewhere, 'file'))).toBe(0o644);
  });

  it('may be in a workspace that is a link itself', async () => {
    await symlink(workspace, join(root, 'opened'));
    await makePrivate(join(root, 'opened', 'file'), join(root, 'opened'));
    expect(await modeOf(join(workspace, 'file'))).toBe(0o600);
  });

  it('is no folder, no pipe, and there', async () => {
    await promisify(execFile)('mkfifo', [join(workspace, 'pipe')]);
    await expect(makePrivate(workspace)).rejects.toThrow(/no plain file/);
    await expect(makePrivate(join(workspace, 'pipe'))).rejects.toThrow(/no plain file/);
    await expect(makePrivate(join(workspace, 'gone'))).rejects.toThrow(/cannot be changed: ENOENT/);
  });
});
