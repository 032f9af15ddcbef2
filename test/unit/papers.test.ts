import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['-C', root, 'ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
const papers = files.filter((file) => /^(?:docs\/.*|CONTRIBUTING|README)\.md$/.test(file));

/** Where a paper names a file of the repository's sources, as a path or the end of one. */
const NAMED = /`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|mts|py))`/g;

describe('the papers', () => {
  it('name no file of the sources that is not there', () => {
    const named = papers.flatMap((paper) =>
      [...readFileSync(`${root}/${paper}`, 'utf8').matchAll(NAMED)].map(([, name = '']) => ({ paper, name })),
    );
    expect(named.length).toBeGreaterThan(50);
    expect(named.filter(({ name }) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });
});
