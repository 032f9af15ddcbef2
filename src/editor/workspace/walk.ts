import * as vscode from 'vscode';
import { matchesGlob, parseGlobs, type Glob } from './globs.ts';
import { readSmallFile } from '../smallFile.ts';
import { isIgnored, parseIgnoreFile, type IgnoreRule } from './ignore.ts';

export interface WalkOptions {
  /** Whether what .gitignore names is walked too. */
  readonly includesIgnored: boolean;
  readonly cancelled: vscode.CancellationToken;
  /** Is told of each file and folder that .gitignore leaves out. */
  readonly onIgnored: () => void;
  /** Is told of a folder that cannot be read. */
  readonly onUnreadable: (uri: vscode.Uri, error: unknown) => void;
}

/** A setting's exclusion; `when` names a file that must stand beside it. */
interface Exclusion {
  readonly globs: readonly Glob[];
  readonly when: string | undefined;
}

interface Folder {
  readonly uri: vscode.Uri;
  readonly path: readonly string[];
  readonly rules: readonly IgnoreRule[];
}

/** A list of ignored files is smaller; git itself reads none of more than 100 MB (its dir.c). In bytes. */
const MOST_IGNORE = 1024 * 1024;
/** How far above the workspace's folder a repository's root is looked for. */
const MAX_ABOVE = 32;

/**
 * Walks a workspace folder, one list of files a folder, as `files.exclude`, `search.exclude` and .gitignore have it. No
 * symbolic link is followed. It starts no program, so that it may run in a folder that nobody trusts, and reads through
 * the editor's file systems only, so that it runs wherever the editor does.
 */
export async function* walk(root: vscode.Uri, options: WalkOptions): AsyncGenerator<readonly vscode.Uri[]> {
  const exclusions = exclusionsOf(root);
  const above = options.includesIgnored ? { rules: [], path: [] } : await rulesAbove(root);
  const open: Folder[] = [{ uri: root, path: above.path, rules: above.rules }];
  for (let folder = open.pop(); folder; folder = open.pop()) {
    if (options.cancelled.isCancellationRequested) return;
    const { uri, path } = folder;
    let entries: readonly [string, vscode.FileType][];
    try {
      entries = await vscode.workspace.fs.readDirectory(uri);
    } catch (error) {
      options.onUnreadable(uri, error);
      continue;
    }
    const names = new Set(entries.map(([name]) => name));
    const rules = options.includesIgnored ? [] : await rulesWithin(folder, names);
    const files: vscode.Uri[] = [];
    const folders: Folder[] = [];
    for (const [name, type] of entries.toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      const isFolder = type === vscode.FileType.Directory;
      if (!isFolder && type !== vscode.FileType.File) continue;
      const full = [...path, name];
      if (name === '.git' || isExcluded(exclusions, full.slice(above.path.length), names)) continue;
      if (isIgnored(rules, full, isFolder)) {
        options.onIgnored();
        continue;
      }
      const child = vscode.Uri.joinPath(uri, name);
      if (isFolder) folders.push({ uri: child, path: full, rules });
      else files.push(child);
    }
    if (files.length > 0) yield files;
    open.push(...folders.toReversed());
  }
}

async function rulesWithin({ uri, path, rules }: Folder, names: ReadonlySet<string>): Promise<IgnoreRule[]> {
  const own = names.has('.gitignore') ? await readText(vscode.Uri.joinPath(uri, '.gitignore')) : '';
  const ofClone = names.has('.git')
    ? await readText(vscode.Uri.joinPath(uri, '.git', 'info', 'exclude'))
    : '';
  return [...rules, ...parseIgnoreFile(ofClone, path.length), ...parseIgnoreFile(own, path.length)];
}

/** The rules of the folders between a repository's root and a workspace folder within it, and the path from there. */
async function rulesAbove(root: vscode.Uri): Promise<{ rules: IgnoreRule[]; path: string[] }> {
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
  const rules: IgnoreRule[] = [];
  for (const [depth, folder] of above.entries()) {
    const exclude = depth === 0 ? await readText(vscode.Uri.joinPath(folder, '.git', 'info', 'exclude')) : '';
    rules.push(...parseIgnoreFile(exclude, depth));
    rules.push(...parseIgnoreFile(await readText(vscode.Uri.joinPath(folder, '.gitignore')), depth));
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

async function readText(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await readSmallFile(uri, MOST_IGNORE));
  } catch {
    return ''; // There is no such file, or none that rules could be read from.
  }
}

function exclusionsOf(root: vscode.Uri): Exclusion[] {
  return ['files.exclude', 'search.exclude'].flatMap((name) => {
    const set = vscode.workspace.getConfiguration(undefined, root).get<unknown>(name);
    if (typeof set !== 'object' || set === null) return [];
    return Object.entries(set).flatMap(([pattern, value]: [string, unknown]): Exclusion[] => {
      if (value === true) return [{ globs: parseGlobs(pattern), when: undefined }];
      const when = typeof value === 'object' && value !== null && 'when' in value ? value.when : undefined;
      return typeof when === 'string' ? [{ globs: parseGlobs(pattern), when }] : [];
    });
  });
}

function isExcluded(
  exclusions: readonly Exclusion[],
  path: readonly string[],
  siblings: ReadonlySet<string>,
): boolean {
  return exclusions.some(({ globs, when }) => {
    if (!globs.some((glob) => matchesGlob(glob, path))) return false;
    if (when === undefined) return true;
    const base = (path.at(-1) ?? '').replace(/\.[^.]*$/, '');
    return siblings.has(when.replace('$(basename)', () => base));
  });
}
