import * as vscode from 'vscode';
import { commands, views } from '../../contributions.ts';
import { registerCommand } from '../subject/door.ts';
import type { InspectorExtension } from './panel.ts';
import type { Explainable } from '../explain/find.ts';
import { openOrChosenKubeconfig } from '../subject/pick.ts';
import type { SubjectOf } from '../subject/subject.ts';
import type { InspectorServices } from '../subject/cluster.ts';

/** What can be explained or inspected. */
const EXPLAINABLE: readonly Explainable['is'][] = [
  'row',
  'object',
  'place',
  'file',
  'context',
  'command',
  'claims',
];

/**
 * "Why Unauthorized?" and "Inspect Token", of whatever subject: both open the inspector, and
 * the first looks in the cluster at once. "Why Does This Kubeconfig Fail?" takes a file.
 */
export function registerExplain(
  services: InspectorServices,
  extension: InspectorExtension,
): vscode.Disposable {
  const open = async (about: Explainable | undefined, purpose: 'explain' | 'inspect'): Promise<void> => {
    const { openInspector, explainedOf } = await import('./inspect.ts');
    const subject = await explainedOf(services, about, purpose);
    if (subject) openInspector(services, extension, subject, { looksInCluster: purpose === 'explain' });
  };
  return vscode.Disposable.from(
    registerCommand(services, commands.explainToken, EXPLAINABLE, async (about) => {
      await open(about, 'explain');
    }),
    registerCommand(services, commands.inspectToken, EXPLAINABLE, async (about) => {
      await open(about, 'inspect');
    }),
    registerCommand(services, commands.explainClipboard, [], async () => {
      const { explainClipboard, openInspector } = await import('./inspect.ts');
      openInspector(services, extension, await explainClipboard(), { looksInCluster: true });
    }),
    registerCommand(services, commands.explainKubeconfig, ['selected', 'context', 'file'], async (about) => {
      const given = about?.is === 'selected' ? selectedContext(services) : about;
      const chosen = given ?? (await chosenFile());
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

function selectedContext({ contexts }: InspectorServices): SubjectOf<'context'> | undefined {
  const { name: context, file } = contexts?.selected ?? {};
  // A Pod's own ServiceAccount has no file.
  return context !== undefined && file !== undefined && /[/\\]/.test(file)
    ? { is: 'context', uri: vscode.Uri.file(file).toString(), context }
    : undefined;
}

async function chosenFile(): Promise<SubjectOf<'file'> | undefined> {
  const uri = await openOrChosenKubeconfig('Explain');
  return uri && { is: 'file', uri };
}
