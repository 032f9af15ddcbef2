import * as vscode from 'vscode';
import type { ObjectRef } from '../../cluster/api.ts';
import { messageOf, Problem } from '../../errors.ts';
import { nameProblem } from '../../manifest/names.ts';
import { tokenSecretYaml } from '../../manifest/tokenSecret.ts';
import { accountOf, askAccount } from './account.ts';
import { askInTurn } from './ask.ts';
import { askFolder, askPath } from './place.ts';
import type { WizardServices } from './register.ts';
import { confirmReplacing } from './replace.ts';

/** Writes the manifest of a token Secret into the workspace and opens it; undo takes the file away again. */
export async function scaffoldTokenSecret(services: WizardServices, argument: unknown): Promise<void> {
  const given = accountOf(argument);
  let account: ObjectRef = given ?? { namespace: '', name: '' };
  let name = '';
  let folder: vscode.WorkspaceFolder | undefined;
  let path = '';
  await askInTurn('Scaffold Token Secret', [
    async (ask) => {
      if (!given) account = await askAccount(services, ask);
    },
    async (ask) => {
      name = await ask.input({
        prompt: `Name of the token Secret for ${account.namespace}/${account.name}`,
        value: `${account.name}-token`,
        check: nameProblem,
      });
    },
    async (ask) => {
      folder = await askFolder(ask);
    },
    async (ask) => {
      if (folder) path = await askPath(ask, folder, `${name}.yaml`);
    },
  ]);
  if (!folder) return;
  const uri = vscode.Uri.joinPath(folder.uri, path);
  const text = tokenSecretYaml({ namespace: account.namespace, name, serviceAccount: account.name });
  await ((await exists(uri)) ? replaceText(uri, text) : createText(uri, text));
  await vscode.window.showTextDocument(uri);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) {
      throw new Problem('bad-input', `${vscode.workspace.asRelativePath(uri)} is a folder.`);
    }
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}

async function createText(uri: vscode.Uri, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(uri, { contents: Buffer.from(text) });
  if (await vscode.workspace.applyEdit(edit)) return;
  const path = vscode.workspace.asRelativePath(uri);
  throw new Problem('refused', `${path} could not be created: ${await whyNot(uri)}`);
}

async function replaceText(uri: vscode.Uri, text: string): Promise<void> {
  await confirmReplacing(uri, text);
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.replace(uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  if ((await vscode.workspace.applyEdit(edit)) && (await document.save())) return;
  throw new Problem('refused', `${vscode.workspace.asRelativePath(uri)} could not be changed.`);
}

/** VS Code only says that an edit failed; writing tells why. */
async function whyNot(uri: vscode.Uri): Promise<string> {
  if (vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false) return 'this workspace is read-only.';
  try {
    await vscode.workspace.fs.stat(uri);
    return 'meanwhile there is a file of that name.';
  } catch (error) {
    return messageOf(error);
  }
}
