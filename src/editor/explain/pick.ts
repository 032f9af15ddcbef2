import * as vscode from 'vscode';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { chooseKubeconfig, chooseToken, tokenChoices } from '../subject/pick.ts';
import type { TokenPlace } from '../subject/subject.ts';
import { words } from '../../harmless.ts';
import { notify, pick, type Choice } from '../workbench/say.ts';

/** The token of a file: the only one, or one chosen. Undefined where there is none to choose or none was chosen. */
export async function pickInFile(document: vscode.TextDocument): Promise<TokenPlace | undefined> {
  const chosen = await chooseToken(tokenChoices(document));
  if (chosen !== 'none') return chosen?.place;
  void notify.information(words`There is no token in this file, and it is no kubeconfig.`);
  return undefined;
}

/** What a token is wanted for. */
export type Purpose = 'explain' | 'inspect' | 'compare';

const TITLES: Readonly<Record<Purpose, string>> = {
  explain: 'Why Unauthorized? Which token?',
  inspect: 'Inspect Which Token?',
  compare: 'Compare with Which Token?',
};

/** Where a token may come from when nothing was pointed at. `canUseFiles`: whether kubeconfigs can be explained here. */
export async function pickSource(
  document: vscode.TextDocument | undefined,
  canUseFiles: boolean,
  purpose: Purpose,
): Promise<TokenPlace | vscode.Uri | 'clipboard' | undefined> {
  const text = document?.getText() ?? '';
  const inFile = document ? tokenChoices(document) : [];
  const [only, second] = inFile;
  if (purpose === 'inspect' && only && !second) return only.place;
  const hasFiles = canUseFiles && vscode.workspace.isTrusted;
  type Item = Choice & { readonly place: TokenPlace | vscode.Uri | 'clipboard' | 'file' };
  const items: Item[] = [
    ...(document && hasFiles && looksLikeKubeconfig(text)
      ? [
          {
            label: 'This kubeconfig',
            iconPath: new vscode.ThemeIcon('file-code'),
            description: vscode.workspace.asRelativePath(document.uri),
            detail: 'What it sends, where to, and why that is refused',
            place: document.uri,
          },
        ]
      : []),
    ...inFile,
    {
      label: 'The token on the clipboard',
      iconPath: new vscode.ThemeIcon('clippy'),
      place: 'clipboard',
    },
    ...(hasFiles
      ? [
          {
            label: 'A kubeconfig or another file…',
            iconPath: new vscode.ThemeIcon('folder-opened'),
            place: 'file' as const,
          },
        ]
      : []),
  ];
  const chosen = await pick(items, {
    title: TITLES[purpose],
    placeHolder: 'The token is decoded on this machine, and is not sent unless you agree.',
    matchesAll: true,
    stays: true, // A token may have to be copied from another window first.
  });
  return chosen?.place === 'file' ? await chooseKubeconfig() : chosen?.place;
}
