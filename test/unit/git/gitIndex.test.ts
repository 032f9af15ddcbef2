import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { trackedPaths } from '../../../src/editor/git/gitIndex.ts';

let folder = '';
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const git = (...args: readonly string[]): string =>
  execFileSync(
    'git',
    ['-C', folder, '-c', 'core.hooksPath=/dev/null', '-c', 'core.longPaths=true', ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

function read(bytes: Uint8Array): ReadonlySet<string> | undefined {
  const reading = trackedPaths(bytes);
  for (;;) {
    const { done, value } = reading.next();
    if (done === true) return value;
  }
}
const ours = (): string[] | undefined => {
  const paths = read(readFileSync(join(folder, '.git', 'index')));
  return paths && [...paths].toSorted();
};
const gits = (): string[] => git('ls-files', '-z').split('\0').filter(Boolean).toSorted();

const files = [
  'a',
  'b.yaml',
  'deep/er/b.yaml',
  'deep/er/b.yaml.bak',
  'deep/é 🔑.txt',
  `long/${'x'.repeat(200)}/${'y'.repeat(200)}`,
  ...Array.from({ length: 300 }, (_, index) => `many/${'n'.repeat(index % 40)}${index}`),
];

function makeRepository(...options: readonly string[]): void {
  folder = mkdtempSync(join(tmpdir(), 'index-'));
  git('init', '-q', ...options);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
}

describe('the index of a repository', () => {
  it.each(['2', '4'])('of version %s names the files that git names', (version) => {
    makeRepository();
    git('update-index', '--index-version', version);
    git('add', 'deep', 'long', 'many', 'a');
    expect(ours()).toEqual(gits());
    expect(ours()?.length).toBe(files.length - 1);
    git('rm', '-q', '--cached', 'a');
    git('add', '--intent-to-add', 'b.yaml'); // Makes a version 2 one of version 3.
    expect(ours()).toEqual(gits());
    expect(ours()).toContain('b.yaml');
    expect(ours()).not.toContain('a');
  });

  it('with longer names of objects is read too', () => {
    makeRepository('--object-format=sha256');
    git('add', '-A');
    expect(ours()).toEqual(gits());
  });

  it('that goes on in another file cannot be told', () => {
    makeRepository();
    git('add', '-A');
    git('update-index', '--split-index');
    expect(ours()).toBeUndefined();
  });

  it('of any bytes is read or not, and never throws or hangs', () => {
    makeRepository();
    git('add', 'a', 'deep');
    const whole = readFileSync(join(folder, '.git', 'index'));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 4 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const paths = read(bytes.subarray(0, changes.length === 4 ? length : bytes.length));
          expect((paths?.size ?? 0) <= 5).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
