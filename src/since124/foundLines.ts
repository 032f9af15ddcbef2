import { silenced } from '../silenced.ts';
import { findOutdated } from './find.ts';
import type { Beside } from './kustomize.ts';
import { outdatedRules, type OutdatedRule } from './finding.ts';

/** How severe a line is: by its rule, unless a setting says another. */
export type LineSeverity = 'error' | 'warning' | 'information' | 'hint';

/** A line that breaks, in a file. */
export interface FoundLine {
  readonly path: string;
  /** Each counted from 1, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly rule: OutdatedRule;
  readonly severity: LineSeverity;
  readonly message: string;
}

/** The lines that break in a text (see findOutdated), without those that a comment there silences. Yields now and then. */
export function* linesIn(
  path: string,
  text: string,
  beside?: Beside,
): Generator<undefined, readonly FoundLine[]> {
  const found = yield* findOutdated(path, text, beside && { beside });
  if (found.length === 0) return [];
  const lines = text.split('\n');
  const starts = startsOf(lines);
  return found.flatMap(({ rule, start, end, message }) => {
    const from = placeIn(starts, start);
    const to = placeIn(starts, end);
    const around = `${lines[from.line - 1]?.slice(-500) ?? ''}\n${lines[to.line]?.slice(to.column, to.column + 500) ?? ''}`;
    const quiet = silenced(around);
    if (quiet.has('*') || quiet.has(rule)) return [];
    return [
      {
        path,
        line: from.line + 1,
        column: from.column + 1,
        endLine: to.line + 1,
        endColumn: to.column + 1,
        rule,
        severity: outdatedRules[rule],
        message,
      },
    ];
  });
}

function startsOf(lines: readonly string[]): number[] {
  let at = 0;
  return lines.map((line) => {
    const start = at;
    at += line.length + 1;
    return start;
  });
}

function placeIn(
  starts: readonly number[],
  offset: number,
): { readonly line: number; readonly column: number } {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low, column: offset - (starts[low] ?? 0) };
}
