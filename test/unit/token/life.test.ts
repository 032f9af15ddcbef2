import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { datedVerdict, verdict, verdictChanges } from '../../../src/token/describe.ts';
import { lifeOf, nextPhase } from '../../../src/token/life.ts';
import { relativeTime } from '../../../src/token/relativeTime.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

function classify(claims: object): Token {
  const decoded = decodeToken(jwt(claims));
  if (!decoded) throw new Error('the test built no token');
  return classifyToken(decoded);
}

const issued = 1_800_000_000;
const hour = classify(boundClaims());
const extended = classify(
  boundClaims(
    { pod: { name: 'p', uid: 'u' }, warnafter: issued + 3607 },
    { exp: issued + 31_536_000, iat: issued, nbf: issued },
  ),
);

describe('lifeOf', () => {
  it.each([
    [hour, issued - 61, 'not-yet-valid', undefined],
    [hour, issued - 60, 'not-yet-valid', 0],
    [hour, issued, 'valid', undefined],
    [hour, issued + 2999, 'valid', undefined],
    [hour, issued + 3000, 'expiring', undefined],
    [hour, issued + 3600, 'expiring', undefined],
    [hour, issued + 3630, 'expired', 30],
    [hour, issued + 3660, 'expired', 0],
    [hour, issued + 3661, 'expired', undefined],
    [extended, issued + 3607, 'valid', undefined],
    [extended, issued + 3608, 'extended', undefined],
    [extended, issued + 31_536_000 - 600, 'expiring', undefined],
    [classify(legacyClaims({ exp: 1 })), issued, 'never-expires', undefined],
    [classify({ iss: 'x', iat: issued + 61 }), issued, 'issued-in-the-future', undefined],
  ])('case %#: at %d it is %s, with the leeway set apart', (token, now, phase, leeway) => {
    expect(lifeOf(token, now)).toEqual({ phase, leeway });
  });

  it('takes the reader’s own threshold', () => {
    expect(lifeOf(hour, issued, 3600).phase).toBe('expiring');
    expect(lifeOf(hour, issued + 3600, 0).phase).toBe('expiring');
    expect(lifeOf(hour, issued + 3599, 0).phase).toBe('valid');
  });
});

describe('verdict', () => {
  it.each([
    [hour, issued + 3630, 'expired 30 s ago, still accepted for 30 s'],
    [hour, issued + 3700, 'expired 1 min 40 s ago'],
    [hour, issued - 30, 'not valid yet, valid in 30 s, accepted already'],
    [hour, issued - 300, 'not valid yet, valid in 5 min'],
    [extended, issued + 7300, 'expires in 365 d, was to be renewed 1 h 2 min ago'],
    [classify(boundClaims({}, { exp: issued * 1000 })), issued, 'expires in more than 10000 years'],
    [classify(boundClaims({}, { exp: 1e308 })), issued, 'expires in more than 10000 years'],
    [classify(boundClaims({}, { exp: issued + 1e9 })), issued, 'expires in 32 years'],
  ])('case %#: tells it in words', (token, now, words) => {
    expect(verdict(token, now)).toBe(words);
  });

  it('names the date beside what is kept, so that two ends half an hour apart are two', () => {
    const other = classify(boundClaims({}, { exp: issued + 47 * 86_400 + 1800 }));
    const one = classify(boundClaims({}, { exp: issued + 47 * 86_400 }));
    expect(verdict(one, issued)).toBe(verdict(other, issued));
    expect(datedVerdict(one, issued)).not.toBe(datedVerdict(other, issued));
    expect(datedVerdict(one, issued)).toMatch(/^expires in 47 d \(.*\b2027\b.* \S+\)$/);
    expect(datedVerdict(classify(legacyClaims()), issued)).toBe('never expires');
  });

  const time = fc.integer({ min: issued - 200_000, max: issued + 200_000 });
  const token = fc
    .record({ exp: time, nbf: time, iat: time, warnafter: time }, { requiredKeys: [] })
    .map(({ warnafter, ...claims }) => classify(boundClaims({ warnafter }, claims)));

  it('reads the same until it is said to change', () => {
    fc.assert(
      fc.property(token, time, fc.double({ min: 0, max: 1, noNaN: true }), (one, now, part) => {
        const next = verdictChanges(one, now) ?? now + 1_000_000;
        expect(next).toBeGreaterThan(now);
        const between = now + Math.floor((next - 1 - now) * part);
        expect(verdict(one, between)).toBe(verdict(one, now));
        expect(lifeOf(one, between).phase).toBe(lifeOf(one, now).phase);
      }),
      { numRuns: 2000 },
    );
  });

  it('is in the same phase until the next one is said to begin', () => {
    fc.assert(
      fc.property(token, time, fc.double({ min: 0, max: 1, noNaN: true }), (one, now, part) => {
        const next = nextPhase(one, now) ?? now + 1_000_000;
        const between = now + Math.floor((next - 1 - now) * part);
        expect(lifeOf(one, between).phase).toBe(lifeOf(one, now).phase);
      }),
      { numRuns: 2000 },
    );
  });
});

it('relativeTime tells days up to two years, and years beyond', () => {
  expect(relativeTime(issued + 729 * 86_400, issued)).toBe('in 729 d');
  expect(relativeTime(issued - 3 * 31_557_600, issued)).toBe('3 years ago');
  expect(relativeTime(issued, issued)).toBe('now');
});
