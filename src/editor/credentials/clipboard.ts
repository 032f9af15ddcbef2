import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { words } from '../../harmless.ts';
import { inStatusBar } from '../workbench/say.ts';

/** How often it is looked whether something else is there by now, in milliseconds. */
const LOOK = 1000;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** For how many seconds a token stays on the clipboard; 0: until something else is put there. */
export function clipboardSeconds(): number {
  const set = vscode.workspace.getConfiguration().get<unknown>(settings.clipboardSeconds);
  return typeof set === 'number' && set >= 0 ? Math.min(set, 86_400) : 60;
}

/**
 * Puts a token on the clipboard, and takes it off after a time if it is still there. The status bar says so meanwhile.
 * The token itself is not kept for it.
 */
export async function putOnClipboard(token: string, whose: string, seconds: number): Promise<void> {
  await vscode.env.clipboard.writeText(token);
  if (seconds === 0) return;
  const hash = hashOf(token);
  void inStatusBar('clippy', words`Token of ${whose} on the clipboard for ${seconds} s`, async () => {
    const isThere = async (): Promise<boolean> => hashOf(await vscode.env.clipboard.readText()) === hash;
    for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
      await sleep(Math.min(LOOK, end - Date.now()), undefined, { ref: false });
      if (!(await isThere())) return; // Something else is there: nothing is left to say.
    }
    await vscode.env.clipboard.writeText('');
  });
}
