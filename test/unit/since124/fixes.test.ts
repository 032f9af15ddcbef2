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
