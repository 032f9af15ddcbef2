import * as vscode from 'vscode';
import { ruleOf } from './problems/diagnostic.ts';
import type { Known } from './problems/fixes.ts';

/** Offers to put right what a problem of ours names. */
export function registerFixes(known: Known): vscode.Disposable {
  const provideCodeActions = async (
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.CodeAction[] | undefined> => {
    const ours = diagnostics.filter((one) => ruleOf(one) !== undefined);
    if (ours.length === 0) return undefined;
    const { fixesFor } = await import('./found.ts');
    return await fixesFor(document, ours, known, token);
  };
  return vscode.languages.registerCodeActionsProvider(
    { pattern: '**' },
    { provideCodeActions },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}
