/** Runs inside the extension host: every suite beside this file's bundle, by mocha, with a report for `run.ts`. */
import Mocha from 'mocha';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { NO_FOLDERS, reportOf } from './report.ts';

/** VS Code calls this once its API is there. */
export async function run(): Promise<void> {
  const path = process.env['HOST_REPORT'];
  if (path === undefined) throw new Error('HOST_REPORT names no file to report to.');
  const hasFolders = await folders();
  const report = await reportOf(() => {
    if (!hasFolders) throw new Error(NO_FOLDERS);
    const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
    for (const name of readdirSync(__dirname)) {
      if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, name));
    }
    return mocha;
  });
  // Whoever waits for the report must find it whole.
  writeFileSync(`${path}.part`, JSON.stringify(report));
  renameSync(`${path}.part`, path);
}

/** Waits for the folders of a workspace file: an editor on a busy machine runs tests before it has read it. */
async function folders(): Promise<boolean> {
  for (let waited = 0; vscode.workspace.workspaceFolders === undefined; waited += 100) {
    if (waited > 45_000) return false;
    await sleep(100);
  }
  return true;
}
