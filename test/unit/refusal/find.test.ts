import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { findRefusals, refusalsIn, within } from '../../../src/refusal/find.ts';
import { KINDS } from '../../../src/refusal/table.ts';
import { inOneGo } from '../../../src/slices.ts';

/** The rows of a file of the corpus; a tab within a line is written `\t`. */
function rowsOf(file: string): string[][] {
  const path = fileURLToPath(new URL(`../../fixtures/refusals/${file}`, import.meta.url));
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => line.split('\t').map((cell) => cell.replaceAll(String.raw`\t`, '\t')));
}
const linked = rowsOf('linked.tsv');
const others = rowsOf('others.tsv');

describe('the words by which clients and servers say 401', () => {
  it.each(linked)('of kind %s are found as %s says them: %s', (kind, _origin, line = '') => {
    const found = refusalsIn(line);
    expect(found.map(({ kind: { id } }) => id)).toContain(kind);
    for (const {
      start,
      end,
      kind: { needle },
    } of found)
      expect(line.slice(start, end)).toContain(needle);
  });

  it.each(others)('are not seen where %s says something else: %s', (_origin, line = '') => {
    expect(refusalsIn(line)).toEqual([]);
  });

  it('have a line in the corpus for each of their kinds', () => {
    const seen = new Set(linked.map(([kind]) => kind));
    expect(KINDS.filter(({ id }) => !seen.has(id))).toEqual([]);
  });

  it('are found once in a line, as a whole and not as a part of it', () => {
    const line =
      'error: You must be logged in to the server (the server has asked for the client to provide credentials)';
    expect(refusalsIn(line)).toMatchObject([{ start: 7, end: line.length }]);
  });

  it.each(linked.filter(([kind = '']) => /reason|review/.test(kind)))(
    'are found once where %s quotes the reason, as by %s: %s',
    (_kind, _origin, line = '') => {
      expect(refusalsIn(line)).toHaveLength(1);
    },
  );

  it('are found at the same places in a text of all lines, wherever its pieces end', () => {
    const filler = 'a line of a log that says nothing of it\n'.repeat(900);
    const text = linked.map(([, , line]) => `${line}\n${filler}`).join('');
    const found = inOneGo(findRefusals(text));
    expect(found).toHaveLength(linked.flatMap(([, , line = '']) => refusalsIn(line)).length);
    for (const { start, end, kind } of found) expect(text.slice(start, end)).toContain(kind.needle);
  });

  it('are found twice where a line says them twice', () => {
    const one = 'failed to list *v1.Pod: Unauthorized';
    expect(refusalsIn(`${one}, ${one}`)).toHaveLength(2);
  });

  it('are no more than were asked for', () => {
    const text = 'error: failed to create token: Unauthorized\n'.repeat(100);
    expect(inOneGo(findRefusals(text, 7))).toHaveLength(7);
  });
});

it.each([
  ['abc\ndef\nghi', 5, 99, 99, 'def', 4],
  ['abc\ndef\nghi', 4, 99, 99, 'def', 4],
  ['abc\ndef\nghi', 6, 1, 99, 'ef', 5],
  ['abc\ndef\nghi', 5, 99, 1, 'de', 4],
  ['abc\ndef\nghi', 0, 99, 99, 'abc', 0],
  ['abc\ndef\nghi', 9, 99, 99, 'ghi', 8],
  [`${'x'.repeat(500)}\nabc\ndef\n`, 502, 10, 99, 'abc', 501],
  [`${'x'.repeat(500)}\nabc\ndef\n`, 499, 10, 99, 'x'.repeat(11), 489],
])(
  'the part of a line around a place ends with the line: case %#',
  (text, at, before, behind, part, start) => {
    expect(within(text, at, before, behind)).toEqual({ text: part, start });
  },
);
