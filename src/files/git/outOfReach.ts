import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { messageOf, Problem } from '../../errors.ts';
import { readNamedBytes, statNamedFile } from '../named.ts';
import { MAX_INDEX, trackedPaths } from './gitIndex.ts';
import { runInSlices } from '../../slices.ts';
import { isIgnoredByGit } from './checkIgnore.ts';
import { exists, isMissing, repositoriesAround, type Around, type Doubt } from './repositories.ts';

/** No list of ignored files is longer, in bytes. */
const MAX_LIST = 4 * 1024 * 1024;
/** How many paths are looked at before others may run. */
const PORTION = 2000;

/** Where a file stands with git. */
export type GitState =
  | { readonly is: 'outside' | 'ignored' }
  /** `as`: the path that git knows, which may differ in case. */
  | { readonly is: 'tracked'; readonly as: string }
  | { readonly is: 'seen'; readonly repository: Repository }
  /** Nothing sees it of which that can be told; `doubts`: of what it cannot, and why. */
  | { readonly is: 'unknown'; readonly doubts: readonly string[] };

/** What is needed to make git ignore one file. */
export interface Repository {
  /** Real path of the work tree. */
  readonly root: string;
  /** The path of the list that only this clone has. */
  readonly exclude: string;
  /** The file, as a pattern that matches it alone. */
  readonly pattern: string;
}

/**
 * Where a file, which need not exist, stands with every repository around it, the innermost first: it is ignored where each
 * of them ignores it.
 */
export async function gitState(git: string, file: string): Promise<GitState> {
  const { directory, rest } = await nearest(dirname(file));
  const path = join(directory, rest, basename(file));
  const states: GitState[] = [];
  for (const around of await repositoriesAround(directory)) {
    const state = await stateIn(git, around, path);
    if (state.is === 'tracked') return state;
    states.push(state);
  }
  const doubts = states.flatMap((state) => (state.is === 'unknown' ? state.doubts : []));
  return (
    states.find(({ is }) => is === 'seen') ??
    (doubts.length > 0 ? { is: 'unknown', doubts } : (states[0] ?? { is: 'outside' }))
  );
}

/**
 * The path by which git tracks a file, in the innermost repository around it that does; undefined where none does, or it
 * cannot be told. Runs no program, and takes as long as reading the repositories' indexes.
 */
export async function trackedAs(file: string): Promise<string | undefined> {
  const { directory, rest } = await nearest(dirname(file));
  const path = join(directory, rest, basename(file));
  for (const around of await repositoriesAround(directory)) {
    if ('doubt' in around) continue;
    const tracking = await trackingIn(around, relative(around.root, path).split(sep).join('/'));
    if (tracking !== undefined && 'as' in tracking) return tracking.as;
  }
  return undefined;
}

/** Where a repository is told to ignore a file: for this clone, or for everybody. */
export type IgnoreList = 'exclude' | 'gitignore';

/**
 * Makes every repository around a file ignore it, in the kind of list that is chosen where one sees it. Returns what is left
 * to doubt. Throws conflict where git tracks the file, or sees it
 * whatever is done.
 */
export async function makeIgnored(
  git: string,
  file: string,
  choose: () => Promise<IgnoreList>,
): Promise<readonly string[]> {
  const told = new Set<string>();
  let list: IgnoreList | undefined;
  for (;;) {
    const state = await gitState(git, file);
    switch (state.is) {
      case 'outside':
      case 'ignored':
        return [];
      case 'unknown':
        return state.doubts;
      case 'tracked':
        throw new Problem(
          'conflict',
          `git tracks ${state.as}, so the next commit would publish the token. Choose another name, or untrack it first with "git rm --cached". Nothing was written.`,
        );
      case 'seen': {
        const { root, exclude } = state.repository;
        if (told.has(root)) {
          throw new Problem(
            'conflict',
            `git would still see ${file}: another rule takes it in again. Look for a line that begins with "!". Nothing was written.`,
          );
        }
        list ??= await choose();
        told.add(root);
        await addIgnored(list === 'exclude' ? exclude : join(root, '.gitignore'), state.repository);
      }
    }
  }
}

async function stateIn(git: string, around: Around | Doubt, path: string): Promise<GitState> {
  if ('doubt' in around) return unknown(around.doubt);
  const { root, common } = around;
  try {
    const inTree = relative(root, path).split(sep).join('/');
    const tracking = await trackingIn(around, inTree);
    if (tracking !== undefined && 'as' in tracking) return { is: 'tracked', as: tracking.as };
    await checkLists(root, dirname(path));
    const exclude = join(common, 'info', 'exclude');
    const list = (await bytesOf(exclude, MAX_LIST)) ?? Buffer.alloc(0);
    const isIgnored = await isIgnoredByGit(git, { root, exclude: list, path });
    if (typeof isIgnored === 'object') return unknown(isIgnored.doubt);
    if (isIgnored) return tracking ? unknown(tracking.doubt) : { is: 'ignored' };
    if (/[\r\n]/.test(inTree)) return unknown(`No list of git in ${root} can name a file with a line end.`);
    return { is: 'seen', repository: { root, exclude, pattern: `/${escape(inTree)}` } };
  } catch (error) {
    return unknown(`The repository of ${root} cannot be read: ${messageOf(error)}`);
  }
}

function unknown(doubt: string): GitState {
  return { is: 'unknown', doubts: [doubt] };
}

/** Whether git tracks a path, by the index of its work tree; undefined where it does not. */
async function trackingIn(
  { root, gitFolder }: Around,
  inTree: string,
): Promise<{ readonly as: string } | Doubt | undefined> {
  const index = await bytesOf(join(gitFolder, 'index'), MAX_INDEX);
  if (!index) return undefined; // A new repository has none yet.
  const paths = await runInSlices(trackedPaths(index));
  if (!paths) return { doubt: `What git tracks in ${root} cannot be told from its index.` };
  const found = await runInSlices(findIn(paths, inTree));
  if (found !== undefined) return found;
  // Of a list that a sparse checkout leaves out, git reads what the index has.
  for (const folder of foldersOf(inTree)) {
    const list = `${folder}.gitignore`;
    if (paths.has(list) && !(await exists(join(root, list)))) {
      return { doubt: `${list} of ${root} is not there to be read, and git knows it.` };
    }
  }
  return undefined;
}

/**
 * Looks for a path in whatever case and form of Unicode: where the disk makes no difference, One and one are the same file,
 * and git may know either.
 */
function* findIn(
  paths: ReadonlySet<string>,
  path: string,
): Generator<undefined, { readonly as: string } | Doubt | undefined> {
  if (paths.has(path)) return { as: path };
  const wanted = folded(path);
  let looked = 0;
  let within: Doubt | undefined;
  for (const one of paths) {
    if (++looked % PORTION === 0) yield;
    const isFolder = one.endsWith('/');
    const known = folded(one);
    if (known === wanted) return { as: one };
    if (isFolder && wanted.startsWith(known)) {
      within = { doubt: `What git tracks in ${one} cannot be told from its sparse index.` };
    }
  }
  return within;
}

function folded(path: string): string {
  return path.normalize('NFC').toUpperCase().toLowerCase();
}

/** The folders on the way to a path, from the one that holds all (''), each with a slash at its end. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return ['', ...parts.map((_, last) => `${parts.slice(0, last + 1).join('/')}/`)];
}

/** That git can read the lists on the way to a folder without end. Throws where it could not. */
async function checkLists(root: string, folder: string): Promise<void> {
  for (const part of foldersOf(`${relative(root, folder).split(sep).join('/')}/`)) {
    const list = join(root, part, '.gitignore');
    try {
      const found = await statNamedFile(list);
      if (!found.isFile() || found.size > MAX_LIST) {
        throw new Problem('bad-input', `${list} is no file, or too long to be read.`);
      }
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

async function bytesOf(path: string, most: number): Promise<Buffer | undefined> {
  return (await exists(path)) ? await readNamedBytes(path, { most }) : undefined;
}

/** Adds a repository's pattern to a list of ignored files. Throws bad-input where the list is no plain file of its own. */
export async function addIgnored(list: string, { pattern }: Repository): Promise<void> {
  const folder = dirname(list);
  await refuseLink(folder);
  await mkdir(folder, { recursive: true });
  await refuseLink(list);
  // Never through a link, nor waiting for the other end of a pipe; Windows knows neither.
  const own = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(list, constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | own).catch(
    (error: unknown) => {
      throw new Problem('refused', `git’s list of ignored files cannot be changed: ${messageOf(error)}`, {
        cause: error,
      });
    },
  );
  try {
    const found = await handle.stat();
    if (!found.isFile() || found.size > MAX_LIST) {
      throw new Problem('bad-input', `${list} is no file, or too long, and was left as it is.`);
    }
    const before = await handle.readFile('utf8');
    const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
    const gap = before === '' || before.endsWith('\n') ? '' : lineEnd;
    await handle.appendFile(`${gap}${pattern}${lineEnd}`);
  } finally {
    await handle.close();
  }
}

async function refuseLink(path: string): Promise<void> {
  const isLink = await lstat(path).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  if (isLink) throw new Problem('bad-input', `${path} is a symbolic link, and was left as it is.`);
}

/** A path as a gitignore pattern: what has a meaning there is escaped, blanks at the end too (gitignore(5)). */
function escape(path: string): string {
  let end = path.length;
  while (path[end - 1] === ' ') end--;
  return path.slice(0, end).replace(/[\\*?[\]]/g, '\\$&') + '\\ '.repeat(path.length - end);
}

/** The deepest directory that exists, and what is missing below it. */
async function nearest(directory: string): Promise<{ directory: string; rest: string }> {
  try {
    return { directory: await realpath(directory), rest: '' };
  } catch {
    const above = dirname(directory);
    if (above === directory) return { directory, rest: '' };
    const found = await nearest(above);
    return { directory: found.directory, rest: join(found.rest, basename(directory)) };
  }
}
