import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = execFileSync('git', ['-C', root, 'ls-files'], { encoding: 'utf8' }).split('\n').filter(Boolean);
const papers = files.filter((file) => /^(?:docs\/.*|sandbox\/example\/README|[A-Z]+)\.md$/.test(file));
const textOf = (paper: string): string => readFileSync(join(root, paper), 'utf8');

/** What papers say that matches, each with its paper. */
function said(pattern: RegExp): { readonly paper: string; readonly name: string }[] {
  return papers.flatMap((paper) =>
    [...textOf(paper).matchAll(pattern)].map(([, name = '']) => ({ paper, name })),
  );
}

/** A heading as links name it. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\w -]/g, '')
    .replaceAll(' ', '-');

function isLinkGood(paper: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? paper : join(dirname(paper), path);
  if (!existsSync(join(root, target))) return false;
  const headings = anchor === undefined ? [] : [...textOf(target).matchAll(/^#+ (.+)$/gm)];
  return anchor === undefined || headings.some(([, heading = '']) => anchorOf(heading) === anchor);
}

describe('the papers', () => {
  it('name no file of the sources that is not there', () => {
    // As a path, or as the end of one.
    const named = said(/`((?:[\w.-]+\/)*[\w.-]+\.(?:ts|mjs|mts|py))`/g);
    expect(named.length).toBeGreaterThan(100);
    expect(named.filter(({ name }) => !files.some((file) => `/${file}`.endsWith(`/${name}`)))).toEqual([]);
  });

  it('name no script of npm that is not there', () => {
    const named = said(/npm run ([\w-]+)/g);
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ name }) => !Object.hasOwn(manifest.scripts, name))).toEqual([]);
  });

  it('name no setting that is not there', () => {
    const named = said(/(serviceAccountTokens\.\w+)/g);
    expect(named.length).toBeGreaterThan(5);
    const settings = manifest.contributes.configuration.properties;
    expect(named.filter(({ name }) => !Object.hasOwn(settings, name))).toEqual([]);
  });

  it('name commands by their titles', () => {
    const named = said(/(?<!\w)_(?:ServiceAccount: )?([A-Z][^_\n]*…)_(?!\w)/g);
    expect(named.length).toBeGreaterThan(20);
    const titles = new Set<string>(manifest.contributes.commands.map(({ title }) => title));
    expect(named.filter(({ name }) => !titles.has(name))).toEqual([]);
  });

  it('link to no file and to no heading that is not there', () => {
    const links = said(/\]\((?!\w+:)([^)\s]+)\)/g).filter(({ paper }) => !paper.startsWith('sandbox/'));
    expect(links.length).toBeGreaterThan(60);
    expect(links.filter(({ paper, name }) => !isLinkGood(paper, name))).toEqual([]);
  });

  it('name every bundle that is loaded when it is first used', () => {
    const bundles = [...textOf('scripts/build.ts').matchAll(/^ {2}(\w+): 'src\//gm)].map(
      ([, name = '']) => name,
    );
    expect(bundles.length).toBeGreaterThan(10);
    const told = textOf('docs/decisions/bundles.md');
    expect(bundles.filter((name) => !told.includes(`\`${name}.cjs\``))).toEqual([]);
  });
});
