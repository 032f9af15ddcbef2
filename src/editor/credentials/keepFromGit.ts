import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { joined, said, words } from '../../harmless.ts';
import { ask, pick } from '../workbench/say.ts';
import { makeIgnored, type IgnoreList } from '../../files/git/outOfReach.ts';

const REMEMBERED = 'ignoreList';

/**
 * Makes git ignore files that are about to hold a token, in each repository around them; asks once in a workspace in which
 * list. Where it cannot be told what git would do, that is said, and the person may go on. Throws conflict where git tracks
 * a file already, and cancelled where the person wants neither list, or does not go on.
 */
export async function keepFromGit(files: readonly string[], memory: vscode.Memento): Promise<void> {
  const agreed = new Set<string>();
  for (const file of files) {
    const path = vscode.workspace.asRelativePath(file);
    const left = await makeIgnored(gitProgram(), file, async () => await askList(path, memory));
    const doubts = left.filter((doubt) => !agreed.has(doubt));
    if (doubts.length > 0) await askToGoOn(path, doubts);
    for (const doubt of doubts) agreed.add(doubt);
  }
}

/** Throws cancelled where the person does not. */
async function askToGoOn(path: string, doubts: readonly string[]): Promise<void> {
  const yes = 'Write It';
  const chosen = await ask({
    question: words`It is not certain that Git ignores ${path}. Write a token there?`,
    detail: joined(
      [words`If Git sees it, the next commit may publish the token.`, ...doubts.map(said)],
      '\n',
    ),
    first: 'Do Not Write It',
    acts: [yes],
  });
  if (chosen !== yes) throw new Problem('cancelled', 'Nothing was written.');
}

/** The machine's git: a workspace cannot name another. */
function gitProgram(): string {
  const named = vscode.workspace.getConfiguration('git').inspect<unknown>('path')?.globalValue;
  return typeof named === 'string' && named !== '' ? named : 'git';
}

async function askList(path: string, memory: vscode.Memento): Promise<IgnoreList> {
  const remembered = memory.get<unknown>(REMEMBERED);
  if (remembered === 'exclude' || remembered === 'gitignore') return remembered;
  const chosen = await pick(
    [
      {
        label: '.git/info/exclude',
        detail: 'For this clone only; nothing to commit.',
        list: 'exclude' as const,
      },
      { label: '.gitignore', detail: 'For everyone who clones the repository.', list: 'gitignore' as const },
    ],
    {
      title: words`Keep ${path} out of git`,
      placeHolder:
        'It will contain a token. Where should Git be told to ignore it? You are asked once in this workspace.',
      stays: true,
    },
  );
  if (!chosen) throw new Problem('cancelled', 'Nothing was written.');
  await memory.update(REMEMBERED, chosen.list);
  return chosen.list;
}
