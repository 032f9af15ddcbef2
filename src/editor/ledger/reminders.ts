import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { messageOf } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { relativeTime } from '../../token/relativeTime.ts';
import { Alarm } from '../workbench/alarm.ts';
import { runOn } from '../subject/door.ts';
import type { Services } from '../workbench/services.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import { lookInFile } from '../../issued/file.ts';
import { notify } from '../workbench/say.ts';

/** How long after activation the record of issued tokens is first looked at, in milliseconds: opening a window is busy enough. */
const FIRST_LOOK = 10_000;

/**
 * Says once of each issued token that its end is near, so many minutes before as the setting has it. Keeps one timer, set
 * to the next such moment. Nothing is read or said in an untrusted workspace.
 */
export function registerReminders(services: Services): vscode.Disposable {
  const { ledger, log } = services;
  const alarm = new Alarm();
  /** Looks again after so many milliseconds. */
  const again = (delay: number): void => {
    alarm.set((Date.now() + delay) / 1000, () => void look());
  };

  const look = async (): Promise<void> => {
    const before = beforeInSeconds();
    if (before === 0 || !vscode.workspace.isTrusted) return;
    try {
      const now = Date.now() / 1000;
      const open = (await ledger.read()).filter((entry) => isToRemind(entry, now));
      for (const entry of open) if (dueAt(entry, before) <= now) void remind(services, entry);
      const next = Math.min(...open.map((entry) => dueAt(entry, before)).filter((due) => due > now));
      if (Number.isFinite(next)) again((next - now) * 1000);
    } catch (error) {
      log.warn(redact(`What was issued from here cannot be read: ${messageOf(error)}`));
    }
  };
  again(FIRST_LOOK);
  return vscode.Disposable.from(
    alarm,
    ledger.onDidChange(() => {
      again(1000);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      again(0);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.remindMinutes)) again(0);
    }),
  );
}

function beforeInSeconds(): number {
  const minutes = vscode.workspace.getConfiguration().get<unknown>(settings.remindMinutes);
  return typeof minutes === 'number' && minutes >= 0 ? minutes * 60 : 600;
}

/** One whose end is still to come, that nobody was told of, and that lies in a file where somebody may miss it. */
function isToRemind({ expires, revoked, reminded, file }: IssuedToken, now: number): boolean {
  return expires !== undefined && expires > now && revoked === undefined && !reminded && file !== undefined;
}

/** When to say it; of a token that lives hardly longer than that, halfway to its end. */
function dueAt({ expires = 0, issued }: IssuedToken, before: number): number {
  return expires - Math.min(before, (expires - issued) / 2);
}

async function remind({ ledger }: Services, entry: IssuedToken): Promise<void> {
  await ledger.markReminded(entry.id);
  // Where its file holds another by now, nobody misses this one.
  if (entry.file === undefined || (await lookInFile(entry)).is !== 'there') return;
  const path = vscode.workspace.asRelativePath(entry.file);
  const when = relativeTime(entry.expires ?? 0, Math.floor(Date.now() / 1000));
  const renew = 'Renew';
  const open = 'Open';
  const chosen = await notify.warning(
    words`The token of ${entry.namespace}/${entry.serviceAccount} in ${path} expires ${when}.`,
    renew,
    open,
  );
  const row = { is: 'row', row: { kind: 'issuedToken', entry } } as const;
  if (chosen === renew) await runOn(commands.renewIssuedToken, row);
  if (chosen === open) await runOn(commands.openIssuedFile, row);
}
