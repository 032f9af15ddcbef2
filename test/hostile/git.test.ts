import { execFile, spawnSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addIgnored, gitState, type GitState } from '../../src/files/git/outOfReach.ts';

const run = promisify(execFile);
/** The repository that was cloned, a folder in which a program may leave its mark, and that program. */
let root = '';
let folder = '';
let program = '';

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'hostile-git-')));
  root = join(folder, 'clone');
  await mkdir(root);
  await git(root, 'init', '-q');
  program = join(folder, 'program.sh');
  await writeFile(program, `#!/bin/sh\ntouch ${join(folder, 'ran')}\ncat >/dev/null\nexit 1\n`, {
    mode: 0o755,
  });
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function git(at: string, ...args: readonly string[]): Promise<string> {
  const who = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'protocol.allow=always'];
  return (await run('git', ['-C', at, ...who, ...args])).stdout;
}

const hasRun = async (): Promise<boolean> =>
  await readFile(join(folder, 'ran')).then(
    () => true,
    () => false,
  );

const ask = async (...path: readonly string[]): Promise<GitState> =>
  await gitState('git', join(root, ...path));

/** What would be committed, were everything to be added at the root. */
async function added(): Promise<string[]> {
  await git(root, 'add', '-A');
  return (await git(root, 'ls-files', '-z')).split('\0').filter(Boolean);
}

/** What a repository can name that git would run, read or fetch. */
async function plantPrograms(config: string): Promise<void> {
  const settings: Readonly<Record<string, string>> = {
    'core.fsmonitor': program,
    'core.sshCommand': program,
    'core.pager': program,
    'core.editor': program,
    'core.askPass': program,
    'core.hooksPath': folder,
    'core.gitProxy': program,
    'credential.helper': program,
    'pager.check-ignore': program,
    'alias.check-ignore': `!${program}`,
    'uploadpack.packObjectsHook': program,
    'filter.x.clean': program,
    'filter.x.process': program,
    'diff.external': program,
    'gpg.program': program,
    'trace2.eventTarget': `af_unix:${join(folder, 'socket')}`,
  };
  for (const [name, value] of Object.entries(settings))
    await run('git', ['config', '-f', config, name, value]);
}

/** An embedded repository without `.git`, which a clone brings as plain files, and whose objects are elsewhere. */
async function plantBare(at: string, workTree: string): Promise<void> {
  const elsewhere = join(folder, 'elsewhere');
  await mkdir(join(elsewhere, 'sub', 'deep'), { recursive: true });
  await git(elsewhere, 'init', '-q');
  for (const path of ['a', 'sub/b', 'sub/deep/c']) await writeFile(join(elsewhere, path), path);
  await git(elsewhere, 'add', '-A');
  await git(elsewhere, 'commit', '-q', '-m', 'all');
  await git(elsewhere, 'sparse-checkout', 'set', '--cone', '--sparse-index');
  await rename(join(elsewhere, '.git'), at);
  const config = join(at, 'config');
  await rm(join(at, 'objects'), { recursive: true });
  await mkdir(join(at, 'objects', 'pack'), { recursive: true });
  for (const [name, value] of [
    ['core.repositoryFormatVersion', '1'],
    ['core.bare', 'false'],
    ['core.worktree', workTree],
    ['extensions.partialClone', 'origin'],
    ['remote.origin.url', 'ssh://nobody@127.0.0.1/none'],
    ['remote.origin.promisor', 'true'],
  ] as const) {
    await run('git', ['config', '-f', config, name, value]);
  }
  await plantPrograms(config);
}

describe('a repository', () => {
  it('cannot run a program by its own settings, hooks and attributes', async () => {
    await plantPrograms(join(root, '.git', 'config'));
    await writeFile(join(root, '.gitattributes'), '* filter=x diff=x\n');
    for (const hook of [
      'post-index-change',
      'fsmonitor-watchman',
      'query-watchman',
      'reference-transaction',
    ]) {
      await writeFile(join(root, '.git', 'hooks', hook), `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`, {
        mode: 0o755,
      });
    }
    expect((await ask('one')).is).toBe('seen');
    expect(await hasRun()).toBe(false);
    spawnSync('git', ['-C', root, 'status']);
    expect(await hasRun()).toBe(true); // What is planted would run.
  });

  it('that is embedded in a clone without .git cannot run a program, nor speak for what is around it', async () => {
    const bare = join(root, 'vendor');
    await plantBare(bare, '../..');
    await writeFile(join(root, '.gitignore'), 'ignored\n');
    const before = await ask('vendor', 'one');
    expect(await hasRun()).toBe(false);
    expect(before).toMatchObject({ is: 'seen', repository: { root } });
    // Ignored by the repository around it, and no more can be told.
    expect((await ask('vendor', 'ignored')).is).toBe('unknown');
    expect(await hasRun()).toBe(false);
    await writeFile(join(bare, 'one'), '');
    expect(await added()).toContain('vendor/one');
    expect((await ask('vendor', 'one')).is).toBe('tracked');
    spawnSync('git', ['-C', bare, 'ls-files']);
    expect(await hasRun()).toBe(true); // What a careless question does.
  });

  it('that is embedded without a work tree cannot make a file look out of reach', async () => {
    await git(root, 'init', '-q', '--bare', join(root, 'vendor'));
    await writeFile(join(root, 'vendor', 'info', 'exclude'), '*\n');
    await writeFile(join(root, 'vendor', 'one'), '');
    expect((await ask('vendor', 'one')).is).toBe('seen');
    expect(await added()).toContain('vendor/one');
    expect((await ask('vendor', 'one')).is).toBe('tracked');
  });

  it('cannot be hidden by a .git file that leads nowhere', async () => {
    const moved = join(root, 'moved');
    await mkdir(moved);
    await writeFile(join(moved, '.git'), 'gitdir: /gone/for/good\n');
    await writeFile(join(moved, 'one'), '');
    const seen = await ask('moved', 'one');
    expect(seen).toMatchObject({ is: 'seen', repository: { root, pattern: '/moved/one' } });
    if (seen.is === 'seen') await addIgnored(seen.repository.exclude, seen.repository);
    const left = await ask('moved', 'one');
    expect(left.is === 'unknown' && left.doubts.join('')).toContain('/gone/for/good');
    await rm(join(root, '.git', 'info', 'exclude'));
    expect(await added()).toContain('moved/one');
    expect((await ask('moved', 'one')).is).toBe('tracked');
  });

  it('cannot be hidden by another one that ignores all, and is none to git', async () => {
    const nested = join(root, 'nested');
    await git(root, 'init', '-q', nested);
    await writeFile(join(nested, '.git', 'info', 'exclude'), '*\n');
    await writeFile(join(nested, '.git', 'HEAD'), 'no reference\n');
    await writeFile(join(nested, 'one'), '');
    expect((await ask('nested', 'one')).is).toBe('seen');
    expect(await added()).toContain('nested/one');
    expect((await ask('nested', 'one')).is).toBe('tracked');
  });

  it('cannot be hidden by a .git that is a pipe, a device, a link that leads nowhere, or any text', async () => {
    const odd = join(root, 'odd');
    await mkdir(odd);
    const entry = join(odd, '.git');
    await writeFile(join(root, '.gitignore'), 'one\n');
    for (const make of [
      async () => await run('mkfifo', [entry]),
      async () => await symlink('/dev/zero', entry),
      async () => await symlink('/gone', entry),
      async () => await writeFile(entry, 'gitdir: '),
      async () => await writeFile(entry, 'x'.repeat(100_000)),
      async () => await writeFile(entry, 'gitdir: //other.machine.invalid/share/git\n'),
    ]) {
      await make();
      expect((await ask('odd', 'one')).is).toBe('unknown');
      await rm(entry);
    }
    expect((await ask('odd', 'one')).is).toBe('ignored');
  });

  it('cannot say that its files are elsewhere, and be believed', async () => {
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    expect((await ask('one')).is).toBe('ignored');
    for (const line of ['worktree = ../..', 'WorkTree=/', 'worktree = "/tm\\160"', 'worktree']) {
      await appendFile(join(root, '.git', 'config'), `[core] ${line}\n`);
      expect((await ask('one')).is).toBe('unknown');
      const config = await readFile(join(root, '.git', 'config'), 'utf8');
      await writeFile(join(root, '.git', 'config'), config.replace(`[core] ${line}\n`, ''));
    }
    await appendFile(join(root, '.git', 'config'), `[core]\n\tworktree = "${root}"\n`);
    expect((await ask('one')).is).toBe('ignored');
  });

  it('cannot take a file in again by a list that its settings name, by case or by what it says of case', async () => {
    const own = join(folder, 'own');
    await writeFile(own, '!one\n');
    await git(root, 'config', 'core.excludesFile', own);
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    expect((await ask('one')).is).toBe('ignored');
    await writeFile(join(root, '.git', 'info', 'exclude'), 'ONE\n');
    await git(root, 'config', 'core.ignoreCase', 'true');
    expect((await ask('one')).is).toBe('seen');
    await git(root, 'config', 'core.ignoreCase', 'false');
    await writeFile(join(root, '.gitignore'), '!ONE\n');
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    expect((await ask('one')).is).toBe('seen'); // It would be, once it says so.
  });

  it('cannot pass a file off as ignored by a list that is only in its settings', async () => {
    const own = join(folder, 'own');
    await writeFile(own, 'one\n');
    await git(root, 'config', 'core.excludesFile', own);
    expect((await ask('one')).is).toBe('seen');
  });

  it('cannot hold the question up by what is to be read', async () => {
    const exclude = join(root, '.git', 'info', 'exclude');
    await git(root, 'config', 'core.excludesFile', '/dev/zero');
    await git(root, 'config', 'core.attributesFile', '/dev/zero');
    await git(root, 'config', 'include.path', '/dev/zero');
    await writeFile(exclude, 'one\n');
    expect((await ask('one')).is).toBe('ignored');
    for (const path of [
      '.git/info/exclude',
      '.git/index',
      '.git/config',
      '.git/commondir',
      'sub/.gitignore',
    ]) {
      const file = join(root, path);
      const before = await readFile(file).catch(() => undefined);
      await mkdir(join(root, 'sub'), { recursive: true });
      for (const make of [
        async () => await run('mkfifo', [file]),
        async () => await symlink('/dev/zero', file),
        async () => await run('truncate', ['-s', '300M', file]),
      ]) {
        await rm(file, { force: true });
        await make();
        expect({ path, is: (await ask('sub', 'one')).is }).toEqual({ path, is: 'unknown' });
      }
      await rm(file);
      if (before) await writeFile(file, before);
    }
    expect((await ask('sub', 'one')).is).toBe('ignored');
  });

  it('cannot hold the question up by a pattern that git takes for ever to match', async () => {
    await writeFile(join(root, '.gitignore'), `${'**/'.repeat(30)}b\n`);
    const state = await ask(...Array.from({ length: 30 }, () => 'a'));
    expect(['seen', 'unknown']).toContain(state.is); // Since git 2.40 it is no attack any more.
  });

  it('cannot hide a file in a folder that its index does not open up, or in an index that goes on elsewhere', async () => {
    for (const path of ['sub/one', 'a']) {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), '');
    }
    await git(root, 'add', '-A');
    await git(root, 'commit', '-q', '-m', 'all');
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\ntwo\n');
    await git(root, 'sparse-checkout', 'set', '--cone', '--sparse-index');
    expect(await ask('sub', 'one')).toMatchObject({
      is: 'unknown',
      doubts: ['What git tracks in sub/ cannot be told from its sparse index.'],
    });
    expect((await ask('two')).is).toBe('ignored');
    await git(root, 'sparse-checkout', 'disable');
    expect((await ask('sub', 'one')).is).toBe('tracked');
    await git(root, 'update-index', '--split-index');
    expect((await ask('two')).is).toBe('unknown');
  });

  it('cannot take a file in again by a list that is not there to be read', async () => {
    await mkdir(join(root, 'sub'));
    await writeFile(join(root, 'sub', '.gitignore'), '!one\n');
    await git(root, 'add', '-A');
    await git(root, 'update-index', '--skip-worktree', 'sub/.gitignore');
    await rm(join(root, 'sub', '.gitignore'));
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    await writeFile(join(root, 'sub', 'one'), '');
    expect((await ask('sub', 'one')).is).toBe('unknown');
    expect(await added()).toContain('sub/one');
  });

  it('cannot have its list of ignored files written through a link, into a pipe or a device', async () => {
    const seen = await ask('one');
    if (seen.is !== 'seen') throw new Error('git does not see it.');
    const info = join(root, '.git', 'info');
    const elsewhere = join(folder, 'elsewhere');
    await mkdir(elsewhere);
    await rm(info, { recursive: true });
    await symlink(elsewhere, info);
    const refused = { reason: 'bad-input' };
    await expect(addIgnored(seen.repository.exclude, seen.repository)).rejects.toMatchObject(refused);
    await expect(readFile(join(elsewhere, 'exclude'))).rejects.toThrow('ENOENT');
    await rm(info);
    await mkdir(info);
    await run('mkfifo', [join(info, 'exclude')]);
    await expect(addIgnored(seen.repository.exclude, seen.repository)).rejects.toMatchObject(refused);
    await rm(join(info, 'exclude'));
    await symlink('/gone', join(info, 'exclude'));
    await expect(addIgnored(seen.repository.exclude, seen.repository)).rejects.toMatchObject(refused);
  });
});

describe('an environment', () => {
  it('cannot turn the question to another repository, or make git run a program', async () => {
    const other = join(folder, 'other');
    await git(folder, 'init', '-q', other);
    await writeFile(join(other, '.git', 'info', 'exclude'), '*\n');
    const hostile: Readonly<Record<string, string>> = {
      GIT_DIR: join(other, '.git'),
      GIT_WORK_TREE: root,
      GIT_INDEX_FILE: join(other, 'none'),
      GIT_CEILING_DIRECTORIES: root,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'core.excludesFile',
      GIT_CONFIG_VALUE_0: join(other, '.git', 'info', 'exclude'),
      GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${program}'`,
      GIT_EXEC_PATH: folder,
      GIT_PAGER: program,
      GIT_TRACE2: join(folder, 'ran'),
      GIT_TRACE: join(folder, 'ran'),
    };
    Object.assign(process.env, hostile);
    try {
      expect((await ask('one')).is).toBe('seen');
      expect(await hasRun()).toBe(false);
    } finally {
      for (const name of Object.keys(hostile)) Reflect.deleteProperty(process.env, name);
    }
  });
});

describe('what is no attack', () => {
  it('can be told: work trees, submodules, links, either format of objects and of references', async () => {
    await git(root, 'commit', '-q', '--allow-empty', '-m', 'one');
    const tree = join(folder, 'tree');
    await git(root, 'worktree', 'add', '-q', tree);
    await writeFile(join(root, '.git', 'info', 'exclude'), 'one\n');
    expect((await gitState('git', join(tree, 'one'))).is).toBe('ignored');
    expect((await gitState('git', join(tree, 'two'))).is).toBe('seen');
    await git(root, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', root, 'sub');
    expect(await ask('sub', 'two')).toMatchObject({ is: 'seen', repository: { root: join(root, 'sub') } });
    await writeFile(join(root, '.git', 'modules', 'sub', 'info', 'exclude'), 'one\n');
    expect((await ask('sub', 'one')).is).toBe('ignored');
    await symlink(root, join(folder, 'link'));
    expect((await gitState('git', join(folder, 'link', 'one'))).is).toBe('ignored');
    const other = join(folder, 'other');
    await git(
      folder,
      'init',
      '-q',
      '--object-format=sha256',
      '--separate-git-dir',
      join(folder, 'away'),
      other,
    );
    await writeFile(join(other, 'one'), '');
    expect((await gitState('git', join(other, 'one'))).is).toBe('seen');
    await git(other, 'add', '-A');
    expect((await gitState('git', join(other, 'one'))).is).toBe('tracked');
    expect((await gitState('git', join(other, 'two'))).is).toBe('seen');
  });
});
