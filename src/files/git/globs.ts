/** A pattern taken apart at its slashes. */
export interface Glob {
  readonly parts: readonly Part[];
  /** How many characters it was. */
  readonly size: number;
}

/** What a part of a path may be: `**` stands for any number of parts, a step for one character or, a star, for any. */
type Part = '**' | readonly Step[];
/** A star, any character, one of a class, or the UTF-16 unit of one. */
type Step = '*' | '?' | CharacterClass | number;

interface CharacterClass {
  readonly isNegated: boolean;
  /** The first and the last UTF-16 unit of each range. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** No longer pattern is read, in characters: it would name no path. */
const MAX_PATTERN = 1024;
/** How much may be compared before others may run, in characters of patterns times characters of paths. */
const PORTION = 500_000;
/** No pattern with braces is written out as more patterns: who writes that many means harm. */
const MAX_ALTERNATIVES = 256;

/**
 * The globs that a pattern of `files.exclude` or `search.exclude` stands for, its braces written out. A pattern matches
 * from a folder's root; what is to match anywhere begins with two asterisks and a slash.
 */
export function parseGlobs(pattern: string): Glob[] {
  if (pattern.length > MAX_PATTERN) return [];
  return alternatives(pattern).flatMap(
    (one) => parseGlob(one.replace(/^\.?\//, '').replace(/\/$/, ''), false) ?? [],
  );
}

/** Reads one pattern, without braces; `hasEscapes`: a backslash takes a character's meaning. Undefined: it is too long. */
export function parseGlob(pattern: string, hasEscapes: boolean): Glob | undefined {
  if (pattern.length > MAX_PATTERN) return undefined;
  const parts = pattern.split('/').map((part): Part => (part === '**' ? part : stepsOf(part, hasEscapes)));
  return { parts, size: pattern.length };
}

function alternatives(pattern: string): string[] {
  let done: string[] = [];
  const rest = [pattern];
  for (let one = rest.pop(); one !== undefined; one = rest.pop()) {
    const braces = innermostBraces(one);
    if (!braces) done.push(one);
    else {
      const [start, end] = braces;
      for (const choice of one.slice(start + 1, end).split(',')) {
        rest.push(one.slice(0, start) + choice + one.slice(end + 1));
      }
    }
    if (done.length + rest.length > MAX_ALTERNATIVES) return [];
  }
  done = done.toReversed();
  return done;
}

/** Where the first `{…}` without another one within begins and ends. */
function innermostBraces(text: string): readonly [number, number] | undefined {
  let start = -1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{') start = at;
    else if (text[at] === '}' && start >= 0) return [start, at];
  }
  return undefined;
}

/**
 * The last of those rules that count that matches a path, from the part at which the rule begins. Yields now and then: however long
 * patterns and path are, no more than some million comparisons are made in one go.
 */
export function* lastMatch<Rule extends { readonly glob: Glob; readonly depth: number }>(
  rules: readonly Rule[],
  path: readonly string[],
  counts: (rule: Rule) => boolean,
): Generator<undefined, Rule | undefined> {
  const length = path.join('/').length;
  let work = 0;
  for (let at = rules.length - 1; at >= 0; at--) {
    const rule = rules[at];
    if (!rule || !counts(rule)) continue;
    work += (rule.glob.size + 1) * length;
    if (work > PORTION) {
      yield;
      work = 0;
    }
    if (matchesGlob(rule.glob, path, rule.depth)) return rule;
  }
  return undefined;
}

/**
 * Whether a path, taken apart at its slashes, is what a glob names from a part on. Time grows with the product of their
 * lengths: only the last star is ever tried anew, as what comes before it need not match any earlier or later.
 */
export function matchesGlob({ parts }: Glob, path: readonly string[], from = 0): boolean {
  let inGlob = 0;
  let inPath = from;
  /** Where to go on if what follows the last `**` does not match here. */
  let retryGlob = -1;
  let retryPath = 0;
  while (inPath < path.length) {
    const part = parts[inGlob];
    if (part === '**') {
      if (inGlob === parts.length - 1) return true;
      retryGlob = ++inGlob;
      retryPath = inPath;
    } else if (part !== undefined && matchesPart(part, path[inPath] ?? '')) {
      inGlob++;
      inPath++;
    } else if (retryGlob >= 0) {
      inGlob = retryGlob;
      inPath = ++retryPath;
    } else return false;
  }
  return inGlob === parts.length;
}

function matchesPart(steps: readonly Step[], name: string): boolean {
  let inSteps = 0;
  let inName = 0;
  let retryStep = -1;
  let retryName = 0;
  while (inName < name.length) {
    const step = steps[inSteps];
    if (step === '*') {
      retryStep = ++inSteps;
      retryName = inName;
    } else if (step !== undefined && matchesUnit(step, name.charCodeAt(inName))) {
      inSteps++;
      inName++;
    } else if (retryStep >= 0) {
      inSteps = retryStep;
      inName = ++retryName;
    } else return false;
  }
  while (steps[inSteps] === '*') inSteps++;
  return inSteps === steps.length;
}

function matchesUnit(step: Exclude<Step, '*'>, unit: number): boolean {
  if (typeof step === 'number') return step === unit;
  if (step === '?') return true;
  return step.ranges.some(([first, last]) => unit >= first && unit <= last) !== step.isNegated;
}

/** What a pattern with `*`, `?`, `[…]` and, where they are known there, backslashes names. */
function stepsOf(pattern: string, hasEscapes: boolean): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '*' || character === '?') {
      steps.push(character);
      continue;
    }
    if (character === '[') {
      // A bracket that comes first stands for itself.
      const opening = /^\[[!^]?\]?/.exec(pattern.slice(at, at + 3))?.[0].length ?? 1;
      const end = pattern.indexOf(']', at + opening);
      if (end > 0) {
        steps.push(classOf(pattern.slice(at + 1, end)));
        at = end;
        continue;
      }
    }
    if (hasEscapes && character === '\\' && at + 1 < pattern.length) at++;
    steps.push(pattern.charCodeAt(at));
  }
  return steps;
}

function classOf(text: string): CharacterClass {
  const isNegated = text.startsWith('!') || text.startsWith('^');
  const ranges: [number, number][] = [];
  for (let at = isNegated ? 1 : 0; at < text.length; at++) {
    const first = text.charCodeAt(at);
    const isRange = text[at + 1] === '-' && at + 2 < text.length;
    ranges.push([first, isRange ? text.charCodeAt(at + 2) : first]);
    if (isRange) at += 2;
  }
  return { isNegated, ranges };
}
