/** How many letters two words differ by: inserted, removed, or another (Levenshtein). Longer words count as cut at 100. */
export function distance(one: string, other: string): number {
  const [a, b] = [one.slice(0, 100), other.slice(0, 100)];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/** How many words are compared at most: beyond, the order stays as it is. */
const MOST_COMPARED = 200;

/** Words by likeness to one, the most alike first. */
export function nearest(word: string, words: readonly string[]): string[] {
  if (words.length > MOST_COMPARED) return [...words];
  return words
    .map((other) => ({ other, far: distance(word.toLowerCase(), other.toLowerCase()) }))
    .toSorted((one, other) => one.far - other.far)
    .map(({ other }) => other);
}
