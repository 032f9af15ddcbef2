import { describe, expect, it } from 'vitest';
import { scanText } from '../../../src/token/find.ts';
import { TokenTrack } from '../../../src/token/track.ts';
import { inOneGo } from '../../../src/slices.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
/** As far before an edit a token can begin that it touches, in UTF-16 units. */
const REACH = 64 * 1024 + 4096;

function complete(track: TokenTrack, text: string): readonly (readonly [from: number, to: number])[] {
  const read: [number, number][] = [];
  inOneGo(
    track.scan((from, to) => {
      read.push([from, to]);
      return text.slice(from, to);
    }),
  );
  return read;
}
function tracked(text: string): TokenTrack {
  const track = new TokenTrack(text.length);
  complete(track, text);
  expect(track.findings).toEqual([...scanText(text)]);
  return track;
}
const startsOf = (track: TokenTrack): number[] => track.findings.map(({ start }) => start);

describe('a text that is tracked', () => {
  it('is read in pieces, each no longer than 128 Ki units and a token', () => {
    const text = `${bound}\n`.repeat(1000);
    const track = new TokenTrack(text.length);
    let pieces = 0;
    const asked: number[] = [];
    for (const _ of track.scan((from, to) => {
      asked.push(to - from);
      return text.slice(from, to);
    })) {
      pieces++;
      expect(track.isComplete).toBe(pieces === Math.ceil(text.length / (128 * 1024)));
    }
    expect(pieces).toBe(Math.ceil(text.length / (128 * 1024)));
    expect(Math.max(...asked)).toBe(128 * 1024 + REACH);
    expect(track.findings).toHaveLength(1000);
  });

  it('is read from a token’s length before the place on before which none begins', () => {
    const before = 'x'.repeat(REACH + 5);
    const text = `${before} ${bound}`;
    const track = new TokenTrack(text.length, 10, text.length - bound.length);
    expect(complete(track, text)[0]?.[0]).toBe(6);
    expect(startsOf(track)).toEqual([REACH + 6]);
    expect(complete(new TokenTrack(text.length, 10, 99), text)[0]?.[0]).toBe(0);
  });
});

describe('an edit', () => {
  const text = `${' '.repeat(10)}${bound}${' '.repeat(10)}`;
  const end = 10 + bound.length;
  const known = (offset: number, removed: number, inserted: number): number[] => {
    const track = tracked(text);
    track.edit([{ offset, removed, inserted }]);
    expect(track.isComplete).toBe(false);
    return startsOf(track);
  };

  it('makes a token unknown at once that it touches, and moves one behind it', () => {
    expect(known(end, 0, 1)).toEqual([]);
    expect(known(end + 1, 0, 1)).toEqual([10]);
    expect(known(10, 0, 1)).toEqual([]);
    expect(known(9, 0, 1)).toEqual([11]);
    expect(known(8, 2, 0)).toEqual([]);
    expect(known(7, 2, 5)).toEqual([13]);
    expect(known(20, 1, 1)).toEqual([]);
  });

  it('of two far ends leaves what is between them known', () => {
    const track = tracked(text);
    track.edit([
      { offset: 0, removed: 0, inserted: 1 },
      { offset: text.length, removed: 1, inserted: 0 },
    ]);
    expect(startsOf(track)).toEqual([11]);
    track.edit([]);
    expect(startsOf(track)).toEqual([11]);
  });

  it('of many places is read from a token’s length before the first to as far behind the last', () => {
    const text = ' '.repeat(1_000_000);
    const track = tracked(text);
    track.edit([
      { offset: 500_000, removed: 0, inserted: 10 },
      { offset: 400_000, removed: 100_005, inserted: 0 },
      { offset: 400_001, removed: 1, inserted: 100_000 },
      { offset: 300_000, removed: 7, inserted: 3 },
      { offset: 600_000, removed: 0, inserted: 50_000 },
      { offset: 350_000, removed: 10, inserted: 30 },
    ]);
    const now = ' '.repeat(1_000_000 + 10 - 100_005 + 99_999 - 4 + 50_000 + 20);
    const read = complete(track, now);
    expect(read[0]?.[0]).toBe(300_000 - REACH);
    expect(read.at(-1)?.[1]).toBe(650_020 + REACH + REACH);
    expect(track.isComplete).toBe(true);
  });

  it('on the line below the first of a token makes it whole', () => {
    const [first, second] = [bound.slice(0, 300), bound.slice(300)];
    for (const before of ['', 'token: |\n  ', ' '.repeat(70_000)]) {
      const track = tracked(`${before}${first}\n\n`);
      const now = `${before}${first}\n${second}\n`;
      track.edit([{ offset: before.length + first.length + 1, removed: 0, inserted: second.length }]);
      complete(track, now);
      expect(track.findings).toMatchObject([{ kind: 'jws', token: bound, start: before.length }]);
    }
  });

  it('at the end of the longest token is seen, and one as far before the next', () => {
    const long = jwt({ a: 'a'.repeat(48_600) });
    expect(long.length).toBeGreaterThan(64 * 1024 - 400);
    for (const before of ['', 'x '.repeat(40_000)]) {
      const track = tracked(`${before}${long}\n`);
      const cut = `${before}${long.slice(0, -1)}\n`;
      track.edit([{ offset: before.length + long.length - 1, removed: 1, inserted: 0 }]);
      complete(track, cut);
      expect(track.findings).toEqual([...scanText(cut)]);
      expect(startsOf(track)).toEqual([before.length]);
    }
    for (const distance of [REACH - 2, REACH - 1, REACH, REACH + 1, 128 * 1024, 128 * 1024 + 1]) {
      const far = `${' '.repeat(distance)}${bound}`;
      const track = tracked(far);
      const now = `x${far}`;
      track.edit([{ offset: 0, removed: 0, inserted: 1 }]);
      expect(startsOf(track)).toEqual([distance + 1]);
      complete(track, now);
      expect(startsOf(track)).toEqual([distance + 1]);
    }
  });
});
