import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isInGit, isInside, isOddOnWindows, isSameFile } from '../../../src/files/inside.ts';

describe('whether a path is inside a folder', () => {
  it.each([
    ['/w', '/w', true],
    ['/w', '/w/a/b', true],
    ['/w', '/w/..a', true],
    ['/', '/a', true],
    ['/w', '/wa', false],
    ['/w', '/', false],
    ['/w/a', '/w', false],
  ])('is told on Linux and macOS: %s, %s', (folder, path, inside) => {
    expect(isInside(folder, path, posix)).toBe(inside);
  });

  it.each([
    ['C:\\w', 'C:\\w\\a', true],
    ['C:\\w', 'c:\\W\\a', true],
    ['C:\\', 'C:\\a', true],
    ['\\\\nas\\share\\w', '\\\\nas\\share\\w\\a', true],
    ['C:\\w', 'D:\\w\\a', false], // As a junction can lead.
    ['C:\\w', '\\\\nas\\share\\a', false],
    ['C:\\w', 'C:\\wa', false],
    ['C:\\w', 'C:\\', false],
  ])('is told on Windows, whose paths have drives: %s, %s', (folder, path, inside) => {
    expect(isInside(folder, path, win32)).toBe(inside);
  });
});

describe('git’s own folder', () => {
  it.each(['.git', 'a/.GIT/hooks', 'a\\.git\\b', 'GIT~1/config'])('is known: %s', (path) => {
    expect(isInGit(path)).toBe(true);
  });
  it.each(['a/.github/one', '.gitignore', 'git/one', 'a.git/one'])('is not another: %s', (path) => {
    expect(isInGit(path)).toBe(false);
  });
});

describe('a name that Windows makes another of', () => {
  it.each(['one.kubeconfig.', 'one ', 'a./one', 'one:stream', 'NUL', 'a/com1.token', 'one?'])(
    'is known: %j',
    (path) => {
      expect(isOddOnWindows(path)).toBe(true);
    },
  );
  it.each(['one.kubeconfig', '.kube/config', 'a b/c.d', 'console.token', 'ci/null'])(
    'is not another: %j',
    (path) => {
      expect(isOddOnWindows(path)).toBe(false);
    },
  );
});

describe('a file that was looked at by its path and by its handle', () => {
  it('is the same by its number and its device, which a path does not tell on Windows', () => {
    expect(isSameFile({ ino: 7, dev: 2 }, { ino: 7, dev: 2 })).toBe(true);
    expect(isSameFile({ ino: 7, dev: 2 }, { ino: 7, dev: 0 })).toBe(true);
    expect(isSameFile({ ino: 7, dev: 2 }, { ino: 7, dev: 3 })).toBe(false);
    expect(isSameFile({ ino: 7, dev: 2 }, { ino: 8, dev: 2 })).toBe(false);
  });
});
