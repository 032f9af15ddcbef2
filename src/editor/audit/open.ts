import * as vscode from 'vscode';
import { views } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { inLabel, words } from '../../harmless.ts';
import { showIcon } from '../workbench/newer.ts';
import type { SoughtToken } from '../workbench/openLogs.ts';
import { chooseFiles } from '../workbench/say.ts';
import type { Services } from '../workbench/services.ts';
import { AuditPanel } from './panel.ts';

/** Shows where a token was used, by the audit log that is open, else by those that the person chooses. */
export async function whereUsed(
  services: Pick<Services, 'log' | 'logs'>,
  extensionUri: vscode.Uri,
  sought: SoughtToken,
): Promise<void> {
  const { latest } = services.logs;
  if (latest) latest.trace(sought);
  else await openAuditLog(services, extensionUri, [], sought);
}

/**
 * Reads audit logs and shows what is in them, in a panel of its own; `sought`: what is looked for. Throws bad-input where
 * a file is not on this machine.
 */
export async function openAuditLog(
  services: Pick<Services, 'log' | 'logs'>,
  extensionUri: vscode.Uri,
  given: readonly vscode.Uri[],
  sought?: SoughtToken,
): Promise<void> {
  const title = sought ? words`Open the audit logs in which to look for it` : words`Open audit logs`;
  const files = given.length > 0 ? given : await chooseFiles(title, 'Open', true);
  if (files.length === 0) return;
  const other = files.find(({ scheme }) => scheme !== 'file');
  if (other) {
    throw new Problem(
      'bad-input',
      `${other.path} is in no folder of the machine that this extension runs on. It was not read.`,
    );
  }
  const [first = '', ...more] = files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
  const name = more.length === 0 ? first : `${first} and ${more.length} more`;
  const panel = vscode.window.createWebviewPanel(
    views.audit,
    inLabel(words`Audit Log: ${name}`),
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [], retainContextWhenHidden: true },
  );
  showIcon(panel, new vscode.ThemeIcon('history'));
  await new AuditPanel(services, panel, { extensionUri, name, files, sought }).open();
}
