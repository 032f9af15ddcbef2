import { describe, expect, it } from 'vitest';
import { findTokens, scanText } from '../../../src/token/find.ts';
import { base64, boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const part = (text: string): string => Buffer.from(text).toString('base64url');
const bound = jwt(boundClaims());
const legacy = jwt(legacyClaims());
const claims = part('{"a":1}');
const lines = (text: string, width: number, between: string): string =>
  text.replaceAll(new RegExp(`(.{${width}})(?=.)`, 'g'), `$1${between}`);
const tokensIn = (text: string): string[] => findTokens(text).map(({ token }) => token);
const kindsIn = (text: string): string[] => [...scanText(text)].map(({ kind }) => kind);

describe('a token that is broken over lines', () => {
  it.each([
    ['with 256 blanks before each line', `\n${' '.repeat(256)}`, true],
    ['with tabs before each line', '\n\t\t', true],
    ['with blanks and a backslash before the break', ' \t\\\n', true],
    ['with a carriage return alone', '\r', true],
    ['with line breaks that are escaped', '\\r\\n', true],
    ['with more blanks before each line than anybody writes', `\n${' '.repeat(257)}`, false],
    ['with an empty line between', '\n\n', false],
    ['with a carriage return that is escaped', '\\r', false],
    ['with blanks alone', '  ', false],
  ])('%s is one, or none', (_, between, isOne) => {
    expect(tokensIn(`token: |\n  ${lines(bound, 60, between)}\nx: 1\n`)).toEqual(isOne ? [bound] : []);
    const encoded = base64(bound);
    expect(tokensIn(`token: |\n  ${lines(encoded, 76, between)}\nx: 1\n`)).toEqual(isOne ? [bound] : []);
  });

  it('has no line that is shorter than eight characters', () => {
    expect(tokensIn(`${bound.slice(0, 8)}\n${bound.slice(8)}\n`)).toEqual([bound]);
    expect(tokensIn(`${bound.slice(0, 7)}\n${bound.slice(7)}\n`)).toEqual([]);
    const encoded = base64(bound);
    expect(tokensIn(`${encoded.slice(0, 8)}\n${encoded.slice(8)}\n`)).toEqual([bound]);
    expect(tokensIn(`${encoded.slice(0, 7)}\n${encoded.slice(7)}\n`)).toEqual([]);
  });

  it('goes on only after a line that holds nothing else', () => {
    const cut = bound.length - 60;
    const [head, tail] = [bound.slice(0, cut), bound.slice(cut)];
    expect(findTokens(`"${head}\n${tail}"`).map(({ token, wrapped }) => [token === bound, wrapped])).toEqual([
      [true, true],
    ]);
    expect(tokensIn(`${head}\n${tail} and more\n`)[0]).not.toBe(bound);
    expect(tokensIn(`${head}\n`)[0]).toBe(head);
  });
});

describe('a header', () => {
  it('names an algorithm, in fifteen characters at least', () => {
    expect(kindsIn(`${part('{"alg":"x"}')}.${claims}.`)).toEqual(['jws']);
    expect(kindsIn(`${part('{"alg":""}')}.${claims}.`)).toEqual([]);
    expect(kindsIn(`${part('{"algo":"RS256"}')}.${claims}.`)).toEqual([]);
    expect(kindsIn(`${part('{"alg":256,"x":"y"}')}.${claims}.`)).toEqual([]);
    expect(kindsIn(`${part('["alg","RS256"]')}.${claims}.`)).toEqual([]);
  });

  it('may have objects in it, which begin as a header does', () => {
    const objects = [1, 2, 3].map((number) => `"abcd${number}":{"a":1}`).join(',');
    const header = part(`{"alg":"x",${objects}}`);
    expect(header.split('eyJ').length).toBeGreaterThan(2);
    expect(tokensIn(`${header}.${claims}.AA`)).toEqual([`${header}.${claims}.AA`]);
  });

  it('may stand right behind other characters of its run', () => {
    for (const before of ['x', 'eyJ', 'eyJabc', 'xyeyJ_-'])
      expect(findTokens(`${before}${bound}`)).toMatchObject([{ start: before.length, token: bound }]);
  });

  it('is no longer than sixteen thousand characters, and a token no longer than four times that', () => {
    const headed = (length: number): string =>
      `${part(JSON.stringify({ alg: 'x', x5c: 'A'.repeat(length) }))}.${claims}.`;
    expect(tokensIn(headed(12_000))).toHaveLength(1);
    expect(tokensIn(headed(13_000))).toEqual([]);
    const claimed = (length: number): string => jwt({ a: 'A'.repeat(length) });
    expect(kindsIn(claimed(48_000))).toEqual(['jws']);
    expect(kindsIn(claimed(49_200))).toEqual(['fragment']);
  });
});

describe('an end', () => {
  it.each([
    ['a full stop', '.', 0],
    ['a full stop and a blank', '. ', 0],
    ['one mark of Markdown', '_', 0],
    ['three marks of Markdown', '_-_', 0],
    ['four marks, which are no Markdown', '____', 4],
  ])('is before %s', (_, after, more) => {
    const [found] = findTokens(`${bound}${after}`);
    expect(found?.end).toBe(bound.length + more);
  });

  it('is that of its line where its algorithm tells no length', () => {
    const token = `${part('{"alg":"XX1"}')}.${claims}.AAAA`;
    expect(tokensIn(`${token}\nBBBB\n`)).toEqual([token]);
    expect(tokensIn(`${token}__\n`)).toEqual([`${token}__`]);
  });

  it('of two tokens side by side is between them', () => {
    for (const between of [' ', ',', '\n', '"', '\\n', '|'])
      expect(tokensIn(`${bound}${between}${legacy}`)).toEqual([bound, legacy]);
  });

  it('of base64 takes in its padding, on the next line too, and no more of it than there can be', () => {
    const token =
      [0, 1, 2].map((more) => jwt({ a: 'x'.repeat(more) })).find((one) => one.length % 3 === 1) ?? '';
    const encoded = base64(token);
    expect(encoded.endsWith('==')).toBe(true);
    const ends = (text: string): unknown => findTokens(text).map(({ end }) => end);
    expect(ends(encoded)).toEqual([encoded.length]);
    expect(ends(`${encoded}=`)).toEqual([encoded.length]);
    expect(ends(encoded.slice(0, -1))).toEqual([encoded.length - 1]);
    expect(ends(`${encoded.slice(0, -2)}\n==\n`)).toEqual([encoded.length + 1]);
    expect(ends(`${encoded.slice(0, -1)}\n=\n`)).toEqual([encoded.length + 1]);
  });
});
