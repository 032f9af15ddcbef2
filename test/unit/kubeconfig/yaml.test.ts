import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document } from 'yaml';
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
});
