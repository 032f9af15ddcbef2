import { describe, expect, it } from 'vitest';
import { findTokens, scanText } from '../../../src/token/find.ts';
import { base64, boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const bound = jwt(boundClaims());
const legacy = jwt(legacyClaims());
const jwe = 'eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.BBBB.CCCC';
const tokensIn = (text: string): string[] => findTokens(text).map(({ token }) => token);
const lines = (text: string, width: number, between = '\n'): string =>
  text.replaceAll(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${between}`);

/** Where what stands between two offsets of a text stands in base64 of it. */
const inBase64 = (start: number, end: number): [number, number] => [
  Math.floor((start * 4) / 3),
  Math.ceil((end * 4) / 3),
];
/** Where the tokens of a text stand in it, in the order of the text. */
const placesIn = (text: string): [number, number][] =>
  [bound, legacy]
    .flatMap((token): [number, number][] =>
      text.includes(token) ? [[text.indexOf(token), text.indexOf(token) + token.length]] : [],
    )
    .toSorted(([one], [other]) => one - other);

const texts: readonly (readonly [what: string, text: string])[] = [
  ['text that begins like a token', `eyJfoobarfoobarfoobarfoo "${bound}"`],
  ['such text within more', `"eyJfoobarfoobarfoobarfoo" "${bound}"`],
  ['what begins like a token and is of its run', `"eyJabc${bound}"`],
  ['the same at the beginning', `eyJabc${bound}"`],
  ['a token that was cut short, in quotes', `${legacy.slice(0, 60)} "${bound}"`],
  ['a line with a token that was cut short', `A=${legacy.slice(0, 99)}\nB=${bound}\n`],
  ['a line with an encrypted token', `A=${jwe}\nB=${bound}\n`],
  ['another token and a quote', `${bound} "${legacy}"`],
  ['another token and a line break', `${bound}\n${legacy}\n`],
  ['two that were cut short', `${legacy.slice(0, 60)}:${legacy.slice(0, 61)}:${bound}:`],
];

describe('a token in base64 behind other text', () => {
  it.each(texts)('is found at its place: behind %s', (_, text) => {
    const found = findTokens(base64(text));
    const tokens = text.includes(legacy) ? [bound, legacy] : [bound];
    expect(found.map(({ token }) => token)).toEqual(tokens);
    const last = placesIn(text).at(-1) ?? [0, 0];
    expect(found.map(({ start }) => start)).toEqual(placesIn(text).map(([start]) => inBase64(start, 0)[0]));
    // What ends with its text, but for line breaks, ends with its padding.
    const isAtEnd = text.slice(last[1]).trim() === '' && text.startsWith('eyJ');
    expect(found.at(-1)?.end).toBe(isAtEnd ? base64(text).length : inBase64(...last)[1]);
  });

  it.each(texts)('is found where lines are broken, too: behind %s', (_, text) => {
    for (const width of [64, 76, 77]) {
      const broken = lines(base64(text), width);
      const tokens = text.includes(legacy) ? [bound, legacy] : [bound];
      expect(tokensIn(broken)).toEqual(tokens);
      for (const { start, wrapped } of findTokens(broken)) {
        expect(wrapped).toBe(true);
        const before = broken.slice(0, start).replaceAll('\n', '').length;
        expect(placesIn(text).map(([at]) => inBase64(at, 0)[0])).toContain(before);
      }
    }
  });

  it('is found behind a name that begins like one, however long that is', () => {
    for (let length = 0; length < 60; length++) {
      const text = `x eyJ${'a'.repeat(length)}:${bound}"`;
      const [place = [0, 0]] = placesIn(text);
      expect(findTokens(base64(text)).map(({ start, end, token }) => [start, end, token])).toEqual([
        [...inBase64(...place), bound],
      ]);
    }
  });

  it('is found in base64 of base64 behind what is none', () => {
    for (const [, text] of texts) {
      for (let more = 0; more < 3; more++) {
        const inner = base64(`apiVersion: v1\nnote: ${'x'.repeat(more)}\n${text}`);
        const found = findTokens(base64(inner));
        expect(found.map(({ token }) => token)).toEqual(text.includes(legacy) ? [bound, legacy] : [bound]);
      }
    }
    const auth = (user: string): object => ({ auth: base64(user) });
    for (const name of ['u', 'eyJabc', 'eyJabcd', 'eyJabcde']) {
      for (const between of [':', ''].slice(0, name === 'u' ? 1 : 2)) {
        const auths = {
          'a.example': auth(`u:eyJhbGciOiJSUzI1NiJ9${'h'.repeat(40)} b`),
          'b.example': auth(name + between + bound),
        };
        expect(findTokens(`x: ${base64(JSON.stringify({ auths }))}`)).toMatchObject([
          { token: bound, encoding: 'base64-twice', isWithin: true, wrapped: false },
        ]);
      }
    }
  });
});

describe('base64 of a token', () => {
  // Of a length that needs no padding, so that what follows could be more of it.
  const token =
    [0, 1, 2, 3, 4].map((more) => jwt({ a: 'x'.repeat(more) })).find((one) => one.length % 3 === 0) ?? '';
  const encoded = base64(token);

  it.each(['+', '/', '-', '_', '=', '"', '+A', '/A', '-A', '_A'])('ends before %s', (after) => {
    const [found] = findTokens(`a: ${encoded}${after}\n`);
    expect(found).toMatchObject({ token, start: 3, end: 3 + encoded.length, wrapped: false });
  });

  it('is not taken for broken over lines for its padding', () => {
    for (const more of [0, 1, 2]) {
      const padded = jwt({ a: 'x'.repeat(more) });
      expect(findTokens(base64(padded))).toMatchObject([
        { token: padded, wrapped: false, end: base64(padded).length },
      ]);
    }
  });

  it('ends within the text that it was encoded with', () => {
    for (const after of ['" and more', ' ', ':', '"']) {
      expect(findTokens(base64(`${token}${after}`))).toMatchObject([
        { token, start: 0, end: encoded.length, encoding: 'base64' },
      ]);
    }
  });

  it('is a text of its own behind five characters at most of its run, as an escape leaves there', () => {
    for (const before of ['', ' ', '"\\', ' = ']) {
      expect(findTokens(`${before}u003d${encoded}`)[0]).toMatchObject({ token, encoding: 'base64' });
      expect(findTokens(`${before}u003d${encoded}`)[0]?.isWithin).toBeUndefined();
      expect(findTokens(`${before}eu003d${base64(`12${token}`).slice(4)}`)).toEqual([]);
      expect(findTokens(`${before}u0003d${encoded}`)).toMatchObject([{ token, isWithin: true }]);
    }
  });

  it('may be broken over lines behind an escape, and far to the right', () => {
    expect(tokensIn(`"x\\u003d${lines(encoded, 76, '\\n')}"`)).toEqual([token]);
    expect(tokensIn(`a: |\n${lines(encoded, 20, `\n${' '.repeat(200)}`)}\n`)).toEqual([token]);
  });

  it('goes on only after a line that holds nothing else', () => {
    const [head, tail] = [encoded.slice(0, 500), encoded.slice(500)];
    for (const after of ['', '\n', "'", '"', '`'])
      expect(findTokens(`${head}\n${tail}${after}`)).toMatchObject([{ token, wrapped: true }]);
    expect(tokensIn(`${head}\n${tail} and more`)).not.toContain(token);
    expect(tokensIn(`${head}\n\n${tail}\n`)).not.toContain(token);
  });

  it('may be broken over lines whatever its algorithm is, and where it is encrypted', () => {
    const other = jwt(boundClaims(), { alg: 'XX1' });
    expect(tokensIn(lines(base64(other), 76))).toEqual([other]);
    const encrypted = jwe.replace('BBBB', 'B'.repeat(200));
    expect([...scanText(lines(base64(encrypted), 76))]).toMatchObject([{ kind: 'jwe', token: encrypted }]);
  });

  it('is found however long it is, as far as a token goes', () => {
    const long = jwt({ a: 'a'.repeat(30_000) });
    expect(tokensIn(base64(long))).toEqual([long]);
    expect(tokensIn(base64(base64(long)))).toEqual([long]);
    expect(tokensIn(base64(`x: "${long}"`))).toEqual([long]);
    const standing = (length: number): string => `x: "${jwt({ a: 'a'.repeat(length) })}"`;
    expect(tokensIn(base64(standing(36_000)))).toHaveLength(1);
    expect(tokensIn(base64(standing(37_500)))).toEqual([]);
  });

  it('is found in a longer run of base64 than is read at a time, wherever it is', () => {
    const long = base64(`${bound}${' x'.repeat(150_000)} ${legacy} ${'y '.repeat(150_000)}"${bound}"`);
    expect(tokensIn(long)).toEqual([bound, legacy, bound]);
  });
});

describe('the shortest token', () => {
  const short = (length: number): string => 'eyJhbGciOiJ4In0.e30.'.padEnd(length, 'A');

  it('in base64 has 28 characters there', () => {
    expect(tokensIn(`a: ${base64(short(21))}`)).toEqual([short(21)]);
    expect(base64(short(21))).toHaveLength(28);
  });

  it.each([
    ['name: "', 23],
    ['names: "', 22],
    ['name 1: "', 21],
  ])('within base64 fills seven groups of four characters, behind %j', (before, least) => {
    expect(tokensIn(base64(`${before}${short(least)}"`))).toEqual([short(least)]);
    expect(tokensIn(base64(`${before}${short(least - 1)}"`))).toEqual([]);
  });
});

describe('within base64 that is broken over lines, a token', () => {
  const text = `name: ab\ntoken: "${bound}"\nother: ${'x'.repeat(60)}`;
  const encoded = base64(text);
  const [start, end] = inBase64(text.indexOf(bound), text.indexOf(bound) + bound.length);
  const cut = (...at: readonly number[]): string =>
    [0, ...at].map((from, index) => encoded.slice(from, at[index])).join('\n');

  it('is found wherever its last line breaks, and is broken only where that is within it', () => {
    for (let at = end - 9; at < end + 6; at++) {
      const [found] = findTokens(cut(at));
      const more = at < end ? 1 : 0;
      expect(found).toMatchObject({ token: bound, start, end: end + more, wrapped: more > 0 });
    }
  });

  it('is broken by line breaks of any kind', () => {
    for (const between of ['\n', '\r\n', '\r', '\\n', '\\r\\n', '\n  '])
      expect(findTokens(`"${lines(encoded, 76, between)}"`)).toMatchObject([{ token: bound, wrapped: true }]);
  });

  it('has no line among its first that is shorter than eight characters', () => {
    expect(tokensIn(cut(start + 12, start + 20))).toEqual([bound]);
    expect(tokensIn(cut(start + 12, start + 19))).toEqual([]);
  });

  it('is broken into no more lines, and stands no wider, than any of the field', () => {
    const long = `name: ab\ntoken: "${jwt({ a: 'a'.repeat(9000) })}"`;
    const wide = (width: number, blanks: number): string =>
      lines(base64(long), width, `\n${' '.repeat(blanks)}`);
    expect(Math.ceil(base64(long).length / 9)).toBeLessThan(2048);
    expect(tokensIn(wide(9, 0))).toHaveLength(1);
    expect(Math.floor(base64(long).length / 8)).toBeGreaterThan(2048);
    expect(tokensIn(wide(8, 0))).toEqual([]);
    expect(tokensIn(wide(9, 40))).toHaveLength(1);
    expect(tokensIn(wide(9, 100))).toEqual([]);
  });
});
