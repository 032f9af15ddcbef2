import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Shape, skipSpace, skipValue } from '../../../src/audit/scan.ts';
import { JSON_DAMAGE } from '../../support/damage.ts';

const encoder = new TextEncoder();

/** Whether a text is JSON, and nothing else. */
function isJson(text: string): boolean {
  const bytes = encoder.encode(text);
  const end = skipValue(bytes, 0, bytes.length);
  return end >= 0 && skipSpace(bytes, end, bytes.length) === bytes.length;
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON with blanks where they may be. */
const json = fc
  .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'))
  .map(([value, space]) => JSON.stringify(value, undefined, space));

/** JSON in which one thing was changed, which it may outlive. */
const damaged = fc
  .tuple(json, fc.nat(), fc.nat(3), fc.constantFrom(...JSON_DAMAGE))
  .map(([text, place, length, other]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + other + text.slice(at + length);
  });

describe('the scanner of JSON', () => {
  it('takes for JSON what JSON.parse does, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(json, damaged, fc.string(), fc.json()), (text) => {
        expect([text, isJson(text)]).toEqual([text, parses(text)]);
      }),
      { numRuns: 8000 },
    );
  });

  it.each([
    '',
    ' ',
    '{',
    '{"a"',
    '{"a":',
    '{"a":1',
    '{"a":1,}',
    '[1,]',
    '01',
    '1.',
    '1e',
    '+1',
    '.5',
    'nul',
    '"\\x"',
    '"\\u12g4"',
    '"\t"',
    '{"a":1}}',
    '[}',
    '{"a":[}]',
    "{'a':1}",
    '\u00a01',
    '"\\',
    '{,}',
    '[,]',
    '{"a" 1}',
    '- 1',
    '1 2',
  ])('does not take %j for JSON', (text) => {
    expect([isJson(text), parses(text)]).toEqual([false, false]);
  });

  it('finds the fields that count as JSON.parse has them, however they are written and whatever stands in others', () => {
    const names = ['kind', 'user', 'a', 'auditID', ''];
    const key = fc.constantFrom(...names, 'other', 'ki"nd', 'USER', 'ü');
    const pairs = fc.array(fc.tuple(key, fc.jsonValue({ maxDepth: 3 }), fc.boolean()), { maxLength: 8 });
    const escaped = (text: string): string =>
      `"${Array.from(text, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
    fc.assert(
      fc.property(pairs, fc.constantFrom('', ' ', '\n'), (all, blank) => {
        const text = `{${blank}${all
          .map(
            ([name, value, isEscaped]) =>
              `${isEscaped ? escaped(name) : JSON.stringify(name)}${blank}:${blank}${JSON.stringify(value)}`,
          )
          .join(`${blank},`)}${blank}}`;
        const bytes = encoder.encode(text);
        const shape = new Shape(names);
        expect(shape.read(bytes, 0, bytes.length)).toBe(bytes.length);
        const parsed = JSON.parse(text) as Record<string, unknown>;
        for (const [index, name] of names.entries()) {
          const slice = new TextDecoder().decode(bytes.subarray(shape.from[index], shape.to[index]));
          expect([text, name, slice === '' ? undefined : JSON.parse(slice)]).toEqual([
            text,
            name,
            parsed[name],
          ]);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('refuses what is nested deeper than Go reads, and takes no longer for it', () => {
    expect(isJson(`${'['.repeat(10_000)}1${']'.repeat(10_000)}`)).toBe(true);
    expect(isJson(`${'['.repeat(10_001)}1${']'.repeat(10_001)}`)).toBe(false);
    expect(isJson('{"a":'.repeat(1_000_000))).toBe(false);
  });
});
