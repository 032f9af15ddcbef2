import * as vscode from 'vscode';
import type { KnownAccounts } from '../documents/knownAccounts.ts';

/** Completes what manifests say of ServiceAccounts and their tokens. Never causes a request. */
export function registerCompletion(known: KnownAccounts): vscode.Disposable {
  return vscode.languages.registerCompletionItemProvider(
    [{ language: 'yaml' }, { language: 'json' }, { language: 'jsonc' }, { language: 'helm' }],
    {
      provideCompletionItems: async (document, position, token) => {
        const { complete } = await import('./completion.ts');
        return token.isCancellationRequested ? undefined : await complete(known, document, position, token);
      },
    },
    ':',
    ' ',
    '"',
    '/',
  );
}
