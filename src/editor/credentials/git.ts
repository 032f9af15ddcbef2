import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { lstat, mkdir, open, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, Problem } from '../../errors.ts';

const run = promisify(execFile);

/** Where a file stands with git. */
export type GitState =
  | { readonly is: 'outside' | 'ignored' | 'without-git' }
  /** `as`: the path that git knows, which may differ in case. */
  | { readonly is: 'tracked'; readonly as: string }
  | { readonly is: 'seen'; readonly repository: Repository };

/** What is needed to make git ignore one file. */
export interface Repository {
  /** Real path of the work tree. */
  readonly root: string;
  /** The path of the list that only this clone has. */
  readonly exclude: string;
  /** The file, as a pattern that matches it alone. */
  readonly pattern: string;
}

/** Asks git about a file, which need not exist. Throws refused where git cannot tell. */
export async function gitState(git: string, file: string): Promise<GitState> {
  const { directory, rest } = await nearest(dirname(file));
  const path = join(directory, rest, basename(file));
  const top = await ask(git, directory, ['rev-parse', '--show-toplevel']);
  if (top.code === 'ENOENT') return { is: 'without-git' };
  if (top.code !== 0) {
    if (/not a git repository|must be run in a work tree/.test(top.stderr)) return { is: 'outside' };
    throw cannotTell(file, top);
  }
  const root = await realpath(top.stdout.replace(/\r?\n$/, ''));
  const inTree = relative(root, path).split(sep).join('/');
  // In whatever case: where the disk makes no difference, One and one are the same file, and git may know either.
  const tracked = await ask(git, directory, [
    'ls-files',
    '-z',
    '--full-name',
    '--',
    `:(top,literal,icase)${inTree}`,
  ]);
  if (tracked.code !== 0) throw cannotTell(file, tracked);
  const [twin = ''] = tracked.stdout.split('\0');
  if (twin !== '') return { is: 'tracked', as: twin };
  const ignored = await ask(git, directory, ['check-ignore', '-q', '--no-index', '--', path]);
  if (ignored.code === 0) return { is: 'ignored' };
  if (ignored.code !== 1) throw cannotTell(file, ignored); // 1 is its no (git-check-ignore(1)).
  const exclude = await ask(git, directory, ['rev-parse', '--git-path', 'info/exclude']);
  return {
    is: 'seen',
    repository: {
      root,
      exclude: resolve(directory, exclude.stdout.replace(/\r?\n$/, '')),
      pattern: `/${escape(inTree)}`,
    },
  };
}

function cannotTell(file: string, { stderr }: Answer): Problem {
  return new Problem('refused', `git cannot tell whether it would see ${file}: ${stderr.trim()}`);
}

/** Adds a repository's pattern to a list of ignored files. Throws bad-input where the list is a symbolic link. */
export async function addIgnored(list: string, { pattern }: Repository): Promise<void> {
  await mkdir(dirname(list), { recursive: true });
  // O_NOFOLLOW is not known to Windows.
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0);
  const isLink = await lstat(list).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
  const handle = isLink ? undefined : await open(list, flags).catch(unlessLink);
  if (!handle) throw new Problem('bad-input', `${list} is a symbolic link, and was left as it is.`);
  try {
    const before = await handle.readFile('utf8');
    const lineEnd = before.includes('\r\n') ? '\r\n' : '\n';
    const gap = before === '' || before.endsWith('\n') ? '' : lineEnd;
    await handle.appendFile(`${gap}${pattern}${lineEnd}`);
  } finally {
    await handle.close();
  }
}

/** Made a link while it was being opened (open(2), O_NOFOLLOW). */
function unlessLink(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ELOOP') return undefined;
  throw new Problem('refused', `git’s list of ignored files cannot be changed: ${messageOf(error)}`, {
    cause: error,
  });
}

/** A path as a gitignore pattern: what has a meaning there is escaped (gitignore(5)). */
function escape(path: string): string {
  return path.replace(/[\\*?[\]]/g, '\\$&').replace(/ +$/, (spaces) => spaces.replaceAll(' ', '\\ '));
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

interface Answer {
  /** The exit code, or the name of the error where git did not start. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

async function ask(git: string, directory: string, args: readonly string[]): Promise<Answer> {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...inherited } = process.env;
  try {
    // A repository's own settings can name programs that git would run; none of them is needed here.
    const { stdout, stderr } = await run(
      git,
      ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '-C', directory, ...args],
      {
        cwd: dirname(process.execPath),
        env: { ...inherited, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
        timeout: 10_000,
      },
    );
    return { code: 0, stdout, stderr };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const { code } = error;
    const stderr = 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : messageOf(error);
    return { code: typeof code === 'number' || typeof code === 'string' ? code : 1, stdout: '', stderr };
  }
}
