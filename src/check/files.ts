import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { outdatedRules, type OutdatedRule } from '../since124/finding.ts';
import { findOutdated } from '../since124/find.ts';
import { canMatter, LONGEST } from '../since124/needles.ts';
import { silenced } from '../silenced.ts';

/** A line that breaks, in a file. */
export interface FoundLine {
  readonly path: string;
  /** Each counted from 1, columns in UTF-16 units. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly rule: OutdatedRule;
  readonly severity: (typeof outdatedRules)[OutdatedRule];
  readonly message: string;
}

/** What holds what others wrote, or what git keeps. */
const LEFT_OUT: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules', '.terraform']);

/**
 * Looks through files and folders, in the order of their names. Links are not followed, and what is no text or longer
 * than somebody writes is left out. Throws where a path is not there or cannot be read.
 */
export function checkPaths(paths: readonly string[]): FoundLine[] {
  return paths.flatMap((path) => {
    const found: FoundLine[] = [];
    if (lstatSync(path).isDirectory()) checkFolder(path, found);
    else found.push(...checkFile(path));
    return found;
  });
}

function checkFolder(folder: string, found: FoundLine[]): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!LEFT_OUT.has(entry.name)) checkFolder(path, found);
    } else if (entry.isFile()) found.push(...checkFile(path));
  }
}

function checkFile(path: string): FoundLine[] {
  const bytes = readFileSync(path);
  // A character of UTF-8 has at most three bytes for a UTF-16 unit.
  if (bytes.length > LONGEST * 3 || !canMatter(path, bytes.toString('latin1')) || bytes.includes(0))
    return [];
  const text = bytes.toString('utf8');
  return linesIn(path, text);
}

/** The lines that break in a text, without those that a comment there silences. */
export function linesIn(path: string, text: string): FoundLine[] {
  const steps = findOutdated(path, text);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  if (step.value.length === 0) return [];
  const lines = text.split('\n');
  const starts = startsOf(lines);
  return step.value.flatMap(({ rule, start, end, message }) => {
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
