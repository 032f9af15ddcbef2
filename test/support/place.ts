import { placeIn, type Place } from '../../src/editor/problems/place.ts';

/** Where what is between two UTF-16 offsets of a text stands, as in an editor; a very long text is taken for one line. */
export function placer(text: string): (found: { readonly start: number; readonly end: number }) => Place {
  const lines = text.length > 4_000_000 ? [text] : text.split('\n');
  const starts = [0];
  for (const line of lines) starts.push((starts.at(-1) ?? 0) + line.length + 1);
  const positionOf = (offset: number): { line: number; character: number } => {
    const line = starts.findLastIndex((start) => start <= offset);
    return { line, character: offset - (starts[line] ?? 0) };
  };
  const all = { count: lines.length, line: (index: number) => (lines[index] ?? '').replace(/\r$/, '') };
  return ({ start, end }) => placeIn(all, positionOf(start), positionOf(end));
}
