import type { YamlTexts } from './texts.ts';

const words = (text: string): readonly string[] => text.split(' ');

const VALUES: readonly (readonly [value: unknown, texts: readonly string[]])[] = [
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
];

const NO_VALUES = words(
  'yEs tRUE nULL oN . .. ._5 .5_ 0x 0b2 0xg 1e 1e400 1.2.3 12:30 2001-12-14 -a +a _1 1-2 1,5 ~a .NaN5 --',
);

const ESCAPES: readonly (readonly [escape: string, character: string])[] = [
  [String.raw`\0`, '\0'],
  [String.raw`\a`, '\u0007'],
  [String.raw`\b`, '\b'],
  [String.raw`\t`, '\t'],
  ['\\\t', '\t'],
  [String.raw`\n`, '\n'],
  [String.raw`\v`, '\v'],
  [String.raw`\f`, '\f'],
  [String.raw`\r`, '\r'],
  [String.raw`\e`, '\u001B'],
  [String.raw`\ `, ' '],
  [String.raw`\"`, '"'],
  [String.raw`\'`, "'"],
  [String.raw`\\`, '\\'],
  [String.raw`\N`, '\u0085'],
  [String.raw`\_`, '\u00A0'],
  [String.raw`\L`, '\u2028'],
  [String.raw`\P`, '\u2029'],
  [String.raw`\x41`, 'A'],
  [String.raw`\u00e9`, '\u00E9'],
  [String.raw`\U0001d11e`, '\u{1D11E}'],
];

/** A key may have no more characters, where no question mark stands before it. */
const LONGEST = 1024;
const OF_KEYS = ['k', '\u00E9', '\u{10000}', '\u{1F600}', '\u{10FFFF}'];

/** What is made by combining. */
export const combined: readonly YamlTexts[] = [
  {
    what: 'the words for values',
    read: VALUES.flatMap(([value, texts]) => texts.map((text) => [`a: ${text}`, { a: value }] as const)),
    refused: [],
    inDoubt: [],
  },
  {
    what: 'the words that are like those for values',
    read: NO_VALUES.flatMap((text) => [text, `${text}x`]).map((text) => [`a: ${text}`, { a: text }] as const),
    refused: [],
    inDoubt: [],
  },
  {
    what: 'the escapes',
    read: ESCAPES.map(([escape, character]) => [`a: "b${escape}c"`, { a: `b${character}c` }] as const),
    refused: [
      [
        'there is an unknown escape',
        [String.raw`\c`, String.raw`\/`, String.raw`\X41`].map((escape) => [1, `a: "${escape}"`] as const),
      ],
    ],
    inDoubt: [],
  },
  {
    what: 'the long keys',
    read: OF_KEYS.flatMap((character) => {
      const [most, more] = [character.repeat(LONGEST), character.repeat(LONGEST + 1)];
      const inQuotes = character.repeat(LONGEST - 2);
      return [
        [`${most}: a`, { [most]: 'a' }],
        [`? ${more}\n: a`, { [more]: 'a' }],
        [`"${inQuotes}": a`, { [inQuotes]: 'a' }],
      ] as const;
    }),
    refused: [
      [
        'a value stands where none can',
        OF_KEYS.flatMap((character) => [
          [1, `${character.repeat(LONGEST + 1)}: a`] as const,
          [1, `"${character.repeat(LONGEST - 1)}": a`] as const,
        ]),
      ],
    ],
    inDoubt: [],
  },
];
