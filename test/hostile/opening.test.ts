import { describe, expect, it } from 'vitest';
import { openIgnoreFile, openIndex, openText } from '../fuzz/opening.ts';
import { ignoreMonsters, indexMonsters, parserMonsters } from '../fuzz/parserMonsters.ts';
import { Watch } from '../fuzz/watch.ts';

/** In milliseconds of processor time; `npm run fuzz` allows a tenth of it, and reads larger ones. */
const MOST_BLOCKED = 1000;
/** Larger ones are the fuzzer's, in UTF-16 units. */
const LARGEST = 3_000_000;

/** What of some work keeps others waiting for too long; undefined: nothing. */
function waitingFor(work: (watch: Watch) => void): string | undefined {
  const watch = new Watch();
  work(watch);
  return watch.longest > MOST_BLOCKED ? `${watch.name} for ${watch.longest.toFixed(0)} ms` : undefined;
}

describe('a file that is opened cannot keep the editor waiting by', () => {
  const texts = parserMonsters
    .map(({ name, make }) => ({ name, text: make() }))
    .filter(({ text }) => text.length <= LARGEST);
  it.each(texts)('$name', ({ text }) => {
    expect(
      waitingFor((watch) => {
        openText(text, watch);
      }),
    ).toBeUndefined();
  });

  it.each(indexMonsters)('$name', ({ make }) => {
    expect(
      waitingFor((watch) => {
        openIndex(make(), watch);
      }),
    ).toBeUndefined();
  });

  it.each(ignoreMonsters)('$name', ({ make, path }) => {
    expect(
      waitingFor((watch) => {
        openIgnoreFile(make(), path, watch);
      }),
    ).toBeUndefined();
  });
});
