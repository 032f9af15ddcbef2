import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { applied } from '../../support/texts/checks.ts';
import { foundIn, snippets } from '../../support/texts/outdatedCorpus.ts';
import { outdatedFixtures } from '../../support/texts/outdatedFixtures.ts';
import { assertPhrase, assertSentence } from '../../support/texts/sentences.ts';

describe('a line that breaks since Kubernetes 1.24', () => {
  it.each(outdatedFixtures)('is marked where it stands, and put right: $rule', (fixture) => {
    const { rule, file, before, marked, fix, after, beside = {} } = fixture;
    const names = Object.entries(beside).map(([path, text]): [string, string] => [basename(path), text]);
    const found = foundIn({ path: file, text: before, beside: new Map(names) });
    const [problem, second] = found.filter((one) => one.rule === rule);
    if (!problem || second) throw new Error('One was to be found.');
    expect(before.slice(problem.start, problem.end)).toBe(marked);
    const fixes = problem.fixes();
    const chosen = fixes.find(({ title }) => fix !== undefined && title.startsWith(fix));
    expect(chosen && applied(before, chosen)).toBe(after);
    expect(fixes.length > 0).toBe(fix !== undefined);
  });

  it('is said in a sentence, at its place, wherever it is found', () => {
    for (const snippet of snippets('found')) {
      const { text } = snippet;
      for (const { message, start, end, fixes } of foundIn(snippet)) {
        assertSentence(message);
        expect(text.slice(start, end)).toMatch(/^\S(?:[^]*\S)?$/);
        for (const { title, edits } of fixes()) {
          assertPhrase(title);
          for (const edit of edits) expect(text.slice(edit.start, edit.end)).not.toBe(edit.text);
        }
      }
    }
  });

  it('is one fewer of its rule after each of its fixes', () => {
    for (const snippet of snippets('found')) {
      const count = (text: string, rule: string): number =>
        foundIn({ ...snippet, text }).filter((one) => one.rule === rule).length;
      for (const { rule, fixes } of foundIn(snippet)) {
        for (const fix of fixes())
          expect(count(applied(snippet.text, fix), rule)).toBeLessThan(count(snippet.text, rule));
      }
    }
  });
});

/** A file after its first fix; undefined where it has none. */
function afterFix(
  path: string,
  text: string,
  beside: ReadonlyMap<string, string> = new Map(),
): string | undefined {
  const [fix] = foundIn({ path, text, beside }).flatMap((one) => one.fixes());
  return fix && applied(text, fix);
}

describe('a chart that takes the first of a ServiceAccount’s secrets', () => {
  const template = (account: string, read: string): string =>
    `{{- $secret := ${read.replace('ACCOUNT', `(lookup "v1" "ServiceAccount" ${account})`)} }}\nname: {{ $secret }}\n`;
  const secret = (name: string, namespace: string, account: string): string => `---
apiVersion: v1
kind: Secret
metadata:
  name: ${name}
  namespace: ${namespace}
  annotations:
    kubernetes.io/service-account.name: ${account}
type: kubernetes.io/service-account-token
`;

  it.each([
    '(index ACCOUNT.secrets 0).name',
    '(first ACCOUNT.secrets).name',
    '(ACCOUNT.secrets | first).name',
  ])('names a token Secret of its own instead, beside it: %s', (read) => {
    expect(afterFix('chart/templates/a.yaml', template('.Release.Namespace "robot"', read))).toBe(
      `{{- $secret := "robot-token" }}\nname: {{ $secret }}\n${secret('"robot-token"', '{{ .Release.Namespace }}', '"robot"')}`,
    );
  });

  it('names it after the ServiceAccount, however the template says that, by a variable too, at any line end', () => {
    const text =
      '{{- $sa := lookup "v1" "ServiceAccount" "ci" (include "app.account" .) -}}\nname: {{ (index $sa.secrets 0).name }}';
    const own = 'printf "%s-token" (include "app.account" .)';
    const expected = `{{- $sa := lookup "v1" "ServiceAccount" "ci" (include "app.account" .) -}}\nname: {{ (${own}) }}\n${secret(`{{ ${own} }}`, '"ci"', '{{ include "app.account" . }}')}`;
    expect(afterFix('templates/a.yml', text)).toBe(expected);
    expect(afterFix('templates\\a.yml', text.replaceAll('\n', '\r\n'))).toBe(
      expected.replaceAll('\n', '\r\n'),
    );
  });

  it('is left alone where a Secret beside it would be of no use, or not of the same ServiceAccount', () => {
    const read = '(index ACCOUNT.secrets 0).name';
    const text = template('.Release.Namespace "robot"', read);
    expect(afterFix('templates/_helpers.yaml', text)).toBeUndefined();
    expect(afterFix('templates/_helpers.tpl', text)).toBeUndefined();
    expect(afterFix('values.yaml', text)).toBeUndefined();
    const others = [
      `{{- range .Values.accounts }}\n${text}{{- end }}\n`,
      `${text}token: {{ (lookup "v1" "Secret" .Release.Namespace $secret).data.token }}\n`,
      `${text}---\nkind: Secret\ntype: kubernetes.io/service-account-token\n`,
      template('.Release.Namespace', read),
      template('(dig "a" .Values) "robot"', read),
    ];
    for (const one of others) {
      expect(foundIn({ path: 'templates/a.yaml', text: one, beside: new Map() })).not.toEqual([]);
      expect(afterFix('templates/a.yaml', one)).toBeUndefined();
    }
  });

  it('is told what comes of it, as Helm ends with an error for the first and renders nothing of all', () => {
    const messagesOf = (text: string): string[] =>
      foundIn({ path: 'templates/a.yaml', text, beside: new Map() }).map((one) => one.message);
    const lookup = '(lookup "v1" "ServiceAccount" .Release.Namespace "robot").secrets';
    for (const read of [`index ${lookup} 0`, `first ${lookup}`, `${lookup} | first`])
      expect(messagesOf(`{{ ${read} }}`)).toEqual([expect.stringContaining('Helm ends with an error')]);
    for (const read of [`range ${lookup}`, `with ${lookup}`, `toJson ${lookup}`])
      expect(messagesOf(`{{ ${read} }}`)).toEqual([expect.stringContaining('nothing is rendered')]);
  });
});

describe('a token Secret that is a hook', () => {
  it.each([
    ['post-upgrade', 'at each upgrade the'],
    ['pre-rollback', 'at each rollback the'],
    ['post-install, pre-upgrade, post-rollback', 'at each upgrade and rollback the'],
  ])('of %s is told when it is made anew', (events, when) => {
    const text = `kind: Secret\nmetadata:\n  annotations:\n    helm.sh/hook: ${events}\ntype: kubernetes.io/service-account-token\n`;
    const [found] = foundIn({ path: 'templates/a.yaml', text, beside: new Map() });
    expect(found?.message).toContain(when);
  });
});

describe('the replacements that a kustomization is given', () => {
  const robot = `kind: ServiceAccount
metadata:
  name: robot
---
kind: Secret
metadata:
  name: robot-token
  annotations:
    kubernetes.io/service-account.name: robot
type: kubernetes.io/service-account-token
`;

  it.each([
    ['- ', '- ', '  - '],
    ['  - ', '  - ', '      - '],
    ['    - ', '    - ', '          - '],
  ])('are indented as its own items are: %j', (own, first, second) => {
    const text = `namePrefix: prod-\nresources:\n${own}robot.yaml\n`;
    const after = afterFix('kustomization.yaml', text, new Map([['robot.yaml', robot]]));
    expect(after).toContain(`replacements:\n${first}source:\n`);
    expect(after).toContain(`targets:\n${second}select:\n`);
  });
});
