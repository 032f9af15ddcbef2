import * as vscode from 'vscode';
import { commands, views } from '../../contributions.ts';
import { registerCommand } from '../workbench/commands.ts';
import type { InspectorExtension } from './panel.ts';
import { isContextOfFile } from '../explain/argument.ts';
import { looksLikeKubeconfig } from '../../kubeconfig/looksLike.ts';
import { pickFile } from '../explain/pickFile.ts';
import type { InspectorServices } from '../explain/witness.ts';

/** Argument of "Why Does This Kubeconfig Fail?" that stands for the kubeconfig that the tree goes by. */
const SELECTED = 'selected';

/**
 * "Why Unauthorized?" and "Inspect Token", which take an `ExplainArgument` (argument.ts): both open the inspector, and
 * the first looks in the cluster at once. "Why Does This Kubeconfig Fail?" takes a file.
 */
export function registerExplain(
  services: InspectorServices,
  extension: InspectorExtension,
): vscode.Disposable {
  const open = async (argument: unknown, purpose: 'explain' | 'inspect'): Promise<void> => {
    const { openInspector, subjectOf } = await import('./inspect.ts');
    const subject = await subjectOf(services, argument, purpose);
    if (subject) openInspector(services, extension, subject, { looksInCluster: purpose === 'explain' });
  };
  return vscode.Disposable.from(
    registerCommand(services, commands.explainToken, async (argument) => {
      await open(argument, 'explain');
    }),
    registerCommand(services, commands.inspectToken, async (argument) => {
      await open(argument, 'inspect');
    }),
    registerCommand(services, commands.explainClipboard, async () => {
      const { clipboardSubject, openInspector } = await import('./inspect.ts');
      openInspector(services, extension, await clipboardSubject(), { looksInCluster: true });
    }),
    registerCommand(services, commands.explainKubeconfig, async (argument) => {
      const given = argument === SELECTED ? selectedContext(services) : argument;
      const file = isContextOfFile(given) || given instanceof vscode.Uri ? given : undefined;
      const chosen = file ?? openKubeconfig() ?? (await pickFile());
      if (chosen) await open(chosen, 'explain');
    }),
    vscode.window.registerWebviewPanelSerializer(views.inspector, {
      async deserializeWebviewPanel(panel, state) {
        const { restoreInspector } = await import('./inspect.ts');
        await restoreInspector(services, extension, panel, state);
      },
    }),
  );
}

function selectedContext({ contexts }: InspectorServices): object | undefined {
  const { name: context, file } = contexts?.selected ?? {};
  // A Pod's own ServiceAccount has no file.
  return file !== undefined && /[/\\]/.test(file)
    ? { uri: vscode.Uri.file(file).toString(), context }
    : undefined;
}

function openKubeconfig(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && looksLikeKubeconfig(document.getText()) ? document.uri : undefined;
}
