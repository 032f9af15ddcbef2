import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addIgnored,
  gitState,
  makeIgnored,
  trackedAs,
  type IgnoreList,
  type Repository,
} from '../../../src/files/git/outOfReach.ts';

const run = promisify(execFile);
let root: string;
const git = async (...args: string[]): Promise<string> =>
  (await run('git', ['-C', root, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args])).stdout;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'git-state-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

async function repositoryOf(file: string): Promise<Repository> {
  const state = await gitState('git', file);
  if (state.is !== 'seen') throw new Error(`git does not see it: ${state.is}`);
  return state.repository;
}

describe('git and a file that is about to hold a token', () => {
  it('have nothing to do with each other outside a repository, which no git has to be asked about', async () => {
    expect(await gitState('git', join(root, 'one'))).toEqual({ is: 'outside' });
    expect(await gitState(join(root, 'no-such-git'), join(root, 'one'))).toEqual({ is: 'outside' });
    await mkdir(join(root, '.git')); // Nothing is in it: to git it is no repository.
    expect(await gitState('git', join(root, 'one'))).toEqual({ is: 'outside' });
  });

  it('may come together where there is a repository and no git to be asked', async () => {
    await git('init', '-q');
    const state = await gitState(join(root, 'no-such-git'), join(root, 'one'));
    expect(state).toEqual({
      is: 'unknown',
      doubts: [`There is no git to ask about ${await realpath(root)}.`],
    });
  });

  it.each(['one.kubeconfig', 'new folder/[a]*?.kubeconfig', '#odd ', ' in ner  ', '!odd', 'back\\slash'])(
    'are kept apart by this clone’s own list: %s',
    async (path) => {
      await git('init', '-q');
      const file = join(root, path);
      const repository = await repositoryOf(file);
      await addIgnored(repository.exclude, repository);
      expect(await gitState('git', file)).toEqual({ is: 'ignored' });
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, 'secret');
      await writeFile(join(root, 'other'), '');
      expect((await git('status', '--porcelain', '-uall')).trim()).toBe('?? other');
    },
  );

  it('are kept apart by .gitignore, whose lines stay as they are', async () => {
    await git('init', '-q');
    const list = join(root, '.gitignore');
    await writeFile(list, 'dist\r\nout');
    const repository = await repositoryOf(join(root, 'a', 'one'));
    await addIgnored(list, repository);
    expect(await readFile(list, 'utf8')).toBe('dist\r\nout\r\n/a/one\r\n');
  });

  it('are kept apart in a work tree of its own, by the list that all work trees share', async () => {
    await git('init', '-q');
    await git('commit', '-q', '--allow-empty', '-m', 'one');
    await git('worktree', 'add', '-q', join(root, 'tree'));
    const file = join(root, 'tree', 'one');
    // The work tree itself, and the one around it: that it is one keeps nobody from removing it.
    for (const pattern of ['/one', '/tree/one']) {
      const repository = await repositoryOf(file);
      expect(repository.pattern).toBe(pattern);
      expect(repository.exclude).toBe(join(await realpath(root), '.git', 'info', 'exclude'));
      await addIgnored(repository.exclude, repository);
    }
    expect(await gitState('git', file)).toEqual({ is: 'ignored' });
  });

  it('are too close where git tracks the file, ignored or not', async () => {
    await git('init', '-q');
    await writeFile(join(root, 'one'), '');
    await git('add', 'one');
    await writeFile(join(root, '.gitignore'), 'one\n');
    expect(await gitState('git', join(root, 'one'))).toEqual({ is: 'tracked', as: 'one' });
  });

  it('are too close where git tracks its twin in another case: on some disks they are one', async () => {
    await git('init', '-q');
    await mkdir(join(root, 'Ci'));
    await writeFile(join(root, 'Ci', 'One'), '');
    await git('add', '.');
    await mkdir(join(root, 'ci'));
    expect(await gitState('git', join(root, 'ci', 'one'))).toEqual({ is: 'tracked', as: 'Ci/One' });
  });

  it('are told apart where the name means something to git', async () => {
    await git('init', '-q');
    await writeFile(join(root, 'tracked'), '');
    await git('add', '.');
    expect((await gitState('git', join(root, '*'))).is).toBe('seen');
    expect((await gitState('git', join(root, ':(top)tracked'))).is).toBe('seen');
  });

  it('are still seen where another rule takes the file in again', async () => {
    await git('init', '-q');
    await writeFile(join(root, '.gitignore'), '!/one\n');
    const repository = await repositoryOf(join(root, 'one'));
    await addIgnored(repository.exclude, repository);
    expect((await gitState('git', join(root, 'one'))).is).toBe('seen');
  });

  it('run no program that a repository names', async () => {
    await git('init', '-q');
    const canary = join(root, 'canary.sh');
    await writeFile(canary, `#!/bin/sh\ntouch ${join(root, 'ran')}\n`, { mode: 0o755 });
    await git('config', 'core.fsmonitor', canary);
    await gitState('git', join(root, 'one'));
    await expect(readFile(join(root, 'ran'))).rejects.toThrow('ENOENT');
    await git('status'); // What a careless tool does: this test can fail.
    expect(await readFile(join(root, 'ran'), 'utf8')).toBe('');
  });

  it('are not said to be apart where it cannot be told', async () => {
    await git('init', '-q');
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    await writeFile(join(root, '.git', 'index'), 'no index');
    expect(await gitState('git', join(root, 'one'))).toMatchObject({ is: 'unknown' });
  });

  it('are not said to be apart, nor seen, where git fails', async () => {
    await git('init', '-q');
    const failing = join(root, 'failing-git');
    await writeFile(failing, '#!/bin/sh\necho no memory >&2\nexit 128\n', { mode: 0o755 });
    const state = await gitState(failing, join(root, 'one'));
    expect(state).toMatchObject({ is: 'unknown', doubts: [expect.stringContaining('no memory')] });
  });

  it('are asked about where neither the person nor a repository has a say', async () => {
    await git('init', '-q');
    const asking = join(root, 'asking-git');
    const lines = [
      '#!/bin/sh',
      `env > ${root}/env`,
      `printf '%s\\n' "$@" > ${root}/args`,
      `pwd > ${root}/cwd`,
      'exec git "$@"',
    ];
    await writeFile(asking, lines.join('\n'), { mode: 0o755 });
    await writeFile(join(root, '.gitignore'), 'one\n');
    expect(await gitState(asking, join(root, 'one'))).toEqual({ is: 'ignored' });
    const read = async (name: string): Promise<string[]> =>
      (await readFile(join(root, name), 'utf8')).trimEnd().split('\n');
    const env = await read('env');
    expect(env.filter((line) => /^(?:GIT|LC_ALL)/.test(line)).toSorted()).toEqual([
      'GIT_ALLOW_PROTOCOL=',
      'GIT_ASKPASS=',
      'GIT_ATTR_NOSYSTEM=1',
      'GIT_CONFIG_GLOBAL=/dev/null',
      'GIT_CONFIG_NOSYSTEM=1',
      expect.stringMatching(/^GIT_DIR=.*check-ignore-/),
      'GIT_NO_LAZY_FETCH=1',
      'GIT_NO_REPLACE_OBJECTS=1',
      'GIT_OPTIONAL_LOCKS=0',
      'GIT_TERMINAL_PROMPT=0',
      `GIT_WORK_TREE=${await realpath(root)}`,
      'LC_ALL=C',
    ]);
    expect(env).toContain(`HOME=${process.env['HOME'] ?? ''}`);
    expect((await read('args')).filter((_, at, all) => all[at - 1] === '-c')).toEqual([
      'safe.bareRepository=explicit',
      'protocol.allow=never',
      'core.fsmonitor=false',
      'core.hooksPath=/dev/null',
      'core.excludesFile=',
      'core.attributesFile=',
      'credential.helper=',
      'core.ignoreCase=true',
    ]);
    expect((await read('cwd')).join()).not.toContain(root);
    // Nor is anything left of what it was asked in.
    const own = /^GIT_DIR=(.*)$/m.exec(env.join('\n'))?.[1] ?? '';
    await expect(readFile(join(own, 'HEAD'))).rejects.toThrow('ENOENT');
  });

  it('may come together where a list on the way, or what a repository says of itself, cannot be read', async () => {
    await git('init', '-q');
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    const file = join(root, 'a', 'b', 'one');
    expect(await gitState('git', file)).toEqual({ is: 'ignored' });
    for (const folder of ['', 'a', join('a', 'b')]) {
      const list = join(root, folder, '.gitignore');
      await mkdir(list, { recursive: true });
      expect(await gitState('git', file)).toMatchObject({
        is: 'unknown',
        doubts: [expect.stringContaining('.gitignore is no file, or too long to be read')],
      });
      await rm(list, { recursive: true });
    }
    await writeFile(join(root, 'a', '.gitignore'), '#'.repeat(4 * 1024 * 1024));
    expect(await gitState('git', file)).toEqual({ is: 'ignored' });
    await writeFile(join(root, 'a', '.gitignore'), '#'.repeat(4 * 1024 * 1024 + 1));
    expect((await gitState('git', file)).is).toBe('unknown');
    await symlink('.git', join(root, 'a', 'b', '.git'));
    expect(await gitState('git', file)).toMatchObject({
      is: 'unknown',
      doubts: [expect.stringContaining('ELOOP'), expect.any(String)],
    });
  });

  it('are too close where git tracks its twin in another form of Unicode', async () => {
    await git('init', '-q');
    await writeFile(join(root, '\u00e9'), '');
    await git('add', '.');
    expect(await gitState('git', join(root, 'e\u0301'))).toEqual({ is: 'tracked', as: '\u00e9' });
  });

  it('are together in a folder that a link leads to, also where more folders are to be made in it', async () => {
    await mkdir(join(root, 'repository'));
    await git('init', '-q', join(root, 'repository'));
    await symlink('repository', join(root, 'link'));
    expect(await repositoryOf(join(root, 'link', 'new', 'deep', 'one'))).toMatchObject({
      root: join(await realpath(root), 'repository'),
      pattern: '/new/deep/one',
    });
  });

  it('are kept apart by a repository whose list is not there yet, or has its line end', async () => {
    await git('init', '-q');
    await rm(join(root, '.git', 'info'), { recursive: true });
    const repository = await repositoryOf(join(root, 'one'));
    await addIgnored(repository.exclude, repository);
    expect(await readFile(repository.exclude, 'utf8')).toBe('/one\n');
    await addIgnored(repository.exclude, await repositoryOf(join(root, 'two')));
    expect(await readFile(repository.exclude, 'utf8')).toBe('/one\n/two\n');
  });

  it('share no list that is a folder, or longer than any', async () => {
    await git('init', '-q');
    const repository = await repositoryOf(join(root, 'one'));
    const list = join(root, '.gitignore');
    await mkdir(list);
    await expect(addIgnored(list, repository)).rejects.toThrow('list of ignored files cannot be changed');
    await rm(list, { recursive: true });
    await writeFile(list, '#'.repeat(4 * 1024 * 1024 + 1));
    await expect(addIgnored(list, repository)).rejects.toThrow('too long, and was left as it is');
    expect((await readFile(list)).length).toBe(4 * 1024 * 1024 + 1);
    await writeFile(list, '#'.repeat(4 * 1024 * 1024));
    await addIgnored(list, repository);
    expect(await readFile(list, 'utf8')).toMatch(/#\n\/one\n$/);
  });

  it('share no list that becomes a link as it is opened, over and over', async () => {
    await git('init', '-q');
    const repository = await repositoryOf(join(root, 'one'));
    const list = join(root, '.gitignore');
    await writeFile(join(root, 'elsewhere'), 'theirs');
    const over = new AbortController();
    const swapping = (async () => {
      while (!over.signal.aborted) {
        await rm(list, { force: true });
        await symlink('elsewhere', list).catch(() => undefined);
      }
    })();
    for (let round = 0; round < 300; round += 1) await addIgnored(list, repository).catch(() => undefined);
    over.abort();
    await swapping;
    expect(await readFile(join(root, 'elsewhere'), 'utf8')).toBe('theirs');
  });

  it('share no list that is a symbolic link', async () => {
    await git('init', '-q');
    await writeFile(join(root, 'elsewhere'), '');
    const list = join(root, '.gitignore');
    await symlink('elsewhere', list);
    await expect(addIgnored(list, await repositoryOf(join(root, 'one')))).rejects.toMatchObject({
      reason: 'bad-input',
    });
    expect(await readFile(join(root, 'elsewhere'), 'utf8')).toBe('');
  });

  it('are kept apart in each repository around it, which is asked about once', async () => {
    await git('init', '-q');
    const inner = join(root, 'inner');
    await git('init', '-q', inner);
    let asked = 0;
    const make = async (name: string, list: IgnoreList): Promise<readonly string[]> =>
      await makeIgnored('git', join(inner, name), async () => {
        asked++;
        return await Promise.resolve(list);
      });
    expect(await make('one', 'exclude')).toEqual([]);
    expect(await make('one', 'exclude')).toEqual([]);
    expect(asked).toBe(1);
    expect(await readFile(join(inner, '.git', 'info', 'exclude'), 'utf8')).toMatch(/^\/one$/m);
    expect(await readFile(join(root, '.git', 'info', 'exclude'), 'utf8')).toMatch(/^\/inner\/one$/m);
    // What the inner one's list says, the outer one reads too.
    expect(await make('two', 'gitignore')).toEqual([]);
    expect(asked).toBe(2);
    expect(await readFile(join(inner, '.gitignore'), 'utf8')).toBe('/two\n');
    await expect(readFile(join(root, '.gitignore'))).rejects.toThrow('ENOENT');
  });

  it('are kept apart as far as can be, and what is left to doubt is told', async () => {
    await git('init', '-q');
    const moved = join(root, 'moved');
    await mkdir(moved);
    await writeFile(join(moved, '.git'), 'gitdir: /gone\n');
    const doubts = await makeIgnored('git', join(moved, 'one'), async () => await Promise.resolve('exclude'));
    expect(doubts).toEqual([expect.stringContaining('leads to /gone, where there is no repository')]);
    expect(await readFile(join(root, '.git', 'info', 'exclude'), 'utf8')).toMatch(/^\/moved\/one$/m);
  });

  it('are refused to come together where git tracks the file, or sees it whatever is done', async () => {
    await git('init', '-q');
    await writeFile(join(root, 'one'), '');
    await git('add', 'one');
    await writeFile(join(root, '.gitignore'), '!/two\n');
    const make = async (name: string): Promise<readonly string[]> =>
      await makeIgnored('git', join(root, name), async () => await Promise.resolve('exclude'));
    const refused = async (name: string, words: string): Promise<void> => {
      await expect(make(name)).rejects.toMatchObject({
        reason: 'conflict',
        message: expect.stringContaining(words) as string,
      });
    };
    await refused('one', 'git tracks one, so the next commit would publish the token');
    await refused('two', `git would still see ${join(root, 'two')}: another rule takes it in again`);
    await expect(make('three\nfour')).resolves.toEqual([expect.stringContaining('line end')]);
  });
});

it('a folder is taken for a repository whose files are elsewhere only where all is there that makes it one', async () => {
  await git('init', '-q', '--bare');
  await writeFile(join(root, 'config'), '[core]\n\tworktree = /elsewhere\n');
  const is = async (): Promise<string> => (await gitState('git', join(root, 'one'))).is;
  expect(await is()).toBe('unknown');
  for (const part of ['HEAD', 'objects', 'refs']) {
    await rename(join(root, part), join(root, 'aside'));
    expect(await is()).toBe('outside');
    await rename(join(root, 'aside'), join(root, part));
  }
  await writeFile(join(root, 'config'), '[core]\n\tbare = true\n');
  expect(await is()).toBe('outside');
});

describe('the path by which git tracks a file', () => {
  it('is that of the innermost repository that does, and of none where none does', async () => {
    await git('init', '-q');
    await mkdir(join(root, 'inner', 'sub'), { recursive: true });
    await git('init', '-q', join(root, 'inner'));
    for (const name of ['One', 'two', 'three']) await writeFile(join(root, 'inner', 'sub', name), '');
    await git('-C', 'inner', 'add', 'sub/One', 'sub/two');
    const of = async (name: string): Promise<string | undefined> =>
      await trackedAs(join(root, 'inner', 'sub', name));
    expect(await of('two')).toBe('sub/two');
    expect(await of('one')).toBe('sub/One');
    expect(await of('three')).toBeUndefined();
    // By the outer one, where the inner one cannot be read.
    await rename(join(root, 'inner', '.git'), join(root, 'aside'));
    await git('add', 'inner/sub/three');
    await writeFile(join(root, 'inner', '.git'), 'no repository');
    expect(await of('three')).toBe('inner/sub/three');
    expect(await of('two')).toBeUndefined();
    expect(await trackedAs(join(tmpdir(), 'none', 'of', 'all'))).toBeUndefined();
  });
});
