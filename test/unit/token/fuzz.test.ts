import { expect, it } from 'vitest';
import { makeDocument, readDocument } from '../../fuzz/documents.ts';
import { makeFile, makeIgnoreFile, makeIndex } from '../../fuzz/files.ts';
import { monsters } from '../../fuzz/monsters.ts';
import { openIgnoreFile, openIndex, openText } from '../../fuzz/opening.ts';
import { checkPlanted, plant } from '../../fuzz/planted.ts';
import { Watch } from '../../fuzz/watch.ts';

it('reads any document without a crash or a wrong offset (npm run fuzz reads a million)', () => {
  let tokens = 0;
  for (let seed = 1; seed <= 3000; seed++) tokens += readDocument(makeDocument(seed));
  expect(tokens).toBeGreaterThan(1000);
}, 60_000);

it('opens any file of Kubernetes, index and ignore rules without a crash or a wrong offset', () => {
  const watch = new Watch();
  for (let seed = 1; seed <= 600; seed++) {
    readDocument(makeFile(seed));
    openText(makeFile(seed), watch);
    openIndex(makeIndex(seed), watch);
    const { text, path } = makeIgnoreFile(seed);
    openIgnoreFile(text, path, watch);
  }
  expect(watch.name).not.toBe('');
}, 60_000);

it('finds every token that is planted in a document, at its place, and nothing else', () => {
  let tokens = 0;
  for (let seed = 1; seed <= 3000; seed++) {
    const document = plant(seed);
    expect(() => {
      checkPlanted(document);
    }, `seed ${seed}`).not.toThrow();
    tokens += document.planted.length;
  }
  expect(tokens).toBeGreaterThan(5000);
}, 60_000);

it.each(monsters)('reads $name, which breaks readers', ({ make }) => {
  expect(readDocument(make(2))).toBeGreaterThanOrEqual(0);
});
