/** Changes that make no difference that a caller could see. */
interface Equivalent {
  readonly file: string;
  readonly original: string;
  /** What stands directly before it in its line, where it makes no difference there alone. */
  readonly behind?: string;
  /** What it may be changed to without a difference. */
  readonly replacements: readonly string[];
  readonly why: string;
}

/** Where a text stands in for what the compiler cannot know to be there: a group of an expression that matched, the first part of a text. */
const STAND_INS: readonly string[] = [
  'src/since124/accountSecrets.ts',
  'src/since124/dependencies.ts',
  'src/since124/outline.ts',
  'src/since124/regions.ts',
  'src/since124/templates.ts',
  'src/since124/terraform.ts',
  'src/kubeconfig/effective.ts',
  'src/kubeconfig/sameDestination.ts',
  'src/kubeconfig/yaml/scanner.ts',
];

export const equivalents: readonly Equivalent[] = [
  ...STAND_INS.map((file) => ({
    file,
    original: "''",
    behind: '?? ',
    replacements: ['"Stryker was here!"'],
    why: 'Stands in for what is always there.',
  })),
  {
    file: 'src/since124/code.ts',
    original: 'at < text.length',
    replacements: ['at <= text.length'],
    why: 'Behind the end there is nothing that begins or ends anything.',
  },
  {
    file: 'src/since124/code.ts',
    original: 'unit === first',
    replacements: ['true'],
    why: 'It is looked at whole then, which takes longer.',
  },
  {
    file: 'src/since124/code.ts',
    original: 'begins[text.charCodeAt(at)] !== 1',
    replacements: ['false'],
    why: 'It is looked at whole then, which takes longer.',
  },
  {
    file: 'src/since124/code.ts',
    original: '{\n      at += 1;\n      continue;\n    }',
    replacements: ['{}'],
    why: 'It is looked at whole then, which takes longer.',
  },
  {
    file: 'src/since124/code.ts',
    original: '/[^\\n]+/g',
    replacements: ['/[^\\n]/g'],
    why: 'Each is made a blank by itself then, which takes longer.',
  },
  {
    file: 'src/since124/dependencies.ts',
    original: 'own < part',
    replacements: ['own <= part'],
    why: 'They are not the same there.',
  },
  {
    file: 'src/since124/find.ts',
    original: 'start < one.end',
    replacements: ['start <= one.end'],
    why: 'None of them begins where another ends.',
  },
  {
    file: 'src/since124/find.ts',
    original: 'end > one.start',
    replacements: ['end >= one.start'],
    why: 'None of them begins where another ends.',
  },
  {
    file: 'src/since124/inArguments.ts',
    original: 'flag === undefined',
    replacements: ['false'],
    why: 'No word is the flag that there is not.',
  },
  {
    file: 'src/since124/kubectlCommand.ts',
    original: 'slash > 0',
    replacements: ['slash >= 0'],
    why: 'Before a slash at the beginning there is no kind.',
  },
  {
    file: 'src/since124/outline.ts',
    original: 'indentation > this.#inSection',
    replacements: ['indentation >= this.#inSection'],
    why: 'What is in as far is looked at before.',
  },
  {
    file: 'src/since124/programs.ts',
    original: 'one !== undefined',
    replacements: ['true'],
    why: 'What has no name is read nowhere.',
  },
  {
    file: 'src/since124/programs.ts',
    original: 'name !== undefined',
    replacements: ['true'],
    why: 'What has no name is read nowhere.',
  },
  {
    file: 'src/since124/programs.ts',
    original: 'name === undefined',
    replacements: ['false'],
    why: 'What has no name is read nowhere.',
  },
  {
    file: 'src/since124/programs.ts',
    original: 'line.slice(0, 500)',
    replacements: ['line'],
    why: 'It takes longer.',
  },
  {
    file: 'src/since124/programs.ts',
    original: "'.Secrets['",
    replacements: ['""'],
    why: 'More is read then, in which nothing is found.',
  },
  {
    file: 'src/since124/programs.ts',
    original: "'BearerToken:'",
    replacements: ['""'],
    why: 'More is read then, in which nothing is found.',
  },
  {
    file: 'src/since124/programs.ts',
    original: "'getSecrets()'",
    replacements: ['""'],
    why: 'More is read then, in which nothing is found.',
  },
  {
    file: 'src/since124/programs.ts',
    original: "'.secrets'",
    replacements: ['""'],
    why: 'More is read then, in which nothing is found.',
  },
  {
    file: 'src/since124/regions.ts',
    original: "'sh'",
    replacements: ['""'],
    why: 'All but PowerShell and make is read alike.',
  },
  {
    file: 'src/since124/scriptsWithin.ts',
    original: '!/\\b(?:kubectl|oc)\\s/.test(text.slice(start, end))',
    replacements: ['false'],
    why: 'More is read then, in which nothing is found.',
  },
  {
    file: 'src/since124/scriptsWithin.ts',
    original: 'text.slice(start, end)',
    replacements: ['text'],
    why: 'More is read then, in which nothing is found.',
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
    file: 'src/kubeconfig/read.ts',
    original: 'one < other',
    replacements: ['one <= other'],
    why: 'No two keys of a mapping are the same.',
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
];
