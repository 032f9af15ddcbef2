import type { YamlTexts } from './texts.ts';

export const keys: readonly YamlTexts[] = [
  {
    what: 'the keys',
    read: [
      ['? a\n b\n: c', { 'a b': 'c' }],
      ['1: a', { '1': 'a' }],
      ['yes: a', { true: 'a' }],
      ['0x10: a', { '16': 'a' }],
      ['9223372036854775807: a', { '9223372036854775807': 'a' }],
      ['-9223372036854775808: a', { '-9223372036854775808': 'a' }],
      ['1: a\n0x1: b', { '1': 'b' }],
      ['yes: a\ntrue: b', { true: 'b' }],
      ['2001-12-14: a', { '2001-12-14': 'a' }],
      ['!!str 1: a', { '1': 'a' }],
      ['!!binary YQ==: b\na: c', { a: 'c' }],
    ],
    refused: [
      [
        'a value stands where none can',
        [
          [2, 'a\n b: c'],
          [2, '"a\n b": c'],
          [2, 'a: "b\nc": d'],
        ],
      ],
      ['a mapping has something that is no field', [[1, ': a']]],
      [
        'a key is no text',
        [
          [1, '[a]: b'],
          [1, '? {}\n: b'],
        ],
      ],
    ],
    inDoubt: [
      [
        'a key is a fraction',
        [
          [1, '1.5: a'],
          [1, '!!float 1: a'],
        ],
      ],
      [
        'a key is no text',
        [
          [1, '~: a'],
          [1, '18446744073709551615: a'],
          [1, '9223372036854775808: a'],
        ],
      ],
      [
        'two keys differ in their type alone, and either may win',
        [
          [2, '1: a\n"1": b'],
          [2, 'yes: a\n"true": b'],
        ],
      ],
      ['there is a number that JSON does not have', [[1, '.inf: a']]],
    ],
  },
  {
    what: 'the merges',
    read: [
      ['<<: {a: b}', { a: 'b' }],
      ['a: 1\n<<: {a: 2}', { a: 2 }],
      ['<<: {a: 2}\na: 1', { a: 1 }],
      ['<<: [{a: 1}, {a: 2, b: 3}]', { a: 1, b: 3 }],
      ['<<: []', {}],
      ['x: &x {a: 1}\n<<: *x', { x: { a: 1 }, a: 1 }],
      ['x: &x {a: 1}\n<<: [*x, {b: 2}]', { x: { a: 1 }, b: 2, a: 1 }],
      ['"<<": {a: b}', { '<<': { a: 'b' } }],
      ["'<<': {a: b}", { '<<': { a: 'b' } }],
      ['!!merge <<: {a: b}', { a: 'b' }],
      ['!!str <<: {a: b}', { '<<': { a: 'b' } }],
      ['! <<: {a: b}', { a: 'b' }],
      ['!!merge "<<": {a: b}', { a: 'b' }],
      ['!!merge x: {a: b}', { x: { a: 'b' } }],
      ['<<: {<<: {a: b}}', { a: 'b' }],
      ['? <<\n: {a: b}', { a: 'b' }],
      ['a: {<<: {b: c}, d: e}', { a: { b: 'c', d: 'e' } }],
      ['- &x {a: 1}\n- <<: *x\n  b: 2', [{ a: 1 }, { a: 1, b: 2 }]],
      ['x: &m <<\n*m : {a: b}', { x: '<<', '<<': { a: 'b' } }],
      ['<<: !!map {a: b}', { a: 'b' }],
      ['<<: &x {a: b}\nc: *x', { a: 'b', c: { a: 'b' } }],
      ['{<<: {a: b}}', { a: 'b' }],
      ['x: &x {<<: {a: 1}}\ny: {<<: *x, a: 2}', { x: { a: 1 }, true: { a: 2 } }],
      ['<<: {a: 1}\n<<: {a: 2}', { a: 2 }],
    ],
    refused: [
      [
        '"<<" merges mappings alone',
        [
          [1, '<<: [{a: 1}, b]'],
          [1, '<<: b'],
          [1, '<<: [[{a: b}]]'],
          [1, '<<:'],
          [2, 'x: &x [{a: 1}]\n<<: *x'],
          [2, 'x: &x 1\n<<: *x'],
          [3, '\nx:\n  <<: b'],
        ],
      ],
      [
        'an anchor contains itself',
        [
          [2, 'x: &x\n  <<: *x'],
          [1, 'x: &x {y: *x}'],
          [1, 'x: &x {<<: [*x]}'],
        ],
      ],
    ],
    inDoubt: [['two keys differ in their type alone, and either may win', [[2, '<<: {1: a}\n"1": b']]]],
  },
];
