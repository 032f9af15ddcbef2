import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { loadClusterAccess } from '../../cluster/door.ts';
import { commands } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { parseKubeconfig } from '../../kubeconfig/read.ts';
import { redact } from '../../redact.ts';
import { classifyToken } from '../../token/classify.ts';
import { verdict } from '../../token/describe.ts';
import { findTokens } from '../../token/find.ts';
import { withCancel } from './progress.ts';
import type { WizardServices } from './register.ts';

/** Asks the server of a kubeconfig who it is, with that file alone: the one given, the open one, or one chosen. */
export async function verifyKubeconfig({ log }: WizardServices, argument: unknown): Promise<void> {
  const uri = await uriOf(argument);
  if (!uri) return;
  const document = await vscode.workspace.openTextDocument(uri);
  const text = document.getText();
  const path = vscode.workspace.asRelativePath(uri);
  const context = await contextOf(text, path);
  if (context === undefined) return;
  const access = await loadClusterAccess();
  try {
    const { username, groups } = await withCancel(
      `Verifying ${path}`,
      async (signal) => await access.whoAmI({ text, folder: dirname(uri.fsPath), context }, signal),
    );
    log.info(redact(`${path}: ${username}`));
    const life = lifeOf(text);
    await vscode.window.showInformationMessage(
      redact(
        `${path} works: the API server says it is ${username}.${life} Groups: ${groups.join(', ') || 'none'}.`,
      ),
    );
  } catch (error) {
    await tellRefusal(error, uri, `${path} does not work.`);
  }
}

/** Shows that a server refused a kubeconfig, with the way to why; throws any other error on. */
export async function tellRefusal(error: unknown, file: vscode.Uri, what: string): Promise<void> {
  if (!Problem.is(error, 'unauthorized')) {
    if (Problem.is(error) && error.reason !== 'cancelled') {
      throw new Problem(error.reason, `${what} ${error.message}`, { cause: error });
    }
    throw error;
  }
  const why = 'Why Unauthorized?';
  const chosen = await vscode.window.showErrorMessage(redact(`${what} ${messageOf(error)}`), why);
  if (chosen !== why) return;
  const document = await vscode.workspace.openTextDocument(file);
  const [found] = findTokens(document.getText());
  const at = found && document.positionAt(found.start);
  await vscode.commands.executeCommand(
    commands.explainToken,
    at && { uri: file.toString(), line: at.line, character: at.character },
  );
}

async function uriOf(argument: unknown): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) return argument;
  const open = vscode.window.activeTextEditor?.document;
  if (open && /^\s*["']?(?:current-context|contexts|kind["']?:\s*["']?Config)\b/m.test(open.getText())) {
    return open.uri;
  }
  const picked = await vscode.window.showOpenDialog({
    title: 'Which kubeconfig?',
    openLabel: 'Verify',
    canSelectMany: false,
  });
  return picked?.[0];
}

/** The context to verify: the current one, the only one, or one chosen. */
async function contextOf(text: string, path: string): Promise<string | undefined> {
  const { contexts, current } = parseKubeconfig(text, path, (one) => one);
  const names = [...contexts.keys()];
  if (names.length === 0)
    throw new Problem('bad-kubeconfig', `${path} is no kubeconfig: it has no contexts.`);
  if (names.length === 1) return names[0];
  const items = names.map((label) => ({ label, description: label === current ? 'current-context' : '' }));
  const chosen = await vscode.window.showQuickPick(
    items.toSorted((one, other) => Number(other.label === current) - Number(one.label === current)),
    { title: `Verify ${path}`, placeHolder: 'Which context?' },
  );
  return chosen?.label;
}

/** How long the only token of a text lives; nothing where there is not exactly one. */
function lifeOf(text: string): string {
  const [found, second] = findTokens(text);
  if (!found || second) return '';
  return ` Its token is ${verdict(classifyToken(found.decoded), Math.floor(Date.now() / 1000))}.`;
}
