import { resolve } from 'node:path';
import * as vscode from 'vscode';
import { loadClusterAccess } from '../../cluster/door.ts';
import { commands, settings } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { inLabel, words } from '../../harmless.ts';
import { registerCommand } from '../subject/door.ts';
import { chooseFiles, pickMany } from '../workbench/say.ts';
import type { Services } from '../workbench/services.ts';
import type { KubeconfigContexts } from './contexts.ts';
import { filesOfSetting, tilde } from './source.ts';

/** Of a context's name in the status bar, which all extensions share, in UTF-16 units. */
const MAX_STATUS = 60;

/** The commands that choose contexts and the files they come from, and the item of the status bar. */
export function registerContexts(services: Services, contexts: KubeconfigContexts): vscode.Disposable {
  return vscode.Disposable.from(
    registerStatus(contexts),
    registerCommand(services, commands.selectContext, [], async () => await contexts.select()),
    registerCommand(services, commands.addKubeconfig, ['file'], async (_, all) => {
      await addKubeconfigs(
        contexts,
        all.map(({ uri }) => uri),
      );
    }),
    registerCommand(services, commands.removeKubeconfig, [], removeKubeconfigs),
    registerCommand(services, commands.forgetPrograms, [], async () => {
      await contexts.forgetPrograms();
    }),
  );
}

/** Adds the files that are given, as by the explorer's menu, or else those that are chosen, and lets a context of them be selected. */
async function addKubeconfigs(contexts: KubeconfigContexts, given: readonly vscode.Uri[]): Promise<void> {
  const uris = given.length > 0 ? given : await chooseFiles(words`Add Kubeconfig`, 'Add', true);
  if (uris.length === 0) return;
  const foreign = uris.find(({ scheme }) => scheme !== 'file');
  if (foreign) {
    throw new Problem('bad-input', `A kubeconfig is used from the disk, and ${foreign.scheme}: is none.`);
  }
  const files = [...new Set(uris.map(({ fsPath }) => resolve(fsPath)))];
  const access = await loadClusterAccess();
  for (const file of files) {
    const found = access.contexts({ files: [file] });
    if (found.contexts.length === 0) throw new Problem('bad-kubeconfig', `${file} has no contexts.`);
  }
  const known = filesOfSetting(settings.addedKubeconfigs);
  const added = [...new Set([...known, ...files])];
  await update(added);
  await contexts.select(files.length === 1 ? files[0] : undefined);
}

async function removeKubeconfigs(): Promise<void> {
  const files = filesOfSetting(settings.addedKubeconfigs);
  if (files.length === 0) {
    throw new Problem('bad-input', 'You have added no kubeconfig: there is none to remove.');
  }
  const picked = await pickMany(
    files.map((file) => ({ file, label: tilde(file) })),
    {
      title: 'Remove Added Kubeconfigs',
      placeHolder: 'The files themselves stay where they are',
    },
  );
  if (!picked || picked.length === 0) return;
  const gone = new Set(picked.map(({ file }) => file));
  await update(files.filter((file) => !gone.has(file)));
}

/** The setting is the machine's: no workspace can add a kubeconfig. */
async function update(files: readonly string[]): Promise<void> {
  await vscode.workspace
    .getConfiguration()
    .update(
      settings.addedKubeconfigs,
      files.length > 0 ? files : undefined,
      vscode.ConfigurationTarget.Global,
    );
}

/** Shows which context this workspace looks at, once that is known. */
function registerStatus(contexts: KubeconfigContexts): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('context', vscode.StatusBarAlignment.Left);
  item.name = 'ServiceAccount Context';
  item.command = commands.selectContext;
  const show = (): void => {
    const { selected } = contexts;
    if (!selected) {
      item.hide();
      return;
    }
    const place = words`${selected.name} · ${selected.cluster}`;
    item.text = `$(key) ${inLabel(selected.name, MAX_STATUS)}`;
    item.tooltip =
      words`ServiceAccount Tokens looks at ${place} (${selected.server}) from ${tilde(selected.file)}`.text;
    item.accessibilityInformation = { label: words`ServiceAccount context ${place}`.text, role: 'button' };
    item.show();
  };
  return vscode.Disposable.from(item, contexts.onDidRead(show), contexts.onDidChange(show));
}
