import * as vscode from 'vscode';
import type { CommandId } from '../../contributions.ts';
import { mayRun, showError } from '../workbench/commands.ts';
import type { Services } from '../workbench/services.ts';
import { argumentOf, readSubject, type Subject, type SubjectOf } from './subject.ts';

/** Does what a command does. `all`: each of the rows or files that are selected, where the command was called on several. */
export type Run<K extends Subject['is']> = (
  subject: SubjectOf<K> | undefined,
  all: readonly SubjectOf<K>[],
) => Promise<unknown>;

/**
 * Registers a command whose failures are shown once, as a message with a way to the log. A Problem is shown in its
 * own words; anything else is a defect of ours, and says so. Cancelling is no failure. Of what a menu, a link, a keybinding
 * or another extension gives, the command gets what it accepts, and nothing else. Where nobody trusts the workspace, only
 * what decodes is run: what hides a command elsewhere is no guard, as anybody may call it.
 */
export function registerCommand<K extends Subject['is'] = never>(
  services: Pick<Services, 'log'>,
  id: CommandId,
  accepts: readonly K[],
  run: Run<K>,
): vscode.Disposable {
  const accepted = (value: unknown): SubjectOf<K>[] => {
    const subject = readSubject(value, (one) => one instanceof vscode.Uri);
    if (subject && isOne(subject, accepts)) return [subject];
    const foreign: Subject = { is: 'foreign', target: value };
    return value !== undefined && isOne(foreign, accepts) ? [foreign] : [];
  };
  return vscode.commands.registerCommand(id, async (argument: unknown, selection: unknown) => {
    try {
      mayRun(id);
      const [subject] = accepted(argument);
      const several: readonly unknown[] = Array.isArray(selection) && selection.length > 1 ? selection : [];
      return await run(subject, several.length > 0 ? several.flatMap(accepted) : subject ? [subject] : []);
    } catch (error) {
      await showError(services, error);
      return undefined;
    }
  });
}

/** Runs a command on a subject, as its link or its row would. */
export async function runOn(id: CommandId, subject: Subject | undefined): Promise<unknown> {
  return await vscode.commands.executeCommand(id, subject && argumentOf(subject));
}

/** The link to a command of a Markdown text whose `enabledCommands` have it. `title` and `tooltip` are Markdown of ours. */
export function linkTo(title: string, id: CommandId, tooltip: string, subject?: Subject): string {
  const query = encodeURIComponent(JSON.stringify(subject ? [argumentOf(subject)] : []));
  return `[${title}](command:${id}?${query} "${tooltip}")`;
}

/** The place of a document at an offset, in UTF-16 units. */
export function placeAt(document: vscode.TextDocument, offset: number): SubjectOf<'place'> {
  return placeOf(document, document.positionAt(offset));
}

export function placeOf(
  { uri }: vscode.TextDocument,
  { line, character }: vscode.Position,
): SubjectOf<'place'> {
  return { is: 'place', uri: uri.toString(), line, character };
}

function isOne<K extends Subject['is']>(subject: Subject, kinds: readonly K[]): subject is SubjectOf<K> {
  return kinds.some((kind) => kind === subject.is);
}
