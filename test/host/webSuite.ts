/** Runs inside the web worker extension host: mocha's build for browsers, with a report in the workspace. */
import 'mocha/mocha.js';
import * as vscode from 'vscode';
import { reportOf } from './report.ts';

/** Runs the suites that `load` defines, and writes `report.json` into the workspace's folder. */
export async function runSuites(load: () => void): Promise<void> {
  const report = await reportOf(() => {
    mocha.setup({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
    load();
    return mocha;
  });
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) throw new Error('There is no workspace to report to.');
  const part = vscode.Uri.joinPath(folder, 'report.part');
  await vscode.workspace.fs.writeFile(part, new TextEncoder().encode(JSON.stringify(report)));
  // Whoever waits for the report must find it whole.
  await vscode.workspace.fs.rename(part, vscode.Uri.joinPath(folder, 'report.json'));
}
