import { withoutTrailing } from '../trailing.ts';

/** The longest name of an object (apimachinery pkg/util/validation, DNS1123SubdomainMaxLength). */
const LONGEST = 253;

/** The name itself, else with the first number that nobody has: `x`, `x-2`, `x-3`. */
export function freeName(wished: string, taken: { readonly has: (name: string) => boolean }): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wished : `${wished}-${number}`;
    if (!taken.has(name)) return name;
  }
}

/** A name after another: `x` → `x-2` → `x-3`, the first that is not taken. */
export function nextName(name: string, taken: readonly string[]): string {
  const [, stem = name, digits] = /^(.*)-(\d{1,4})$/.exec(name) ?? [];
  const known = new Set(taken);
  for (let number = Number(digits ?? 1) + 1; ; number += 1) {
    const ending = `-${number}`;
    const next = `${withoutTrailing(stem.slice(0, LONGEST - ending.length), '.-')}${ending}`;
    if (!known.has(next)) return next;
  }
}
