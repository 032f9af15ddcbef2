import type * as vscode from 'vscode';
import { registerHover } from './editor/hover/hover.ts';

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(registerHover());
}
