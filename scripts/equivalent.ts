import type { Equivalent } from './equivalent/change.ts';
import { reading } from './equivalent/reading.ts';
import { since124 } from './equivalent/since124.ts';

/** Where a text stands in for what the compiler cannot know to be there: a group of an expression that matched, the first part of a text. */
const STAND_INS: readonly string[] = [
  'src/since124/accountSecrets.ts',
  'src/since124/dependencies.ts',
  'src/since124/outline.ts',
  'src/since124/regions.ts',
  'src/since124/templates.ts',
  'src/since124/terraform.ts',
  'src/kubeconfig/sameDestination.ts',
];

/** Changes that make no difference that a caller could see. */
export const equivalents: readonly Equivalent[] = [
  ...since124,
  ...STAND_INS.map((file) => ({
    file,
    original: "''",
    behind: '?? ',
    replacements: ['"Stryker was here!"'],
    why: 'Stands in for what is always there.',
  })),
  {
    file: 'src/kubeconfig/check.ts',
    original: 'end < 0',
    replacements: ['end <= 0'],
    why: 'On an empty line there is nothing to refuse.',
  },
  {
    file: 'src/kubeconfig/checkUse.ts',
    original: "effect.kind === 'sends'",
    replacements: ['true'],
    why: 'Nothing else has a credential that is nothing.',
  },
  {
    file: 'src/kubeconfig/checkUse.ts',
    original: 'name === undefined',
    replacements: ['false'],
    why: 'Nothing is used that has no name.',
  },
  {
    file: 'src/kubeconfig/effective.ts',
    original: 'server === undefined',
    replacements: ['false'],
    why: 'Without a server there is a reason.',
  },
  {
    file: 'src/kubeconfig/effective.ts',
    original: "''",
    behind: 'refused(why ?? ',
    replacements: ['"Stryker was here!"'],
    why: 'Without a server there is a reason.',
  },
  {
    file: 'src/kubeconfig/read.ts',
    original: 'one < other',
    replacements: ['one <= other'],
    why: 'No two keys of a mapping are the same.',
  },
  {
    file: 'src/kubeconfig/yaml/resolve.ts',
    original: String.raw`/^\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/`,
    replacements: [String.raw`/\.[0-9](?:_?[0-9])*(?:[eE][-+]?[0-9](?:_?[0-9])*)?$/`],
    why: 'What has a point before that one, too, is no number.',
  },
  {
    file: 'src/kubeconfig/yaml/scanner.ts',
    original: "''",
    replacements: ['"Stryker was here!"'],
    why: 'Nothing reads it of a token that has none.',
  },
  {
    file: 'src/kubeconfig/yaml/scanner.ts',
    original: 'this.#head < this.#queue.length',
    replacements: ['this.#head <= this.#queue.length'],
    why: 'What was handed out stays in memory a little longer.',
  },
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
  {
    file: 'src/refusal/commandLine.ts',
    original: 'equals < 0',
    replacements: ['equals <= 0'],
    why: 'A word that begins with an equals sign is no flag, with a name or without.',
  },
  ...reading,
];
