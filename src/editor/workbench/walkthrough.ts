import * as vscode from 'vscode';
import { contextKeys } from '../../contributions.ts';

/**
 * Ticks a step of the walkthrough off: what it is about has really been done, by whatever way. The key is true for a
 * moment only: VS Code passes over one that is true already when it first reads the walkthrough.
 */
export function noteDone(step: Exclude<keyof typeof contextKeys, 'state' | 'isFiltered'>): void {
  void pulse(contextKeys[step]);
}

async function pulse(key: string): Promise<void> {
  await vscode.commands.executeCommand('setContext', key, true);
  await vscode.commands.executeCommand('setContext', key, false);
}
