import { basename } from 'node:path';
import type * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import type { ChangeQuestion } from './draft.ts';
import { labelOf } from './label.ts';
import { closeDifference, openBelow, virtualDocument } from './virtual.ts';
import { ask, decide } from '../workbench/say.ts';

/** Asks whether a file may be changed, showing the difference if asked for, with every token masked. Throws cancelled where it may not. */
export async function confirmChange(
  file: vscode.Uri,
  before: string,
  after: string,
  { question, detail, yes }: ChangeQuestion,
): Promise<void> {
  const show = 'Show Difference';
  const answer = await ask({ question, detail, first: show, acts: [yes] });
  let isAgreed = answer === yes;
  if (answer === show) {
    await using _shown = await showDifference(file, before, after);
    isAgreed = await decide({ question, leave: 'Leave It', act: yes });
  }
  if (!isAgreed) throw new Problem('cancelled', `${labelOf(file)} was left as it is.`);
}

/** Keys and passwords are masked where they stand in a field: in base64 nothing else tells of them. */
function masked(text: string): string {
  return redact(text).replaceAll(
    /((?:client-key-data|password|token)["']?[ \t]*:[ \t]*)(?!["']?<token>)[^\s,}]+/g,
    '$1[secret]',
  );
}

async function showDifference(file: vscode.Uri, before: string, after: string): Promise<AsyncDisposable> {
  const title = words`${labelOf(file)}: what would be written`.text;
  const side = (text: string): vscode.Uri => virtualDocument(basename(file.fsPath), text, masked);
  await openBelow('vscode.diff', side(before), side(after), title, { preview: true });
  return {
    [Symbol.asyncDispose]: async () => {
      await closeDifference(title);
    },
  };
}
