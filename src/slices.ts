/** The extension host is given back after so long, in milliseconds: others wait for it too. */
const SLICE = 6;

/** Runs what yields now and then to its end, where nobody waits. Throws what `steps` does. */
export function inOneGo<T>(steps: Generator<undefined, T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Lets others run: at the next turn of the event loop in Node; a browser has timers alone. */
const anotherTurn = async (): Promise<void> => {
  await new Promise<void>((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
};

/** Ends with the slice that was asked for last. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Runs what yields now and then, and lets others run between; ends it as undefined where it is not `wanted` any more. However
 * much is run so at the same time, no more than one slice is run before others may. Throws what `steps` does.
 */
export async function runInSlices<T>(
  steps: Generator<undefined, T>,
  wanted: () => boolean = () => true,
): Promise<T | undefined> {
  for (;;) {
    const slice = sliceAfter(last, steps, wanted);
    last = slice.catch(() => undefined); // Who asked for it is told.
    const result = await slice;
    if (result.done === true) return result.value;
  }
}

async function sliceAfter<T>(
  before: Promise<unknown>,
  steps: Generator<undefined, T>,
  wanted: () => boolean,
): Promise<IteratorResult<undefined, T | undefined>> {
  await before;
  await anotherTurn();
  if (!wanted()) return { done: true, value: undefined };
  const started = performance.now();
  for (;;) {
    const result = steps.next();
    if (result.done === true || performance.now() - started > SLICE) return result;
  }
}
