/** A pattern taken apart at its slashes; `**` stands for any number of parts. */
export type Glob = readonly string[];

/** No pattern with braces is written out as more patterns: who writes that many means harm. */
const MAX_ALTERNATIVES = 256;

/**
 * The globs that a pattern of `files.exclude` or `search.exclude` stands for, its braces written out. A pattern matches
 * from a folder's root; what is to match anywhere begins with two asterisks and a slash.
 */
export function parseGlobs(pattern: string): Glob[] {
  return alternatives(pattern).map((one) =>
    one
      .replace(/^\.?\//, '')
      .replace(/\/$/, '')
      .split('/'),
  );
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

/** Whether a path, taken apart at its slashes, is what a glob names. Time grows with the product of their lengths. */
export function matchesGlob(glob: Glob, path: readonly string[], hasEscapes = false): boolean {
  let inGlob = 0;
  let inPath = 0;
  /** Where to go on if what follows the last `**` does not match here. */
  let retryGlob = -1;
  let retryPath = 0;
  while (inPath < path.length) {
    const part = glob[inGlob];
    if (part === '**') {
      if (inGlob === glob.length - 1) return true;
      retryGlob = ++inGlob;
      retryPath = inPath;
    } else if (part !== undefined && matchesPart(part, path[inPath] ?? '', hasEscapes)) {
      inGlob++;
      inPath++;
    } else if (retryGlob >= 0) {
      inGlob = retryGlob;
      inPath = ++retryPath;
    } else return false;
  }
  return inGlob === glob.length;
}

/** Whether a name is what a pattern with `*`, `?`, `[…]` and, where they are known there, backslashes names. */
function matchesPart(pattern: string, name: string, hasEscapes: boolean): boolean {
  let inPattern = 0;
  let inName = 0;
  let retryPattern = -1;
  let retryName = 0;
  while (inName < name.length) {
    const step = inPattern < pattern.length ? stepOf(pattern, inPattern, hasEscapes) : undefined;
    if (step?.isStar === true) {
      retryPattern = ++inPattern;
      retryName = inName;
    } else if (step?.matches(name.charCodeAt(inName)) === true) {
      inPattern = step.next;
      inName++;
    } else if (retryPattern >= 0) {
      inPattern = retryPattern;
      inName = ++retryName;
    } else return false;
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}

interface Step {
  readonly isStar: boolean;
  readonly next: number;
  readonly matches: (unit: number) => boolean;
}

function stepOf(pattern: string, at: number, hasEscapes: boolean): Step {
  const character = pattern[at];
  if (character === '*') return { isStar: true, next: at + 1, matches: () => false };
  if (character === '?') return { isStar: false, next: at + 1, matches: () => true };
  if (character === '[') {
    const end = pattern.indexOf(']', at + (/^\[[!^]?\]/.test(pattern.slice(at, at + 3)) ? 3 : 1));
    if (end > 0) return { isStar: false, next: end + 1, matches: classOf(pattern.slice(at + 1, end)) };
  }
  const literal = hasEscapes && character === '\\' && at + 1 < pattern.length ? at + 1 : at;
  const wanted = pattern.charCodeAt(literal);
  return { isStar: false, next: literal + 1, matches: (unit) => unit === wanted };
}

function classOf(text: string): (unit: number) => boolean {
  const isNegated = text.startsWith('!') || text.startsWith('^');
  const members = isNegated ? text.slice(1) : text;
  return (unit) => {
    let isMember = false;
    for (let at = 0; at < members.length; at++) {
      const from = members.charCodeAt(at);
      const isRange = members[at + 1] === '-' && at + 2 < members.length;
      const to = isRange ? members.charCodeAt(at + 2) : from;
      if (unit >= from && unit <= to) isMember = true;
      if (isRange) at += 2;
    }
    return isMember !== isNegated;
  };
}
