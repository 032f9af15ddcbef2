import fc from 'fast-check';
import { expect, it } from 'vitest';
import { scanText } from '../../../src/token/find.ts';
import { TokenTrack } from '../../../src/token/track.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
const encoded = Buffer.from(jwt(legacyClaims())).toString('base64');

function complete(track: TokenTrack, text: string): void {
  while (!track.isComplete) track.scanPiece((from, to) => text.slice(from, to));
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
        track.edit(offset, removed, insert.length);
        if (isRead) complete(track, now);
      }
      complete(track, now);
      expect(track.findings).toEqual([...scanText(now)]);
    }),
    { numRuns: 60 },
  );
}, 60_000);
