import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { GitTracking } from '../../src/editor/git/tracking.ts';

/** A repository that tracks a file in each of its folders; what is put into one is to keep git from it. */
describe('what git tracks', () => {
  let folder = '';
  let tracking: GitTracking;
  const names = ['plain', 'moved', 'empty', 'nested', 'pipe', 'elsewhere', 'damaged', 'endless'];

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'tracking-')));
    const git = (...args: readonly string[]): void => {
      execFileSync('git', ['-C', folder, '-c', 'core.hooksPath=/dev/null', ...args], { stdio: 'pipe' });
    };
    git('init', '-q');
    for (const name of names) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, 'tracked'), '');
    }
    git('add', '-A');
    for (const name of names) writeFileSync(join(folder, name, 'other'), '');
    const entry = (name: string): string => join(folder, name, '.git');
    writeFileSync(entry('moved'), 'gitdir: /gone\n');
    mkdirSync(entry('empty'));
    for (const name of ['nested', 'damaged', 'endless']) git('init', '-q', join(folder, name));
    execFileSync('mkfifo', [entry('pipe')]);
    writeFileSync(entry('elsewhere'), 'gitdir: //other.machine.invalid/share\n');
    writeFileSync(join(entry('damaged'), 'index'), 'no index');
    execFileSync('mkfifo', [join(entry('endless'), 'index')]);
    tracking = new GitTracking();
  });
  after(() => {
    tracking.dispose();
    rmSync(folder, { recursive: true });
  });

  const isTracked = async (...path: readonly string[]): Promise<boolean | undefined> =>
    await tracking.isTracked(vscode.Uri.file(join(folder, ...path)));

  it('cannot be hidden by anything that stands for a repository within it', async () => {
    for (const name of names) assert.equal(await isTracked(name, 'tracked'), true, name);
  });

  it('is said to be unknown where a repository cannot be read, and not to be untracked', async () => {
    for (const name of ['moved', 'pipe', 'elsewhere', 'damaged', 'endless']) {
      assert.equal(await isTracked(name, 'other'), undefined, name);
    }
    for (const name of ['plain', 'empty', 'nested'])
      assert.equal(await isTracked(name, 'other'), false, name);
  });
});
