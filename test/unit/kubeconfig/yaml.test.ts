import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document } from 'yaml';
import { YamlFault } from '../../../src/kubeconfig/yaml/cursor.ts';
import { decodeFirst, withoutLines } from '../../../src/kubeconfig/yaml/decode.ts';

/** What is read of a text, as JSON has it. */
function read(text: string): unknown {
  const value = decodeFirst(text);
  return value && withoutLines(value, Number);
}

describe('YAML as kubectl reads it', () => {
  it('is what somebody else’s program has written, however it writes it', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ unit: 'grapheme', maxLength: 10 }),
      fc.constantFrom(
        'yes',
        '~',
        '0x1f',
        '12:30',
        '1e3',
        '',
        ' ',
        '#',
        'a: b',
        '- a',
        '{',
        "it's",
        '"',
        '\\',
      ),
      fc.array(fc.constantFrom('a', ' ', '  b', '\t', 'word '), { maxLength: 12 }).map((all) => all.join('')),
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        text,
        fc.boolean(),
        fc.constant(null),
        fc.integer(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((key) => key !== '' && key.length < 100),
          tie('value'),
          { maxKeys: 4, noNullPrototype: true },
        ),
      ),
    }));
    const style = fc.record({
      indent: fc.constantFrom(2, 3, 8),
      // Lines that are folded are read otherwise by Go now and then.
      lineWidth: fc.constant(0),
      indentSeq: fc.boolean(),
      collectionStyle: fc.constantFrom('any', 'flow'),
      defaultStringType: fc.constantFrom(
        'PLAIN',
        'QUOTE_DOUBLE',
        'QUOTE_SINGLE',
        'BLOCK_LITERAL',
        'BLOCK_FOLDED',
      ),
      flowCollectionPadding: fc.boolean(),
    } as const);
    fc.assert(
      fc.property(value, style, (written, options) => {
        // What ends a line in YAML 1.1 alone is written as it is by what writes 1.2.
        // What begins with these in a flow is a key or a value to Go.
        const isOdd = /\?|(?<=[[{,:]|^)":/.test(JSON.stringify(written));
        fc.pre(options.collectionStyle === 'any' || !isOdd);
        // A block has no blanks of its own at its beginning to what writes it, nor lines of nothing but blanks.
        fc.pre(
          !options.defaultStringType.startsWith('BLOCK') ||
            !/"\s|\\n\s|\s"|\s\\n|\\t/.test(JSON.stringify(written)),
        );
        fc.pre(!/[\u0085\u2028\u2029\ufeff]/.test(JSON.stringify(written)));
        const document = new Document({ top: written }, { version: '1.1', aliasDuplicateObjects: false });
        expect(read(document.toString(options))).toEqual({ top: written });
      }),
      { numRuns: 500 },
    );
  });

  const words = (text: string): readonly string[] => text.split(' ');
  it.each<[value: unknown, texts: readonly string[]]>([
    [true, words('y Y yes Yes YES true True TRUE on On ON')],
    [false, words('n N no No NO false False FALSE off Off OFF')],
    [null, ['', ...words('~ null Null NULL')]],
    [0, words('0 -0 0x0 0b0 00')],
    [10, words('10 +10 012 0o12 0xA 0Xa 0b1010 1_0 1__0')],
    [-10, words('-10 -012 -0xa')],
    [0.5, words('0.5 .5 5e-1 +0.5 .5_0')],
    [1000, words('1_000 1e3 1.e3 1000.0')],
    [8, words('08 8.')],
    [2 ** 64, ['18446744073709551615', '18446744073709551616', '+18446744073709551615']],
    [-(2 ** 63), ['-9223372036854775808', '-9223372036854775809']],
  ])('has %j for each of %j', (value, texts) => {
    for (const text of texts) expect([text, read(`top: ${text}`)]).toEqual([text, { top: value }]);
  });

  it.each(
    words(
      'yEs tRUE nULL oN . .. ._5 .5_ 0x 0b2 0xg 1e 1e400 1.2.3 12:30 2001-12-14 - -a +a _1 - 1-2 1,5 ~a .NaN5',
    ),
  )('has text for %s', (text) => {
    expect(read(`top: ${text}x`)).toEqual({ top: `${text}x` });
    // A dash alone begins a list.
    expect(read(`top: ${text === '-' ? '"-"' : text}`)).toEqual({ top: text });
  });

  it.each<[text: string, value: unknown]>([
    ['!!str 12', '12'],
    ['!!str', ''],
    ['! 12', '12'],
    ['!mine 12', '12'],
    ['!<tag:yaml.org,2002:str> 12', '12'],
    ['!<tag:yaml.org,2002:int> "12"', 12],
    ['!!int 12', 12],
    ['!!bool yes', true],
    ['!!float 1.5', 1.5],
    ['!!float 1', 1],
    ['!!null ~', null],
    ['!!binary aGk=', 'hi'],
    ['&a x', 'x'],
    ['&a !!str 1', '1'],
    ['!!str &a 1', '1'],
  ])('goes by a tag: %s', (text, value) => {
    expect(read(`top: ${text}`)).toEqual({ top: value });
  });

  it.each<[text: string, line: number, isRefused: boolean]>([
    ['top: !!int a', 1, true],
    ['\ntop: !!bool 1', 2, true],
    ['top: !!float a', 1, true],
    ['top: !!null 1', 1, true],
    ['top: !!timestamp 2001-12-14', 1, false],
    ['top: .nan', 1, false],
    ['a: b\ntop: -.INF', 2, false],
  ])('is in doubt or refused where a value is none: %j', (text, line, isRefused) => {
    let fault: unknown;
    try {
      read(text);
    } catch (error) {
      fault = error;
    }
    expect(fault).toBeInstanceOf(YamlFault);
    expect(fault).toMatchObject({
      line,
      isRefused,
      message: expect.stringMatching(/^[a-z].*[^.]$/) as string,
    });
  });

  it('knows each escape of a text in double quotes, and no other', () => {
    const escapes = String.raw`\0 \a \b \t \n \v \f \r \e \" \' \\ \N \_ \L \P \x41 \u00e9 \U0001d11e`.split(
      ' ',
    );
    const texts = escapes.map((one) => read(`top: "${one}"`));
    const signs =
      '\0 \u0007 \b \t \n \v \f \r \u001b " \' \\ \u0085 _ \u2028 \u2029 A \u00e9 \u{1d11e}'.split(' ');
    expect(texts).toEqual(signs.map((top) => ({ top: top === '_' ? '\u00a0' : top })));
    expect(read('top: "a\\ b"')).toEqual({ top: 'a b' });
    expect(read('top: "a\\\tb"')).toEqual({ top: 'a\tb' });
    for (const one of [
      String.raw`\c`,
      String.raw`\/`,
      String.raw`\x4`,
      String.raw`\u12g4`,
      String.raw`\ud800`,
    ])
      expect(() => read(`top: "${one}"`)).toThrow(YamlFault);
  });

  it.each(['k', '\u00e9', '\u{10000}', '\u{1f600}', '\u{10ffff}'])(
    'knows a key without a question mark of no more than 1,024 characters: %j',
    (character) => {
      const [most, more] = [character.repeat(1024), character.repeat(1025)];
      expect(read(`${most}: a`)).toEqual({ [most]: 'a' });
      expect(() => read(`${more}: a`)).toThrow('a value stands where none can');
      expect(read(`? ${more}\n: a`)).toEqual({ [more]: 'a' });
      expect(read(`"${most.slice(character.length * 2)}": a`)).toEqual({
        [most.slice(character.length * 2)]: 'a',
      });
      expect(() => read(`"${most.slice(character.length)}": a`)).toThrow('a value stands where none can');
    },
  );

  it.each<[how: string, text: (depth: number) => string]>([
    ['lists', (depth) => '['.repeat(depth) + ']'.repeat(depth)],
    ['mappings', (depth) => `${'{a: '.repeat(depth)}b${'}'.repeat(depth)}`],
    ['lists by dashes', (depth) => `${'- '.repeat(depth)}a`],
    [
      'mappings by indentation',
      (depth) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
    ],
    [
      'lists in a list by dashes',
      (depth) => `${'- '.repeat(50)}${'['.repeat(depth - 50)}${']'.repeat(depth - 50)}`,
    ],
  ])('reads %s no deeper than 100', (_how, text) => {
    expect(read(text(100))).toBeDefined();
    expect(() => read(text(101))).toThrow('it is nested too deeply');
  });
});
