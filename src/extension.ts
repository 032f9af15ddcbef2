import * as vscode from 'vscode';
import { registerAudit } from './editor/audit/register.ts';
import { registerCertificates } from './editor/registerCertificates.ts';
import { KubeconfigContexts } from './editor/contexts/contexts.ts';
import { registerContexts } from './editor/contexts/register.ts';
import { registerCredentials } from './editor/registerWizards.ts';
import { registerExplain } from './editor/inspector/register.ts';
import { IssuedTokens } from './editor/ledger/ledger.ts';
import { LiveAccounts } from './editor/workbench/liveAccounts.ts';
import { registerReminders } from './editor/ledger/reminders.ts';
import { OpenLogs } from './editor/workbench/openLogs.ts';
import { Rotations } from './editor/workbench/rotations.ts';
import { registerModelTools } from './editor/models/register.ts';
import { fileModes } from './files/mode.ts';
import type { Services } from './editor/workbench/services.ts';
import { registerTerminals } from './editor/terminal/register.ts';
import { registerTokens } from './editor/registerTokens.ts';
import { onDisk } from './editor/workspace/onDisk.ts';
import { registerTree } from './editor/tree/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('ServiceAccount Tokens', { log: true });
  const contexts = new KubeconfigContexts(context);
  const ledger = new IssuedTokens(context.globalStorageUri, log);
  const live = new LiveAccounts();
  const rotations = new Rotations(context.globalState);
  const logs = new OpenLogs();
  const services: Services = { log, contexts, ledger, live, rotations, logs };
  context.subscriptions.push(
    log,
    contexts,
    registerContexts(services, contexts),
    ledger,
    live,
    rotations,
    logs,
    registerCredentials(services, context),
    registerExplain(services, context.extension),
    registerAudit(services, context.extensionUri),
    registerReminders(services),
    registerModelTools(services),
    registerTerminals(services),
    registerTokens(services, context.extensionUri, {
      modes: fileModes,
      registerCertificates,
      onDisk: onDisk(context.extensionUri),
    }),
    registerTree(services, context.workspaceState),
  );
}
