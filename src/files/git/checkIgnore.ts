import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { messageOf } from '../../errors.ts';
import type { Doubt } from './repositories.ts';

/** How long git may think, in milliseconds: before 2.40 some patterns take it for ever. */
const PATIENCE = 10_000;

/** What git is asked about: whether lists of patterns ignore a file. */
interface Question {
  /** Real path of the work tree, whose .gitignore files count. */
  readonly root: string;
  /** What the list holds that only this clone has. */
  readonly exclude: Uint8Array;
  /** The file, which need not exist. */
  readonly path: string;
}

/**
 * Asks git whether it would ignore a file. It is asked from a repository of our own, made for this and taken away again:
 * of the repository in question it reads the .gitignore files and nothing else, so that no configuration, index, object or
 * attribute of it can make git run, fetch or read anything. Nor does the person's configuration count: their own list of
 * ignored files is theirs alone, and a repository may name another. Throws where our own repository cannot be made.
 */
export async function isIgnoredByGit(git: string, question: Question): Promise<boolean | Doubt> {
  const own = await mkdtemp(join(tmpdir(), 'check-ignore-'));
  try {
    // What makes a folder a repository (gitrepository-layout(5)).
    for (const folder of ['objects', 'refs', 'info']) await mkdir(join(own, folder));
    await writeFile(join(own, 'HEAD'), 'ref: refs/heads/main\n');
    await writeFile(join(own, 'info', 'exclude'), question.exclude);
    // A repository says in its configuration whether case counts: it has to be ignored either way.
    for (const ignoreCase of [false, true]) {
      const answer = await ask(git, own, question, ignoreCase);
      if (answer !== true) return answer;
    }
    return true;
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/**
 * But for the list of ignored files, which has a place of its own in the home folder, none of these can matter where git is
 * asked as it is here; each says what is wanted all the same. A version of git that does not know one passes over it.
 */
const SETTINGS: readonly string[] = [
  'safe.bareRepository=explicit',
  'protocol.allow=never',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.excludesFile=',
  'core.attributesFile=',
  'credential.helper=',
];

async function ask(
  git: string,
  own: string,
  { root, path }: Question,
  ignoreCase: boolean,
): Promise<boolean | Doubt> {
  const settings = [...SETTINGS, `core.ignoreCase=${ignoreCase}`].flatMap((one) => ['-c', one]);
  const args = ['--no-pager', ...settings, 'check-ignore', '--no-index', '--verbose', '-z', '--stdin'];
  const slashed = (one: string): string => one.split(sep).join('/');
  const env = environment(own, slashed(root));
  return await new Promise((resolve) => {
    // Windows would look for git in the folder where it is started first.
    const cwd = dirname(process.execPath);
    const running = execFile(
      git,
      args,
      { cwd, env, timeout: PATIENCE, killSignal: 'SIGKILL', windowsHide: true },
      (error, stdout, stderr) => {
        // 0: a pattern matches; 1: none does (git-check-ignore(1)).
        if (!error || error.code === 1) resolve(isIgnoredBy(stdout));
        else if (error.killed === true) resolve({ doubt: `git did not answer for ${root} in time.` });
        else if (error.code === 'ENOENT') resolve({ doubt: `There is no git to ask about ${root}.` });
        else resolve({ doubt: `git cannot tell for ${root}: ${stderr.trim() || messageOf(error)}` });
      },
    );
    running.stdin?.on('error', () => undefined); // It may end without reading: its answer says so.
    running.stdin?.end(`${slashed(path)}\0`);
  });
}

/** Whether the pattern that decides takes the file out and not in again, which until git 2.26 its exit code did not tell. */
function isIgnoredBy(answer: string): boolean {
  const [, , pattern] = answer.split('\0'); // Where it stands, its line, itself, and the path.
  return pattern !== undefined && !pattern.startsWith('!');
}

/**
 * Whatever the environment says to git of repositories, settings and programs is left out. The home folder stays, as git may
 * be a shim that looks there for itself; before 2.32 the person's own settings are read then, which the ones above outdo.
 */
function environment(own: string, root: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^git_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    LC_ALL: 'C',
    GIT_DIR: own,
    GIT_WORK_TREE: root,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_ALLOW_PROTOCOL: '',
  };
}
