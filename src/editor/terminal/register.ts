import * as vscode from 'vscode';
import { showError } from '../workbench/commands.ts';
import type { InspectorServices } from '../subject/cluster.ts';
import type { TerminalLink, Terminals } from './terminals.ts';

/**
 * Terminals: a link on the words that say 401, which leads to the check that failed, and a quiet offer after such a
 * command. Its code is loaded with the first line of a terminal.
 */
export function registerTerminals(services: InspectorServices): vscode.Disposable {
  let loading: Promise<Terminals> | undefined;
  const load = async (): Promise<Terminals> =>
    await (loading ??= import('./terminals.ts').then(({ Terminals }) => new Terminals(services)));
  const links: vscode.TerminalLinkProvider<TerminalLink> = {
    provideTerminalLinks: async (context) => await (await load()).linksIn(context),
    handleTerminalLink: async (link) => {
      try {
        await (await load()).follow(link);
      } catch (error) {
        await showError(services, error);
      }
    },
  };
  return vscode.Disposable.from(
    vscode.window.registerTerminalLinkProvider(links),
    vscode.window.onDidStartTerminalShellExecution(async ({ terminal, execution }) => {
      // What is written before somebody reads is lost, so reading begins before the code is there.
      const output = execution.read();
      try {
        await (await load()).watch(terminal, execution, output);
      } catch (error) {
        await showError(services, error);
      }
    }),
    new vscode.Disposable(async () => {
      (await loading)?.dispose();
    }),
  );
}
