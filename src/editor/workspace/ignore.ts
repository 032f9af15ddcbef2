import { matchesGlob, type Glob } from './globs.ts';

/** A line of a .gitignore (gitignore(5)). */
export interface IgnoreRule {
  readonly glob: Glob;
  readonly isNegated: boolean;
  readonly isForFolders: boolean;
  /** How many folders deep its file stands: paths are matched from there. */
  readonly depth: number;
}

/** Reads a .gitignore that stands `depth` folders below the root that paths are given from. */
export function parseIgnoreFile(text: string, depth: number): IgnoreRule[] {
  return text.split(/\r?\n/).flatMap((line): IgnoreRule[] => {
    let pattern = withoutTrailingBlanks(line);
    if (pattern === '' || pattern.startsWith('#')) return [];
    const isNegated = pattern.startsWith('!');
    if (isNegated) pattern = pattern.slice(1);
    const isForFolders = pattern.endsWith('/');
    if (isForFolders) pattern = pattern.slice(0, -1);
    if (pattern === '') return [];
    const isAnchored = pattern.includes('/');
    const glob = pattern.replace(/^\//, '').split('/');
    return [{ glob: isAnchored ? glob : ['**', ...glob], isNegated, isForFolders, depth }];
  });
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
 * is ignored whatever the rules say.
 */
export function isIgnored(rules: readonly IgnoreRule[], path: readonly string[], isFolder: boolean): boolean {
  for (let at = rules.length - 1; at >= 0; at--) {
    const rule = rules[at];
    if (!rule || (rule.isForFolders && !isFolder)) continue;
    if (matchesGlob(rule.glob, path.slice(rule.depth), true)) return !rule.isNegated;
  }
  return false;
}
