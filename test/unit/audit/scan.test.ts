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

  it.each([
    '',
    'x',
    '[]',
    '{',
    '{ ',
    '{"a"',
    '{"a":',
    '{"a":x}',
    '{"a":1',
    '{"a":1]',
    '{"a":1,',
    '{"a":1,}',
    '{"a":1 "b":2}',
    '{"a" 1}',
    '{a:1}',
    '{,}',
    '{]',
  ])(
    'finds no object in %j, also where what follows would make it one, and after one that it has read',
    (text) => {
      const shape = new Shape(['a', 'b']);
      const whole = encoder.encode('{"a":1,"b":2}');
      const bytes = encoder.encode(`${text}1}`);
      expect(shape.read(bytes, 0, bytes.length - 2)).toBe(-1);
      expect(shape.read(whole, 0, whole.length)).toBe(whole.length);
      expect([...shape.from, ...shape.to]).toEqual([5, 11, 6, 12]);
      expect(shape.read(bytes, 0, bytes.length - 2)).toBe(-1);
    },
  );

  it('says where an object ends, and has nothing of the one before', () => {
    const shape = new Shape(['a', 'b', '__proto__', 'toString']);
    const at = (text: string, from = 0): unknown => {
      const bytes = encoder.encode(text);
      return [shape.read(bytes, from, bytes.length), [...shape.from], [...shape.to]];
    };
    expect(at('{"a":1,"b":2}x')).toEqual([13, [5, 11, 0, 0], [6, 12, 0, 0]]);
    expect(at('{ }x')).toEqual([3, [0, 0, 0, 0], [0, 0, 0, 0]]);
    expect(at('  {"b": [1] }', 2)).toEqual([13, [0, 8, 0, 0], [0, 11, 0, 0]]);
    expect(at('{"__proto__":1,"toString":{}}')).toEqual([29, [0, 0, 13, 26], [0, 0, 14, 28]]);
    expect(at('{"a":1,"\\u0061":2}')).toEqual([18, [16, 0, 0, 0], [17, 0, 0, 0]]);
  });

  it('finds its fields among more keys than it remembers', () => {
    const shape = new Shape(['last']);
    const keys = Array.from({ length: 200 }, (_, index) => `"k${index}":${index}`).join(',');
    const text = encoder.encode(`{${keys},"last":7}`);
    for (let times = 0; times < 2; times++) {
      expect(shape.read(text, 0, text.length)).toBe(text.length);
      expect(new TextDecoder().decode(text.subarray(shape.from[0], shape.to[0]))).toBe('7');
    }
  });

  it('refuses what is nested deeper than Go reads, and takes no longer for it', () => {
    expect(isJson(`${'['.repeat(10_000)}1${']'.repeat(10_000)}`)).toBe(true);
    expect(isJson(`${'['.repeat(10_001)}1${']'.repeat(10_001)}`)).toBe(false);
    expect(isJson('{"a":'.repeat(1_000_000))).toBe(false);
  });
});
