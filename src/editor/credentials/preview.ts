import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { type ChangeQuestion } from './draft.ts';
import { labelOf } from './label.ts';

const SCHEME = 'serviceaccount-preview';

/** Asks whether a file may be changed, showing the difference if asked for, with every token masked. Throws cancelled where it may not. */
export async function confirmChange(
  file: vscode.Uri,
  before: string,
  after: string,
  { question, detail, yes }: ChangeQuestion,
): Promise<void> {
  const show = 'Show Difference';
  let answer: string | undefined = await vscode.window.showWarningMessage(
    question,
    { modal: true, detail },
    yes,
    show,
  );
  if (answer === show) {
    using _shown = await showDifference(file, before, after);
    answer = await vscode.window.showWarningMessage(question, yes, 'Leave It');
  }
  if (answer !== yes) throw new Problem('cancelled', `${labelOf(file)} was left as it is.`);
}

/** Keys and passwords are masked where they stand in a field: in base64 nothing else tells of them. */
function masked(text: string): string {
  return redact(text).replaceAll(
    /((?:client-key-data|password|token)["']?[ \t]*:[ \t]*)[^\s,}]+/g,
    '$1[secret]',
  );
}

async function showDifference(file: vscode.Uri, before: string, after: string): Promise<Disposable> {
  const sides = new Map([
    ['now', masked(before)],
    ['then', masked(after)],
  ]);
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: ({ query }) => sides.get(query) ?? '',
  });
  const side = (query: string): vscode.Uri => vscode.Uri.from({ scheme: SCHEME, path: file.path, query });
  const title = `${labelOf(file)} ↔ what would be written (tokens masked)`;
  await vscode.commands.executeCommand('vscode.diff', side('now'), side('then'), title);
  return {
    [Symbol.dispose]: () => {
      provider.dispose();
      void closeTabs();
    },
  };
}

/** The difference is of no use once the question is answered. */
async function closeTabs(): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
  const ours = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.scheme === SCHEME,
  );
  await vscode.window.tabGroups.close(ours);
}
