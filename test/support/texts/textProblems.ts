import { problemsOf } from '../../../src/problems/tokenRules.ts';
import type { Rule } from '../../../src/problems/catalog.ts';
import { scanText } from '../../../src/token/find.ts';
import { textsBeside } from '../../../src/check/files.ts';
import { besideOf } from '../../../src/since124/kustomize.ts';
import { findOutdated } from '../../../src/since124/find.ts';
import { check } from './checks.ts';
import { inOneGo } from '../../../src/slices.ts';
import { placer } from '../place.ts';

/** A problem of a text, and its offset in UTF-16 units. */
export interface TextProblem {
  readonly rule: Rule;
  readonly message: string;
  readonly start: number;
}

/** Each problem that the editor shows of a file's text which git tracks or does not; `now` in seconds since the epoch. */
export function problemsInText(path: string, text: string, isTracked: boolean, now: number): TextProblem[] {
  const placeOf = placer(text);
  const { problems, leftOutFrom } = check(text);
  return [
    ...inOneGo(findOutdated(path, text, { beside: textsBeside(path, besideOf(path, text)) })),
    ...problems.filter(({ rule }) => isTracked || rule !== 'token-data-in-git'),
    ...(leftOutFrom === undefined ? [] : [{ rule: 'too-large', message: '', start: leftOutFrom } as const]),
    ...[...scanText(text)].flatMap((found) =>
      problemsOf(found, { ...placeOf(found), isTracked }, { now, soon: 600 }).map(({ rule, message }) => ({
        rule,
        message,
        start: found.start,
      })),
    ),
  ];
}
