import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';

const SCHEME = 'serviceaccount-proposed';

/**
 * Asks whether a file that exists may be replaced, showing the difference if asked for; tokens of the proposed text
 * are masked there. Throws cancelled where it may not.
 */
export async function confirmReplacing(file: vscode.Uri, proposed: string): Promise<void> {
  const path = vscode.workspace.asRelativePath(file);
  const replace = 'Replace';
  const show = 'Show Difference';
  let answer: string | undefined = await vscode.window.showWarningMessage(
    `${path} exists already. Replace it?`,
    { modal: true, detail: 'What it holds now is lost.' },
    replace,
    show,
  );
  if (answer === show) {
    using _shown = await showDifference(file, proposed);
    answer = await vscode.window.showWarningMessage(`Replace ${path}?`, replace, 'Leave It');
  }
  if (answer !== replace) throw new Problem('cancelled', `${path} was left as it is.`);
}

async function showDifference(file: vscode.Uri, proposed: string): Promise<Disposable> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => redact(proposed),
  });
  const right = file.with({ scheme: SCHEME });
  const path = vscode.workspace.asRelativePath(file);
  await vscode.commands.executeCommand('vscode.diff', file, right, `${path} ↔ what would be written`);
  return {
    [Symbol.dispose]: () => {
      provider.dispose();
    },
  };
}
