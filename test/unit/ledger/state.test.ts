import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../../src/issued/state.ts';

const EXPIRES = 1_800_000_000;
const token = { expires: EXPIRES, revoked: undefined };
const seen = { ended: undefined };
const at = (left: number, soon = 600) => stateOf(token, seen, { now: EXPIRES - left, soon });

/** Where words change, and the seconds beside. */
const EDGES = fc.constantFrom(0, 1, 2, 59, 60, 61, 62, 119, 120, 121, 3599, 3600, 3601);

describe('an issued token', () => {
  it.each([
    [90_000, 'valid', 'expires in 1 d 1 h'],
    [7300, 'valid', 'expires in 2 h 2 min'],
    [600, 'expires-soon', 'expires in 10 min'],
    [601, 'valid', 'expires in 10 min'],
    [61, 'expires-soon', 'expires in 1 min 1 s'],
    [60, 'expires-soon', 'expires in 1 min'],
    [59, 'expires-soon', 'expires in less than a minute'],
    [1, 'expires-soon', 'expires in less than a minute'],
    [0, 'expires-soon', 'expires now'],
    [-60, 'expires-soon', 'expires now'], // The server accepts it for a minute more.
    [-61, 'expired', 'expired'],
  ])('with %d s left is %s: %s', (left, is, words) => {
    expect(at(left)).toMatchObject({ is, words });
  });

  it.each([
    [121, -119],
    [120, -119],
    [61, -60],
    [60, -59],
    [59, 0],
    [1, 0],
    [0, 61],
    [-1, 61],
    [-60, 61],
  ])('with %d s left says something else %d s after its end', (left, change) => {
    expect(at(left, 0).until).toBe(EXPIRES + change);
  });

  it('is revoked, or ended by what it was bound to, whatever its time says', () => {
    const now = EXPIRES - 100;
    expect(stateOf({ ...token, revoked: 1 }, seen, { now, soon: 0 }).is).toBe('revoked');
    expect(stateOf(token, { ended: 'its Pod is gone' }, { now, soon: 0 })).toMatchObject({
      is: 'ended',
      words: 'its Pod is gone',
    });
  });

  it('that never expires needs no clock', () => {
    const forever = { expires: undefined, revoked: undefined };
    expect(stateOf(forever, seen, { now: EXPIRES, soon: 600 })).toEqual({
      is: 'valid',
      words: 'never expires',
      until: undefined,
    });
  });

  it('says the same until the moment that it names, and something else then', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: -60, max: 400 * 86_400 }), fc.integer({ min: -60, max: 3700 }), EDGES),
        fc.oneof(fc.integer({ min: 0, max: 90_000 }), EDGES),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (left, soon, part) => {
          const { until, ...state } = at(left, soon);
          const now = EXPIRES - left;
          if (until === undefined) throw new Error('An end was to come.');
          expect(until).toBeGreaterThan(now);
          const between = stateOf(token, seen, { now: now + Math.floor((until - now) * part), soon });
          expect({ is: between.is, words: between.words }).toEqual(state);
          const { is, words } = stateOf(token, seen, { now: until, soon });
          expect({ is, words }).not.toEqual(state);
        },
      ),
    );
  });
});
