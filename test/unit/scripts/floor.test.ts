import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { floor } from '../../../scripts/floor.ts';

const read = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')) as unknown;

it('the oldest editor is the one that users may have, and whose API the sources are checked against', async () => {
  expect(await read('package.json')).toMatchObject({
    engines: { vscode: `^${floor.vscode}.0` },
    devDependencies: { '@types/vscode': `~${floor.vscode}.0` },
  });
  expect(await read('node_modules/@types/vscode/package.json')).toMatchObject({
    version: `${floor.vscode}.0`,
  });
  expect(floor.codeServer.startsWith(floor.vscode.replace(/^1\./, '4.') + '.')).toBe(true);
});

it('what requests are sent with runs on the Node of the oldest editor', async () => {
  const { engines } = (await read('node_modules/undici/package.json')) as { engines: { node: string } };
  const [, least = ''] = /^>=(\d+\.\d+\.\d+)$/.exec(engines.node) ?? [];
  expect(least.localeCompare(floor.node, 'en', { numeric: true })).toBeLessThanOrEqual(0);
});

it('the sources may use the JavaScript of the oldest editor’s Node alone', async () => {
  expect(await read('node_modules/@oldest/node/package.json')).toMatchObject({
    name: '@types/node',
    version: expect.stringMatching(/^20\.17\./) as unknown,
  });
  expect(floor.node).toMatch(/^20\.1[89]\./);
  expect(await read('src/tsconfig.json')).toMatchObject({
    compilerOptions: {
      // Whoever refers to the types of Node gets those of the oldest.
      typeRoots: ['../node_modules/@oldest', '../node_modules/@types'],
      lib: ['es2023', 'es2024.string'], // Node 20 has well-formed strings, and no more of ES2024.
    },
  });
});
