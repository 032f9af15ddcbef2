import * as vscode from 'vscode';
import { redact, unlinked } from '../redact.ts';

type Show = (message: string, ...buttons: string[]) => Thenable<string | undefined>;

/** Messages that are no dialogs. What a stranger has put into their text is masked, and makes no link. */
export const notify = {
  information: (text: string, ...buttons: string[]) =>
    vscode.window.showInformationMessage(unlinked(redact(text)), ...buttons),
  warning: (text: string, ...buttons: string[]) =>
    vscode.window.showWarningMessage(unlinked(redact(text)), ...buttons),
  error: (text: string, ...buttons: string[]) =>
    vscode.window.showErrorMessage(unlinked(redact(text)), ...buttons),
} satisfies Record<string, Show>;
