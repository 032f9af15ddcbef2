import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { classifyToken } from '../../token/classify.ts';
import { isRecord } from '../../token/decode.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import { findTokens } from '../../token/find.ts';
import { registerCommand } from '../commands.ts';
import { findingAt } from '../hover/at.ts';
import { clusterOf, openInspector, type InspectorServices } from '../inspector/panel.ts';

/** "Why Unauthorized?" and "Inspect Token": both open the inspector, and the first looks in the cluster at once. */
export function registerExplain(services: InspectorServices, extension: vscode.Uri): vscode.Disposable {
  const open = (looksInCluster: boolean) => async (argument: unknown) => {
    const credential = await credentialFor(services, argument);
    if (credential !== undefined) openInspector(services, extension, credential, { looksInCluster });
  };
  return vscode.Disposable.from(
    registerCommand(services, commands.explainToken, open(true)),
    registerCommand(services, commands.inspectToken, open(false)),
  );
}

/** A place in a document, as the hover's links give it: never the token itself. */
interface Place {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

async function credentialFor(services: InspectorServices, argument: unknown): Promise<string | undefined> {
  const secret = tokenSecretOf(argument);
  if (secret) return await readSecret(services, secret);
  if (isPlace(argument)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri, true));
    const { line, character } = argument;
    const at = findingAt(document, document.validatePosition(new vscode.Position(line, character)));
    if (at) return at.found.token;
    throw new Problem('not-found', 'The token is no longer where it was: the file has changed.');
  }
  const editor = vscode.window.activeTextEditor;
  if (editor && !editor.selection.isEmpty) return editor.document.getText(editor.selection);
  const here = editor && findingAt(editor.document, editor.selection.active);
  return here ? here.found.token : await pick(editor?.document);
}

async function pick(document: vscode.TextDocument | undefined): Promise<string | undefined> {
  const now = Math.floor(Date.now() / 1000);
  const inFile = document ? findTokens(document.getText()) : [];
  const items = inFile.map((found) => {
    const token = classifyToken(found.decoded);
    const line = (document?.positionAt(found.start).line ?? 0) + 1;
    return {
      label: kindInWords(token),
      description: verdict(token, now),
      detail: `Line ${line} of this file`,
      found,
    };
  });
  const clipboard = { label: '$(clippy) The token on the clipboard', found: undefined };
  const chosen = await vscode.window.showQuickPick([...items, clipboard], {
    title: 'Which token?',
    placeHolder: 'It is decoded on this machine; nothing is sent.',
  });
  if (!chosen) return undefined;
  return chosen.found ? chosen.found.token : await vscode.env.clipboard.readText();
}

async function readSecret(
  services: InspectorServices,
  ref: { namespace: string; name: string },
): Promise<string> {
  const cluster = await clusterOf(services);
  const location = vscode.ProgressLocation.Notification;
  const title = `Reading the token of Secret ${ref.namespace}/${ref.name}`;
  return await vscode.window.withProgress(
    { location, title, cancellable: true },
    async (_progress, cancelled) => {
      const stop = new AbortController();
      cancelled.onCancellationRequested(() => {
        stop.abort();
      });
      return await cluster.readSecretToken(ref, stop.signal);
    },
  );
}

function isPlace(value: unknown): value is Place & Record<string, unknown> {
  return (
    isRecord(value) &&
    typeof value['uri'] === 'string' &&
    typeof value['line'] === 'number' &&
    typeof value['character'] === 'number'
  );
}

/** The Secret of a tree's row, if it is one. */
function tokenSecretOf(value: unknown): { namespace: string; name: string } | undefined {
  if (!isRecord(value) || value['kind'] !== 'tokenSecret' || !isRecord(value['info'])) return undefined;
  const { namespace, name } = value['info'];
  return typeof namespace === 'string' && typeof name === 'string' ? { namespace, name } : undefined;
}
