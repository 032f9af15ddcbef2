import { describe, expect, it } from 'vitest';
import { faultOf, read } from '../../support/texts/goYaml.ts';

// Each is as kubectl has it: test/hostile/kubeconfigReading.test.ts holds the reader to client-go.
describe('the plain texts of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: b c', { a: 'b c' }],
    ['a: b  c', { a: 'b  c' }],
    ['a: b\n  c', { a: 'b c' }],
    ['a: b\n\n  c', { a: 'b\nc' }],
    ['a: b\n\n\n  c', { a: 'b\n\nc' }],
    ['a: b \n  c', { a: 'b c' }],
    ['a: b\t\n  c', { a: 'b c' }],
    ['a: b\n \tc', { a: 'b c' }],
    ['a: b #c', { a: 'b' }],
    ['a: b#c', { a: 'b#c' }],
    ['a: b:c', { a: 'b:c' }],
    ['a: b :c', { a: 'b :c' }],
    ['a: -b', { a: '-b' }],
    ['a: ?b', { a: '?b' }],
    ['a: :b', { a: ':b' }],
    ['a: b"c', { a: 'b"c' }],
    ['a: b,c', { a: 'b,c' }],
    ['a: b[c]{d}', { a: 'b[c]{d}' }],
    ['[b,c]', ['b', 'c']],
    ['[b ,c]', ['b', 'c']],
    ['[b\n c]', ['b c']],
    ['[b\nc]', ['b c']],
    ['[a b: c]', [{ 'a b': 'c' }]],
    ['{a b : c}', { 'a b': 'c' }],
    ['[a:b]', ['a:b']],
    ['[a:]', ['a:']],
    ['[a: ]', [{ a: null }]],
    ['[-]', ['-']],
    ['[-a]', ['-a']],
    ['[?a]', [{ a: null }]],
    ['a\n b\n  c', 'a b c'],
    ['a: b\n---', { a: 'b' }],
    ['a: b\n...', { a: 'b' }],
    ['a:\tb', { a: 'b' }],
    ['a: \tb', { a: 'b' }],
    ['- a\n b', ['a b']],
    ['- a\n- b', ['a', 'b']],
    ['a: b\n\u2028  c', { a: 'b\u2028c' }],
    ['a: b\u2028\n  c', { a: 'b\u2028\nc' }],
    ['a: b\u2028\u2028  c', { a: 'b\u2028\u2028c' }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a tab stands where a line is indented',
      [
        [2, 'a: b\n\tc'],
        [3, 'a:\n  b\n\tc'],
        [2, 'a: b\n\t\nc: d'],
        [2, '- a\n\t- b'],
      ],
    ],
    ['a key has no ":"', [[2, 'a: b\nc']]],
    [
      'a mapping has something that is no field',
      [
        [3, 'a: b\n  #c\n  d'],
        [1, 'a: "b" c'],
        [3, 'a:\n  - b\n c'],
      ],
    ],
    [
      'a value stands where none can',
      [
        [1, 'a: b: c'],
        [1, 'a: b:'],
        [1, 'a: : b'],
        [3, 'a:\n  b\n c: d'],
        [2, 'a: b\n  c: d'],
      ],
    ],
    [
      'a list item stands where none can',
      [
        [1, 'a: -'],
        [1, 'a: - b'],
      ],
    ],
    ['a key stands where none can', [[1, 'a: ? b']]],
    [
      'there is a character that nothing begins with',
      [
        [1, 'a: @b'],
        [1, 'a: `b'],
        [1, 'a: %b'],
        [1, '\ta: b'],
        [2, 'a:\n\t- b'],
      ],
    ],
    [
      'there is nothing where a value is expected',
      [
        [1, 'a: ,b'],
        [1, 'a: ]'],
        [1, 'a: }'],
        [1, '[- a]'],
        [1, '[:a]'],
      ],
    ],
    [
      'something follows the mark of a block of text',
      [
        [1, 'a: |b'],
        [1, 'a: >b'],
      ],
    ],
    ['a quote is not closed', [[1, "a: 'b"]]],
    [
      'a list in brackets lacks a comma or its end',
      [
        [1, '[b?c]'],
        [2, '[a\n---\n]'],
      ],
    ],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });
});

describe('the texts in quotes of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: "b\n  c"', { a: 'b c' }],
    ['a: "b\n\n  c"', { a: 'b\nc' }],
    ['a: "b \\\n  c"', { a: 'b c' }],
    ['a: "b\\\n\n  c"', { a: 'b\nc' }],
    ['a: "b\n"', { a: 'b ' }],
    ['a: " b "', { a: ' b ' }],
    ['a: "\n b"', { a: ' b' }],
    ['a: "b\n ---\nc"', { a: 'b --- c' }],
    ['a: "\\U0010FFFF"', { a: '􏿿' }],
    ['a: "\\uD7FF\\uE000"', { a: '\ud7ff\ue000' }],
    ['a: "b\\\r\n  c"', { a: 'bc' }],
    ['a: "b\t\n\tc"', { a: 'b c' }],
    ["a: 'b''c'", { a: "b'c" }],
    ["a: 'b'", { a: 'b' }],
    ["a: ''", { a: '' }],
    ["a: ''''", { a: "'" }],
    ["a: 'b\n  c'", { a: 'b c' }],
    ["a: 'b\n\n c'", { a: 'b\nc' }],
    ["a: '\\n\"'", { a: '\\n"' }],
    ['"a": b', { a: 'b' }],
    ["'a' : b", { a: 'b' }],
    ['{"a":b}', { a: 'b' }],
    ['["a":b]', [{ a: 'b' }]],
    ['["a" : b]', [{ a: 'b' }]],
    ['{a: "b"}', { a: 'b' }],
    ['a: "\u2028b"', { a: '\u2028b' }],
    ['a: "b\u2028c"', { a: 'b\u2028c' }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a document ends within quotes',
      [
        [1, 'a: "b\n---\nc"'],
        [1, 'a: "b\n--- c"'],
      ],
    ],
    ['a quote is not closed', [[1, 'a: "b']]],
    ['there is an unknown escape', [[1, 'a: "b\\']]],
    [
      'an escape lacks digits',
      [
        [1, 'a: "b\\x"'],
        [1, 'a: "b\\x4"'],
        [1, 'a: "\\x4g"'],
        [1, 'a: "\\u00e"'],
      ],
    ],
    [
      'an escape is no character',
      [
        [1, 'a: "\\U00110000"'],
        [1, 'a: "\\udfff"'],
      ],
    ],
    [
      'a mapping has something that is no field',
      [
        [1, "a: 'b' 'c'"],
        [1, 'a: "b"c: d'],
        [1, '"a"b: c'],
      ],
    ],
    ['a value stands where none can', [[2, '"a\n b": c']]],
    ['a list in brackets lacks a comma or its end', [[1, '["a"b]']]],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });
});

describe('the blocks of text of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: |\n  b', { a: 'b' }],
    ['a: |\n  b\n', { a: 'b\n' }],
    ['a: |\n  b\n\n', { a: 'b\n' }],
    ['a: |-\n  b\n\n', { a: 'b' }],
    ['a: |+\n  b\n\n', { a: 'b\n\n' }],
    ['a: |+\n  b\n\nc: d', { a: 'b\n\n', c: 'd' }],
    ['a: |-\n  b', { a: 'b' }],
    ['a: |2\n   b\n', { a: ' b\n' }],
    ['a: |2-\n   b\n', { a: ' b' }],
    ['a: |-2\n   b\n', { a: ' b' }],
    ['a: |+2\n   b\n\n', { a: ' b\n\n' }],
    ['a: |1\n b', { a: 'b' }],
    ['a: |9\n         b', { a: 'b' }],
    ['a: | # c\n  b', { a: 'b' }],
    ['a: |#c\n  b', { a: 'b' }],
    ['a: |\n', { a: '' }],
    ['a: |', { a: '' }],
    ['a: |\n\n\n', { a: '' }],
    ['a: |+\n\n\n', { a: '\n\n' }],
    ['a: |\nb: c', { a: '', b: 'c' }],
    ['a: |\n\n  b\n', { a: '\nb\n' }],
    ['a: |\n  b\n    c\n  d\n', { a: 'b\n  c\nd\n' }],
    ['- |\n b\n- c', ['b\n', 'c']],
    ['|\n a\n', 'a\n'],
    ['|\na\n', ''],
    ['--- |\na\n', ''],
    ['--- |1\n a\n', 'a\n'],
    ['a:\n  b: |1\n   c\n', { a: { b: 'c\n' } }],
    ['a:\n  b: |\n   c\n  d: e', { a: { b: 'c\n', d: 'e' } }],
    ['a: >\n  b\n  c\n', { a: 'b c\n' }],
    ['a: >\n  b\n\n  c\n', { a: 'b\nc\n' }],
    ['a: >\n  b\n\n\n  c\n', { a: 'b\n\nc\n' }],
    ['a: >\n  b\n    c\n  d\n', { a: 'b\n  c\nd\n' }],
    ['a: >\n  b\n   c\n\n   d\n  e\n', { a: 'b\n c\n\n d\ne\n' }],
    ['a: >\n    b\n', { a: 'b\n' }],
    ['a: >-\n  b\n  c\n', { a: 'b c' }],
    ['a: >+\n  b\n\n', { a: 'b\n\n' }],
    ['a: >\n\n  b\n', { a: '\nb\n' }],
    ['a: >\n  b \n  c\n', { a: 'b  c\n' }],
    ['a: >\n  b\n  \tc\n', { a: 'b\n\tc\n' }],
    ['a: >\n  b\u2028  c\n', { a: 'b\u2028c\n' }],
    ['a: >\n\n\n', { a: '' }],
    ['a: |\r\n  b\r\n  c\r\n', { a: 'b\nc\n' }],
    ['a: >\r\n  b\r\n  c\r\n', { a: 'b c\n' }],
    ['a: |\n  b\n# c\n', { a: 'b\n' }],
    ['a: |\n  b\n  # c\n', { a: 'b\n# c\n' }],
    ['a: |\n  b\n...\n', { a: 'b\n' }],
    ['- >\n a\n b', ['a b']],
    ['a: |\n  b\n---\n', { a: 'b\n' }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    ['an indentation of 0 is none', [[1, 'a: |0\n b']]],
    [
      'something follows the mark of a block of text',
      [
        [1, 'a: |10\n b'],
        [1, 'a: |++\n b'],
        [1, 'a: |2+-\n  b'],
        [1, 'a: | c\n  b'],
      ],
    ],
    [
      'a mapping has something that is no field',
      [
        [3, 'a: |\n    \n  b\n'],
        [3, 'a: |\n  b\n c'],
      ],
    ],
    [
      'a tab stands where a block of text is indented',
      [
        [1, 'a: |\n\tb'],
        [1, 'a: |\n  b\n\tc'],
        [1, 'a: |\n  \tb'],
        [1, 'a: |2\n\tb'],
        [1, 'a: >\n  b\n\tc\n'],
      ],
    ],
    ['a list has something that is no item', [[3, '- |\n  b\n c']]],
    [
      'there is a character that nothing begins with',
      [
        [1, '[|\n a]'],
        [1, '[>]'],
      ],
    ],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });
});
