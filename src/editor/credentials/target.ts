import { basename } from 'node:path';
import * as vscode from 'vscode';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { messageOf, Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { chooseFiles } from '../workbench/say.ts';
import { filesOf, kubeconfigSource } from '../contexts/source.ts';
import type { ObjectRef } from '../../cluster/api/objects.ts';
import type { Asker } from '../workbench/ask.ts';
import type { Wizard } from '../workbench/wizard.ts';
import { labelOf } from './label.ts';
import { consumerNames, consumers, type Consumer } from '../../kubeconfig/consumers.ts';
import { askFolder, askPath } from './place.ts';
import { WHO_READS } from '../../files/secretFile.ts';

/** Where a kubeconfig is written to. */
export type Target =
  | {
      readonly kind: 'new';
      readonly folder: vscode.WorkspaceFolder;
      readonly path: string;
      /** What reads it in a form of its own; undefined: it is a kubeconfig. */
      readonly consumer?: Consumer | undefined;
    }
  /** Another kubeconfig that it is added to. */
  | { readonly kind: 'merge'; readonly file: vscode.Uri };

/** Asks where a kubeconfig is to go, where that is wanted; `isSecret` tells whether a token will be in it. */
export function withTarget<A extends { readonly account: ObjectRef }>(
  wizard: Wizard<A>,
  {
    isSecret,
    isWanted = () => true,
  }: {
    readonly isSecret: (answers: Readonly<A>) => boolean;
    readonly isWanted?: (answers: Readonly<A>) => boolean;
  },
): Wizard<A & { readonly target: Target | undefined }> {
  return wizard
    .step(async (ask, answers) => ({
      where: isWanted(answers) ? await askWhere(ask, isSecret(answers)) : undefined,
    }))
    .step(async (ask, { where }) => ({
      newIn: where && !where.file ? await askLocalFolder(ask) : undefined,
    }))
    .step(async (ask, answers): Promise<{ readonly target: Target | undefined }> => {
      const { account, where, newIn: folder } = answers;
      if (where?.file) return { target: { kind: 'merge', file: where.file } };
      if (!folder) return { target: undefined };
      const consumer = where?.consumer;
      const ending = consumer === undefined ? 'kubeconfig' : consumers[consumer].ending;
      const proposed = `${account.name}.${ending}`;
      const path = await askPath(ask, folder, proposed, { isSecret: isSecret(answers) });
      return { target: { kind: 'new', folder, path, consumer } };
    });
}

/** Asks for a folder that is on disk. Throws bad-input for one that is not. */
export async function askLocalFolder(ask: Asker): Promise<vscode.WorkspaceFolder> {
  const folder = await askFolder(ask);
  if (folder.uri.scheme === 'file') return folder;
  throw new Problem(
    'bad-input',
    `The folder ${folder.name} is virtual (${folder.uri.scheme}): a token has to be in a file that only you can read. Open a folder on disk.`,
  );
}

interface Item extends vscode.QuickPickItem {
  readonly file?: vscode.Uri;
  readonly isDialog?: true;
  readonly consumer?: Consumer;
}

/** Asks for the kubeconfig to add to, or for what reads a file of its own; neither: it is a kubeconfig of its own. */
async function askWhere(
  ask: Asker,
  hasToken: boolean,
): Promise<{ readonly file?: vscode.Uri | undefined; readonly consumer?: Consumer | undefined }> {
  const { file, isDialog, consumer } = await ask.pick<Item>({
    placeholder: 'Where should the kubeconfig be written?',
    items: [
      {
        label: 'A New File in the Workspace',
        iconPath: new vscode.ThemeIcon('new-file'),
        detail: `${WHO_READS}, and kept out of Git.`,
      },
      {
        label: 'Add it to one that is there',
        kind: vscode.QuickPickItemKind.Separator,
      },
      ...(await candidates()),
      { label: 'Another Kubeconfig…', iconPath: new vscode.ThemeIcon('folder-opened'), isDialog: true },
      ...(hasToken ? inOtherForms() : []),
    ],
  });
  if (isDialog !== true) return { file, consumer };
  const [picked] = await chooseFiles(words`Which kubeconfig should it be added to?`, 'Add');
  if (picked) return { file: picked };
  throw new Problem('cancelled', 'No kubeconfig was chosen.');
}

function inOtherForms(): Item[] {
  const forms = consumerNames.map((consumer): Item => {
    const { label, detail } = consumers[consumer];
    return { label, detail, iconPath: new vscode.ThemeIcon('plug'), consumer };
  });
  const label = 'As what uses it reads it';
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...forms];
}

/** Whether a text is a kubeconfig itself, and not a manifest or a script that has one within. */
function isAddedTo(text: string): boolean {
  return (
    looksLikeKubeconfig(text) &&
    /^(?:clusters|contexts|users|current-context)\s*:|["'](?:clusters|contexts|users)["']\s*:/m.test(text)
  );
}

/** The kubeconfig in the editor, and the person's own. */
async function candidates(): Promise<Item[]> {
  const open = vscode.window.activeTextEditor?.document;
  const own = filesOf(kubeconfigSource()).map((file) => vscode.Uri.file(file));
  const found: Item[] =
    open?.uri.scheme === 'file' && isAddedTo(open.getText()) && !own.some((uri) => isSame(uri, open.uri))
      ? [itemOf(open.uri, 'Open in the editor.')]
      : [];
  for (const uri of own) {
    if (await exists(uri)) {
      found.push(itemOf(uri, 'Your own. Its current-context stays as it is; a backup is kept.'));
    }
  }
  return found;
}

function itemOf(file: vscode.Uri, detail: string): Item {
  return {
    file,
    label: basename(file.fsPath),
    description: labelOf(file),
    detail,
    iconPath: new vscode.ThemeIcon('git-merge'),
  };
}

const isSame = (one: vscode.Uri, other: vscode.Uri): boolean => one.toString() === other.toString();

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) return false;
    throw new Problem('refused', messageOf(error), { cause: error });
  }
}
