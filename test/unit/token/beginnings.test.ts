import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Beginnings, mayHoldToken } from '../../../src/token/beginnings.ts';
import { ENCODED } from '../../../src/token/encoded.ts';
import { KUBECONFIG_TWICE } from '../../../src/token/nested.ts';
import { RAW } from '../../../src/token/raw.ts';
import { WITHIN } from '../../../src/token/within.ts';

const all = `${RAW}|(?:eyA|ewo|ewk|ew0)[giJKN]|${ENCODED.base64}|${ENCODED['base64-twice']}|${WITHIN}|${KUBECONFIG_TWICE}`;
/** By a plain search at each offset. */
const expected = (text: string): number[] =>
  [...text.matchAll(new RegExp(`(?=${all})`, 'g'))].map(({ index }) => index);

function told(text: string, from = 0, to = text.length): number[] {
  const beginnings = new Beginnings(text, from, to);
  const found: number[] = [];
  for (let at = beginnings.next(from, from); at >= 0; at = beginnings.next(at + 1, from)) found.push(at);
  return found;
}

const pieces = fc.oneof(
  fc.constantFrom(
    'eyJ',
    'eyAi',
    'ewoJ',
    'ewkg',
    'ew0K',
    'ZXlK',
    'WlhsS',
    'leUo',
    'leUr',
    'leUs',
    'V5Sg',
    'V5Sv',
    'V5Sw',
  ),
  fc.constantFrom(
    'WVhCc',
    'WVh',
    'Wlh',
    'ZXl',
    'ey',
    'e',
    'w',
    'l',
    '\u00e9',
    '\u20ac',
    '\u{1f511}',
    '\ud83d',
    '\udd11',
  ),
  fc.string({ maxLength: 5 }),
);
const texts = fc.array(pieces, { maxLength: 40 }).map((some) => some.join(''));

it('tells where a token may begin in any text, where a search at each offset finds it', () => {
  fc.assert(
    fc.property(texts, fc.nat(60), (text, from) => {
      expect(told(text)).toEqual(expected(text));
      expect(told(text, from, from + 20)).toEqual(
        expected(text).filter((at) => at >= from && at < from + 20),
      );
      expect(mayHoldToken(new TextEncoder().encode(text))).toBe(expected(text).length > 0);
    }),
    { numRuns: 2000 },
  );
});

it('tells so across the pieces that it looks through', () => {
  fc.assert(
    fc.property(
      texts,
      texts,
      fc.integer({ min: -12, max: 12 }),
      fc.constantFrom('x', '\u20ac'),
      (one, other, by, fill) => {
        const text = `${one}${fill.repeat(16 * 1024 - one.length + by)}${other}`;
        expect(told(text)).toEqual(expected(text));
        const file = new TextEncoder().encode(text);
        expect(mayHoldToken(file)).toBe(expected(text).length > 0);
        const parts = [
          mayHoldToken(file, 0, 16 * 1024 + by),
          mayHoldToken(file, 16 * 1024 + by, file.length),
        ];
        expect(parts.includes(true)).toBe(expected(text).length > 0);
      },
    ),
    { numRuns: 300 },
  );
});

it('passes over raw ones that begin too early, and no others', () => {
  const beginnings = new Beginnings('eyJ eyJ ZXlK eyJ', 0, 16);
  expect([beginnings.next(0, 6), beginnings.next(9, 6), beginnings.next(13, 16)]).toEqual([8, 13, -1]);
});
