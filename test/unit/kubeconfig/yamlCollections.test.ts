import { describe, expect, it } from 'vitest';
import { faultOf, read } from '../../support/texts/goYaml.ts';

// Each is as kubectl has it: test/hostile/kubeconfigReading.test.ts holds the reader to client-go.
describe('the lists and mappings of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a:\n- b\n- c', { a: ['b', 'c'] }],
    ['a:\n  - b\n  - c', { a: ['b', 'c'] }],
    ['a:\n- b\nc: d', { a: ['b'], c: 'd' }],
    ['- a\n- b: c\n  d: e', ['a', { b: 'c', d: 'e' }]],
    ['- - a\n  - b\n- c', [['a', 'b'], 'c']],
    ['- -\n- a', [[null], 'a']],
    ['-\n- a', [null, 'a']],
    ['- \n  a', ['a']],
    ['-\n  - a', [['a']]],
    ['a:\n  b:\n    c: d\n  e: f', { a: { b: { c: 'd' }, e: 'f' } }],
    ['a:', { a: null }],
    ['a:\nb:', { a: null, b: null }],
    ['a: \n  b', { a: 'b' }],
    ['? a\n: b', { a: 'b' }],
    ['? a', { a: null }],
    ['? a\n? b', { a: null, b: null }],
    ['? a\n:', { a: null }],
    ['? |\n  a\n: b', { 'a\n': 'b' }],
    ['- ? a\n  : b', [{ a: 'b' }]],
    ['- a\n  - b', ['a - b']],
    ['a: 1\na: 2', { a: 2 }],
    ['a: 1\n"a": 2\na: 3', { a: 3 }],
    ['"a": 1\na : 2\n', { a: 2 }],
    ['a:\n? b\n: c', { a: null, b: 'c' }],
    ['a:\n- b\n? c\n: d', { a: ['b'], c: 'd' }],
    ['&x a : b\n*x : c', { a: 'c' }],
    ['a : b', { a: 'b' }],
    ['a: b\n   # c\nd: e', { a: 'b', d: 'e' }],
    ['# a\n\n# b\na: b', { a: 'b' }],
    ['a:   # b\n  c: d', { a: { c: 'd' } }],
    ['a: &x\n- b', { a: ['b'] }],
    ['a: !!seq\n- b', { a: ['b'] }],
    ['a: &x\nb: c', { a: null, b: 'c' }],
    ['a: !!str\nb: c', { a: '', b: 'c' }],
    ['- &x\n- b', [null, 'b']],
    ['&x\na: b', { a: 'b' }],
    ['!!map\na: b', { a: 'b' }],
    ['- a\n- b\n c', ['a', 'b c']],
    ['-a', '-a'],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a mapping has something that is no field',
      [
        [3, 'a:\n  - b\n - c'],
        [3, 'a:\n  b: c\n d: e'],
        [3, 'a:\n    b: c\n  d: e'],
        [2, 'a: {b: c}\n  d: e'],
        [1, ': a'],
        [1, '- : a'],
        [2, 'a: b\n- c'],
        [3, 'a:\n  b: c\n  - d'],
        [2, '- a: b\n  - c'],
      ],
    ],
    [
      'a value stands where none can',
      [
        [2, 'a: b\n c: d'],
        [1, 'a: b: c'],
        [2, 'a\nb: c'],
        [1, 'a: [b]: c'],
      ],
    ],
    [
      'a key is no text',
      [
        [1, '? - a\n: b'],
        [1, '? a: b\n: c'],
        [1, '[a]: b'],
        [1, '{a: b}: c'],
        [1, '- [a]: b'],
        [2, 'a:\n  [b]: c'],
        [1, '? [a]\n: b'],
      ],
    ],
    [
      'a list item stands where none can',
      [
        [1, 'a: - b'],
        [1, 'a: -\tb'],
      ],
    ],
    [
      'a key has no ":"',
      [
        [2, 'a: b\nc'],
        [3, 'a:\n - b\n -c'],
      ],
    ],
    [
      'a list has something that is no item',
      [
        [2, '- a\nb: c'],
        [3, 'a:\n  - b\n  c: d'],
      ],
    ],
    ['an alias has no anchor before it', [[1, 'a: *x : b']]],
    [
      'there is a character that nothing begins with',
      [
        [1, '-\ta'],
        [1, '- \ta'],
        [1, '?\ta'],
      ],
    ],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    ['a key is no text', [[1, '?\n: b']]],
  ])('are in doubt, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: false }]);
  });
});

describe('the lists in brackets of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['[]', []],
    ['[a]', ['a']],
    ['[a, b]', ['a', 'b']],
    ['[a, b,]', ['a', 'b']],
    ['[a b]', ['a b']],
    ['[a]]', ['a']],
    ['[a] b', ['a']],
    ['[a, [b, {c: d}]]', ['a', ['b', { c: 'd' }]]],
    ['[a: b]', [{ a: 'b' }]],
    ['[a: b, c]', [{ a: 'b' }, 'c']],
    ['[a: b, c: d]', [{ a: 'b' }, { c: 'd' }]],
    ['[? a: b]', [{ a: 'b' }]],
    ['[? a]', [{ a: null }]],
    ['[a:, b]', ['a:', 'b']],
    ['[a: , b]', [{ a: null }, 'b']],
    ['["a":]', [{ a: null }]],
    ['[a\n,b]', ['a', 'b']],
    ['[# c\na]', ['a']],
    ['[a #c\n,b]', ['a', 'b']],
    ['[a#c]', ['a#c']],
    ['[\n]', []],
    ['[\ta,\tb\t]', ['a', 'b']],
    ['[\n\ta\n]', ['a']],
    ['a: [\nb\n]', { a: ['b'] }],
    ['a:\n  [b,\nc]', { a: ['b', 'c'] }],
    ['- [a\n, b]', [['a', 'b']]],
    ['[&x a, *x]', ['a', 'a']],
    ['[!!str 1]', ['1']],
    ['[!!str , a]', ['', 'a']],
    ['[&x , a]', [null, 'a']],
    ['[? a : b, ? c : d]', [{ a: 'b' }, { c: 'd' }]],
    ['[a, ...]', ['a', '...']],
    ['[a\n...]', ['a ...']],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'there is nothing where a value is expected',
      [
        [1, '[a,, b]'],
        [1, '[,]'],
        [1, '[,a]'],
        [2, '[a,'],
        [2, '['],
        [1, ']'],
        [1, '[: a]'],
        [1, '[- a]'],
        [2, '[\n- a]'],
      ],
    ],
    [
      'a list in brackets lacks a comma or its end',
      [
        [2, '[a'],
        [2, 'a: [b\n'],
        [1, '[? : b]'],
        [2, '[?]'],
        [1, '[? , b]'],
        [2, '[a\n: b]'],
        [2, '["a"\n: b]'],
      ],
    ],
    [
      'a key is no text',
      [
        [1, '[{a: b}: c]'],
        [1, '[[a]: b]'],
      ],
    ],
    ['an alias has no anchor before it', [[1, '[*x]']]],
    [
      'there is a character that nothing begins with',
      [
        [1, '[%a]'],
        [1, '[a, %b]'],
      ],
    ],
    ['there is an unknown directive', [[2, '[\n%b]']]],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });
});

describe('the mappings in braces of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['{}', {}],
    ['{a: b}', { a: 'b' }],
    ['{a: b, c: d}', { a: 'b', c: 'd' }],
    ['{a: b,}', { a: 'b' }],
    ['{a}', { a: null }],
    ['{a, b}', { a: null, b: null }],
    ['{a: }', { a: null }],
    ['{a: , b: c}', { a: null, b: 'c' }],
    ['{a:b}', { 'a:b': null }],
    ['{"a":b}', { a: 'b' }],
    ['{"a": b}', { a: 'b' }],
    ['{"a" :b}', { a: 'b' }],
    ['{? a: b}', { a: 'b' }],
    ['{? a}', { a: null }],
    ['{? a, b: c}', { a: null, b: 'c' }],
    ['{a: [b], c: {d: e}}', { a: ['b'], c: { d: 'e' } }],
    ['{a b}', { 'a b': null }],
    ['{a: b}}', { a: 'b' }],
    ['{a: b} c', { a: 'b' }],
    ['{a: b}\nc: d', { a: 'b' }],
    ['{a: \n b}', { a: 'b' }],
    ['{&x a: b, c: *x}', { a: 'b', c: 'a' }],
    ['{!!str a: b}', { a: 'b' }],
    ['{a: !!str , b: c}', { a: '', b: 'c' }],
    ['{a: &x , b: *x}', { a: null, b: null }],
    ['{-a: b}', { '-a': 'b' }],
    ['{a: b:c}', { a: 'b:c' }],
    ['{a: b:}', { a: 'b:' }],
    ['a: {b: c}', { a: { b: 'c' } }],
    ['- {a: b}\n- c', [{ a: 'b' }, 'c']],
    ['{\n  a: b,\n  c: d\n}\n', { a: 'b', c: 'd' }],
    ['{a: b}\n---\n]', { a: 'b' }],
    ['{a: b}\n...', { a: 'b' }],
    ['a: {\nb: c\n}', { a: { b: 'c' } }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'there is nothing where a value is expected',
      [
        [1, '{,}'],
        [1, '{a: b,, c: d}'],
        [1, '{: a}'],
        [2, '{'],
        [1, '{a: - b}'],
        [1, '{- a: b}'],
        [1, '{a: ?b}'],
        [1, '{a: :b}'],
      ],
    ],
    [
      'a mapping in braces lacks a comma or its end',
      [
        [2, '{a: b'],
        [1, '{a: b c: d}'],
        [2, '{a\n: b}'],
        [1, '{a: b]'],
        [1, '{a?b: c}'],
        [1, '{a: b?c}'],
      ],
    ],
    [
      'a key is no text',
      [
        [1, '{[a]: b}'],
        [1, '{{a: b}: c}'],
      ],
    ],
    ['a list in brackets lacks a comma or its end', [[1, '[a}']]],
    ['an alias has no anchor before it', [[1, '{*x : b}']]],
    ['there is a character that nothing begins with', [[1, '{a: |\n b}']]],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a key is no text',
      [
        [1, '{?}'],
        [1, '{? : a}'],
      ],
    ],
    ['a key is a fraction', [[1, '{1: a, 1.0: b}']]],
  ])('are in doubt, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: false }]);
  });
});
