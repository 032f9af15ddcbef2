import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Beginnings, firstBeginning, unitAt } from '../../../src/token/beginnings.ts';
import { ENCODED } from '../../../src/token/encoded.ts';
import { scanText } from '../../../src/token/find.ts';
import { KUBECONFIG_TWICE } from '../../../src/token/nested.ts';
import { RAW } from '../../../src/token/raw.ts';
import { WITHIN } from '../../../src/token/withinBase64.ts';
import { boundClaims, jwt } from '../../support/tokens.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const all = `${RAW}|(?:eyA|ewo|ewk|ew0)[giJKN]|${ENCODED.base64}|${ENCODED['base64-twice']}|${WITHIN}|${KUBECONFIG_TWICE}`;
/** How far into a beginning its groups of four characters begin, where what it stands in is base64. */
const toGroups: Readonly<Record<string, number>> = { Z: 0, Wl: 0, l: 1, V: 2 };
/** Whether the first seven whole groups after a beginning in base64 stand for what no token is made of. */
function isOther(text: string, at: number): boolean {
  const offset = toGroups[text.charAt(at)] ?? toGroups[text.slice(at, at + 2)];
  if (offset === undefined) return false;
  const run = /^[\w+/-]{0,28}/.exec(text.slice(at + offset))?.[0] ?? '';
  const whole = run.slice(0, run.length - (run.length % 4));
  return /[^\w.=\r\n-]/.test(Buffer.from(whole, 'base64').toString('latin1'));
}

/** By a plain search at each offset. */
const expected = (text: string): number[] =>
  [...text.matchAll(new RegExp(`(?=${all})`, 'g'))]
    .map(({ index }) => index)
    .filter((at) => !isOther(text, at));

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
    'ZXlKhbGciO',
    'ZXlKaGJHY2lPaUpTVXpJMU5pSjkuZXlK',
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
      },
    ),
    { numRuns: 300 },
  );
});

it('tells one from other text by seven groups of four characters, wherever it begins in its own', () => {
  for (const [before, least] of [
    ['abc', 18],
    ['ab', 19],
    ['abcd', 20],
  ] as const) {
    for (let length = 0; length < 40; length++) {
      const text = base64(`${before}eyJ${'a'.repeat(length)}"${'b'.repeat(40)}`);
      expect([before, length, told(text)]).toEqual([before, length, expected(text)]);
      expect([before, length, told(text).length > 0]).toEqual([before, length, length >= least]);
    }
  }
});

it('passes over raw ones that begin too early, and no others', () => {
  const beginnings = new Beginnings('eyJ eyJ ZXlK eyJ', 0, 16);
  expect([beginnings.next(0, 6), beginnings.next(9, 6), beginnings.next(13, 16)]).toEqual([8, 13, -1]);
});

const bound = jwt(boundClaims());
const wrapped = (text: string): string => text.replaceAll(/.{20}/g, '$&\n  ');
const morePieces = fc.oneof(
  pieces,
  fc.constantFrom(
    bound,
    wrapped(bound),
    base64(bound),
    wrapped(base64(bound)),
    base64(`token: ${bound}`),
    base64(`a: ${base64(bound)}`),
    'eyJhbGciOiJub25lIn0.e30.',
    'publicKeyJwk(',
    '"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0"',
    base64(JSON.stringify({ auths: { example: { auth: base64(`user:${bound}`) } } })),
    'eyJ \\\n',
  ),
);

it('passes over no file of which something is found, and no place before it, whatever its pieces', () => {
  fc.assert(
    fc.property(
      fc.array(morePieces, { maxLength: 12 }),
      fc.nat(16 * 1024 + 40),
      fc.constantFrom('x', ' ', '\u20ac'),
      (some, before, fill) => {
        const text = fill.repeat(before) + some.join('');
        const file = new TextEncoder().encode(text);
        const first = firstBeginning(file);
        const found = [...scanText(text)];
        expect(first < 0 ? [] : [...scanText(text, unitAt(first, file, text))]).toEqual(found);
        const parts = [firstBeginning(file, 0, before), firstBeginning(file, before)];
        expect(found.length === 0 || parts.some((part) => part >= 0)).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});

it('need not have a file decoded for a name that only looks like a beginning', () => {
  const names = 'const publicKeyJwk = await read(KeyAgreement, isFileUrl(input), aKeyJwk.kty);';
  expect(firstBeginning(Buffer.from(names))).toBe(-1);
  for (const name of [
    'KeyJwkOfTheServerThatSignsTheTokensOfAllServiceAccounts()',
    'heyJude.js',
    'obeyJson.parse(x)',
    'ZXlKaGJHY2lPaUpTVXpJ;',
  ])
    expect([name, firstBeginning(Buffer.from(`const ${name} `))]).toEqual([name, -1]);
  expect(firstBeginning(Buffer.from(`${names} ${bound}`))).toBe(names.length + 1);
});

it('passes over no token that is as short as one can be', () => {
  const short = 'eyJhbGciOiJ4In0.e30.';
  for (const text of [
    short,
    base64(`${short}A`),
    base64(base64(`${short}A`)),
    base64(`user: ${short}AAA,`),
  ]) {
    expect([...scanText(` ${text} `)]).toHaveLength(1);
    expect(firstBeginning(Buffer.from(` ${text} `))).toBeGreaterThan(0);
  }
});
