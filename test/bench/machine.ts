import { processorTime } from '../fuzz/watch.ts';

/** What `piece` takes on the machine that targets in milliseconds are for, in milliseconds of processor time. */
const REFERENCE = 71;

/** Arithmetic and memory, as reading a text is. */
function piece(): number {
  const memory = new Int32Array(4096);
  let value = 1;
  for (let round = 0; round < 60_000_000; round++) {
    value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
    const at = value & 4095;
    memory[at] = (memory[at] ?? 0) + (value >>> 7);
  }
  return memory[5] ?? 0;
}

/**
 * By how much this machine is slower now than the one that targets in milliseconds are for: a fixed piece of JavaScript,
 * the best of five runs, in processor time. What was measured in the same run is divided by it.
 */
export function machineFactor(): number {
  const runs = Array.from({ length: 5 }, () => {
    const started = processorTime();
    piece();
    return processorTime() - started;
  });
  // Linux counts processor time by ticks of 4 ms: the piece takes many.
  return Math.min(...runs) / REFERENCE;
}

/** A figure of this machine in milliseconds, with what it is on the reference where the machine is `factor` slower. */
export const onReference = (milliseconds: number, factor: number): string =>
  `${milliseconds.toFixed(1)} ms, ${(milliseconds / factor).toFixed(1)} of the reference (factor ${factor.toFixed(2)})`;

/** What this thread works between two turns of a timer of a millisecond, in milliseconds: what others on the machine do does not count. */
export function piecesOfWork(): { readonly end: () => readonly number[] } {
  const pieces: number[] = [];
  let last = processorTime();
  const timer = setInterval(() => {
    const now = processorTime();
    pieces.push(now - last);
    last = now;
  }, 1);
  return {
    end: () => {
      clearInterval(timer);
      return pieces;
    },
  };
}
