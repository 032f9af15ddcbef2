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
    ['with a backslash and a line break that are both escaped', '\\\\\\n', false],
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

  it('names one so behind other characters of its run, too', () => {
    expect(kindsIn(`xyeyJab${part('{"alg":"x"}')}.${claims}.`)).toEqual(['jws']);
    expect(kindsIn(`xyeyJab${part('{"alg":""}')}.${claims}.`)).toEqual([]);
  });

  it('may have three objects in it that begin as a header does, and no more', () => {
    // Each object begins a group of three bytes, as the header does.
    const header = (count: number): string => part(`{"alg":"x"${',"abcd":{"a":1}'.repeat(count)}}`);
    for (const count of [1, 2, 3, 4]) {
      expect(header(count).split('eyJ')).toHaveLength(count + 2);
      const token = `${header(count)}.${claims}.AA`;
      expect(tokensIn(token)).toEqual(count < 4 ? [token] : []);
    }
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

describe('a token of so many characters', () => {
  const MOST = 64 * 1024;
  /** Header and claims of together so many characters. */
  const sized = (length: number): string => {
    for (const pad of ['', 'a', 'aa']) {
      const header = part(JSON.stringify({ alg: 'x', pad }));
      const rest = length - header.length - 1;
      if (rest % 4 !== 1) return `${header}.${part(`{"a":"${'a'.repeat(Math.floor((rest * 3) / 4) - 8)}"}`)}`;
    }
    throw new Error('no header fits');
  };
  const found = (text: string): unknown =>
    [...scanText(`a ${text}`)].map(({ kind, start, end }) => [kind, text.slice(start - 2, end - 2).length]);

  it('is one with the last of them, and none with one more', () => {
    expect(sized(MOST - 3)).toHaveLength(MOST - 3);
    expect(found(`${sized(MOST - 3)}.AA`)).toEqual([['jws', MOST]]);
    expect(found(`${sized(MOST - 2)}.AA`)).toEqual([['fragment', MOST - 2]]);
    expect(found(`${sized(MOST)}.`)).toEqual([['fragment', MOST]]);
    const header = sized(MOST + 1).split('.')[0] ?? '';
    expect(found(`${sized(MOST + 1)}.`)).toEqual([['fragment', header.length]]);
  });

  it('is encrypted with the last of them, and none with one more', () => {
    const header = part('{"alg":"dir","enc":"A256GCM"}');
    const jwe = (length: number): string => `${header}..AA.${'A'.repeat(length - header.length - 8)}.AA`;
    expect(found(jwe(MOST))).toEqual([['jwe', MOST]]);
    expect(found(jwe(MOST + 1))).toEqual([['fragment', header.length]]);
  });
});

describe('what is left of a token', () => {
  const header = part('{"alg":"RS256"}');
  const found = (text: string): unknown =>
    [...scanText(text)].map(({ kind, start, end }) => [kind, text.slice(start, end)]);

  it.each([
    [`${header}.`, header],
    [`${header}.eyJ`, `${header}.eyJ`],
    [`${header}.${claims}`, `${header}.${claims}`],
    [`${header}.eyJ\nabcdefgh`, `${header}.eyJ`],
    [`${header}.eyJ.abc`, `${header}.eyJ`],
  ])('of %j ends where that does, on its line', (text, left) => {
    expect(found(`"${text}"`)).toEqual([['fragment', left]]);
  });

  it('of an encrypted one, too, which may be broken over lines', () => {
    const jwe = `${part('{"alg":"dir","enc":"A256GCM"}')}.KEY.IV.${'A'.repeat(90)}.TAG`;
    expect(found(`${jwe}\nabcdefgh\n`)).toEqual([['jwe', jwe]]);
    const broken = lines(jwe, 40, '\n');
    expect([...scanText(`${broken}\n\nabc`)]).toMatchObject([
      { kind: 'jwe', token: jwe, end: broken.length, wrapped: true },
    ]);
    expect(found(`${jwe.slice(0, -4)}\n`)).toEqual([['fragment', jwe.slice(0, -4)]]);
  });
});

describe('a signature', () => {
  const [header = '', payload = ''] = bound.split('.');
  const ofKey = (length: number): string => `${header}.${payload}.${'A'.repeat(length)}`;

  it('of a token that is not broken ends with its line, though a larger key’s would go on', () => {
    expect(tokensIn(`${ofKey(342)}\n${'A'.repeat(341)}\n`)).toEqual([ofKey(342)]);
    expect(tokensIn(`${ofKey(171)}\n${'A'.repeat(171)}\n`)).toEqual([ofKey(171)]);
  });

  it.each([
    ['in its header', 9, '\n'],
    ['in its header, by escapes', 9, '\\n'],
    ['in its header, by a carriage return', 9, '\r'],
    ['before its claims', header.length, '\n'],
    ['in its claims', header.length + 20, '\n'],
    ['behind its claims', header.length + 1 + payload.length, '\n'],
  ])('of one that is broken %s is as long as the largest key’s that fits', (_, at, between) => {
    const whole = ofKey(683);
    const last = whole.length - 341;
    const text = [whole.slice(0, at), whole.slice(at, last), whole.slice(last)].join(between);
    expect(tokensIn(`"${text}"`)).toEqual([whole]);
    expect(tokensIn(`"${text.slice(0, -1)}"`)).toEqual([ofKey(342)]);
  });

  it('is broken over no more lines than 64 beside its first, and over no empty one', () => {
    const broken = (count: number): string => {
      const head = `${header}.${payload.slice(0, 20)}\n${payload.slice(20)}.`;
      return `${head}${'A\n'.repeat(count - 1)}${'A'.repeat(342 - count + 1)}\n`;
    };
    expect(tokensIn(broken(65))).toEqual([ofKey(342)]);
    expect(tokensIn(broken(66))).not.toContain(ofKey(342));
    expect(tokensIn(broken(65).replace('A\nA', 'A\n\nA'))).not.toContain(ofKey(342));
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
