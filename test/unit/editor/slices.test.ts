import { expect, it } from 'vitest';
import { runInSlices } from '../../../src/slices.ts';

/** Takes some milliseconds between one yield and the next, and notes whose turn it was. */
function* work(name: string, steps: number, turns: string[]): Generator<undefined, string> {
  for (let step = 0; step < steps; step++) {
    const until = performance.now() + 8; // Longer than a slice.
    while (performance.now() < until);
    turns.push(name);
    yield;
  }
  return name;
}

it('lets everything else run after each slice, however much runs in slices at the same time', async () => {
  const turns: string[] = [];
  let isOver = false;
  const others = (): void => {
    turns.push('others');
    if (!isOver) setTimeout(others, 0);
  };
  setTimeout(others, 0);
  const names = ['a', 'b', 'c', 'd', 'e'];
  const results = await Promise.all(names.map(async (name) => await runInSlices(work(name, 4, turns))));
  isOver = true;
  expect(results).toEqual(names);
  const together = turns.filter(
    (turn, index) => turn !== 'others' && (turns[index - 1] ?? 'others') !== 'others',
  );
  expect(together).toEqual([]);
});

it('gives each its turn, so that what is short need not wait for what is long', async () => {
  const turns: string[] = [];
  const long = runInSlices(work('long', 20, turns));
  await runInSlices(work('short', 2, turns));
  expect(turns.filter((turn) => turn === 'long').length).toBeLessThan(5);
  await long;
});

it('ends what nobody wants any more before its next slice', async () => {
  const turns: string[] = [];
  let isWanted = true;
  const running = runInSlices(work('a', 50, turns), () => isWanted);
  await runInSlices(work('b', 3, turns));
  isWanted = false;
  expect(await running).toBeUndefined();
  expect(turns.filter((turn) => turn === 'a').length).toBeLessThan(10);
});

it('throws what its work throws, and goes on with the work of others', async () => {
  function* failing(): Generator<undefined, string> {
    yield;
    throw new Error('broken');
  }
  const other = runInSlices(work('a', 2, []));
  await expect(runInSlices(failing())).rejects.toThrow('broken');
  expect(await other).toBe('a');
});
