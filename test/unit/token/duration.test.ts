import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationInWords,
  durationProblem,
  LONGEST_SECONDS,
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
  ])('is read from %j', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
    expect(durationProblem(text)).toBeUndefined();
  });

  it.each(['', '90', 'm', '1.5h', '-10m', '10m5', '1m1h', '1 week', '12345678901s'])(
    'is none that could be read: %j',
    (text) => {
      expect(durationProblem(text)).toContain('such as 90m');
    },
  );

  it('has the API server’s limits, told before the server does', () => {
    expect(durationProblem('599s')).toContain('no less than 10 minutes');
    expect(durationProblem('600s')).toBeUndefined();
    expect(durationProblem(`${LONGEST_SECONDS}s`)).toBeUndefined();
    expect(durationProblem(`${LONGEST_SECONDS + 1}s`)).toContain('at most 2^32 seconds (49710d)');
  });

  it('in words reads back as the same', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST_SECONDS }), (seconds) => {
        expect(parseDuration(durationInWords(seconds).replace('min', 'm'))).toBe(seconds);
      }),
    );
  });
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
