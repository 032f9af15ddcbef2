import { join } from 'node:path';
import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { pick } from '../say.ts';
import { addIgnored, gitState } from './git.ts';

const REMEMBERED = 'ignoreList';

/**
 * Makes git ignore a file that is about to hold a token; asks once in a workspace in which list. Throws conflict where
 * git tracks the file already, and cancelled where the person wants neither list.
 */
export async function keepFromGit(file: string, memory: vscode.Memento): Promise<void> {
  const git = gitProgram();
  const state = await gitState(git, file);
  const path = vscode.workspace.asRelativePath(file);
  if (state.is === 'tracked') {
    throw new Problem(
      'conflict',
      `git tracks ${state.as}, so the next commit would publish the token. Choose another name, or untrack it first: git rm --cached ${JSON.stringify(state.as)}. Nothing was written.`,
    );
  }
  if (state.is !== 'seen') return;
  const { repository } = state;
  const list = await askList(path, memory);
  await addIgnored(list === 'exclude' ? repository.exclude : join(repository.root, '.gitignore'), repository);
  if ((await gitState(git, file)).is === 'ignored') return;
  throw new Problem(
    'conflict',
    `git would still see ${path}: another rule takes it in again. Look for a line that begins with "!". Nothing was written.`,
  );
}

/** The machine's git: a workspace cannot name another. */
function gitProgram(): string {
  const named = vscode.workspace.getConfiguration('git').inspect<unknown>('path')?.globalValue;
  return typeof named === 'string' && named !== '' ? named : 'git';
}

async function askList(path: string, memory: vscode.Memento): Promise<'exclude' | 'gitignore'> {
  const remembered = memory.get<unknown>(REMEMBERED);
  if (remembered === 'exclude' || remembered === 'gitignore') return remembered;
  const chosen = await pick(
    [
      {
        label: '.git/info/exclude',
        detail: 'For this clone only; nothing to commit.',
        list: 'exclude' as const,
      },
      { label: '.gitignore', detail: 'For everybody who clones it.', list: 'gitignore' as const },
    ],
    {
      title: words`Keep ${path} out of git`,
      placeHolder:
        'It will hold a token. Where shall git be told to ignore it? Asked once in this workspace.',
      stays: true,
    },
  );
  if (!chosen) throw new Problem('cancelled', 'Nothing was written.');
  await memory.update(REMEMBERED, chosen.list);
  return chosen.list;
}
