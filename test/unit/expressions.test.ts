import { describe, expect, it } from 'vitest';
import { ENCODED } from '../../src/token/encoded.ts';
import { NESTED } from '../../src/token/nested.ts';
import { WITHIN } from '../../src/token/withinBase64.ts';
import { readSources } from '../support/sources/expressions.ts';
import { superlinear } from '../support/sources/linear.ts';

/**
 * Expressions that are quadratic, all of a file where none is named, and what cuts the text that they are given: `by`
 * stands in `in`, or in `file`, with a constant that is `longest`.
 */
const bounded: readonly { file: string; expression?: string; longest: number; by: string; in?: string }[] = [
  { file: 'src/authentication/serverWords.ts', longest: 8000, by: 'partsOf(error.slice(0, LONGEST)' },
  {
    file: 'src/manifest/cursorAt.ts',
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
    expression: String.raw`/(:\s+(?:[&!]\S+\s+)*)([|>][-+\d]{0,2})\s*(?:\s#.*)?$/`,
    longest: 400,
    by: '.exec(text.slice(0, LONGEST))',
  },
  {
    file: 'src/editor/problems/remedies.ts',
    expression: String.raw`/(?:\\[nrt]|\s)+$/`,
    longest: 200,
    by: 'slice(Math.max(0, start.character - BESIDE), start.character)',
    in: 'src/manifest/tokenPlace.ts',
  },
];

/** Expressions that are put together, with what they are then; none: the same file's bound holds them too. */
const built: readonly { file: string; written: string; pattern?: string }[] = [
  { file: 'src/authentication/serverWords.ts', written: "new RegExp(words.source, 'y')" },
  {
    file: 'src/authentication/serverWords.ts',
    written: 'new RegExp(`token audiences ${LIST} is invalid for the target audiences ${LIST}`)',
  },
  {
    file: 'src/token/find.ts',
    written: "new RegExp(`${ENCODED.base64}|${WITHIN}`, 'g')",
    pattern: `${ENCODED.base64}|${WITHIN}`,
  },
  { file: 'src/token/nested.ts', written: "new RegExp(NESTED, 'g')", pattern: NESTED },
];

describe('every regular expression of the sources', async () => {
  const sources = await readSources();

  it('takes linear time, or is quadratic and given no more than some thousand characters', () => {
    const unproved = new Set(
      sources.expressions
        .map(({ file, pattern, flags, restarts }) => {
          const why = superlinear(pattern, flags, restarts);
          return why === undefined ? undefined : { file, expression: `/${pattern}/${flags}`, why };
        })
        .filter((one) => one !== undefined),
    );
    for (const { file, expression, longest, by, in: place = file } of bounded) {
      const found = [...unproved].filter(
        (one) => one.file === file && (expression ?? one.expression) === one.expression,
      );
      expect(
        found,
        `${expression ?? ''} ${file}: it is linear, or is not there: take it off the list`,
      ).not.toEqual([]);
      const text = sources.texts.get(place) ?? '';
      expect(text, `what bounds ${file}`).toContain(by);
      const limit = /LONGEST\w*|BESIDE/.exec(by)?.[0] ?? '';
      expect(text, `the bound of ${file}`).toContain(`const ${limit} = ${longest};`);
      for (const one of found) if (one.why.startsWith('is quadratic')) unproved.delete(one);
    }
    expect([...unproved]).toEqual([]);
    expect(sources.expressions.length).toBeGreaterThan(200);
  });

  it('is written as such, or built from what is proved here', () => {
    expect(sources.built).toHaveLength(built.length);
    expect(sources.built).toEqual(
      expect.arrayContaining(built.map(({ file, written }) => ({ file, written }))),
    );
    for (const { pattern } of built) expect(pattern && superlinear(pattern, 'g')).toBeUndefined();
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
