import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { besideOf } from '../since124/kustomize.ts';
import { linesIn, type FoundLine } from '../since124/foundLines.ts';
import { inOneGo } from '../slices.ts';
import { canMatter, longestInBytes } from '../since124/needles.ts';

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

function checkFile(path: string): readonly FoundLine[] {
  const bytes = readFileSync(path);
  if (bytes.length > longestInBytes(path) || !canMatter(path, bytes) || bytes.includes(0)) {
    return [];
  }
  const text = bytes.toString('utf8');
  return inOneGo(linesIn(path, text, textsBeside(path, besideOf(path, text))));
}

/** The texts of files in a file's folder, by the paths that name them, without those that are links, long, or not there. */
export function textsBeside(path: string, names: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of names) {
    const file = join(dirname(path), name);
    const found = lstatSync(file, { throwIfNoEntry: false });
    if (found?.isFile() === true && found.size <= longestInBytes(file))
      texts.set(name, readFileSync(file, 'utf8'));
  }
  return texts;
}
