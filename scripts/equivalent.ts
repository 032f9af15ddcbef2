/** Changes that make no difference that a caller could see. */
interface Equivalent {
  readonly file: string;
  readonly original: string;
  /** What it may be changed to without a difference. */
  readonly replacements: readonly string[];
  readonly why: string;
}

export const equivalents: readonly Equivalent[] = [
  {
    file: 'src/files/secretFile.ts',
    original: "() => 'elsewhere'",
    replacements: ['() => undefined'],
    why: 'Said where a link is gone between two looks at it, which no test can hold still.',
  },
  {
    file: 'src/files/secretFile.ts',
    original: "'elsewhere'",
    replacements: ['""'],
    why: 'Said where a link is gone between two looks at it, which no test can hold still.',
  },
  {
    file: 'src/issued/entry.ts',
    original: "token.kind === 'other'",
    replacements: ['false'],
    why: 'What is no ServiceAccount’s has no namespace and no Secret, without which nothing is a record’s.',
  },
  {
    file: 'src/issued/entry.ts',
    original: "'other'",
    replacements: ['""'],
    why: 'What is no ServiceAccount’s has no namespace and no Secret, without which nothing is a record’s.',
  },
  {
    file: 'src/issued/store.ts',
    original: "'wx'",
    replacements: ['""'],
    why: 'The name is made up at random: nobody else has it.',
  },
  {
    file: 'src/token/base64.ts',
    original: 'first === DOT',
    replacements: ['true', 'first !== DOT'],
    why: 'Where more dots are counted than there are, what is no token is decoded in vain.',
  },
  {
    file: 'src/token/base64.ts',
    original: 'second === DOT',
    replacements: ['true', 'second !== DOT'],
    why: 'Where more dots are counted than there are, what is no token is decoded in vain.',
  },
  {
    file: 'src/token/base64.ts',
    original: 'third === DOT',
    replacements: ['true', 'third !== DOT'],
    why: 'Where more dots are counted than there are, what is no token is decoded in vain.',
  },
  {
    file: 'src/token/track.ts',
    original: 'from >= this.#leftOutFrom',
    replacements: ['from > this.#leftOutFrom'],
    why: 'What is left out is read again in vain.',
  },
  {
    file: 'src/token/gap.ts',
    original: 'Math.min(text.length, at + left + 1)',
    replacements: ['Math.max(text.length, at + left + 1)'],
    why: 'More of the line is read than is asked for.',
  },
  {
    file: 'src/refusal/commandLine.ts',
    original: '/^.*[/\\\\]/s',
    replacements: ['/.*[/\\\\]/s'],
    why: 'What matches begins at the beginning; without the anchor a text without a slash is tried from each place.',
  },
  {
    file: 'src/token/describe.ts',
    original: 'time === undefined',
    replacements: ['false'],
    why: 'Each phase that is told by a time has that time.',
  },
];
