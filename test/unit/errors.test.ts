import { describe, expect, it, vi } from 'vitest';
import { Problem } from '../../src/errors.ts';

describe('Problem', () => {
  it('is known again when another bundle, with its own copy of the class, has thrown it', async () => {
    vi.resetModules();
    const copy = await import('../../src/errors.ts');
    expect(copy.Problem).not.toBe(Problem);
    const theirs = new copy.Problem('forbidden', 'Needs list pods.');
    expect(Problem.is(theirs)).toBe(true);
    expect(Problem.is(theirs, 'forbidden')).toBe(true);
    expect(Problem.is(theirs, 'not-found')).toBe(false);
  });

  it('is not any other error', () => {
    expect(Problem.is(new Error('forbidden'))).toBe(false);
    expect(Problem.is({ reason: 'forbidden' })).toBe(false);
  });
});
