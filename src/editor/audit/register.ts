import * as vscode from 'vscode';
import { looksLikeAuditLog } from '../../audit/looksLike.ts';
import { commands, settings } from '../../contributions.ts';
import { registerCommand } from '../subject/door.ts';
import type { Services } from '../workbench/services.ts';
import { soughtToken } from './sought.ts';

/** So much of a text is looked at, in UTF-16 units: an event says first what it is. */
const BEGINNING = 4096;
/** And so many lines: an export is written over several. */
const LINES = 40;

/**
 * "Open Audit Log…", of the files that are given, else of those that the person chooses; "Where Was It Used?" of a token;
 * and a lens on the text of a log.
 */
export function registerAudit(
  services: Pick<Services, 'log' | 'logs'>,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand(services, commands.openAuditLog, ['file'], async (_, all) => {
      const { openAuditLog } = await import('./open.ts');
      await openAuditLog(
        services,
        extensionUri,
        all.map(({ uri }) => uri),
      );
    }),
    registerCommand(services, commands.whereUsed, ['row', 'place'], async (about) => {
      const sought = await soughtToken(about);
      if (!sought) return;
      const { whereUsed } = await import('./open.ts');
      await whereUsed(services, extensionUri, sought);
    }),
    vscode.languages.registerCodeLensProvider({ scheme: 'file' }, { provideCodeLenses }),
  );
}

function provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
  const isWanted = vscode.workspace.getConfiguration(undefined, document.uri).get(settings.codeLens, true);
  if (!isWanted || !isLog(document)) return [];
  return [
    new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), {
      title: 'Who Used Which Token?',
      tooltip: 'Read this audit log on this machine, and show who came with which token from where',
      command: commands.openAuditLog,
      arguments: [document.uri],
    }),
  ];
}

function isLog(document: vscode.TextDocument): boolean {
  const first = document.getText(new vscode.Range(0, 0, 0, BEGINNING));
  if (looksLikeAuditLog(first)) return true;
  // No more is read of what does not begin as JSON.
  if (!/^\uFEFF?\s{0,80}[[{]/.test(first)) return false;
  let text = '';
  for (let line = 0; line < Math.min(LINES, document.lineCount) && text.length < BEGINNING; line++) {
    text += `${document.getText(new vscode.Range(line, 0, line, BEGINNING))}\n`;
  }
  return looksLikeAuditLog(text);
}
