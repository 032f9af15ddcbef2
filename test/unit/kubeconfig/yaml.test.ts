import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document } from 'yaml';
import { faultOf, read } from '../../support/texts/goYaml.ts';
import { yamlTexts } from '../../support/texts/yaml/all.ts';

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

/** A text in the name of a test. */
const named = (text: string): string => JSON.stringify(text).replace(/^(.{60}).+$/su, '$1');

// Each is as kubectl has it: test/hostile/kubeconfigReading.test.ts holds them to client-go.
describe.each(yamlTexts)('$what of YAML', (texts) => {
  it.each(texts.read.map(([text, value]) => [named(text), text, value] as const))(
    'are read: %s',
    (_name, text, value) => {
      expect(read(text)).toEqual(value);
    },
  );

  it.each(texts.refused)('are refused, as %s', (why, rows) => {
    for (const [line, text] of rows)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });

  it.each(texts.inDoubt)('are in doubt, as %s', (why, rows) => {
    for (const [line, text] of rows)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: false }]);
  });
});
