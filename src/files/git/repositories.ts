import { lstat, realpath } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { codeOf, messageOf } from '../../errors.ts';
import { checkPath, readNamedFile, statNamedFile } from '../named.ts';
import { folderNamedIn, MAX_LINK } from './gitLinks.ts';
import { isWindows } from '../system.ts';

/** No repository's configuration is longer, in bytes. */
const MAX_CONFIG = 1024 * 1024;

/** A repository in whose work tree something lies. */
export interface Around {
  /** The folder that holds its `.git`. */
  readonly root: string;
  /** Holds what is of this work tree alone, as its index. */
  readonly gitFolder: string;
  /** Real path of what holds all that its work trees share. */
  readonly common: string;
}

/** Why it cannot be told what git makes of a file, in words. */
export interface Doubt {
  readonly doubt: string;
}

/**
 * The repositories around a folder that exists, given by its real path, the innermost first: all of them, as what stands
 * for one need not keep git from the next. Reads what says where they are, bounded, and starts no program.
 */
export async function repositoriesAround(folder: string): Promise<(Around | Doubt)[]> {
  const found: (Around | Doubt)[] = [];
  for (let at = folder; ; at = dirname(at)) {
    try {
      found.push(...(await inFolder(at)));
    } catch (error) {
      found.push({ doubt: `The repository of ${at} cannot be read: ${messageOf(error)}` });
    }
    if (dirname(at) === at) return found;
  }
}

async function inFolder(root: string): Promise<(Around | Doubt)[]> {
  if (await isNamedElsewhere(root)) {
    return [{ doubt: `${root} is itself a repository, which says that its files are elsewhere.` }];
  }
  const git = join(root, '.git');
  if (!(await exists(git))) return [];
  const found = await statNamedFile(git);
  const gitFolder = found.isDirectory() ? git : await folderOf(git, root);
  if (gitFolder === undefined) return [{ doubt: `${git} names no folder.` }];
  if (!(await exists(join(gitFolder, 'HEAD')))) {
    // Such a folder is none to git, which then looks further up (its setup.c).
    return found.isDirectory()
      ? []
      : [{ doubt: `${git} leads to ${gitFolder}, where there is no repository.` }];
  }
  const named = await textOf(join(gitFolder, 'commondir'), MAX_LINK);
  const common = named === undefined ? gitFolder : resolve(gitFolder, named.trimEnd());
  checkPath(common);
  const own = join(gitFolder, 'config.worktree');
  // Of what is shared, a work tree of its own takes this only where it has such a list itself (git's setup.c).
  const configs = named === undefined || (await exists(own)) ? [join(common, 'config'), own] : [];
  for (const config of configs) {
    for (const tree of workTrees((await textOf(config, MAX_CONFIG)) ?? '')) {
      if (tree === undefined || (await realpath(resolve(gitFolder, tree))) !== root) {
        return [{ doubt: `${config} says that the files of ${git} are elsewhere.` }];
      }
    }
  }
  return [{ root, gitFolder, common: await realpath(common) }];
}

/** Whether a folder is a repository without `.git` that has a work tree all the same: git would use it from within. */
async function isNamedElsewhere(folder: string): Promise<boolean> {
  for (const part of ['HEAD', 'objects', 'refs']) if (!(await exists(join(folder, part)))) return false;
  return workTrees((await textOf(join(folder, 'config'), MAX_CONFIG)) ?? '').length > 0;
}

/** The folder that a `.git` file names. */
async function folderOf(git: string, root: string): Promise<string | undefined> {
  const named = folderNamedIn(await readNamedFile(git, { most: MAX_LINK }), isWindows());
  return named === undefined ? undefined : resolve(root, named);
}

/**
 * What a repository's configuration says of where its work tree is (core.worktree in git-config(1)), from the folder that
 * holds it; undefined where it is not said plainly. Files that it includes do not count for this (git's setup.c).
 */
function workTrees(config: string): (string | undefined)[] {
  return [...config.matchAll(/(?:^|\])[ \t]*worktree[ \t]*(?:=(.*)|$)/gim)].map(
    ([, value = '']) => /^"?([^"\\#;]+)"?$/.exec(value.trim())?.[1],
  );
}

/** Whether there is anything of a name, a link that leads nowhere included. Throws where that cannot be told. */
export async function exists(path: string): Promise<boolean> {
  try {
    checkPath(path);
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function textOf(path: string, most: number): Promise<string | undefined> {
  return (await exists(path)) ? await readNamedFile(path, { most }) : undefined;
}

/** Whether something failed because there is nothing of that name. */
export function isMissing(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ENOENT' || code === 'ENOTDIR';
}
