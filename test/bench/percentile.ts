/** The least of some values that `part` of them (0 to 1) do not exceed: the nearest rank. */
export function percentile(values: readonly number[], part: number): number {
  const rank = Math.max(1, Math.ceil(values.length * part));
  return values.toSorted((one, other) => one - other)[rank - 1] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);
