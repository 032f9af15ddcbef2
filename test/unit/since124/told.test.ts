import { describe, expect, it } from 'vitest';
import { outdatedRules } from '../../../src/since124/finding.ts';
import { linesIn, type FoundLine } from '../../../src/since124/foundLines.ts';
import { printed } from '../../../src/since124/printed.ts';
import { inOneGo } from '../../../src/slices.ts';

const LINE = 'kubectl get sa x -o jsonpath={.secrets[0].name}';
const QUIET = '# serviceaccount-tokens: ignore';

const linesOf = (text: string, path = 'it.sh'): readonly FoundLine[] => inOneGo(linesIn(path, text));
const placesIn = (text: string): string[] =>
  linesOf(text).map((one) => `${one.line}:${one.column}-${one.endLine}:${one.endColumn}`);

describe('a line that is told', () => {
  it('is told by its place, counted from 1, in units of UTF-16', () => {
    const end = LINE.length + 1;
    expect(placesIn(LINE)).toEqual([`1:1-1:${end}`]);
    expect(placesIn(`\n\n${LINE}`)).toEqual([`3:1-3:${end}`]);
    expect(placesIn(`# 😀\necho 😀; ${LINE}\n${LINE}\n\n`)).toEqual([`2:10-2:${end + 9}`, `3:1-3:${end}`]);
    expect(placesIn('a\nkubectl get sa x \\\n  -o jsonpath={.secrets}\n')).toEqual(['2:1-3:25']);
    const many = Array.from({ length: 9 }, (_, index) => (index % 2 === 0 ? LINE : '')).join('\n');
    expect(placesIn(many)).toEqual([1, 3, 5, 7, 9].map((line) => `${line}:1-${line}:${end}`));
    expect(placesIn('')).toEqual([]);
  });

  it('is told with its file, rule, severity and sentence', () => {
    expect(linesOf(`${LINE}\n`, 'a/b.sh')).toMatchObject([
      {
        path: 'a/b.sh',
        rule: 'account-secrets-read',
        severity: 'error',
        message: expect.stringMatching(/^This gives/) as string,
      },
    ]);
    expect(linesOf('oc sa get-token x\n')).toMatchObject([{ severity: 'warning' }]);
    expect(linesOf('kubectl create token x --duration=99h\n')).toMatchObject([{ severity: 'hint' }]);
  });

  it('is told in the order of the text, once for each place and rule', () => {
    expect(
      linesOf(`oc sa get-token x\n${LINE}\noc sa get-token y\n`).map(({ line, rule }) => [line, rule]),
    ).toEqual([
      [1, 'oc-get-token'],
      [2, 'account-secrets-read'],
      [3, 'oc-get-token'],
    ]);
    expect(linesOf(`bash <<EOF\necho $(${LINE})\nEOF\n`)).toHaveLength(1);
    const both = `kubectl --token=$(oc sa get-token $(oc get secret $(${LINE}) -o jsonpath={.data.token})) get pods\n`;
    expect(linesOf(both).map(({ rule }) => rule)).toEqual(['oc-get-token', 'account-secrets-read']);
  });

  it('is told of what is in files beside it too', () => {
    const account = 'kind: ServiceAccount\nmetadata:\n  name: x\n';
    const secret =
      'kind: Secret\ntype: kubernetes.io/service-account-token\nmetadata:\n  name: y\n  annotations:\n    kubernetes.io/service-account.name: x\n';
    const text = 'namePrefix: p-\nresources: [a.yaml]\n';
    const beside = new Map([['a.yaml', `${account}---\n${secret}`]]);
    expect(inOneGo(linesIn('kustomization.yaml', text, beside))).toHaveLength(1);
    expect(inOneGo(linesIn('kustomization.yaml', `${text}patches: []\n`, beside))).toEqual([]);
    expect(inOneGo(linesIn('kustomization.yaml', text))).toEqual([]);
  });

  it('is silenced by a comment on the line before, or behind it', () => {
    expect(placesIn(`${QUIET}\n${LINE}\n`)).toEqual([]);
    expect(placesIn(`${QUIET} account-secrets-read\n${LINE}\n`)).toEqual([]);
    expect(placesIn(`${QUIET} oc-get-token\n${LINE}\n`)).toHaveLength(1);
    expect(placesIn(`${LINE} ${QUIET}\n`)).toEqual([]);
    expect(placesIn(`${LINE} ${QUIET} expired, account-secrets-read\n`)).toEqual([]);
    expect(placesIn(`kubectl get sa x \\\n  -o jsonpath={.secrets} ${QUIET}\n`)).toEqual([]);
    expect(placesIn(`${QUIET}\n\n${LINE}\n`)).toHaveLength(1);
    expect(placesIn(`${LINE}\n${QUIET}\n`)).toHaveLength(1);
    expect(placesIn(`${LINE}\n${LINE} ${QUIET}\n`)).toEqual([`1:1-1:${LINE.length + 1}`]);
    expect(placesIn(`echo "${QUIET.slice(2)}" ; ${LINE}\n`)).toHaveLength(1);
  });

  it('is silenced by so much of a line, and no more', () => {
    const behind = (width: number): string => `${LINE} ${' '.repeat(width)}${QUIET}\n`;
    expect([placesIn(behind(460)).length, placesIn(behind(480)).length]).toEqual([0, 1]);
    const before = (width: number): string => `${QUIET} ${'*'.repeat(width)}\n${LINE}\n`;
    expect([placesIn(before(0)).length, placesIn(before(480)).length]).toEqual([0, 1]);
  });
});

describe('what is printed', () => {
  const one: FoundLine = {
    path: 'a b\\c%.sh',
    line: 1,
    column: 2,
    endLine: 3,
    endColumn: 4,
    rule: 'account-secrets-read',
    severity: 'error',
    message: 'It breaks.',
  };
  const severities: readonly FoundLine[] = [
    { ...one, severity: 'warning' },
    { ...one, severity: 'information' },
    { ...one, severity: 'hint' },
  ];

  it('is a line for people, without what a terminal acts on', () => {
    expect(printed([one, ...severities], 'text')).toBe(
      ['error', 'warning', 'information', 'hint']
        .map((severity) => `a b\\c%.sh:1:2: ${severity}: It breaks. [account-secrets-read]\n`)
        .join(''),
    );
    expect(printed([{ ...one, path: 'a\u001B\n\u202E\u2028\u2029\u00ADb' }], 'text')).toMatch(
      /^a\uFFFD{6}b:1:2/,
    );
    expect(printed([], 'text')).toBe('');
  });

  it('is JSON as it is', () => {
    expect(printed([one], 'json')).toBe(`${JSON.stringify([one], undefined, 2)}\n`);
  });

  it('is SARIF, with each rule', () => {
    const text = printed([one, ...severities], 'sarif');
    expect(text).toMatch(
      /^\{\n  "\$schema": "https:\/\/json\.schemastore\.org\/sarif-2\.1\.0\.json",\n[^]*\}\n$/,
    );
    const region = { startLine: 1, startColumn: 2, endLine: 3, endColumn: 4 };
    expect(JSON.parse(text)).toEqual({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'serviceaccount-tokens',
              rules: Object.entries(outdatedRules).map(([id, level]) => ({
                id,
                // SARIF has no hints.
                defaultConfiguration: { level: level === 'hint' ? 'note' : level },
                shortDescription: { text: `${id.replaceAll('-', ' ')}, since Kubernetes 1.24` },
              })),
            },
          },
          columnKind: 'utf16CodeUnits',
          results: ['error', 'warning', 'note', 'note'].map((level) => ({
            ruleId: 'account-secrets-read',
            level,
            message: { text: 'It breaks.' },
            locations: [{ physicalLocation: { artifactLocation: { uri: 'a%20b/c%25.sh' }, region } }],
          })),
        },
      ],
    });
  });
});
