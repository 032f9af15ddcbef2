import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { runInSlices } from '../../slices.ts';
import { readSmallFile } from '../workbench/smallFile.ts';
import { lastMatch, parseGlobs, type Glob } from '../../files/git/globs.ts';
import { addIgnoreFile, isIgnored, type IgnoreRule } from '../../files/git/ignore.ts';

export interface WalkOptions {
  /** Whether what .gitignore names is walked too. */
  readonly includesIgnored: boolean;
  readonly cancelled: vscode.CancellationToken;
  /** Is told of each file and folder that .gitignore leaves out. */
  readonly onIgnored: () => void;
  /** Is told of a folder that cannot be read, and of a .gitignore that is not followed. */
  readonly onUnreadable: (uri: vscode.Uri, error: unknown) => void;
}

/** A setting's exclusion; `when` names a file that must stand beside it. */
interface Exclusion {
  readonly glob: Glob;
  readonly depth: number;
  readonly when: string | undefined;
}

interface Folder {
  readonly uri: vscode.Uri;
  readonly path: readonly string[];
  readonly rules: readonly IgnoreRule[];
}

/** A list of ignored files is smaller; git itself reads none of more than 100 MB (its dir.c). In bytes. */
const MOST_IGNORE = 1024 * 1024;
/** No more exclusions than so many are read from the settings, which the folder's own may be among. */
const MAX_EXCLUSIONS = 1000;
/** How far above the workspace's folder a repository's root is looked for. */
const MAX_ABOVE = 32;

/**
 * Walks a workspace folder, one list of files a folder, as `files.exclude`, `search.exclude` and .gitignore have it. No
 * symbolic link is followed. It starts no program, so that it may run in a folder that nobody trusts, and reads through
 * the editor's file systems only, so that it runs wherever the editor does.
 */
export async function* walk(root: vscode.Uri, options: WalkOptions): AsyncGenerator<readonly vscode.Uri[]> {
  const above = options.includesIgnored ? { rules: [], path: [] } : await rulesAbove(root, options);
  const exclusions = exclusionsOf(root, above.path.length);
  const open: Folder[] = [{ uri: root, path: above.path, rules: above.rules }];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    if (options.cancelled.isCancellationRequested) return;
    const { uri } = folder;
    let entries: readonly [string, vscode.FileType][];
    try {
      entries = await vscode.workspace.fs.readDirectory(uri);
    } catch (error) {
      options.onUnreadable(uri, error);
      continue;
    }
    const names = new Set(entries.map(([name]) => name));
    const rules = options.includesIgnored ? [] : await rulesWithin(folder, names, options);
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : 1));
    const kept = await runInSlices(
      keep(sorted, { ...folder, rules }, exclusions, names, options),
      () => !options.cancelled.isCancellationRequested,
    );
    if (!kept) return;
    if (kept.files.length > 0) yield kept.files;
    open.push(...kept.folders.toReversed());
  }
}

/** What of a folder is walked. Yields now and then. */
function* keep(
  entries: readonly [string, vscode.FileType][],
  { uri, path, rules }: Folder,
  exclusions: readonly Exclusion[],
  names: ReadonlySet<string>,
  { onIgnored }: WalkOptions,
): Generator<undefined, { readonly files: vscode.Uri[]; readonly folders: Folder[] }> {
  const files: vscode.Uri[] = [];
  const folders: Folder[] = [];
  for (const [name, type] of entries) {
    yield;
    const isFolder = type === vscode.FileType.Directory;
    if (!isFolder && type !== vscode.FileType.File) continue;
    const full = [...path, name];
    const base = name.replace(/\.[^.]*$/, '');
    const counts = ({ when }: Exclusion): boolean =>
      when === undefined || names.has(when.replace('$(basename)', () => base));
    if (name === '.git' || (yield* lastMatch(exclusions, full, counts))) continue;
    if (yield* isIgnored(rules, full, isFolder)) {
      onIgnored();
      continue;
    }
    const child = vscode.Uri.joinPath(uri, name);
    if (isFolder) folders.push({ uri: child, path: full, rules });
    else files.push(child);
  }
  return { files, folders };
}

async function rulesWithin(
  { uri, path, rules }: Folder,
  names: ReadonlySet<string>,
  options: WalkOptions,
): Promise<readonly IgnoreRule[]> {
  const lists = [
    ...(names.has('.git') ? [vscode.Uri.joinPath(uri, '.git', 'info', 'exclude')] : []),
    ...(names.has('.gitignore') ? [vscode.Uri.joinPath(uri, '.gitignore')] : []),
  ];
  return await withLists(rules, lists, path.length, options);
}

/** The rules with those of some lists; a list that is too long is not followed, and its folder is walked without it. */
async function withLists(
  rules: readonly IgnoreRule[],
  lists: readonly vscode.Uri[],
  depth: number,
  { onUnreadable }: WalkOptions,
): Promise<readonly IgnoreRule[]> {
  let all = rules;
  for (const list of lists) {
    try {
      const more = await runInSlices(addIgnoreFile(all, await readText(list), depth));
      if (!more) throw new Problem('bad-input', 'too many rules, which are not followed');
      all = more;
    } catch (error) {
      onUnreadable(list, error);
    }
  }
  return all;
}

/** The rules of the folders between a repository's root and a workspace folder within it, and the path from there. */
async function rulesAbove(
  root: vscode.Uri,
  options: WalkOptions,
): Promise<{ rules: readonly IgnoreRule[]; path: readonly string[] }> {
  const above: vscode.Uri[] = [];
  const path: string[] = [];
  let at = root;
  while (!(await exists(vscode.Uri.joinPath(at, '.git')))) {
    const parent = vscode.Uri.joinPath(at, '..');
    // Not within a repository: then no .gitignore above counts.
    if (parent.path === at.path || above.length > MAX_ABOVE) return { rules: [], path: [] };
    path.unshift(at.path.slice(at.path.lastIndexOf('/') + 1));
    above.unshift(parent);
    at = parent;
  }
  let rules: readonly IgnoreRule[] = [];
  for (const [depth, folder] of above.entries()) {
    const lists = [
      ...(depth === 0 ? [vscode.Uri.joinPath(folder, '.git', 'info', 'exclude')] : []),
      vscode.Uri.joinPath(folder, '.gitignore'),
    ];
    rules = await withLists(rules, lists, depth, options);
  }
  return { rules, path };
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false; // Which is the answer.
  }
}

/** The text of a list; empty where there is none. Throws bad-input where it is too large, or no file. */
async function readText(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await readSmallFile(uri, MOST_IGNORE));
  } catch (error) {
    if (Problem.is(error)) throw error;
    return ''; // There is no such file, or none that rules could be read from.
  }
}

function exclusionsOf(root: vscode.Uri, depth: number): Exclusion[] {
  const all = ['files.exclude', 'search.exclude'].flatMap((name) => {
    const set = vscode.workspace.getConfiguration(undefined, root).get<unknown>(name);
    if (typeof set !== 'object' || set === null) return [];
    return Object.entries(set)
      .slice(0, MAX_EXCLUSIONS)
      .flatMap(([pattern, value]: [string, unknown]): Exclusion[] => {
        const named = typeof value === 'object' && value !== null && 'when' in value ? value.when : undefined;
        const when = typeof named === 'string' ? named : undefined;
        if (value !== true && when === undefined) return [];
        return parseGlobs(pattern).map((glob) => ({ glob, depth, when }));
      });
  });
  return all.slice(0, MAX_EXCLUSIONS);
}
