import { basename } from 'node:path';
import * as vscode from 'vscode';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { messageOf, Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { chooseFiles } from '../workbench/say.ts';
import { filesOf, kubeconfigSource } from '../contexts/source.ts';
import type { Asker } from '../workbench/ask.ts';
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

/** What the steps have led to so far. */
export interface TargetChoice {
  kind: Target['kind'];
  consumer?: Consumer | undefined;
  folder?: vscode.WorkspaceFolder;
  target?: Target;
}

/** The questions that lead to a target; `name` proposes the file's, `isSecret` tells whether a token will be in it. */
export function targetSteps(
  chosen: TargetChoice,
  name: () => string,
  isSecret: () => boolean,
): readonly ((ask: Asker) => Promise<void>)[] {
  return [
    async (ask) => {
      const { file, consumer } = await askWhere(ask, isSecret());
      chosen.consumer = consumer;
      chosen.kind = file ? 'merge' : 'new';
      if (file) chosen.target = { kind: 'merge', file };
    },
    async (ask) => {
      if (chosen.kind === 'new') chosen.folder = await askLocalFolder(ask);
    },
    async (ask) => {
      const { kind, folder, consumer } = chosen;
      if (kind === 'new' && folder) {
        const proposed =
          consumer === undefined ? name() : name().replace(/kubeconfig$/, () => consumers[consumer].ending);
        const path = await askPath(ask, folder, proposed, { isSecret: isSecret() });
        chosen.target = { kind: 'new', folder, path, consumer };
      }
    },
  ];
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
    placeholder: 'Where shall the kubeconfig be written?',
    items: [
      {
        label: 'A New File in the Workspace',
        iconPath: new vscode.ThemeIcon('new-file'),
        detail: `${WHO_READS}, and out of git’s reach.`,
      },
      {
        label: 'Add it to a kubeconfig that is there, next to what it has',
        kind: vscode.QuickPickItemKind.Separator,
      },
      ...(await candidates()),
      { label: 'Another Kubeconfig…', iconPath: new vscode.ThemeIcon('folder-opened'), isDialog: true },
      ...(hasToken ? inOtherForms() : []),
    ],
  });
  if (isDialog !== true) return { file, consumer };
  const [picked] = await chooseFiles(words`To which kubeconfig shall it be added?`, 'Add');
  if (picked) return { file: picked };
  throw new Problem('cancelled', 'No kubeconfig was chosen.');
}

function inOtherForms(): Item[] {
  const forms = consumerNames.map((consumer): Item => {
    const { label, detail } = consumers[consumer];
    return { label, detail, iconPath: new vscode.ThemeIcon('plug'), consumer };
  });
  const label = 'As what uses it reads it: a new file in the workspace';
  return [{ label, kind: vscode.QuickPickItemKind.Separator }, ...forms];
}

/** The kubeconfig in the editor, and the person's own. */
async function candidates(): Promise<Item[]> {
  const open = vscode.window.activeTextEditor?.document;
  const own = filesOf(kubeconfigSource()).map((file) => vscode.Uri.file(file));
  const found: Item[] =
    open?.uri.scheme === 'file' &&
    looksLikeKubeconfig(open.getText()) &&
    !own.some((uri) => isSame(uri, open.uri))
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
