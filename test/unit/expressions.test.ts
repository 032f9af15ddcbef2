import { describe, expect, it } from 'vitest';
import { ENCODED } from '../../src/token/encoded.ts';
import { RAW } from '../../src/token/raw.ts';
import { WITHIN } from '../../src/token/within.ts';
import { readSources } from '../support/expressions.ts';
import { superlinear } from '../support/linear.ts';

/**
 * Expressions that are not linear, and what cuts the text that they are given: `by` stands in `file`. At this length the
 * worst of them takes some hundred thousand steps.
 */
const bounded: readonly { file: string; expression: string; longest: number; by: string; in?: string }[] = [
  {
    file: 'src/manifest/cursor.ts',
    expression: String.raw`/(?:"([^"]+)"|'([^']+)'|([\w./-]+))$/`,
    longest: 400,
    by: 'line.slice(0, colon).trimEnd().slice(-LONGEST_NAME)',
  },
  {
    file: 'src/manifest/fieldAt.ts',
    expression: String.raw`/(?:[&!]\S{1,80} +)?["'\\\s]*(?:bearer\s+)?$/i`,
    longest: 400,
    by: '.exec(text.slice(-LONGEST))',
  },
  {
    file: 'src/manifest/fieldAt.ts',
    expression: String.raw`/(?:"([^"\\]+)"|'([^']+)'|([\w./-]+))\s*$/`,
    longest: 400,
    by: 'const near = text.slice(Math.max(0, offset - LONGEST), offset).trimEnd();',
  },
  {
    file: 'src/manifest/fieldAt.ts',
    expression: String.raw`/:\s+(?:[&!]\S+\s+)*([|>][-+\d]{0,2})\s*(?:\s#.*)?$/`,
    longest: 400,
    by: '.exec(text.slice(0, LONGEST))',
  },
  {
    file: 'src/editor/problems/remedies.ts',
    expression: String.raw`/(?:\\[nrt]|\s)+$/`,
    longest: 200,
    by: 'slice(Math.max(0, start.character - BESIDE), start.character)',
    in: 'src/editor/problems/place.ts',
  },
];

/** Expressions that are put together, with what they are then. */
const BEGINNINGS = `${ENCODED.base64}|${ENCODED['base64-twice']}|${WITHIN}`;
const built = [
  {
    file: 'src/token/find.ts',
    written: "new RegExp(`${RAW}|${ENCODED_ANYHOW}`, 'g')",
    pattern: `${RAW}|${BEGINNINGS}`,
  },
  { file: 'src/token/find.ts', written: "new RegExp(ENCODED_ANYHOW, 'g')", pattern: BEGINNINGS },
];

describe('every regular expression of the sources', async () => {
  const sources = await readSources();

  it('takes linear time, or is given no more than some hundred characters', () => {
    const unproved = new Set(
      sources.expressions
        .map(({ file, pattern, flags, restarts }) => {
          const why = superlinear(pattern, flags, restarts);
          return why === undefined ? undefined : { file, expression: `/${pattern}/${flags}`, why };
        })
        .filter((one) => one !== undefined),
    );
    for (const { file, expression, longest, by, in: place = file } of bounded) {
      const found = [...unproved].filter((one) => one.file === file && one.expression === expression);
      expect(found, `${expression} of ${file} is linear, or is not there: take it off the list`).not.toEqual(
        [],
      );
      const text = sources.texts.get(place) ?? '';
      expect(text, `what bounds ${expression}`).toContain(by);
      const limit = /LONGEST\w*|BESIDE/.exec(by)?.[0] ?? '';
      expect(text, `the bound of ${expression}`).toContain(`const ${limit} = ${longest};`);
      for (const one of found) unproved.delete(one);
    }
    expect([...unproved]).toEqual([]);
    expect(sources.expressions.length).toBeGreaterThan(200);
  });

  it('is written as such, or built from what is proved here', () => {
    expect(sources.built).toEqual(built.map(({ file, written }) => ({ file, written })));
    for (const { pattern } of built) expect(superlinear(pattern, 'g')).toBeUndefined();
  });
});

describe('the proof that an expression is linear', () => {
  it.each([
    [/(a*)*b/, 'is exponential in "a"'],
    [/(?:a|a)*b/, 'is exponential in "aa"'],
    [/^(?:a|a){0,50}b/, 'is exponential in "aa"'],
    [/^\s*(?:#[^\n]*\s*)*$/, 'is exponential in "\\r#"'],
    [/^\s*x/m, 'is quadratic in "\\n"'],
    [/\s+$/, 'is quadratic in "\\n\\n"'],
    [/a*b/, 'is quadratic in "a"'],
    [/^a*a*b/, 'is quadratic in "a"'],
    [/^a*(?:xy)?a*b/, 'is quadratic in "a"'],
    [/[^]*?x/, 'is quadratic in "\\n"'],
    [/a(?:.*b)?/g, 'is quadratic in "ab"'],
    [/(?<!\w)k*x/iu, 'is quadratic in "K"'],
    [/^a{0,99}a{0,99}a{0,99}b/, 'is quadratic in "a"'],
    [/(a)\1/, 'refers back to a group, which nothing is proved of'],
    [/(?=a*b)a/, 'looks around without a bound: (?=a*b)'],
  ])('refuses %s', (expression, why) => {
    expect(superlinear(expression.source, expression.flags)).toBe(why);
  });

  it.each([
    /^a$/,
    /(a*)*/,
    /^\s*/m,
    /\w+/g,
    /^[^]*?x/,
    /^a*ba*b/,
    /\ba+$/,
    /x(?=y)/g,
    /^(?:a?){0,50}b/,
    /\bbearer\s+\S+/gi,
    /^[^\S\n\r\u2028\u2029]*x/m,
    /^\s*(?:#[^\n]*(?:\n\s*|$))*$/,
  ])('takes %s', (expression) => {
    expect(superlinear(expression.source, expression.flags)).toBeUndefined();
  });
});
