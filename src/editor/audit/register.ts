import type * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { registerCommand } from '../subject/door.ts';
import type { Services } from '../workbench/services.ts';

/** "Open Audit Log…", of the files that are given, else of those that the person chooses. */
export function registerAudit(services: Pick<Services, 'log'>, extensionUri: vscode.Uri): vscode.Disposable {
  return registerCommand(services, commands.openAuditLog, ['file'], async (_, all) => {
    const { openAuditLog } = await import('./open.ts');
    await openAuditLog(
      services,
      extensionUri,
      all.map(({ uri }) => uri),
    );
  });
}
