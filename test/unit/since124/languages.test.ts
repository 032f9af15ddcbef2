import { describe, expect, it } from 'vitest';
import { findOutdated } from '../../../src/since124/find.ts';
import { inOneGo } from '../../../src/slices.ts';

const LINE = 'kubectl get sa x -o jsonpath={.secrets[0].name}';

/** What is marked in a text that an editor calls so. */
const markedIn = (path: string, text: string, id?: string): string[] =>
  inOneGo(findOutdated(path, text, id === undefined ? {} : { id })).map(({ start, end }) =>
    text.slice(start, end),
  );

const shell = `${LINE}\n`;
const quoted = `a("${LINE}")\n`;

describe('a file that is looked into', () => {
  it.each<[text: string, names: readonly string[]]>([
    [
      shell,
      [
        'a.sh',
        'a.bash',
        'a.zsh',
        'a.ksh',
        'a.bats',
        '.envrc',
        'A.SH',
        'b/c.sh',
        'b\\c.sh',
        'a.ps1',
        'a.psm1',
        'makefile',
        'Makefile',
        'GNUmakefile',
        'Makefile.am',
        'a.mk',
        'a.mak',
        'a.make',
        'Dockerfile',
        'Containerfile',
        'a.dockerfile',
        'Dockerfile.dev',
        'a.containerfile',
        'NOTES.txt',
      ],
    ],
    [`run: ${shell}`, ['a.yaml', 'a.yml', 'a.tpl']],
    [`\`\`\`\n${shell}\`\`\`\n`, ['a.md', 'a.markdown', 'a.mdx']],
    [
      quoted,
      [
        'a.tf',
        'a.tofu',
        '.terraform.lock.hcl',
        'a.go',
        'a.py',
        'a.js',
        'a.ts',
        'a.mjs',
        'a.cts',
        'a.jsx',
        'a.tsx',
        'a.java',
        'a.kt',
        'a.scala',
        'a.groovy',
        'a.jenkinsfile',
        'Jenkinsfile',
        'Jenkinsfile.ci',
        'a.cs',
        'a.rs',
      ],
    ],
  ])('is known by its name: %j', (text, names) => {
    for (const name of names) expect([name, markedIn(name, text)]).toEqual([name, [LINE]]);
  });

  it.each<[text: string, names: readonly string[]]>([
    [
      shell,
      [
        'a.shx',
        'a_sh',
        'a.ps1x',
        'a.psmm1',
        'xmakefile',
        'makefilex',
        'a.mkx',
        'dockerfilex',
        'xdockerfile',
        'a.txt',
        'notes.txt.bak',
        'my-notes.txt',
        'a.md',
        'a.yaml.bak',
      ],
    ],
    [`run: ${shell}`, ['a.yamlx', 'a_yaml', 'a.tplx']],
    [`\`\`\`\n${shell}\`\`\`\n`, ['a.mdy', 'a_md']],
    [
      quoted,
      [
        'a.tfx',
        'a_tf',
        'x.terraform.lock.hcl',
        '.terraform.lock.hclx',
        'a.gox',
        'a_go',
        'a.pyx',
        'a.jsxx',
        'a.xjs',
        'a.javax',
        'a_java',
        'a.groovyx',
        'a_groovy',
        'xjenkinsfile',
        'jenkinsfilex',
        'a.csx',
        'a_cs',
        'a.rsx',
        'a_rs',
      ],
    ],
  ])('is not taken for one by a name that is like it: %j', (text, names) => {
    for (const name of names) expect([name, markedIn(name, text)]).toEqual([name, []]);
  });

  it.each<[text: string, ids: readonly string[]]>([
    [shell, ['shellscript', 'powershell', 'makefile', 'dockerfile']],
    [`run: ${shell}`, ['yaml', 'helm', 'github-actions-yaml', 'dockercompose-yaml']],
    [`\`\`\`\n${shell}\`\`\`\n`, ['markdown']],
    [
      quoted,
      [
        'terraform',
        'hcl',
        'opentofu',
        'go',
        'python',
        'javascript',
        'typescript',
        'javascriptreact',
        'typescriptreact',
        'java',
        'kotlin',
        'scala',
        'groovy',
        'jenkinsfile',
        'csharp',
        'rust',
      ],
    ],
  ])('is known by what an editor calls it, whatever its name is: %j', (text, ids) => {
    for (const id of ids) expect([id, markedIn('a.unknown', text, id)]).toEqual([id, [LINE]]);
    const others = ids.flatMap((id) => (/yaml|helm/.test(id) ? [] : [`x${id}`, `${id}x`]));
    for (const other of others) expect([other, markedIn('a.unknown', text, other)]).toEqual([other, []]);
    expect(markedIn('a.unknown', text, '')).toEqual([]);
  });

  it('is known by its first line', () => {
    for (const first of [
      '#!/bin/sh',
      '#!/bin/bash -e',
      '#!/usr/bin/env zsh',
      '#! /usr/bin/ksh',
      '#!/bin/dash',
    ])
      expect([first, markedIn('a', `${first}\n${shell}`)]).toEqual([first, [LINE]]);
    for (const first of [
      '#!/usr/bin/fish',
      '#!/bin/shx',
      '#!/bin/sx',
      ' #!/bin/sh',
      '# sh',
      `#!${'/'.repeat(101)}sh`,
    ])
      expect([first, markedIn('a', `${first}\n${shell}`)]).toEqual([first, []]);
    expect(markedIn('a', `#!/usr/bin/perl\nsh\n${shell}`)).toEqual([]);
    expect(markedIn('a', `#!${'/'.repeat(95)}sh\n${shell}`)).toEqual([LINE]);
  });
});

describe('the scripts in YAML', () => {
  it.each([
    ['a value', `run: ${LINE}\n`],
    ['a value behind a comment', `# run\nrun: ${LINE} # run\n`],
    ['a value in quotes', `run: '${LINE}'\n`],
    ['an item', `- ${LINE}\n`],
    ['an item in quotes', `-  '${LINE}'\n`],
    ['a value in quotes of a key in quotes', `"run" :  "${LINE}"\n`],
    ['an item of items', `-  - run:  ${LINE}\n`],
    ['a value of a key in quotes', `"run" : ${LINE}\n`],
    ['a value of a long key', `$a.b/c-${'d'.repeat(80)}: ${LINE}\n`],
    ['the last line', `run: ${LINE}`],
    ['a block', `run: |\n  a\n\n  ${LINE}\nb: c\n`],
    ['a block with marks', `run: >-2 # run\n  ${LINE}\n`],
    ['a block that is kept', `- |+\n  ${LINE}`],
    ['a block with a mark and a number', `run: |2-\n  ${LINE}\n`],
    ['a block by tabs', `a:\n\trun: |\n\t\t${LINE}\n`],
    ['the second of two blocks', `a: |\n  b\nc: |\n  ${LINE}\n`],
    ['a value behind a block', `a: |\n  b\nrun: ${LINE}\n`],
    ['a value of Windows', `a:\r\n\r\n  run: ${LINE}\r\n`],
    ['a block of Windows', `run: |\r\n  ${LINE}\r\n\r\nb: c\r\n`],
    ['a block in a list', `- run: |\n    ${LINE}\n  name: b\n`],
  ])('are found in %s', (_where, text) => {
    expect(markedIn('a.yaml', text)).toEqual([LINE]);
  });

  it.each([
    ['a list in brackets', `run: [${LINE}]\n`],
    ['a mapping in braces', `run: {a: ${LINE}}\n`],
    ['an alias', `run: *a ${LINE}\n`],
    ['an anchor', `run: &a ${LINE}\n`],
    ['a tag', `run: !a ${LINE}\n`],
    ['a directive', `%a ${LINE}\n`],
    ['a comment', `  # ${LINE}\n`],
    ['one quote', `run: "\n`],
    ['what is too long', `run: ${'a'.repeat(4000)}; ${LINE}\n`],
    ['a comment in a block', `run: |\n  # ${LINE}\n`],
  ])('are not looked for in %s', (_where, text) => {
    expect(markedIn('a.yaml', text)).toEqual([]);
  });

  it('end with their part of a file, also where a quote in them does not', () => {
    const [first, second] = LINE.split('{');
    expect(markedIn('a.md', `\`\`\`sh\n${first}'{\n\`\`\`\n${second}'\n`)).toEqual([]);
  });

  it('are one in a block, and in each part of a file by itself', () => {
    const whole = 'kubectl get sa x \\\n    -o jsonpath={.secrets}';
    for (const mark of ['|', '>', '|-', '>2-', '|2', '> # a b', '|+  # a'])
      expect([mark, markedIn('a.yaml', `run: ${mark}\n    ${whole}\n`)]).toEqual([mark, [whole]]);
    const byTabs = whole.replace(/ {4}/, '\t\t');
    expect(markedIn('a.yaml', `a:\n\trun: |\n\t\t${byTabs}\n`)).toEqual([byTabs]);
    const windows = whole.replace('\n', '\r\n');
    expect(markedIn('a.yaml', `run: |\r\n    a\r\n\r\n    ${windows}\r\n`)).toEqual([windows]);
    for (const mark of ['|x', '|#a', '||', '>22-', '| a'])
      expect([mark, markedIn('a.yaml', `run: ${mark}\n    ${whole}\n`)]).toEqual([mark, []]);
    const other = '```sh\nif minor; then a; fi\n```\n';
    expect(markedIn('a.md', `${other}\`\`\`sh\n${LINE}\n\`\`\`\n`)).toEqual([LINE]);
  });

  it('end where what is around them goes on', () => {
    const text = `run: |\n  cat <<EOF\nb: ${LINE}\n`;
    expect(markedIn('a.yaml', text)).toEqual([LINE]);
    expect(markedIn('a.yaml', `a: |b\n  ${LINE}\n`)).toEqual([LINE]);
    expect(markedIn('a.yaml', `run: |\n\n   \nb: c\n`)).toEqual([]);
  });
});

describe('the code blocks of Markdown', () => {
  it.each([
    '',
    'sh',
    'bash',
    'zsh',
    'shell',
    'shellscript',
    'shell-session',
    'sh-session',
    'console',
    'terminal',
    'ksh',
    'bash-session',
    'BASH',
    ' sh',
    '{.sh}',
    '.bash',
    'sh {#a}',
    'make',
    'makefile',
    'pwsh',
    'ps1',
  ])('are read where they are %j', (language) => {
    const text = `# A\n\`\`\`${language}\n${LINE}\n\`\`\`\n${LINE}\n`;
    expect(markedIn('a.md', text)).toEqual([LINE]);
  });

  it.each([
    'text',
    'shx',
    'xsh',
    'yamlx',
    'xyaml',
    'xmake',
    'makefilex',
    'xpwsh',
    'pwshx',
    'diff',
    'json',
    'c++',
  ])('are not read where they are %j', (language) => {
    expect(markedIn('a.md', `\`\`\`${language}\n${LINE}\n\`\`\`\n`)).toEqual([]);
  });

  it.each([
    ['by tildes', `~~~sh\n${LINE}\n~~~\n`],
    ['by more marks', `~~~~sh\n~~~\n${LINE}\n~~~~~\n`],
    ['in a list', `- a\n\n  \`\`\`sh\n  ${LINE}\n  \`\`\`\n`],
    ['of Terraform that is read as such', `\`\`\`hcl\ncommand = "a"\n\`\`\`\n\`\`\`sh\n${LINE}\n\`\`\`\n`],
    ['with another fence within', `\`\`\`sh\n~~~\n${LINE}\n\`\`\`\n`],
    ['below an empty line', `\n\`\`\`sh\n${LINE}\n\`\`\`\n`],
    ['with a fence that says a language within', `~~~sh\n~~~sh\n${LINE}\n~~~\n`],
    ['of YAML', `\`\`\`yml\n- ${LINE}\n\`\`\`\n`],
  ])('are told %s', (_how, text) => {
    expect(markedIn('a.md', text)).toEqual([LINE]);
  });

  it.each([
    ['it is of make, which has two dollars for one', `\`\`\`make\nt:\n\ta $(${LINE})\n\`\`\`\n`],
    ['it does not end', `\`\`\`sh\n${LINE}\n`],
    ['two marks are none', `\`\`sh\n${LINE}\n\`\`\n`],
    ['the mark stands behind something', `a \`\`\`sh\n${LINE}\n\`\`\`\n`],
    ['another mark ends it', `\`\`\`sh\n${LINE}\n~~~\n`],
    ['a shorter mark ends it', `\`\`\`\`sh\n${LINE}\n\`\`\`\n`],
    ['it has ended before', `\`\`\`sh\na\n\`\`\`\n${LINE}\n`],
  ])('are none where %s', (_where, text) => {
    expect(markedIn('a.md', text)).toEqual([]);
  });
});

describe('the comments of PowerShell over several lines', () => {
  it('hide what is in them, and nothing else', () => {
    expect(markedIn('a.ps1', `<# ${LINE} #>\n`)).toEqual([]);
    expect(markedIn('a.ps1', `<# ${LINE}\n`)).toEqual([]);
    expect(markedIn('a.ps1', `${LINE}\n<# a #>\n`)).toEqual([LINE]);
    expect(markedIn('a.ps1', `<# a #>\n${LINE}\n<# b #>\n`)).toEqual([LINE]);
    expect(markedIn('a.ps1', `<##>${LINE}`)).toEqual([LINE]);
    expect(markedIn('a.md', `~~~pwsh\na\n~~~\n${LINE}\n<# b #>\n`)).toEqual([]);
    const guide = `\`\`\`powershell\n${LINE}\n\`\`\`\n<# a #> ${LINE}\n`;
    expect(markedIn('a.md', guide)).toEqual([LINE]);
  });
});

it('the Terraform in a guide is read where its block says so', () => {
  const name = 'kubernetes_service_account.x.default_secret_name';
  for (const language of ['hcl', 'terraform', 'tf', 'opentofu'])
    expect([language, markedIn('a.md', `\`\`\`${language}\nn = ${name}\n\`\`\`\n`)]).toEqual([
      language,
      [name],
    ]);
  for (const language of ['', 'xhcl', 'hclx', 'tfx', 'sh'])
    expect([language, markedIn('a.md', `\`\`\`${language}\nn = ${name}\n\`\`\`\n`)]).toEqual([language, []]);
});
