import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanText } from '../../../src/token/find.ts';
import { findingsBetween } from '../../../src/token/finding.ts';
import { TokenTrack } from '../../../src/token/track.ts';
import { inOneGo } from '../../../src/slices.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
const encoded = Buffer.from(jwt(legacyClaims())).toString('base64');

function complete(track: TokenTrack, text: string): void {
  inOneGo(track.scan((from, to) => text.slice(from, to)));
}

it('knows after any edits what a fresh look at the whole text finds', () => {
  const piece = fc.constantFrom(
    bound,
    encoded,
    'eyJ',
    '\n',
    ' ',
    'x',
    '🔑 ',
    ' '.repeat(100_000),
    bound.slice(0, 99),
  );
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('\n '));
  const edit = fc.tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat({ max: 2000 }),
    text,
    fc.boolean(),
  );
  fc.assert(
    fc.property(text, fc.array(edit, { maxLength: 4 }), (original, edits) => {
      let now = original;
      const track = new TokenTrack(now.length);
      complete(track, now);
      for (const [place, length, insert, isRead] of edits) {
        const offset = Math.floor(place * now.length);
        const removed = Math.min(length, now.length - offset);
        now = now.slice(0, offset) + insert + now.slice(offset + removed);
        track.edit([{ offset, removed, inserted: insert.length }]);
        if (isRead) complete(track, now);
      }
      complete(track, now);
      expect(track.findings).toEqual([...scanText(now)]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('knows after many changes at a time what a fresh look finds', () => {
  const piece = fc.constantFrom(bound, encoded, 'eyJ', '\n', 'x', ' '.repeat(9000));
  const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join('\n '));
  const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 2000 }), text);
  fc.assert(
    fc.property(text, fc.array(change, { minLength: 5, maxLength: 9 }), (original, changes) => {
      let now = original;
      const track = new TokenTrack(now.length);
      complete(track, now);
      track.edit(
        changes.map(([place, length, insert]) => {
          const offset = Math.floor(place * now.length);
          const removed = Math.min(length, now.length - offset);
          now = now.slice(0, offset) + insert + now.slice(offset + removed);
          return { offset, removed, inserted: insert.length };
        }),
      );
      complete(track, now);
      expect(track.findings).toEqual([...scanText(now)]);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('knows where a token is that many changes far before it have moved', () => {
  const far = ' '.repeat(400_000);
  let now = `${bound} 0123456789${far}${bound}`;
  const track = new TokenTrack(now.length);
  complete(track, now);
  const changes = [3, -2, 5, -4, 7, -1].map((by) => {
    const offset = bound.length + 3;
    const [removed, insert] = [Math.max(0, -by), 'x'.repeat(Math.max(0, by))];
    now = now.slice(0, offset) + insert + now.slice(offset + removed);
    return { offset, removed, inserted: insert.length };
  });
  track.edit(changes);
  const last = now.lastIndexOf('eyJhbGciOi');
  expect(track.findings.at(-1)?.start).toBe(last);
  complete(track, now);
  expect(track.findings).toEqual([...scanText(now)]);
});

it('knows the first tokens of a text that has too many, whatever is edited, and where the next begins', () => {
  const most = 3;
  const piece = fc.constantFrom(bound, encoded, 'x', ' '.repeat(70_000));
  const text = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('\n '));
  const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: 4000 }), text);
  fc.assert(
    fc.property(text, fc.array(edit, { maxLength: 4 }), (original, edits) => {
      let now = original;
      const track = new TokenTrack(now.length, most);
      complete(track, now);
      for (const [place, length, insert] of edits) {
        const offset = Math.floor(place * now.length);
        const removed = Math.min(length, now.length - offset);
        now = now.slice(0, offset) + insert + now.slice(offset + removed);
        track.edit([{ offset, removed, inserted: insert.length }]);
        complete(track, now);
        const all = [...scanText(now)];
        expect(track.findings).toEqual(all.slice(0, most));
        expect(track.leftOutFrom).toBe(all[most]?.start);
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('knows ten thousand tokens of a text at most, as a file of nothing else would take gigabytes', () => {
  const text = 'eyJhbGciOiJ4In0.e30.\n'.repeat(20_000);
  const track = new TokenTrack(text.length);
  complete(track, text);
  expect(track.findings).toHaveLength(10_000);
  expect(track.leftOutFrom).toBe(text.length / 2);
});

it('findingsBetween are those that touch what is between', () => {
  const text = `${bound} ${encoded} x ${bound}`;
  const all = [...scanText(text)];
  const starts = (from: number, to: number): number[] =>
    findingsBetween(all, from, to).map(({ start }) => start);
  const [first, second, third] = all.map(({ start }) => start);
  expect(starts(0, text.length)).toEqual([first, second, third]);
  expect(starts(bound.length, bound.length + 1)).toEqual([first, second]);
  expect(starts(bound.length + encoded.length + 2, bound.length + encoded.length + 3)).toEqual([]);
  expect(findingsBetween([], 0, 9)).toEqual([]);
  const [found] = all;
  if (!found) throw new Error('the test has no token');
  const gap = fc.tuple(fc.nat(4), fc.nat(4));
  fc.assert(
    fc.property(fc.array(gap, { maxLength: 12 }), fc.nat(40), fc.nat(9), (gaps, from, length) => {
      let at = 0;
      const some = gaps.map(([before, long]) => {
        const start = at + before;
        at = start + long + 1;
        return { ...found, start, end: at };
      });
      const to = from + length;
      expect(findingsBetween(some, from, to)).toEqual(
        some.filter(({ start, end }) => end >= from && start <= to),
      );
    }),
    { numRuns: 500 },
  );
});
