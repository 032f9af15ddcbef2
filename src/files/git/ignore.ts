import { lastMatch, parseGlob, type Glob } from './globs.ts';

/** A line of a .gitignore (gitignore(5)). */
export interface IgnoreRule {
  readonly glob: Glob;
  readonly isNegated: boolean;
  readonly isForFolders: boolean;
  /** How many folders deep its file stands: paths are matched from there. */
  readonly depth: number;
}

/** No more rules than so many are in force at one place: more would be no list that somebody wrote. */
const MAX_RULES = 20_000;
/** How many lines are read before others may run. */
const PORTION = 500;

/**
 * Reads a .gitignore that stands `depth` folders below the root that paths are given from, and adds its rules to those that
 * are in force there. Yields now and then. Undefined where they would be too many.
 */
export function* addIgnoreFile(
  rules: readonly IgnoreRule[],
  text: string,
  depth: number,
): Generator<undefined, readonly IgnoreRule[] | undefined> {
  const added: IgnoreRule[] = [];
  let lines = 0;
  for (let start = 0; start < text.length;) {
    if (++lines % PORTION === 0) yield;
    const next = text.indexOf('\n', start);
    const end = next < 0 ? text.length : next;
    const isBroken = next > start && text[end - 1] === '\r';
    const rule = ruleOf(text.slice(start, isBroken ? end - 1 : end), depth);
    if (rule) added.push(rule);
    if (rules.length + added.length > MAX_RULES) return undefined;
    start = end + 1;
  }
  return added.length === 0 ? rules : [...rules, ...added];
}

function ruleOf(line: string, depth: number): IgnoreRule | undefined {
  let pattern = withoutTrailingBlanks(line);
  if (pattern === '' || pattern.startsWith('#')) return undefined;
  const isNegated = pattern.startsWith('!');
  if (isNegated) pattern = pattern.slice(1);
  const isForFolders = pattern.endsWith('/');
  if (isForFolders) pattern = pattern.slice(0, -1);
  if (pattern === '') return undefined;
  const isAnchored = pattern.includes('/');
  const glob = parseGlob((isAnchored ? '' : '**/') + pattern.replace(/^\//, ''), true);
  return glob && { glob, isNegated, isForFolders, depth };
}

/** Blanks at the end count only where a backslash stands before them. */
function withoutTrailingBlanks(line: string): string {
  let end = line.length;
  while (end > 0 && line[end - 1] === ' ' && line[end - 2] !== '\\') end--;
  return line.slice(0, end);
}

/**
 * Whether git would ignore a path, taken apart at its slashes, by these rules, those of the outermost file first. The
 * last rule that matches decides. Whoever asks has asked for the folders above it before: what is in an ignored folder
 * is ignored whatever the rules say. Yields now and then.
 */
export function* isIgnored(
  rules: readonly IgnoreRule[],
  path: readonly string[],
  isFolder: boolean,
): Generator<undefined, boolean> {
  const rule = yield* lastMatch(rules, path, ({ isForFolders }) => isFolder || !isForFolders);
  return rule?.isNegated === false;
}
