import { checkText, type CheckedText, type CheckRule } from '../../../src/problems/documentChecks.ts';
import { piecesOf, textOf, type Pieces } from '../../../src/manifest/pieces.ts';
import type { DocumentProblem, Fix } from '../../../src/manifest/problem.ts';
import { inOneGo } from '../../../src/slices.ts';
import { assertPhrase, assertSentence } from './sentences.ts';

/** The documents of a text that can matter. */
export function pieces(text: string): Pieces {
  return inOneGo(piecesOf(textOf(text)));
}

/** Checks a text in one go. */
export function check(text: string): CheckedText {
  return inOneGo(checkText(pieces(text), new Map()));
}

/** The problems of a text, each said in a sentence, and its fixes each by a title. */
function problemsIn(text: string): readonly DocumentProblem<CheckRule>[] {
  const { problems } = check(text);
  for (const { message, fixes } of problems) {
    assertSentence(message);
    for (const { title } of fixes()) assertPhrase(title);
  }
  return problems;
}

/** The one problem of a rule in a text. Throws where there is none, or more than one. */
export function problemIn(text: string, rule: CheckRule): DocumentProblem<CheckRule> {
  const [problem, second] = problemsIn(text).filter((one) => one.rule === rule);
  if (!problem || second) throw new Error(`${second ? 'several' : 'no'} ${rule}`);
  return problem;
}

/** The rules of a text's problems, in the order of their places. */
export function rulesIn(text: string): CheckRule[] {
  return problemsIn(text).map(({ rule }) => rule);
}

/** What the one problem of a rule marks in a text. Throws where there is none, or more than one. */
export function marked(text: string, rule: CheckRule): string {
  const { start, end } = problemIn(text, rule);
  return text.slice(start, end);
}

/** A text after a fix, with the placeholders of a snippet filled in as they are. */
export function applied(text: string, { edits }: Fix): string {
  let result = text;
  for (const { start, end, text: inserted, isSnippet } of edits.toReversed()) {
    const plain = isSnippet
      ? inserted.replaceAll(/\$\{\d:([^}]*)\}/g, '$1').replaceAll(/\\([$}\\])/g, '$1')
      : inserted;
    result = result.slice(0, start) + plain + result.slice(end);
  }
  return result;
}

/** A text after the fix of a rule's one problem whose title begins so. */
export function fixed(text: string, rule: CheckRule, title: string): string {
  const fix = problemIn(text, rule)
    .fixes()
    .find((one) => one.title.startsWith(title));
  if (!fix) throw new Error(`no fix "${title}" of ${rule}`);
  return applied(text, fix);
}
