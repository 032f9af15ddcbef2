import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastMatch, matchesGlob, parseGlob, parseGlobs } from '../../../src/files/git/globs.ts';
import { addIgnoreFile, isIgnored, type IgnoreRule } from '../../../src/files/git/ignore.ts';

const files = [
  'a.log',
  'b.txt',
  'build/a.log',
  'build/keep/b.txt',
  'src/a.log',
  'src/b.txt',
  'src/build/c.js',
  'src/deep/er/a.log',
  'src/deep/er/[x].txt',
  'src/deep/b c.txt',
  '#hash',
  '!bang',
  'dist.d/file',
  ']',
  '-',
  'b',
  'src/]x',
  'src/*',
  // No file of Windows ends with a blank.
  ...(process.platform === 'win32' ? [] : ['blank ', 'inner blank ']),
];

/** What comes of what yields now and then, and how much at most it was at it in one go, in milliseconds of processor time. */
function measured<T>(steps: Generator<undefined, T>): { readonly result: T; readonly longest: number } {
  let longest = 0;
  for (;;) {
    const before = process.cpuUsage();
    const { done, value } = steps.next();
    const { user, system } = process.cpuUsage(before);
    longest = Math.max(longest, (user + system) / 1000);
    if (done === true) return { result: value, longest };
  }
}
const toEnd = <T>(steps: Generator<undefined, T>): T => measured(steps).result;

/** What the walk makes of the rules: a folder that is ignored takes all that is in it with it. */
function ignoredFiles(root: string, nested: string): string[] {
  const rulesOf = (path: readonly string[]): readonly IgnoreRule[] => {
    const outer = toEnd(addIgnoreFile([], root, 0)) ?? [];
    const isInner = path.length > 1 && path[0] === 'src';
    return (isInner ? toEnd(addIgnoreFile(outer, nested, 1)) : outer) ?? outer;
  };
  return files.filter((file) => {
    const path = file.split('/');
    return path.some((_, at) => {
      const part = path.slice(0, at + 1);
      return toEnd(isIgnored(rulesOf(part), part, at < path.length - 1));
    });
  });
}

describe('isIgnored', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ignore-'));
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), '');
    }
    spawnSync('git', ['init', '-q', folder]);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  function ignoredByGit(root: string, nested: string): string[] {
    writeFileSync(join(folder, '.gitignore'), root);
    writeFileSync(join(folder, 'src', '.gitignore'), nested);
    const args = ['-C', folder, '-c', 'core.excludesFile=', 'check-ignore', '-z', '--stdin', '--no-index'];
    const { stdout, error } = spawnSync('git', args, { input: files.join('\0'), encoding: 'utf8' });
    if (error) throw error;
    return stdout.split('\0').slice(0, -1);
  }

  it.each([
    ['*.log\n', ''],
    ['/a.log\nbuild/\n', ''],
    ['*\n!*/\n!*.txt\n', ''],
    ['src/**/a.log\n', '!b.txt'],
    ['**/build\r\n# comment\r\n\r\n\\#hash\r\n\\!bang\r\n', ''],
    ['src/deep/**\n', '*.txt\n!/b.txt'],
    ['build/*\n!build/keep\n', '/build/'],
    ['b\\ c.txt\n[ab].*\n[!a].txt\ndist.?\n', ''],
    ['src/\n', '!b.txt'],
    ['blank\\ \ninner blank\\ \n', ''],
    ['blank \ninner blank\\  \n', ''],
    ['blank\\\\ \nblank \\ \n', ''],
    ['*.log   \nb c.txt', '/deep/*/[[]x].txt'],
    ['[]]\n[a-c]\n', '[]-^]*'],
    ['[!]a]\n[^a-c]*t\n', '[a-]*'],
    ['[-b]\n', '[b-]\n\\*\n'],
    ['[a\nb[\n', '*[x]*'],
    ['**\n!**/\n!b.*\n', '/**/'],
    ['/**/b.txt\n', '**/er/**'],
    ['#\n\\#*\n!\n/\n', '   \n'],
    ['?\n', '???'],
  ])('ignores what git ignores: case %#', (root, nested) => {
    expect(ignoredFiles(root, nested)).toEqual(ignoredByGit(root, nested));
  });

  it('ignores what git ignores, whatever the patterns', () => {
    const part = fc.constantFrom(
      '*',
      '**',
      'a*',
      '*.log',
      'b.txt',
      'src',
      'build',
      'deep',
      'er',
      '?.*',
      '[a-b]*',
      'x',
    );
    const pattern = fc
      .tuple(
        fc.constantFrom('', '!', '/', '!/'),
        fc.array(part, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('', '/'),
      )
      .map(([before, parts, after]) => before + parts.join('/') + after);
    const text = fc.array(pattern, { maxLength: 4 }).map((patterns) => patterns.join('\n'));
    fc.assert(
      fc.property(text, text, (root, nested) => {
        expect(ignoredFiles(root, nested)).toEqual(ignoredByGit(root, nested));
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('a list of ignored files', () => {
  const name = ['a'.repeat(255)];
  const deep = Array.from({ length: 2000 }, () => 'a');

  it.each([
    ['one class of a million characters', `*[${'bc'.repeat(500_000)}]z`],
    ['classes without an end', `*a${'[a'.repeat(500)}\n`.repeat(1000)],
    ['patterns that nearly match anywhere', `*${'a'.repeat(127)}b\n`.repeat(3000)],
    ['stars', `${'*a'.repeat(500)}b\n`.repeat(1000)],
    ['folders of any depth', `${'**/a/'.repeat(200)}b\n`.repeat(1000)],
    ['half a million lines', 'b\n'.repeat(500_000)],
    ['half a million empty lines', '\n'.repeat(500_000)],
  ])('cannot hold the editor up for long in one go: %s', (_, text) => {
    const read = measured(addIgnoreFile([], text, 0));
    const asked = [name, deep].map((path) => measured(isIgnored(read.result ?? [], path, false)));
    expect(asked.map(({ result }) => result)).toEqual([false, false]);
    // Seconds for each file of a folder, where it was done in one go.
    expect(Math.max(read.longest, ...asked.map(({ longest }) => longest))).toBeLessThan(500);
  });

  it('of more rules than anybody writes is not followed, nor is a pattern that is longer than a path', () => {
    expect(toEnd(addIgnoreFile([], 'a\n'.repeat(20_001), 0))).toBeUndefined();
    expect(toEnd(addIgnoreFile([], 'a\n'.repeat(20_000), 0))).toHaveLength(20_000);
    const rules = toEnd(addIgnoreFile([], `${'a'.repeat(2000)}\na\n`, 0)) ?? [];
    expect(rules.length).toBe(1);
    expect(toEnd(addIgnoreFile(rules, 'a\n'.repeat(20_000), 0))).toBeUndefined();
  });
});

describe('matchesGlob', () => {
  const matches = (pattern: string, path: string): boolean =>
    parseGlobs(pattern).some((glob) => matchesGlob(glob, path.split('/')));

  it.each([
    ['**/node_modules', 'node_modules', true],
    ['**/node_modules', 'a/b/node_modules', true],
    ['**/node_modules', 'a/node_modules_', false],
    ['node_modules', 'a/node_modules', false],
    ['**/*.{js,map}', 'a/b.js', true],
    ['**/*.{js,map}', 'b.map', true],
    ['**/*.{js,map}', 'b.mts', false],
    ['{a,b/{c,d}}/*', 'b/d/x', true],
    ['a/**', 'a/b/c', true],
    ['**/.git', '.git', true],
    ['a/*/c', 'a/b/b/c', false],
    ['**/a/**/b', 'x/a/b', true],
  ])('%s against %s: %s', (pattern, path, holds) => {
    expect(matches(pattern, path)).toBe(holds);
  });

  it.each([
    ['./a', 'a', true],
    ['/a', 'a', true],
    ['a/', 'a', true],
    ['.a', 'a', false],
    ['a/b/', 'a/b', true],
    ['{a,b}', 'c', false],
    ['a}', 'a}', true],
    ['{a', '{a', true],
    ['a\\b', 'a\\b', true],
    ['[!a]', 'b', true],
    ['[a-c]x', 'bx', true],
    ['[a-c]x', 'dx', false],
    ['a'.repeat(1024), 'a'.repeat(1024), true],
    ['a'.repeat(1025), 'a'.repeat(1025), false],
    ['{a,b}'.repeat(8), 'abababab', true],
    ['{a,b}'.repeat(9), 'ababababa', false],
  ])('reads a setting’s pattern as the editor does: %s against %s: %s', (pattern, path, holds) => {
    expect(matches(pattern, path)).toBe(holds);
  });

  it('takes no more time than the product of the lengths, and writes no endless braces out', () => {
    const stars = `**/${'*a'.repeat(200)}b`;
    expect(matches(stars, 'a'.repeat(2000))).toBe(false);
    expect(matches('{a,b}'.repeat(100), 'a'.repeat(100))).toBe(false);
    expect(matches(`${'**/x/'.repeat(100)}y`, 'x/'.repeat(500))).toBe(false);
  });
});

it('a path is compared with no more than half a million characters of rules by its own at a time', () => {
  const glob = parseGlob('b', true);
  if (!glob) throw new Error('the test has no glob');
  const rules = Array.from({ length: 5000 }, () => ({ glob, depth: 0 }));
  const path = ['a'.repeat(199), 'a'.repeat(300)];
  // A rule of one character takes two by each of five hundred.
  let pauses = 0;
  for (const _ of lastMatch(rules, path, () => true)) pauses++;
  expect(pauses).toBe(9);
  expect([...lastMatch(rules, path, () => false)]).toEqual([]);
});
