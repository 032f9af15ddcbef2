import * as vscode from 'vscode';
import { views } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { inLabel, words } from '../../harmless.ts';
import { showIcon } from '../workbench/newer.ts';
import { chooseFiles } from '../workbench/say.ts';
import type { Services } from '../workbench/services.ts';
import { AuditPanel } from './panel.ts';

/** Reads audit logs and shows what is in them, in a panel of its own. Throws bad-input where a file is not on this machine. */
export async function openAuditLog(
  services: Pick<Services, 'log'>,
  extensionUri: vscode.Uri,
  given: readonly vscode.Uri[],
): Promise<void> {
  const files = given.length > 0 ? given : await chooseFiles(words`Open audit logs`, 'Open', true);
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
  await new AuditPanel(services, panel, { extensionUri, name, files }).open();
}
