import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationInWords,
  durationProblem,
  LONGEST_SECONDS,
  nextDuration,
  parseDuration,
} from '../../../src/token/duration.ts';
import { grantOf } from '../../../src/token/grant.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

describe('a duration', () => {
  it.each([
    ['90m', 5400],
    ['1h30m', 5400],
    [' 12 h ', 43_200],
    ['30d', 2_592_000],
    ['1D', 86_400],
    ['3607s', 3607],
    ['1d1h1m1s', 90_061],
    ['4294967296S', 4_294_967_296],
    ['71582788m', 4_294_967_280],
    ['1193046h', 4_294_965_600],
    ['0000000001d', 86_400],
  ])('is read from %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(durationProblem(text)).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    '90',
    'm',
    '1.5h',
    '-10m',
    '10m5',
    '1m1h',
    '1 week',
    '12345678901s',
    '12345678901m',
    '12345678901h',
    '12345678901d',
    'x10m',
    '10m.',
    'd',
    '10m10m',
  ])('is none that could be read: %j', (text) => {
    expect(parseDuration(text)).toBeUndefined();
    expect(durationProblem(text)).toBe('A number with s, m, h or d, such as 90m or 1h30m.');
  });

  it('has the API server’s limits, told before the server does', () => {
    expect(durationProblem('599s')).toContain('no less than 10 minutes');
    expect(durationProblem('600s')).toBeUndefined();
    expect(durationProblem(`${LONGEST_SECONDS}s`)).toBeUndefined();
    expect(durationProblem(`${LONGEST_SECONDS + 1}s`)).toContain('at most 2^32 seconds (49710d)');
  });

  it.each([
    [0, '0 s'],
    [59, '59 s'],
    [100, '1 min 40 s'],
    [274, '4 min 30 s'],
    [599, '10 min'],
    [2430, '41 min'],
    [3598, '1 h'],
    [119 * 60, '1 h 59 min'],
    [5400, '1 h 30 min'],
    [3607, '1 h'],
    [86_399, '1 d'],
    [90_000, '1 d 1 h'],
    [2 * 86_400 - 1, '2 d'],
    [31_535_000, '365 d'],
    [LONGEST_SECONDS, '136 years'],
    [1e300, 'more than 10000 years'],
    [-5, '0 s'],
    [1.4, '1 s'],
    [119, '1 min 59 s'],
    [120, '2 min'],
    [600, '10 min'],
    [86_400, '1 d'],
    [172_800, '2 d'],
    [63_115_199, '730 d'],
    [63_115_200, '2 years'],
    [10_000 * 31_557_600, '10000 years'],
    [10_001 * 31_557_600, 'more than 10000 years'],
  ])('of %d s is said as %j: two units below two days, rounded', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });

  it('in words is as long as the seconds, but for half of the last unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 * 86_400 }), (seconds) => {
        const words = durationInWords(seconds);
        const said = parseDuration(words.replace('min', 'm')) ?? Number.NaN;
        const last =
          seconds < 120 ? 1 : seconds < 600 ? 10 : seconds < 86_400 ? 60 : seconds < 172_800 ? 3600 : 86_400;
        expect(Math.abs(said - seconds)).toBeLessThanOrEqual(last / 2);
        expect(words.split(' ').length).toBeLessThanOrEqual(seconds < 172_800 ? 4 : 2);
      }),
    );
  });

  it('is said otherwise from the next second on that is named, and not before', () => {
    const seconds = fc.oneof(
      fc.integer({ min: 1, max: 200_000 }),
      fc.integer({ min: 1, max: 70_000_000 }),
      fc.constantFrom(119, 120, 599, 600, 86_399, 86_400, 172_799, 172_800, 63_115_199, 63_115_200),
    );
    fc.assert(
      fc.property(seconds, fc.constantFrom('less' as const, 'more' as const), (from, direction) => {
        const next = nextDuration(from, direction);
        if (next === undefined) throw new Error('Some other duration was to come.');
        const before = direction === 'less' ? next + 1 : next - 1;
        expect(durationInWords(next)).not.toBe(durationInWords(from));
        expect(durationInWords(before)).toBe(durationInWords(from));
      }),
      { numRuns: 3000 },
    );
  });
});

it('a duration of nothing becomes no less, and one of no date no other', () => {
  const year = 31_557_600;
  expect(nextDuration(0, 'less')).toBeUndefined();
  expect(nextDuration(0, 'more')).toBe(1);
  expect(nextDuration(1, 'less')).toBe(0);
  expect(nextDuration(10_001 * year, 'more')).toBeUndefined();
  expect(nextDuration(10_000.5 * year, 'more')).toBeUndefined();
  expect(nextDuration(10_000.5 * year - 1, 'more')).toBe(10_000.5 * year);
  expect(nextDuration(9_999 * year, 'more')).toBe(9_999.5 * year);
  expect(nextDuration(3 * year, 'less')).toBe(2.5 * year - 1);
});

describe('what was granted', () => {
  const times = { iat: 1_800_000_000, exp: 1_800_003_600 };
  const pod = { pod: { name: 'a', uid: 'b' }, warnafter: 1_800_003_607 };

  it.each([
    ['as-asked', 3600, jwt(boundClaims({}, times)), 'Granted as asked for: 1 h.'],
    ['shortened', 86_400, jwt(boundClaims({}, times)), 'Asked for 1 d, granted 1 h: the server caps it'],
    [
      'extended',
      3607,
      jwt(boundClaims(pod, { ...times, exp: 1_831_536_000 })),
      'granted 365 d: a Pod-bound token of exactly 3607 s',
    ],
    ['unknown', 600, 'no token', 'does not say'],
  ])('is told %s', (is, asked, token, text) => {
    const grant = grantOf(token, asked);
    expect(grant.is).toBe(is);
    expect(grant.text).toContain(text);
  });
});
