import * as vscode from 'vscode';
import type { WizardServices } from './workbench/services.ts';
import { showError } from './workbench/commands.ts';

/** How long after activation it is looked, in milliseconds: opening a window is busy enough. */
const FIRST_LOOK = 10_000;

/**
 * What comes from outside of this window: links to "Why Unauthorized?", and what terminals of windows that died have left.
 * Loads nothing where there is nothing.
 */
export function registerFromOutside(services: WizardServices): vscode.Disposable {
  const timer = setTimeout(() => void look(services), FIRST_LOOK);
  return vscode.Disposable.from(
    new vscode.Disposable(() => {
      clearTimeout(timer);
    }),
    vscode.window.registerUriHandler({
      async handleUri(uri) {
        try {
          await (await import('./wizards.ts')).followLink(services, uri);
        } catch (error) {
          await showError(services, error);
        }
      },
    }),
  );
}

async function look(services: WizardServices): Promise<void> {
  try {
    const folder = vscode.Uri.joinPath(services.storage, 'terminals');
    const left = await vscode.workspace.fs.readDirectory(folder);
    if (left.length > 0) await (await import('./wizards.ts')).endLeftTerminals(services);
  } catch (error) {
    if (!(error instanceof vscode.FileSystemError)) await showError(services, error); // Nobody has opened one yet.
  }
}
