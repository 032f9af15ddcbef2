import { describe, expect, it } from 'vitest';
import { instant } from '../../../src/authentication/step.js';

describe('an instant', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_800_000_000, '2027-01-15T08:00:00Z'],
    [1_800_000_000.75, '2027-01-15T08:00:00Z'],
    [-1, '1969-12-31T23:59:59Z'],
    [9e15, 'no date'],
    [Infinity, 'no date'],
  ])('of %d seconds since the epoch is written in UTC, without fractions', (seconds, written) => {
    expect(instant(seconds)).toBe(written);
  });
});
