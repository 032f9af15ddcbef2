import * as vscode from 'vscode';
import { commands, decodingCommands, type CommandId } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { joined, said, words, type Words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import type { Services } from './services.ts';
import { notify, showInFull } from './say.ts';

/** VS Code cuts the text of a notification after so many UTF-16 units (vs/workbench/common/notifications.ts). */
const LONGEST_NOTIFICATION = 1000;

/** Whether a command may run in this workspace, and so be offered. */
export function isAllowedHere(id: CommandId): boolean {
  return vscode.workspace.isTrusted || decodingCommands.has(id);
}

/** Throws not-allowed-here for what is more than decoding, where nobody trusts the workspace. */
export function mayRun(id: CommandId): void {
  if (isAllowedHere(id)) return;
  throw new Problem('not-allowed-here', RESTRICTED);
}

/** What works without trust, and what does not. */
const RESTRICTED =
  'This workspace is in Restricted Mode: tokens are found, decoded, judged and listed on this machine. No cluster is asked, and nothing is changed.';

interface WayOut {
  readonly title: string;
  readonly command: string;
  /** It is as it should be, and no error. */
  readonly isNeutral?: boolean;
}

/** What the person can do about a failure at once, for those that one button puts right. */
function wayOutOf(error: unknown): WayOut | undefined {
  if (Problem.is(error, 'not-allowed-here') && !vscode.workspace.isTrusted) {
    return { title: 'Manage Workspace Trust', command: 'workbench.trust.manage', isNeutral: true };
  }
  if (!Problem.is(error, 'no-kubeconfig')) return undefined;
  return { title: 'Add a Kubeconfig…', command: commands.addKubeconfig };
}

/** Shows an error to the person and writes it to the log, both without any token in it. */
export async function showError({ log }: Pick<Services, 'log'>, error: unknown): Promise<void> {
  if (Problem.is(error, 'cancelled') || error instanceof vscode.CancellationError) return;
  const isOurs = !Problem.is(error);
  const message = redact(messageOf(error));
  const wayOut = wayOutOf(error);
  if (wayOut?.isNeutral === true) {
    log.info(message);
    const chosen = await notify.information(said(message), wayOut.title);
    if (chosen !== undefined) await vscode.commands.executeCommand(wayOut.command);
    return;
  }
  log.error(isOurs && error instanceof Error ? redact(error.stack ?? message) : message);
  const showLog = 'Show Log';
  const buttons = [...(wayOut ? [wayOut.title] : []), showLog];
  const text = joined([isOurs ? words`This is a defect of the extension:` : undefined, said(message)]);
  const chosen =
    text.text.length > LONGEST_NOTIFICATION
      ? await showInFull(beginning(text), text, ...buttons)
      : await notify.error(text, ...buttons);
  if (chosen === showLog) log.show();
  else if (wayOut && chosen === wayOut.title) await vscode.commands.executeCommand(wayOut.command);
}

/** The first sentence of a long text, or what fits of it. */
function beginning({ text }: Words): Words {
  return said(/^.{1,200}?[.:](?=\s)/s.exec(text)?.[0] ?? `${text.slice(0, 200)}…`);
}
