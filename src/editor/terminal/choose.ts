import * as vscode from 'vscode';
import type { Words } from '../../harmless.ts';
import type { CommandUse } from '../subject/subject.ts';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { chooseKubeconfig as chooseFile } from '../subject/pick.ts';
import { mustHaveContexts, type InspectorServices } from '../subject/cluster.ts';
import { pick, type Choice } from '../workbench/say.ts';

/** So many files of the workspace are offered. */
const MOST_FILES = 20;
const BY_NAME = '**/{*kubeconfig*,*.kubeconfig,admin.conf,kubelet.conf}';

/** What is open: the one that the person is in, those in sight, and the others. */
function openDocuments(): ReadonlySet<vscode.TextDocument> {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const inSight = visibleTextEditors.map(({ document }) => document);
  return new Set([
    ...(activeTextEditor ? [activeTextEditor.document] : []),
    ...inSight,
    ...vscode.workspace.textDocuments,
  ]);
}

/**
 * Asks which kubeconfig it was, likeliest first: those that commands of the same terminal used, what is open, the person's
 * own, those of the workspace. `why` it has to be asked. Throws not-allowed-here.
 */
export async function chooseKubeconfig(
  services: InspectorServices,
  used: readonly CommandUse[],
  why: Words | undefined,
): Promise<Pick<CommandUse, 'files' | 'context'> | undefined> {
  const contexts = mustHaveContexts(services);
  type Item = Choice & { readonly use: Pick<CommandUse, 'files' | 'context'> | 'other' };
  const items: Item[] = [];
  const seen = new Set<string>();
  const add = (files: readonly string[] | undefined, description: string, context?: string): void => {
    const key = JSON.stringify([files, context]);
    if (seen.has(key)) return;
    seen.add(key);
    const label =
      files?.map((file) => vscode.workspace.asRelativePath(file)).join(', ') ?? 'Your own kubeconfig';
    const use = { files, ...(context !== undefined && { context }) };
    items.push({ label, description: [context, description].filter(Boolean).join(' · '), use });
  };
  for (const { files, context } of used) add(files, 'used in this terminal', context);
  for (const document of openDocuments()) {
    const { uri } = document;
    if (uri.scheme === 'file' && looksLikeKubeconfig(document.getText())) add([uri.fsPath], 'open');
  }
  for (const { files } of [...contexts.sources, { files: undefined }]) add(files, 'yours');
  for (const { fsPath } of await vscode.workspace.findFiles(BY_NAME, undefined, MOST_FILES)) {
    add([fsPath], 'in this workspace');
  }
  items.push({
    label: 'Another file…',
    iconPath: new vscode.ThemeIcon('folder-opened'),
    alwaysShow: true,
    use: 'other',
  });
  const chosen = await pick(items, {
    title: 'Why Unauthorized? Which kubeconfig was it?',
    placeHolder: why ?? 'Nothing is run; what it sends is checked',
    matchesAll: true,
  });
  if (chosen?.use !== 'other') return chosen?.use;
  const file = await chooseFile();
  return file && { files: [file.fsPath] };
}
