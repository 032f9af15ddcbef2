import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isTrackedIn, trackedPaths } from '../../../src/files/git/gitIndex.ts';

let folder = '';
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
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

/** An entry of a file; `removed`: how much of the path before it is not kept, in version 4, and `length` of the whole. */
function entry(path: string, { removed, length }: { removed?: number; length?: number } = {}): Buffer {
  const head = Buffer.alloc(62);
  head.writeUInt32BE(0o10_06_44, 24);
  head.writeUInt16BE(Math.min(0xf_ff, length ?? path.length), 60);
  const name = Buffer.from(path);
  if (removed !== undefined) return Buffer.concat([head, Buffer.from([removed]), name, Buffer.alloc(1)]);
  return Buffer.concat([head, name, Buffer.alloc(8 - ((62 + name.length) % 8))]);
}

function extension(name: string, size: number): Buffer {
  const head = Buffer.from(`${name}....`);
  head.writeUInt32BE(size, 4);
  return Buffer.concat([head, Buffer.alloc(size)]);
}

function made(version: number, entries: readonly Buffer[], ...extensions: readonly Buffer[]): Buffer {
  const head = Buffer.from('DIRC........');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(entries.length, 8);
  return Buffer.concat([head, ...entries, ...extensions, Buffer.alloc(20)]);
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

  it('that is sparse names folders, and nothing is said of what is in them', () => {
    makeRepository();
    git('add', '-A');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.com', 'commit', '-q', '-m', 'all');
    git('sparse-checkout', 'set', '--cone', '--sparse-index', 'deep');
    const paths = read(readFileSync(join(folder, '.git', 'index')));
    if (!paths) throw new Error('It was not read.');
    expect([...paths].filter((path) => path.endsWith('/'))).toEqual(['long/', 'many/']);
    expect(isTrackedIn(paths, 'deep/er/b.yaml')).toBe(true);
    expect(isTrackedIn(paths, 'deep/er/none')).toBe(false);
    expect(isTrackedIn(paths, 'many/or/none')).toBeUndefined();
    expect(isTrackedIn(paths, 'many')).toBe(false);
  });

  it('that shares more than a few beginnings of paths is read too', () => {
    makeRepository();
    const below = `${'d'.repeat(250)}/`.repeat(8);
    mkdirSync(join(folder, below), { recursive: true });
    for (let one = 0; one < 30; one++) writeFileSync(join(folder, below, String(one)), '');
    git('update-index', '--index-version', '4');
    git('add', '-A');
    expect(ours()).toEqual(gits());
  });

  it('may name a mebibyte of paths, and four bytes more for each of its own', () => {
    const named = (count: number): number | undefined => {
      const first = entry('p'.repeat(4000), { removed: 0 });
      const more = Array.from({ length: count - 1 }, (_, one) =>
        entry(String(one).padStart(4, '0'), { removed: 4, length: 4000 }),
      );
      return read(made(4, [first, ...more]))?.size;
    };
    expect([named(262), named(280), named(300)]).toEqual([262, 280, undefined]);
  });

  it('whose last path does not end cannot be told', () => {
    const open = entry('one', { removed: 0 });
    const whole = made(4, [open]);
    expect(read(whole)).toEqual(new Set(['one']));
    const cut = Buffer.concat([whole.subarray(0, whole.length - 21), Buffer.alloc(20)]);
    expect(read(cut)).toBeUndefined();
    expect(read(Buffer.concat([whole.subarray(0, whole.length - 21), Buffer.alloc(20, 1)]))).toBeUndefined();
  });

  it('that ends with an extension that may be passed over is read', () => {
    expect(read(made(2, [entry('one')], extension('TREE', 0)))).toEqual(new Set(['one']));
    expect(read(made(2, [entry('one')], extension('TREE', 9), extension('EOIE', 3)))).toEqual(
      new Set(['one']),
    );
  });

  it.each(['link', 'know'])('that ends with an extension of which all depends cannot be told: %s', (name) => {
    expect(read(made(2, [entry('one')], extension(name, 0)))).toBeUndefined();
    expect(read(made(2, [entry('one')], extension('TREE', 0), extension(name, 9)))).toBeUndefined();
  });

  it('that cannot be told is any in which git would read another path than its bytes say', () => {
    const shorter = entry('one');
    shorter.writeUInt16BE(2, 60);
    expect(read(made(2, [shorter]))).toBeUndefined();
    const folder = entry('one');
    folder.writeUInt32BE(0o04_00_00, 24);
    expect(read(made(2, [folder]))).toBeUndefined();
    expect(read(made(2, [entry('one/')]))).toBeUndefined();
    const cut = extension('TREE', 4);
    cut.writeUInt32BE(9, 4);
    for (const rest of [cut, Buffer.from('TREE...')]) {
      expect(read(made(2, [entry('one')], rest))).toBeUndefined();
      expect(read(made(2, [entry('one')], extension('TREE', 4), rest))).toBeUndefined();
    }
    // Empty with names of 20 bytes, and with names of 32.
    expect(read(made(2, [], extension('TREE', 4)))).toBeUndefined();
  });

  it('of a repository in which nothing is tracked names nothing', () => {
    expect(read(made(2, []))).toEqual(new Set());
  });

  it('that cannot be told is any that is cut short, of another kind, or of another version', () => {
    const whole = made(2, [entry('one'), entry('two')]);
    expect(read(whole)).toEqual(new Set(['one', 'two']));
    for (let length = 0; length < whole.length; length += 1)
      expect([length, read(whole.subarray(0, length))]).toEqual([length, undefined]);
    for (const version of [0, 1, 5, 6]) expect(read(made(version, [entry('one')]))).toBeUndefined();
    const other = made(2, [entry('one')]);
    other.write('DIRX');
    expect(read(other)).toBeUndefined();
    // It keeps more of the path before than there is of it.
    expect(
      read(made(4, [entry('one', { removed: 0 }), entry('x', { removed: 4, length: 0 })])),
    ).toBeUndefined();
    expect(read(made(4, [entry('one', { removed: 0 }), entry('x', { removed: 3, length: 1 })]))).toEqual(
      new Set(['one', 'x']),
    );
  });

  it('that ends with an extension is read where its name begins with a capital letter alone', () => {
    for (const name of ['AREE', 'ZREE'])
      expect(read(made(2, [entry('one')], extension(name, 2)))?.size).toBe(1);
    for (const name of ['@REE', '[REE', 'aREE'])
      expect(read(made(2, [entry('one')], extension(name, 2)))).toBeUndefined();
  });

  it('names no path that is longer than any', () => {
    for (const [length, isRead] of [
      [4096, true],
      [4097, false],
    ] as const) {
      const paths = read(made(4, [entry('x'.repeat(length), { removed: 0 })]));
      expect(paths !== undefined).toBe(isRead);
    }
  });

  it('of many files lets others run now and then', () => {
    const pauses = (count: number): number => {
      const entries = Array.from({ length: count }, (_, one) => entry(`file-${one}`));
      let seen = 0;
      for (const reading = trackedPaths(made(2, entries)); reading.next().done !== true;) seen += 1;
      return seen;
    };
    expect(pauses(400)).toBe(0);
    expect(pauses(1700)).toBe(3);
  });

  it('cannot name more than a few times its own bytes', () => {
    const long = 'x'.repeat(4000);
    const shared = Array.from({ length: 2000 }, (_, one) => {
      const suffix = String(one).padStart(5, '0');
      return entry(suffix, { removed: 5, length: long.length });
    });
    expect(read(made(4, [entry(long, { removed: 0 }), ...shared]))).toBeUndefined();
    expect(read(made(4, [entry('x'.repeat(5000), { removed: 0 })]))).toBeUndefined();
    expect(read(made(4, [entry(long, { removed: 0 }), ...shared.slice(0, 3)]))?.size).toBe(4);
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
