import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { registerCommand } from '../commands.ts';
import { openInspector, registerInspectorRestore } from '../inspector/panel.ts';
import { looksLikeKubeconfig } from './kubeconfig.ts';
import { pickFile } from './pick.ts';
import { clipboardSubject, subjectOf, type Subject } from './subject.ts';
import type { InspectorServices } from './witness.ts';

/**
 * "Why Unauthorized?" and "Inspect Token", which take an `ExplainArgument` (argument.ts): both open the inspector, and
 * the first looks in the cluster at once. "Why Does This Kubeconfig Fail?" takes a file.
 */
export function registerExplain(services: InspectorServices, extension: vscode.Uri): vscode.Disposable {
  const open = (subject: Subject | undefined, looksInCluster: boolean): void => {
    if (subject) openInspector(services, extension, subject, { looksInCluster });
  };
  return vscode.Disposable.from(
    registerCommand(services, commands.explainToken, async (argument) => {
      open(await subjectOf(services, argument), true);
    }),
    registerCommand(services, commands.inspectToken, async (argument) => {
      open(await subjectOf(services, argument), false);
    }),
    registerCommand(services, commands.explainClipboard, async () => {
      open(await clipboardSubject(), true);
    }),
    registerCommand(services, commands.explainKubeconfig, async (argument) => {
      const file = argument instanceof vscode.Uri ? argument : (openKubeconfig() ?? (await pickFile()));
      open(file && (await subjectOf(services, file)), true);
    }),
    registerInspectorRestore(services, extension),
  );
}

function openKubeconfig(): vscode.Uri | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return document && looksLikeKubeconfig(document.getText()) ? document.uri : undefined;
}
