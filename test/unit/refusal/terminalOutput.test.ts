import { describe, expect, it } from 'vitest';
import { linesOf } from '../../../src/refusal/terminalOutput.ts';

const ESCAPE = '\u001b';

/** What is shown of a command's output that comes in these pieces. */
async function shown(...pieces: readonly string[]): Promise<string[]> {
  const lines: string[] = [];
  const output = async function* () {
    for (const piece of pieces) yield await Promise.resolve(piece);
  };
  for await (const some of linesOf(output())) {
    expect(some.length).toBeGreaterThan(0);
    lines.push(...some);
  }
  return lines;
}

describe('what a command writes to a terminal', () => {
  it('is its lines, wherever its pieces end, the last one too', async () => {
    expect(await shown('one\ntw', 'o\n', '\nthr', 'ee')).toEqual(['one', 'two', '', 'three']);
    expect(await shown('one\n')).toEqual(['one']);
    expect(await shown()).toEqual([]);
    expect(await shown('one  \r\ntwo\r\n')).toEqual(['one', 'two']);
  });

  it('is without colours, moves, titles and marks', async () => {
    expect(await shown(`${ESCAPE}[1;31merror${ESCAPE}[0m: ${ESCAPE}[2K${ESCAPE}[?25lx`)).toEqual([
      'error: x',
    ]);
    expect(await shown(`${ESCAPE}]0;a title\u0007$ kubectl`)).toEqual(['$ kubectl']);
    expect(await shown(`${ESCAPE}]633;A${ESCAPE}\\$ kubectl`)).toEqual(['$ kubectl']);
    expect(await shown(`a${ESCAPE}]0;without an end`)).toEqual(['a']);
    expect(await shown(`a${ESCAPE}=b${ESCAPE}>c`)).toEqual(['abc']);
    expect(await shown(`${ESCAPE}[\u0007x[1mz`)).toEqual(['[\u0007x[1mz']);
    expect(await shown(`a${ESCAPE}[1 qb${ESCAPE}[?2026$pc${ESCAPE}[;Hd`)).toEqual(['abcd']);
  });

  it('is what was written last where something was written over', async () => {
    expect(await shown('10%\r50%\rdone\n')).toEqual(['done']);
  });

  it('is known by the beginning of a line, and by the end of what has come of one', async () => {
    const [line = ''] = await shown(`${'a'.repeat(5000)}\n`);
    expect(line).toBe('a'.repeat(4000));
    expect(await shown('a'.repeat(5000), 'bc\n')).toEqual(['a'.repeat(4000)]);
    expect(await shown(`${'a'.repeat(5000)}${'b'.repeat(3990)}`, '\n')).toEqual([
      `${'a'.repeat(10)}${'b'.repeat(3990)}`,
    ]);
  });

  it('is read no further than anybody looks', async () => {
    const piece = `${'x'.repeat(1023)}\n`.repeat(1024);
    const pieces = Array.from({ length: 20 }, () => piece);
    expect((await shown(...pieces)).length).toBe(9 * 1024);
    expect((await shown(...pieces.slice(0, 7), 'y'.repeat(1024 * 1024))).at(-1)).toBe('y'.repeat(4000));
  });
});
