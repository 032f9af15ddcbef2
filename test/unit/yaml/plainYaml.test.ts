import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { toYaml } from '../../../src/yaml/plainYaml.ts';

describe('a value as plain YAML', () => {
  it.each<[value: unknown, text: string]>([
    ['a', ' a\n'],
    ['on', ' "on"\n'],
    [1, ' 1\n'],
    [null, ' null\n'],
    [true, ' true\n'],
    [[], ' []\n'],
    [{}, ' {}\n'],
    [{ a: null, b: {}, c: [] }, '\na: null\nb: {}\nc: []\n'],
    [{ a: { b: 1 }, c: 'd' }, '\na:\n  b: 1\nc: d\n'],
    [[{ a: 1, b: [2, { c: 3 }] }, [4]], '\n- a: 1\n  b:\n    - 2\n    - c: 3\n- - 4\n'],
  ])('%j is written with its first fields beside the dashes', (value, text) => {
    expect(toYaml(value)).toBe(text);
  });

  it('is the same value for readers of YAML 1.1 and 1.2', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = toYaml(value);
        const expected: unknown = JSON.parse(JSON.stringify(value));
        for (const version of ['1.1', '1.2'] as const) expect(parse(text, { version })).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
