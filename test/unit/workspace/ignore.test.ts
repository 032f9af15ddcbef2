import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matchesGlob, parseGlobs } from '../../../src/editor/workspace/globs.ts';
import { isIgnored, parseIgnoreFile } from '../../../src/editor/workspace/ignore.ts';

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
];

/** What the walk makes of the rules: a folder that is ignored takes all that is in it with it. */
function ignoredFiles(root: string, nested: string): string[] {
  const rulesOf = (path: readonly string[]): ReturnType<typeof parseIgnoreFile> => [
    ...parseIgnoreFile(root, 0),
    ...(path.length > 1 && path[0] === 'src' ? parseIgnoreFile(nested, 1) : []),
  ];
  return files.filter((file) => {
    const path = file.split('/');
    return path.some((_, at) => {
      const part = path.slice(0, at + 1);
      return isIgnored(rulesOf(part), part, at < path.length - 1);
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
    ['*.log   \nb c.txt', '/deep/*/[[]x].txt'],
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

  it('takes no more time than the product of the lengths, and writes no endless braces out', () => {
    const stars = `**/${'*a'.repeat(200)}b`;
    expect(matches(stars, 'a'.repeat(2000))).toBe(false);
    expect(matches('{a,b}'.repeat(100), 'a'.repeat(100))).toBe(false);
    expect(matches(`${'**/x/'.repeat(100)}y`, 'x/'.repeat(500))).toBe(false);
  });
});
