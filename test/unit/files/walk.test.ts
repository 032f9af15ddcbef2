import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { messageOf, Problem } from '../../../src/errors.ts';
import { walkFolder, type Disk, type Walked, type Walking } from '../../../src/files/git/walk.ts';
import { inOneGo } from '../../../src/slices.ts';

let root: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'walk-')));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function make(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
/** Files without text. */
const named = (...paths: readonly string[]): Record<string, string> =>
  Object.fromEntries(paths.map((path) => [path, '']));

const diskAt = (at: string): Disk => ({
  list: (folder) =>
    readdirSync(join(at, folder), { withFileTypes: true })
      .map((entry) => ({
        name: entry.name,
        kind: entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other',
      }))
      .toReversed() as { name: string; kind: 'file' | 'folder' | 'other' }[],
  exists: (path) => existsSync(join(at, path)),
  readIgnore: (file, most) => {
    const path = join(at, file);
    if (!existsSync(path)) return '';
    if (statSync(path).size > most) throw new Problem('bad-input', 'It is too long.');
    return readFileSync(path, 'utf8');
  },
});

interface Told {
  readonly batches: (readonly string[])[];
  ignored: number;
  readonly unreadable: string[];
}

async function walk(
  folder = '',
  walked: Partial<Walked> = {},
  walking: Partial<Walking> = {},
  onBatch: () => void = () => undefined,
): Promise<Told> {
  const told: Told = { batches: [], ignored: 0, unreadable: [] };
  const at = join(root, folder);
  const names = at.split(sep).filter(Boolean);
  const batches = walkFolder(
    diskAt(at),
    { names, exclusions: [], includesIgnored: false, apart: [], ...walked },
    {
      onIgnored: () => void told.ignored++,
      onUnreadable: (path, error) => void told.unreadable.push(`${path}: ${messageOf(error)}`),
      run: inOneGo,
      isWanted: () => true,
      ...walking,
    },
  );
  for await (const batch of batches) {
    told.batches.push(batch);
    onBatch();
  }
  return told;
}
const filesOf = async (...args: Parameters<typeof walk>): Promise<string[]> =>
  (await walk(...args)).batches.flat();
const leavingOut = (pattern: string, when?: string): Partial<Walked> => ({
  exclusions: [{ pattern, when }],
});

describe('a folder that is walked', () => {
  it('gives the files of each folder together, in the order of their names', async () => {
    make(named('b', 'a', 'sub/y', 'sub/x', 'sub/deep/z', 'sub/zz/w', 'c/v', 'none/of/them/u'));
    expect((await walk()).batches).toEqual([
      ['a', 'b'],
      ['c/v'],
      ['none/of/them/u'],
      ['sub/x', 'sub/y'],
      ['sub/deep/z'],
      ['sub/zz/w'],
    ]);
  });

  it('gives neither links, nor what git keeps for itself', async () => {
    make(named('a', 'sub/b', '.git/config', 'sub/.git/HEAD', '.gitkeep'));
    symlinkSync('sub', join(root, 'folder'));
    symlinkSync('a', join(root, 'link'));
    expect(await filesOf()).toEqual(['.gitkeep', 'a', 'sub/b']);
    expect(await filesOf('', { includesIgnored: true })).toEqual(['.gitkeep', 'a', 'sub/b']);
  });

  it('leaves out the folders that are walked by themselves, wherever they lie, and none that is only called so', async () => {
    make(named('a', 'sub/b', 'sub/inner/c', 'other/inner/d', 'inner/e'));
    expect(await filesOf('', { apart: ['sub/inner', 'inner'] })).toEqual(['a', 'other/inner/d', 'sub/b']);
  });

  it('gives the rest where a folder cannot be read, which is told', async () => {
    make(named('a', 'gone/b', 'sub/c'));
    const told = await walk('', {}, {}, () => {
      rmSync(join(root, 'gone'), { recursive: true, force: true });
    });
    expect(told.batches).toEqual([['a'], ['sub/c']]);
    expect(told.unreadable).toEqual([expect.stringMatching(/^gone: ENOENT/)]);
  });

  it('gives no more once nobody wants it', async () => {
    make(named('a', 'sub/b'));
    let isWanted = true;
    const stop = (): void => {
      isWanted = false;
    };
    expect((await walk('', {}, { isWanted: () => isWanted }, stop)).batches).toEqual([['a']]);
    expect(await filesOf('', {}, { run: () => undefined })).toEqual([]);
  });
});

describe('what settings leave out of a folder', () => {
  it('is left out, and is no file that git would not have', async () => {
    make(named('a.js', 'build/b', 'sub/build/c', 'sub/a.js', 'sub/node_modules/d/e'));
    const told = await walk('', leavingOut('**/node_modules'));
    expect(told).toMatchObject({
      batches: [['a.js'], ['build/b'], ['sub/a.js'], ['sub/build/c']],
      ignored: 0,
    });
    expect(await filesOf('', leavingOut('build'))).not.toContain('build/b');
    expect(await filesOf('', leavingOut('build'))).toContain('sub/build/c');
    expect(await filesOf('', leavingOut('**/*.js'))).toEqual([
      'build/b',
      'sub/build/c',
      'sub/node_modules/d/e',
    ]);
  });

  it('is counted from the folder, wherever its repository begins', async () => {
    make(named('.git/HEAD', 'build/a', 'sub/build/b', 'sub/c', 'sub/deep/build/d'));
    expect(await filesOf('sub', leavingOut('build'))).toEqual(['c', 'deep/build/d']);
  });

  it('may be what was made of a file beside it', async () => {
    make(named('a.js', 'a.ts', 'b.js', 'sub/c.d.js', 'sub/c.d.ts', 'sub/c.js', 'sub/$&.js', 'sub/$&.ts'));
    expect(await filesOf('', leavingOut('**/*.js', '$(basename).ts'))).toEqual([
      'a.ts',
      'b.js',
      'sub/$&.ts',
      'sub/c.d.ts',
      'sub/c.js',
    ]);
    expect(await filesOf('', leavingOut('**/*.js', 'a.ts'))).toEqual([
      'a.ts',
      'sub/$&.js',
      'sub/$&.ts',
      'sub/c.d.js',
      'sub/c.d.ts',
      'sub/c.js',
    ]);
  });

  it('is no more than somebody would write', async () => {
    make(named('first', 'last', 'past', 'x'));
    const exclusions = [
      { pattern: 'first', when: undefined },
      ...Array.from({ length: 998 }, (_, index) => ({ pattern: `no${index}`, when: undefined })),
      { pattern: 'last', when: undefined },
      { pattern: 'past', when: undefined },
    ];
    expect(await filesOf('', { exclusions })).toEqual(['past', 'x']);
    const braces = [
      ...Array.from({ length: 4 }, (_, index) => ({
        pattern: `${index}${'{a,b}'.repeat(8)}`,
        when: undefined,
      })),
      { pattern: 'last', when: undefined },
    ];
    expect(await filesOf('', { exclusions: braces })).toContain('last');
    expect(await filesOf('', { exclusions: braces.slice(1) })).not.toContain('last');
  });
});

describe('what git ignores in a folder', () => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', root, '-c', 'core.excludesFile=', ...args], { encoding: 'utf8' });
  /** What git would take of a folder. */
  const gits = (folder = ''): string[] =>
    git('ls-files', '-z', '--others', '--exclude-standard', '--', folder === '' ? '.' : folder)
      .split('\0')
      .filter(Boolean)
      .map((path) => relative(folder, path))
      .toSorted();

  it('is left out, a folder with all that is in it, and each is told', async () => {
    git('init', '-q');
    make({ '.gitignore': 'dist/\n*.log\n', ...named('a', 'b.log', 'dist/c', 'dist/d', 'sub/e.log') });
    const told = await walk();
    expect(told).toMatchObject({ batches: [['.gitignore', 'a']], ignored: 3, unreadable: [] });
    expect(told.batches.flat()).toEqual(gits());
    const all = ['.gitignore', 'a', 'b.log', 'dist/c', 'dist/d', 'sub/e.log'];
    expect(await walk('', { includesIgnored: true })).toMatchObject({ ignored: 0 });
    expect(await filesOf('', { includesIgnored: true })).toEqual(all);
  });

  it('is what git has it, whichever lists there are between the repository’s root and the folder’s own', async () => {
    const lists = [
      '.git/info/exclude',
      '.gitignore',
      'sub/.gitignore',
      'sub/in/.gitignore',
      'sub/in/a/.gitignore',
    ];
    const paths = [
      'a',
      'b',
      'in/a/b',
      'sub/a',
      'sub/b/a',
      'sub/in/a/a',
      'sub/in/a/b',
      'sub/in/b',
      'sub/in/c/b',
    ];
    git('init', '-q');
    make(named(...paths));
    const lines = fc
      .array(
        fc.constantFrom('a', '/a', '!a', 'b/', '!/b', 'in/a', '*', '!in', '!sub', '!.gitignore', '/sub/in/b'),
        {
          maxLength: 3,
        },
      )
      .map((all) => all.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.tuple(lines, lines, lines, lines, lines), async (texts) => {
        for (const [index, list] of lists.entries()) make({ [list]: texts[index] ?? '' });
        for (const folder of ['', 'sub', join('sub', 'in')]) {
          // Whoever opens a folder that is ignored itself wants to see what is in it.
          if (folder !== '' && isIgnoredItself(folder)) continue;
          expect((await filesOf(folder)).toSorted()).toEqual(gits(folder));
        }
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  function isIgnoredItself(folder: string): boolean {
    try {
      git('check-ignore', '-q', '--', folder);
      return true;
    } catch {
      return folder.includes(sep) && isIgnoredItself(dirname(folder));
    }
  }

  it('is nothing where there is no repository above, nor one that is far above', async () => {
    make({ '.gitignore': 'a\n', ...named('sub/a') });
    expect(await filesOf('sub')).toEqual(['a']);
    git('init', '-q');
    expect(await filesOf('sub')).toEqual([]);
    const deep = (count: number): string => Array.from({ length: count }, () => 'd').join('/');
    make(named(`${deep(34)}/a`));
    expect(await filesOf(deep(33))).toEqual([]);
    expect(await filesOf(deep(34))).toEqual(['a']);
  });

  it('is in force without a list that is too long to be followed, which is told', async () => {
    git('init', '-q');
    make({
      '.git/info/exclude': 'a\n',
      '.gitignore': `${'#'.repeat(1024 * 1024)}\nb\n`,
      'sub/.gitignore': 'x\n'.repeat(20_000),
      ...named('a', 'b', 'sub/a', 'sub/x'),
    });
    expect(await walk()).toEqual({
      batches: [
        ['.gitignore', 'b'],
        ['sub/.gitignore', 'sub/x'],
      ],
      ignored: 2,
      unreadable: ['.gitignore: It is too long.', 'sub/.gitignore: too many rules, which are not followed'],
    });
    expect((await walk('sub')).unreadable).toEqual([
      '../.gitignore: It is too long.',
      '.gitignore: too many rules, which are not followed',
    ]);
  });
});
