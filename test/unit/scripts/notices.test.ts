import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bundledPackages, noticesOf } from '../../../scripts/notices.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'notices-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(root, path, '..'), { recursive: true });
  await writeFile(join(root, path), text);
}

async function install(name: string, license: string | undefined, text?: string): Promise<void> {
  const described = { name, version: '1.2.3', license, main: 'index.js' };
  await put(`node_modules/${name}/package.json`, JSON.stringify(described));
  await put(`node_modules/${name}/index.js`, `export const said = ${JSON.stringify(name)};`);
  if (text !== undefined) await put(`node_modules/${name}/LICENSE`, text);
}

/** Bundles a program that uses some packages, and imports another without using it. */
async function bundle(...names: readonly string[]): Promise<Metafile> {
  const lines = names.map(
    (name, index) => `import { said as s${index} } from '${name}'; console.log(s${index});`,
  );
  await put('main.js', lines.join('\n'));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['main.js'],
    bundle: true,
    write: false,
    metafile: true,
  });
  return metafile;
}

it('the notices name each package of which a bundle holds code, and pass on what its license says', async () => {
  await install('first', 'MIT', 'Copyright the first');
  await install('@scope/second', 'Apache-2.0', 'Copyright the second');
  await install('unused', 'MIT', 'Copyright nobody');
  const bundled = await bundledPackages(root, [await bundle('first', '@scope/second')]);
  expect(bundled.map(({ name, license }) => [name, license])).toEqual([
    ['@scope/second', 'Apache-2.0'],
    ['first', 'MIT'],
  ]);
  const notices = noticesOf(bundled);
  expect(notices).toContain('first 1.2.3 (MIT)');
  expect(notices).toContain('Copyright the second');
  expect(notices).not.toContain('nobody');
});

it.each([
  ['a license by which it may not be passed on', 'GPL-3.0-only', 'text', 'and its license is "GPL-3.0-only"'],
  ['no license', undefined, 'text', 'and its license is undefined'],
  ['no text of its license', 'MIT', undefined, 'and has no text of its license'],
])('nothing is built of a package with %s', async (_, license, text, message) => {
  await install('odd', license, text);
  const metafile = await bundle('odd');
  await expect(bundledPackages(root, [metafile])).rejects.toThrow(`odd 1.2.3 is bundled, ${message}`);
});
