import * as vscode from 'vscode';
import { contextKeys } from '../contributions.ts';

/** Ticks a step of the walkthrough off: what it is about has really been done, by whatever way. */
export function noteDone(step: Exclude<keyof typeof contextKeys, 'state' | 'isFiltered'>): void {
  void vscode.commands.executeCommand('setContext', contextKeys[step], true);
}
