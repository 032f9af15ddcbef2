import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const src = fileURLToPath(new URL('../../src', import.meta.url));
const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'));

/** What a file of `src` imports of `src`, types and what is loaded later included. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)]
    .map(([, name = '']) => relative(src, join(src, dirname(file), name)).replaceAll('\\', '/'))
    .filter((name) => files.includes(name));
}

/** A folder of `src`, or of the features in `src/editor`; a file that lies in none is a room by itself. */
function roomOf(file: string): string {
  const path = file.split('/');
  return path.length <= 1
    ? file
    : path.slice(0, path[0] === 'editor' ? Math.min(path.length, 3) - 1 : 1).join('/');
}

const arrows = new Map<string, string[]>();
for (const file of files) {
  for (const imported of importsOf(file)) {
    const [from, to] = [roomOf(file), roomOf(imported)];
    if (from !== to) arrows.set(`${from} → ${to}`, [...(arrows.get(`${from} → ${to}`) ?? []), file]);
  }
}
const all = [...arrows.keys()].map((arrow) => arrow.split(' → '));

describe('the rooms of the house', () => {
  it('import each other in one direction alone', () => {
    const both = all.filter(([from = '', to = '']) => from < to && arrows.has(`${to} → ${from}`));
    const named = both.map(([from, to]) => `${from} and ${to}: ${arrows.get(`${from} → ${to}`)?.join(', ')}`);
    expect(named).toEqual([]);
  });

  it('of the workbench know no feature', () => {
    const known = all.filter(([from, to]) => from === 'editor/workbench' && to?.startsWith('editor'));
    expect(known).toEqual([]);
  });

  it('have one door for what a command is given', () => {
    const doors = files.filter((file) =>
      readFileSync(join(src, file), 'utf8').includes('vscode.commands.registerCommand'),
    );
    // The other takes nothing.
    expect(doors).toEqual(['editor/subject/door.ts', 'editor/terminal/offer.ts']);
  });

  it('of the features are put together in src/editor alone, which none of them imports', () => {
    const features = all.filter(([from, to]) => from?.startsWith('editor/') && to === 'editor');
    expect(features.map(([from]) => arrows.get(`${from} → editor`))).toEqual([]);
  });
});
