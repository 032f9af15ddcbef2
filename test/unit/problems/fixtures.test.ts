import { expect, it } from 'vitest';
import { applied, check } from '../../support/texts/checks.ts';
import { ruleFixtures } from '../../support/texts/ruleFixtures.ts';
import { assertPhrase, assertSentence } from '../../support/texts/sentences.ts';

const ofDocuments = ruleFixtures.flatMap((fixture) => {
  const problems = check(fixture.before).problems.filter(({ rule }) => rule === fixture.rule);
  return problems.map((problem) => ({ fixture, rule: fixture.rule, file: fixture.file, problem }));
});

it('each rule of documents has an example here', () => {
  expect(new Set(ofDocuments.map(({ rule }) => rule)).size).toBeGreaterThan(20);
});

it.each(ofDocuments)('$rule marks what is wrong, says it in a sentence, and puts it right: $file', (one) => {
  const { problem } = one;
  const { before, marked, fix, after } = one.fixture;
  expect(before.slice(problem.start, problem.end)).toBe(marked);
  assertSentence(problem.message);
  const fixes = problem.fixes();
  for (const { title } of fixes) assertPhrase(title);
  const chosen = fixes.find(({ title }) => fix !== undefined && title.startsWith(fix));
  expect(chosen && applied(before, chosen)).toBe(after);
});
