import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import { findTokens, type FoundToken } from '../../token/find.ts';
import type { TokenPlace } from './argument.ts';
import { looksLikeKubeconfig } from './kubeconfigText.ts';
import { pickFile } from './pickFile.ts';
import { notify } from '../notify.ts';

/** The token of a file: the only one, or one chosen. Undefined where there is none to choose or none was chosen. */
export async function pickInFile(document: vscode.TextDocument): Promise<TokenPlace | undefined> {
  const found = findTokens(document.getText());
  const [only, second] = found;
  if (only && !second) return placeOf(document, only);
  if (!only) {
    void notify.information('There is no token in this file, and it is no kubeconfig.');
    return undefined;
  }
  const items = found.map((one) => itemOf(document, one));
  return (await vscode.window.showQuickPick(items, { title: 'Which token?' }))?.place;
}

/** Where a token may come from when nothing was pointed at. `canUseFiles`: whether kubeconfigs can be explained here. */
export async function pickSource(
  document: vscode.TextDocument | undefined,
  canUseFiles: boolean,
): Promise<TokenPlace | vscode.Uri | 'clipboard' | undefined> {
  const text = document?.getText() ?? '';
  const inFile = document ? findTokens(text).map((one) => itemOf(document, one)) : [];
  const hasFiles = canUseFiles && vscode.workspace.isTrusted;
  type Item = vscode.QuickPickItem & { readonly place: TokenPlace | vscode.Uri | 'clipboard' | 'file' };
  const items: Item[] = [
    ...(document && hasFiles && looksLikeKubeconfig(text)
      ? [
          {
            label: '$(file-code) This kubeconfig',
            description: vscode.workspace.asRelativePath(document.uri),
            detail: 'What it sends, to whom, and why that is refused',
            place: document.uri,
          },
        ]
      : []),
    ...inFile,
    { label: '$(clippy) The token on the clipboard', place: 'clipboard' },
    ...(hasFiles
      ? [{ label: '$(folder-opened) A kubeconfig or another file…', place: 'file' as const }]
      : []),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: 'Why Unauthorized? Which token?',
    placeHolder: 'It is decoded on this machine; the token is sent nowhere unless you say so.',
    matchOnDescription: true,
    ignoreFocusOut: true, // A token may have to be copied from another window first.
  });
  return chosen?.place === 'file' ? await pickFile() : chosen?.place;
}

function itemOf(
  document: vscode.TextDocument,
  found: FoundToken,
): vscode.QuickPickItem & { readonly place: TokenPlace } {
  const token = classifyToken(found.decoded);
  const place = placeOf(document, found);
  return {
    label: `$(key) ${kindInWords(token)}`,
    description: verdict(token, Math.floor(Date.now() / 1000)),
    detail: `Line ${place.line + 1} of this file`,
    place,
  };
}

function placeOf(document: vscode.TextDocument, { start }: FoundToken): TokenPlace {
  const { line, character } = document.positionAt(start);
  return { uri: document.uri.toString(), line, character };
}
