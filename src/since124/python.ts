/**
 * Where a function may be put into a Python program so that all of it can call it: at the line behind its imports, if what is
 * at `use` comes later; undefined where that cannot be told. Offsets in UTF-16 units; strings and comments are blanks.
 */
export function topLevel(bare: string, use: number): number | undefined {
  const last = [...bare.slice(0, use).matchAll(/^(?:import|from)[ \t]/gm)].at(-1);
  if (!last) return undefined;
  let at = bare.indexOf('\n', last.index) + 1;
  if (at === 0) return undefined;
  if (/^[^()\n]*\([^)]*$/.test(bare.slice(last.index, at))) {
    const closed = bare.indexOf(')', at);
    const lineEnd = bare.indexOf('\n', closed);
    if (closed < 0 || lineEnd < 0) return undefined;
    at = lineEnd + 1;
  }
  const next = /^\S/m.exec(bare.slice(at, use + 1));
  return next ? at + next.index : undefined;
}
