import * as vscode from 'vscode';
import { registerExplain } from './editor/inspector/register.ts';
import { registerTokens } from './editor/registerTokens.ts';

/** The extension in a browser: all that needs neither a cluster nor a local disk. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('ServiceAccount Tokens', { log: true });
  context.subscriptions.push(
    log,
    registerExplain({ log }, context.extension),
    registerTokens({ log }, context.extensionUri),
  );
}
