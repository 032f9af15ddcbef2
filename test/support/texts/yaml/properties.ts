import type { YamlTexts } from './texts.ts';

export const properties: readonly YamlTexts[] = [
  {
    what: 'the characters and line ends',
    read: [
      ['\ufeffa: b', { a: 'b' }],
      ['a: "\u00a0é\ufffd𐀀􏿿"', { a: '\u00a0é\ufffd𐀀􏿿' }],
      ['a: b\rc: d', { a: 'b', c: 'd' }],
      ['a: b\r\nc: d', { a: 'b', c: 'd' }],
      ['a: b\u0085c: d', { a: 'b', c: 'd' }],
      ['a: b\u2028c: d', { a: 'b', c: 'd' }],
      ['a: b\u2029c: d', { a: 'b', c: 'd' }],
      ['a: |\n  b\u2028  c\n', { a: 'b\u2028c\n' }],
      ['a: |\n  b\u0085  c\n', { a: 'b\nc\n' }],
      ['a: >\n  b\u2029  c\n', { a: 'b\u2029c\n' }],
    ],
    refused: [['a key has no ":"', [[2, 'a: \u0085b']]]],
    inDoubt: [
      [
        'there is a character that YAML does not allow',
        [
          [1, 'a: \u0007'],
          [2, 'a: b\nc: \u007f'],
          [3, 'a: b\n\nc\ufeff: d'],
          [1, 'a: \ud800'],
          [1, 'a: \ufffe'],
        ],
      ],
    ],
  },
  {
    what: 'the documents',
    read: [
      ['', undefined],
      ['# a', undefined],
      ['---', null],
      ['--- a', 'a'],
      ['---\na: b', { a: 'b' }],
      ['---a: b', { '---a': 'b' }],
      ['--- # c\na: b', { a: 'b' }],
      ['a: b\n...\nc: d', { a: 'b' }],
      ['a: b\n---\nc: [', { a: 'b' }],
      ['a: b\n... # c\n', { a: 'b' }],
      ['---\n---\na: b', null],
      ['---\n...\n', null],
      ['a: b\n--- ', { a: 'b' }],
      ['a: b\n---x: c', { a: 'b', '---x': 'c' }],
      [' --- a', '--- a'],
      ['a\n--- b', 'a'],
    ],
    refused: [['there is nothing where a value is expected', [[1, '...\n']]]],
    inDoubt: [],
  },
  {
    what: 'the directives',
    read: [
      ['%YAML 1.1\n---\na: b', { a: 'b' }],
      ['%YAML 1.1 # c\n---\na: b', { a: 'b' }],
      ['%YAML 01.1\n---\na', 'a'],
      ['%YAML  1.1\n---\na', 'a'],
      ['%TAG ! !x\n---\na: !b c', { a: 'c' }],
      ['%TAG !e! tag:yaml.org,2002:\n---\na: !e!str 1', { a: '1' }],
      ['%TAG !! tag:x,2:\n---\na: !!str 1', { a: '1' }],
      ['%TAG  !e!  x  # c\n---\na', 'a'],
      ['%YAML 1.1\n---\n...', null],
      ['%YAML\t1.1\t\n---\na', 'a'],
    ],
    refused: [
      [
        'kubectl reads YAML 1.1 alone',
        [
          [2, '%YAML 1.2\n---\na: b'],
          [3, '%YAML 1.1\n%YAML 1.1\n---\na'],
        ],
      ],
      [
        'a directive has no document',
        [
          [2, '%YAML 1.1\na: b'],
          [2, '%YAML 1.1'],
        ],
      ],
      [
        'something follows a directive',
        [
          [1, '%YAML 1.1 x\n---\na: b'],
          [1, '%TAG !e! x y\n---\na'],
        ],
      ],
      [
        'a version of YAML is none',
        [
          [1, '%YAML 111.1\n---\na'],
          [1, '%YAML 1\n---\na'],
          [1, '%YAML .1\n---\na'],
          [1, '%YAML 1.x\n---\na'],
          [1, '%YAML'],
        ],
      ],
      [
        'there is an unknown directive',
        [
          [1, '%FOO a\n---\nb'],
          [1, '%YAMLX 1.1\n---\na'],
          [1, '%XYAML 1.1\n---\na'],
          [1, '%'],
        ],
      ],
      ['there are two directives for one handle', [[3, '%TAG !e! x\n%TAG !e! y\n---\na']]],
      ['a %TAG has no handle', [[1, '%TAG e x\n---\na']]],
      ['the handle of a %TAG is none', [[1, '%TAG !e x\n---\na']]],
      [
        'a %TAG has no prefix',
        [
          [1, '%TAG !e!\n---\na'],
          [1, '%TAG !e!x\n---\na'],
        ],
      ],
      ['the prefix of a %TAG is none', [[1, '%TAG !e! \n---\na']]],
      ['there is a character that nothing begins with', [[1, ' %YAML 1.1\n---\na']]],
    ],
    inDoubt: [['a tag has an escape', [[1, '%TAG !e! a%20\n---\nb']]]],
  },
  {
    what: 'the anchors',
    read: [
      ['a: &x b\nc: *x', { a: 'b', c: 'b' }],
      ['a: &x-_1 b\nc: *x-_1', { a: 'b', c: 'b' }],
      ['a: [&x b, *x]', { a: ['b', 'b'] }],
      ['a: {b: &x c, d: *x}', { a: { b: 'c', d: 'c' } }],
      ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
      ['a: &x\n  b: c\nd: *x', { a: { b: 'c' }, d: { b: 'c' } }],
      ['&x a: b\nc: *x', { a: 'b', c: 'a' }],
      ['a: &x b\nc: &x d\ne: *x', { a: 'b', c: 'd', e: 'd' }],
      ['a: [&x]', { a: [null] }],
    ],
    refused: [
      [
        'an alias has no anchor before it',
        [
          [1, 'a: *x'],
          [4, '\n\na:\n  b: *x'],
          [1, '*x : a'],
          [1, 'a: [*x]'],
          [1, 'a: *x}'],
        ],
      ],
      [
        'an anchor or alias has no name',
        [
          [1, 'a: &'],
          [1, 'a: & b'],
          [1, 'a: &x.y b'],
          [1, 'a: &x! b'],
        ],
      ],
      [
        'a mapping has something that is no field',
        [
          [1, 'a: &x &y b'],
          [1, 'a: &x *x'],
          [1, 'a: !!str !!str b'],
          [1, 'a: &x,'],
        ],
      ],
      ['a key stands where none can', [[1, 'a: &x? b']]],
      [
        'there is a character that nothing begins with',
        [
          [1, 'a: &x% b'],
          [1, 'a: &x@ b'],
          [1, 'a: &x` b'],
        ],
      ],
    ],
    inDoubt: [],
  },
  {
    what: 'the tags',
    read: [
      ['a: !!str', { a: '' }],
      ['a: ! 1', { a: '1' }],
      ['a: !<tag:yaml.org,2002:str> 1', { a: '1' }],
      ['a: !a,b c', { a: 'c' }],
      ['a: [!a, b]', { a: ['b'] }],
      ['a: !a:b c', { a: 'c' }],
      ["a: !a'b~*()[] c", { a: 'c' }],
      ['a: !<!x> 1', { a: '1' }],
      ['!!map {a: b}', { a: 'b' }],
      ['a: !!seq [b]', { a: ['b'] }],
      ['a: !!foo 12', { a: '12' }],
      ['a: !<tag:yaml.org,2002:foo> 12', { a: '12' }],
      ['a: !a;/?:@&=+$.~* 1', { a: '1' }],
    ],
    refused: [
      ['a tag is empty', [[1, 'a: !<> 1']]],
      ['a tag is not closed', [[1, 'a: !<x 1']]],
      [
        'a tag goes on where it should end',
        [
          [1, 'a: !<x>y 1'],
          [1, 'a: !a{ c'],
        ],
      ],
      [
        'a tag has an unknown handle',
        [
          [1, 'a: !x!y 1'],
          [1, 'a: !a!b!c 1'],
        ],
      ],
      [
        'a tag has a handle alone',
        [
          [1, 'a: !x!'],
          [1, 'a: !!'],
        ],
      ],
      ['a tag does not fit its value', [[1, '- !!int\n- !!str\n']]],
    ],
    inDoubt: [['a tag has an escape', [[1, 'a: !a%20 1']]]],
  },
];
