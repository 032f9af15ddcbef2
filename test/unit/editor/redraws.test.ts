import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LiveChange } from '../../../src/cluster/api/live.ts';
import { Redraws } from '../../../src/editor/tree/redraws.ts';

const change = (...namespaces: readonly string[]): LiveChange => ({
  namespaces: new Set(namespaces),
  access: false,
  states: false,
});

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('draws a first change at once, and those of a rollout at most four times a second, losing none', () => {
  const drawn: LiveChange[] = [];
  const redraws = new Redraws((one) => drawn.push(one));
  redraws.add(change('first'));
  vi.advanceTimersByTime(0);
  expect(drawn).toHaveLength(1);
  for (let index = 0; index < 1000; index += 1) {
    redraws.add(change(`n-${index}`));
    vi.advanceTimersByTime(10);
  }
  expect(drawn.length).toBeLessThanOrEqual(1 + 40);
  vi.advanceTimersByTime(250);
  const seen = new Set(drawn.flatMap(({ namespaces }) => Array.from(namespaces)));
  expect(seen.size).toBe(1001);
});

it('draws nothing after its end', () => {
  const drawn: LiveChange[] = [];
  const redraws = new Redraws((one) => drawn.push(one));
  redraws.add({ namespaces: new Set(), access: true, states: true });
  redraws.end();
  vi.advanceTimersByTime(1000);
  expect(drawn).toEqual([]);
});
