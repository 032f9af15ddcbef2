import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';

const EVERYWHERE = { pattern: '**' };

/**
 * The hover and the lens on words that say 401, in any open file or output, also where nobody trusts the workspace and in a
 * browser. Their code is loaded when it is first used. Sends nothing.
 */
export function registerRefusals(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.languages.registerHoverProvider(EVERYWHERE, {
      provideHover: async (document, position) =>
        (await import('./refusals.ts')).refusalHover(document, position),
    }),
    vscode.languages.registerCodeLensProvider(EVERYWHERE, {
      provideCodeLenses: async (document, token) => {
        const isOn = vscode.workspace.getConfiguration(undefined, document.uri).get(settings.codeLens, true);
        if (!isOn) return [];
        const { version } = document;
        const { refusalLenses } = await import('./refusals.ts');
        return await refusalLenses(
          document,
          () => !token.isCancellationRequested && document.version === version,
        );
      },
    }),
  );
}
