import { describe, expect, it } from 'vitest';
import { faultOf, read } from '../../support/texts/goYaml.ts';

// Each is as kubectl has it: test/hostile/kubeconfigReading.test.ts holds the reader to client-go.
describe('the numbers of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: 0o17', { a: 15 }],
    ['a: 0O17', { a: 15 }],
    ['a: 0o8', { a: '0o8' }],
    ['a: +0x1F', { a: 31 }],
    ['a: -0b11', { a: -3 }],
    ['a: 0B11', { a: 3 }],
    ['a: 0X1f', { a: 31 }],
    ['a: 0x1G', { a: '0x1G' }],
    ['a: 1_0_0', { a: 100 }],
    ['a: _1', { a: '_1' }],
    ['a: +_1', { a: 1 }],
    ['a: 0_x1', { a: 1 }],
    ['a: 1e+3', { a: 1000 }],
    ['a: 1E3', { a: 1000 }],
    ['a: -.5', { a: -0.5 }],
    ['a: +.5', { a: 0.5 }],
    ['a: .5e1', { a: 5 }],
    ['a: .5E-1', { a: 0.05 }],
    ['a: .5e', { a: '.5e' }],
    ['a: .5_', { a: '.5_' }],
    ['a: ._5', { a: '._5' }],
    ['a: .5__1', { a: '.5__1' }],
    ['a: .5_1e1_0', { a: 5100000000 }],
    ['a: .5e_1', { a: '.5e_1' }],
    ['a: .5e+', { a: '.5e+' }],
    ['a: .', { a: '.' }],
    ['a: ..', { a: '..' }],
    ['a: .a', { a: '.a' }],
    ['a: 5.', { a: 5 }],
    ['a: -5.', { a: -5 }],
    ['a: 1.5e3', { a: 1500 }],
    ['a: 1.5e', { a: '1.5e' }],
    ['a: 1e3.5', { a: '1e3.5' }],
    ['a: .e3', { a: '.e3' }],
    ['a: +', { a: '+' }],
    ['a: +a', { a: '+a' }],
    ['a: 1a', { a: '1a' }],
    ['a: a1', { a: 'a1' }],
    ['a: 0b2', { a: '0b2' }],
    ['a: 0b', { a: '0b' }],
    ['a: 08', { a: 8 }],
    ['a: 09.5', { a: 9.5 }],
    ['a: 018', { a: 18 }],
    ['a: 0', { a: 0 }],
    ['a: -0', { a: 0 }],
    ['a: 00', { a: 0 }],
    ['a: +0', { a: 0 }],
    ['a: 99999999999999999999', { a: 100000000000000000000 }],
    ['a: -99999999999999999999', { a: -100000000000000000000 }],
    ['a: +9223372036854775807', { a: 9223372036854776000 }],
    ['a: +9223372036854775808', { a: 9223372036854776000 }],
    ['a: -9223372036854775808', { a: -9223372036854776000 }],
    ['a: -9223372036854775809', { a: -9223372036854776000 }],
    ['a: 18446744073709551615', { a: 18446744073709552000 }],
    ['a: 18446744073709551616', { a: 18446744073709552000 }],
    ['a: 1e308', { a: 1e308 }],
    ['a: 1e309', { a: '1e309' }],
    ['a: -1e309', { a: '-1e309' }],
    ['a: 1.7e308', { a: 1.7e308 }],
    ['a: 1:30', { a: '1:30' }],
    ['a: 1,000', { a: '1,000' }],
    ['a: 0.1.2', { a: '0.1.2' }],
    ['a: 1-1', { a: '1-1' }],
    ['a: --1', { a: '--1' }],
    ['a: +-1', { a: '+-1' }],
    ['a: 1+', { a: '1+' }],
    ['a: 0x', { a: '0x' }],
    ['a: 0o', { a: '0o' }],
    ['a: 0b_1', { a: 1 }],
    ['a: 0x_f', { a: 15 }],
    ['a: 1__', { a: 1 }],
    ['a: 1._5', { a: 1.5 }],
    ['a: 1e1_0', { a: 10000000000 }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    ['a list item stands where none can', [[1, 'a: -']]],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });
});

describe('the values with a tag of YAML', () => {
  it.each<[text: string, value: unknown]>([
    ['a: !!int 0x1f', { a: 31 }],
    ['a: !!int "12"', { a: 12 }],
    ['a: !!float .5', { a: 0.5 }],
    ['a: !!float 1', { a: 1 }],
    ['a: !!float 9223372036854775807', { a: 9223372036854776000 }],
    ['a: !!bool y', { a: true }],
    ['a: !!bool "on"', { a: true }],
    ['a: !!null ""', { a: null }],
    ['a: !!null', { a: null }],
    ['a: !!str yes', { a: 'yes' }],
    ['a: !!str', { a: '' }],
    ['a: !!binary aGk=', { a: 'hi' }],
    ['a: !!binary ""', { a: '' }],
    ['a: !!binary 77u/YQ==', { a: '\ufeffa' }],
    ['a: !!merge a', { a: 'a' }],
    ['a: !!foo 1', { a: '1' }],
    ['a: !foo 1', { a: '1' }],
    ['a: ! yes', { a: 'yes' }],
    ['a: ! "1"', { a: '1' }],
    ["a: '1'", { a: '1' }],
    ['a: "yes"', { a: 'yes' }],
    ['a: "~"', { a: '~' }],
    ['a: !!str .nan', { a: '.nan' }],
    ['a: .Nan', { a: '.Nan' }],
    ['a: .iNF', { a: '.iNF' }],
    ['a: "-.inf"', { a: '-.inf' }],
    ['! "<<": {a: b}', { a: 'b' }],
    ['!!binary PDw=: {a: b}', { '<<': { a: 'b' } }],
    ['!!int "1": a', { '1': 'a' }],
  ])('are read: %j', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a tag does not fit its value',
      [
        [1, 'a: !!int 1.5'],
        [1, 'a: !!int'],
        [1, 'a: !!float 18446744073709551615'],
        [1, 'a: !!float 9223372036854775808'],
        [1, 'a: !!float a'],
        [1, 'a: !!float true'],
        [1, 'a: !!bool 1'],
        [1, 'a: !!null a'],
        [1, '!!null a: b'],
      ],
    ],
    [
      '!!binary is no base64',
      [
        [1, 'a: !!binary "aG\n  k="'],
        [1, 'a: !!binary a'],
        [1, 'a: !!binary aGk'],
        [1, 'a: !!binary a==='],
      ],
    ],
  ])('are refused, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: true }]);
  });

  it.each<[why: string, texts: readonly (readonly [line: number, text: string])[]]>([
    [
      'a tag says that it is a date',
      [
        [1, 'a: !!timestamp x'],
        [1, 'a: !!timestamp 2001-12-14'],
      ],
    ],
    ['!!binary is no text', [[1, 'a: !!binary /w==']]],
    [
      'there is a number that JSON does not have',
      [
        [1, 'a: .nan'],
        [1, 'a: .NaN'],
        [1, 'a: .NAN'],
        [1, 'a: .inf'],
        [1, 'a: -.inf'],
        [1, 'a: +.inf'],
        [1, 'a: +.Inf'],
        [1, 'a: !!float .inf'],
      ],
    ],
  ])('are in doubt, as %s', (why, texts) => {
    for (const [line, text] of texts)
      expect([text, faultOf(text)]).toEqual([text, { line, why, isRefused: false }]);
  });
});
