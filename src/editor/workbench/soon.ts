import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';

/** For how long before its end a token is said to expire soon, in seconds. */
export function soonSetting(): number {
  const minutes = vscode.workspace.getConfiguration().get<unknown>(settings.expiresSoon);
  return typeof minutes === 'number' && minutes >= 0 ? minutes * 60 : 600;
}
