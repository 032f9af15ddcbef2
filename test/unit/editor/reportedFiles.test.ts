import { describe, expect, it } from 'vitest';
import { classifyToken } from '../../../src/token/classify.ts';
import { describeToken } from '../../../src/token/describe.ts';
import { findAt } from '../../../src/token/find.ts';
import { explainMalformed } from '../../../src/token/malformed.ts';
import { oddities } from '../../../src/token/oddities.ts';
import { applied, check } from '../../support/texts/checks.ts';
import { peoplesFiles } from '../../support/texts/reportedFiles.ts';
import { placer } from '../../support/place.ts';
import { problemsInText } from '../../support/texts/textProblems.ts';

/** What no text is like. */
const NEVER = /(?!)/;
const now = Math.floor(Date.now() / 1000);

/** What the hover says of the token at a place, line by line. */
function hoverAt(text: string, on: string): string {
  const at = text.indexOf(on);
  const found = findAt(text, at + Math.floor(on.length / 2));
  if (found?.kind !== 'jws') return '';
  const token = classifyToken(found.decoded);
  const { headline, rows, advice } = describeToken(token, {
    now,
    encoding: found.encoding,
    isWithin: found.isWithin,
    length: found.token.length,
    inKubeconfig: placer(text)(found).field === 'kubeconfig',
    localTime: String,
  });
  const said = [...rows.map((row) => row.join(' ')), ...advice.map((one) => one.text)];
  return [headline, ...said, explainMalformed(found.token)?.message, ...oddities(token, found.decoded)].join(
    '\n',
  );
}

/** Each problem of a text: its rule and its message. */
const problemsIn = (file: string, text: string): [rule: string, message: string][] =>
  problemsInText(file, text, false, now).map(({ rule, message }) => [rule, message]);

describe('somebody who', () => {
  for (const { who, file, text, hovers = [], problems, fix } of peoplesFiles) {
    it(`${who} is told what matters, and nothing else (${file})`, () => {
      for (const [on, says, saysNot] of hovers) {
        const hover = hoverAt(text, on);
        for (const one of says) expect(hover).toMatch(one);
        expect(hover).not.toMatch(saysNot ?? NEVER);
      }
      const found = problemsIn(file, text);
      expect([...new Set(found.map(([rule]) => rule))].toSorted()).toEqual(Object.keys(problems).toSorted());
      for (const [rule, message] of found) expect(message).toMatch(problems[rule] ?? /^$/);
    });
    const [rule] = Object.keys(problems);
    const problem = fix === undefined ? undefined : check(text).problems.find((one) => one.rule === rule);
    if (!problem || fix === undefined) continue;
    it(`${who} can have it put right (${file})`, () => {
      const remedy = problem.fixes().find(({ title }) => title.startsWith(fix));
      expect(problem.fixes().map(({ title }) => title)).toContain(remedy?.title);
      const after = remedy ? applied(text, remedy) : text;
      expect(problemsIn(file, after).map(([left]) => left)).not.toContain(rule);
    });
  }
});
