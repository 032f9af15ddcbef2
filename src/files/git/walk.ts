import { Problem } from '../../errors.ts';
import { lastMatch, parseGlobs, type Glob } from './globs.ts';
import { addIgnoreFile, isIgnored, type IgnoreRule } from './ignore.ts';

export interface Entry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'other';
}

/**
 * Where a folder is walked. Paths are relative to it, with slashes: empty for itself, with `..` for what is above it, as its
 * repository may begin there.
 */
export interface Disk {
  /** Throws where there is no such folder, or it cannot be read. */
  readonly list: (folder: string) => Promise<readonly Entry[]> | readonly Entry[];
  readonly exists: (path: string) => Promise<boolean> | boolean;
  /** A list of ignored files; empty where there is none. Throws bad-input where it is longer than `most` bytes, or no file. */
  readonly readIgnore: (file: string, most: number) => Promise<string> | string;
}

/** A setting's exclusion; `when` names a file that must stand beside it. */
export interface Exclusion {
  readonly pattern: string;
  readonly when: string | undefined;
}

/** What is walked of a folder. */
export interface Walked {
  /** The names of the folders that it lies in, from the outermost on, and its own. */
  readonly names: readonly string[];
  /** As the settings `files.exclude` and `search.exclude` have them. */
  readonly exclusions: readonly Exclusion[];
  /** Whether what .gitignore names is walked too. */
  readonly includesIgnored: boolean;
  /** Folders within it that are left out, as they are walked by themselves: paths relative to it, with slashes. */
  readonly apart: readonly string[];
}

export interface Walking {
  /** Is told of each file and folder that .gitignore leaves out. */
  readonly onIgnored: () => void;
  /** Is told of a folder that cannot be read, and of a list of ignored files that is not followed. */
  readonly onUnreadable: (path: string, error: unknown) => void;
  /** Runs what may take long; undefined where it is not wanted any more. */
  readonly run: <T>(steps: Generator<undefined, T>) => Promise<T | undefined> | T | undefined;
  readonly isWanted: () => boolean;
}

interface Excluding {
  readonly glob: Glob;
  readonly depth: number;
  readonly when: string | undefined;
}

interface Folder {
  readonly path: string;
  /** Its path in its repository. */
  readonly parts: readonly string[];
  readonly rules: readonly IgnoreRule[];
}

/** A list of ignored files is smaller; git itself reads none of more than 100 MB (its dir.c). In bytes. */
const MOST_IGNORE = 1024 * 1024;
/** No more exclusions than so many are read from the settings, which the folder's own may be among. */
const MAX_EXCLUSIONS = 1000;
/** How far above the folder a repository's root is looked for. */
const MAX_ABOVE = 32;

const within = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

/**
 * Walks a folder, one list of files a folder, as the settings and .gitignore have it. No symbolic link is followed. It starts
 * no program, so that it may run in a folder that nobody trusts.
 */
export async function* walkFolder(
  disk: Disk,
  walked: Walked,
  walking: Walking,
): AsyncGenerator<readonly string[]> {
  const above = walked.includesIgnored ? { rules: [], parts: [] } : await rulesAbove(disk, walked, walking);
  const exclusions = excludingOf(walked.exclusions, above.parts.length);
  const apart = new Set(walked.apart);
  const open: Folder[] = [{ path: '', ...above }];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    if (!walking.isWanted()) return;
    let entries: readonly Entry[];
    try {
      entries = await disk.list(folder.path);
    } catch (error) {
      walking.onUnreadable(folder.path, error);
      continue;
    }
    const names = new Set(entries.map(({ name }) => name));
    const rules = walked.includesIgnored ? [] : await rulesWithin(disk, folder, names, walking);
    const sorted = entries.toSorted((one, other) => (one.name < other.name ? -1 : 1));
    const kept = await walking.run(keep(sorted, { ...folder, rules }, { exclusions, apart }, names, walking));
    if (!kept) return;
    if (kept.files.length > 0) yield kept.files;
    open.push(...kept.folders.toReversed());
  }
}

/** What of a folder is walked. Yields now and then. */
function* keep(
  entries: readonly Entry[],
  { path, parts, rules }: Folder,
  { exclusions, apart }: { readonly exclusions: readonly Excluding[]; readonly apart: ReadonlySet<string> },
  names: ReadonlySet<string>,
  { onIgnored }: Walking,
): Generator<undefined, { readonly files: string[]; readonly folders: Folder[] }> {
  const files: string[] = [];
  const folders: Folder[] = [];
  for (const { name, kind } of entries) {
    yield;
    if (kind === 'other' || (kind === 'folder' && apart.has(within(path, name)))) continue;
    const full = [...parts, name];
    const base = name.replace(/\.[^.]*$/, '');
    const counts = ({ when }: Excluding): boolean =>
      when === undefined || names.has(when.replace('$(basename)', () => base));
    if (name === '.git' || (yield* lastMatch(exclusions, full, counts))) continue;
    if (yield* isIgnored(rules, full, kind === 'folder')) {
      onIgnored();
      continue;
    }
    if (kind === 'folder') folders.push({ path: within(path, name), parts: full, rules });
    else files.push(within(path, name));
  }
  return { files, folders };
}

async function rulesWithin(
  disk: Disk,
  { path, parts, rules }: Folder,
  names: ReadonlySet<string>,
  walking: Walking,
): Promise<readonly IgnoreRule[]> {
  const lists = [
    ...(names.has('.git') ? [within(path, '.git/info/exclude')] : []),
    ...(names.has('.gitignore') ? [within(path, '.gitignore')] : []),
  ];
  return await withLists(disk, rules, lists, parts.length, walking);
}

/** The rules with those of some lists; a list that is too long is not followed, and its folder is walked without it. */
async function withLists(
  disk: Disk,
  rules: readonly IgnoreRule[],
  lists: readonly string[],
  depth: number,
  { onUnreadable, run }: Walking,
): Promise<readonly IgnoreRule[]> {
  let all = rules;
  for (const list of lists) {
    try {
      const more = await run(addIgnoreFile(all, await disk.readIgnore(list, MOST_IGNORE), depth));
      if (!more) throw new Problem('bad-input', 'too many rules, which are not followed');
      all = more;
    } catch (error) {
      onUnreadable(list, error);
    }
  }
  return all;
}

/** The rules of the folders between a repository's root and the folder within it, and the path from there. */
async function rulesAbove(
  disk: Disk,
  { names }: Walked,
  walking: Walking,
): Promise<{ rules: readonly IgnoreRule[]; parts: readonly string[] }> {
  let above = 0;
  while (!(await disk.exists(`${'../'.repeat(above)}.git`))) {
    // Not within a repository: then no .gitignore above counts.
    if (above === names.length || above > MAX_ABOVE) return { rules: [], parts: [] };
    above++;
  }
  let rules: readonly IgnoreRule[] = [];
  for (let up = above; up > 0; up--) {
    const folder = '../'.repeat(up);
    const lists = [...(up === above ? [`${folder}.git/info/exclude`] : []), `${folder}.gitignore`];
    rules = await withLists(disk, rules, lists, above - up, walking);
  }
  return { rules, parts: names.slice(names.length - above) };
}

function excludingOf(exclusions: readonly Exclusion[], depth: number): Excluding[] {
  const all = exclusions
    .slice(0, MAX_EXCLUSIONS)
    .flatMap(({ pattern, when }) => parseGlobs(pattern).map((glob) => ({ glob, depth, when })));
  return all.slice(0, MAX_EXCLUSIONS);
}
