import * as vscode from 'vscode';

/** A file of the person's choice. */
export async function pickFile(): Promise<vscode.Uri | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title: 'Which kubeconfig?',
    openLabel: 'Explain',
    canSelectMany: false,
  });
  return picked?.[0];
}
