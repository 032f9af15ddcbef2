import { fork, execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isMainThread } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../src/errors.ts';
import { checkPath, readNamedFile, readNamedFileSync } from '../../../src/files/named.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'named-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const at = (name: string): string => join(folder, name);
const ways = [
  ['awaited', readNamedFile],
  ['at once', async (...given) => await Promise.resolve().then(() => readNamedFileSync(...given))],
] as const satisfies readonly (readonly [string, typeof readNamedFile])[];

describe.each(ways)('a named file, %s,', (_, read) => {
  it('is read whole, up to its limit and through links', async () => {
    const text = `${'é'.repeat(100_000)} end`;
    await writeFile(at('one'), text);
    await symlink('one', at('link'));
    const size = Buffer.byteLength(text);
    expect(await read(at('link'), { most: size })).toBe(text);
    await expect(read(at('one'), { most: size - 1 })).rejects.toThrow(/one is longer than 200,003 bytes/);
  });

  it('may be empty', async () => {
    await writeFile(at('empty'), '');
    expect(await read(at('empty'), { most: 0 })).toBe('');
  });

  it('that is not there is what Node says it is', async () => {
    const error = await read(at('gone'), { most: 10 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'ENOENT' });
    expect(Problem.is(error)).toBe(false);
  });

  it('is no folder', async () => {
    await mkdir(at('folder'));
    await expect(read(at('folder'), { most: 10 })).rejects.toThrow(/folder is a folder, not a file/);
  });

  it('is no pipe that nobody writes to', async () => {
    await promisify(execFile)('mkfifo', [at('pipe')]);
    await symlink('pipe', at('link'));
    await expect(read(at('link'), { most: 10 })).rejects.toThrow(/link is a pipe, not a file/);
  });

  it('is no socket and no device', async () => {
    const server = createServer().listen(at('socket'));
    await once(server, 'listening');
    await expect(read(at('socket'), { most: 10 })).rejects.toThrow(/is a socket, not a file/);
    server.close();
    await expect(read('/dev/zero', { most: 10 })).rejects.toThrow('/dev/zero is a device, not a file');
  });

  it('that has no end is cut at the limit, whatever it says of its size', async () => {
    await expect(read('/proc/self/pagemap', { most: 1024 * 1024 })).rejects.toThrow(
      /longer than 1,048,576 bytes/,
    );
  });
});

it('a pipe that takes the place of a file while it is opened does not hold up the reading', async () => {
  await promisify(execFile)('mkfifo', [at('pipe')]);
  await writeFile(at('file'), 'text');
  await writeFile(at('named'), 'text');
  const swap = `
    const { linkSync, renameSync } = require('node:fs');
    process.send('swapping');
    for (;;) for (const one of ['pipe', 'file']) { linkSync(one, 'next'); renameSync('next', 'named'); }`;
  await writeFile(at('swap.cjs'), swap);
  const child = fork(at('swap.cjs'), { cwd: folder });
  try {
    await once(child, 'message');
    const seen = new Set<string>();
    for (let turn = 0; turn < 3000; turn++) {
      seen.add(await readNamedFile(at('named'), { most: 10 }).catch((error: unknown) => String(error)));
    }
    expect(
      [...seen].every((one) => one === 'text' || one.endsWith('is a pipe, not a file. It was not read.')),
    ).toBe(true);
    expect(seen.size).toBe(2);
  } finally {
    child.kill();
  }
});

describe('a path on Windows', () => {
  const refused = [
    ['\\\\server\\share\\ca.crt', /on another machine/],
    ['//server/share/ca.crt', /on another machine/],
    ['\\/server/share', /on another machine/],
    ['\\\\?\\UNC\\server\\share\\ca.crt', /a device/],
    ['\\\\?\\C:\\ca.crt', /a device/],
    ['\\\\.\\pipe\\agent', /a device/],
    ['\\??\\UNC\\server\\share', /a device/],
    ['C:\\folder\\NUL', /a device/],
    ['C:\\folder\\con.txt', /a device/],
    ['C:/nul/x', /a device/],
    ['COM1:', /a device/],
    ['lpt¹', /a device/],
    ['aux .pem', /a device/],
  ] as const;
  it.each(refused)('that is %s is not looked at', (path, why) => {
    expect(() => checkPath(path, {}, 'win32')).toThrow(why);
  });

  it.each(['console.pem', 'nullable/ca.crt', 'common', 'a/com10', 'auxiliary.crt'])('may be %s', (path) => {
    expect(() => checkPath(path, {}, 'win32')).not.toThrow();
  });

  it('may be on another machine where the person named it', () => {
    expect(() => checkPath('\\\\server\\share\\config', { isOwn: true }, 'win32')).not.toThrow();
  });

  // A thread, as `npm run mutate` has, sets no variable that the system reads.
  it.skipIf(!isMainThread)(
    'may be on the share that the home folder is on, and on no other of that machine',
    () => {
      vi.stubEnv('HOME', '\\\\Corp\\home\\me');
      try {
        expect(() => checkPath('//corp/home/me/.kube/ca.crt', {}, 'win32')).not.toThrow();
        expect(() => checkPath('\\\\corp\\others\\ca.crt', {}, 'win32')).toThrow(/on another machine/);
      } finally {
        vi.unstubAllEnvs();
      }
    },
  );

  it('is not followed through a link to another machine, in whatever part of it', async () => {
    await symlink('\\\\server\\share', at('share'));
    await symlink('share', at('again'));
    await symlink('loop', at('loop'));
    await writeFile(at('ca.crt'), '');
    await symlink('ca.crt', at('own'));
    for (const path of ['share', 'share/ca.crt', 'again/a/b/ca.crt']) {
      expect(() => checkPath(at(path), {}, 'win32')).toThrow(/on another machine/);
    }
    expect(() => checkPath(at('loop'), {}, 'win32')).toThrow(/too many links/);
    for (const path of ['own', 'ca.crt', 'gone/ca.crt']) checkPath(at(path), {}, 'win32');
  });
});
