import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, Problem } from '../../errors.ts';
import { joined, said, words } from '../../harmless.ts';
import { checkLinks } from '../../files/links.ts';
import { applyEdits, type Edit } from '../../yaml/edit.ts';
import type { Choice } from '../workbench/say.ts';
import type { Asker } from '../workbench/ask.ts';
import { labelOf } from './label.ts';
import { closeDifference, openBelow, virtualDocument } from './virtual.ts';

/** A file that is to be written, or changed in place. */
export interface Change {
  readonly uri: vscode.Uri;
  /** What it holds now, unsaved changes included; undefined where there is no such file. */
  readonly before: string | undefined;
  readonly edits: readonly Edit[];
}

/** A whole file: new, or in place of what there is. Throws bad-input where a link would lead elsewhere. */
export async function wholeFile(uri: vscode.Uri, text: string): Promise<Change> {
  await checkPlace(uri);
  const before = (await exists(uri)) ? (await vscode.workspace.openTextDocument(uri)).getText() : undefined;
  return { uri, before, edits: [{ start: 0, end: before?.length ?? 0, text }] };
}

/** A change of a file that exists. Throws bad-input where it cannot be changed so, or a link would lead elsewhere. */
export async function changeOf(uri: vscode.Uri, edit: (text: string) => readonly Edit[]): Promise<Change> {
  await checkPlace(uri);
  const before = (await vscode.workspace.openTextDocument(uri)).getText();
  try {
    return { uri, before, edits: edit(before) };
  } catch (error) {
    if (!Problem.is(error, 'bad-input')) throw error;
    throw new Problem('bad-input', `${labelOf(uri)} was left as it is. ${error.message}`, { cause: error });
  }
}

/**
 * The last question of a wizard: shows what would be changed as a difference, and asks for a yes. Whatever the answer,
 * the difference is closed again. `notes` is what to know before.
 */
export async function confirmChanges(
  ask: Asker,
  changes: readonly Change[],
  notes: readonly string[],
): Promise<void> {
  const [first] = changes;
  if (!first) throw new Problem('bad-input', 'There is nothing to write.');
  const title =
    changes.length === 1 ? words`${labelOf(first.uri)}: what would be written`.text : 'What would be written';
  const shown = changes.map((change) => {
    const path = labelOf(change.uri);
    const before = change.before ?? '';
    return [
      change.uri,
      virtualDocument(path, before),
      virtualDocument(path, applyEdits(before, change.edits)),
    ] as const;
  });
  const [one] = shown;
  if (changes.length === 1 && one) {
    await openBelow('vscode.diff', one[1], one[2], title, { preview: true });
  } else {
    await openBelow('vscode.changes', title, shown);
  }
  const replaced = changes.filter(
    ({ before, edits }) =>
      before !== undefined && before !== '' && edits[0] !== undefined && lengthOf(edits[0]) === before.length,
  );
  const what = changes.length === 1 ? labelOf(first.uri) : `${changes.length} files`;
  const verb =
    replaced.length > 0 ? 'Replace' : changes.some(({ before }) => before === undefined) ? 'Write' : 'Change';
  try {
    const leave = { label: words`Leave ${what} as It Is`, iconPath: new vscode.ThemeIcon('close') };
    const chosen = await ask.pick<Choice>({
      placeholder: 'The difference is shown below. Escape leaves everything as it is.',
      stays: true,
      items: [
        ...(replaced.length > 0 ? [leave] : []), // Enter takes the first: nothing that is there is lost by it.
        {
          label: words`${verb} ${what}`,
          iconPath: new vscode.ThemeIcon('check'),
          detail: joined([
            ...replaced.map(({ uri }) => words`What is in ${labelOf(uri)} now goes.`),
            ...notes.map(said),
            words`Undo takes it back.`,
          ]),
        },
      ],
    });
    if (chosen === leave) throw new Problem('cancelled', `${what} was left as it is.`);
  } finally {
    await closeDifference(title);
  }
}

/**
 * Makes changes in one step that undo takes back, and saves them but where a file had unsaved changes before. Throws
 * conflict where a file is no longer as it was, and bad-input where a link would lead elsewhere.
 */
export async function makeChanges(changes: readonly Change[]): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const toSave: vscode.TextDocument[] = [];
  for (const { uri, before, edits } of changes) {
    await checkPlace(uri);
    if (before === undefined) {
      edit.createFile(uri, { contents: Buffer.from(applyEdits('', edits)) });
      continue;
    }
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.getText() !== before) {
      throw new Problem(
        'conflict',
        `${labelOf(uri)} has changed meanwhile. Nothing was written; start again.`,
      );
    }
    if (!document.isDirty && !document.isUntitled) toSave.push(document);
    for (const { start, end, text } of edits) {
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      edit.replace(uri, range, text);
    }
  }
  if (!(await vscode.workspace.applyEdit(edit))) throw await whyNot(changes);
  for (const document of toSave) {
    if (!(await document.save())) {
      throw new Problem(
        'refused',
        `${labelOf(document.uri)} was changed and could not be saved; it is open with the change.`,
      );
    }
  }
}

/** Shows a changed file, where it was changed. */
export async function showChange({ uri, before, edits }: Change): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const [edit] = edits;
  const at = before !== undefined && edit && lengthOf(edit) < before.length ? edit : undefined;
  const selection = at && new vscode.Range(document.positionAt(at.start), document.positionAt(at.start));
  await vscode.window.showTextDocument(document, { preview: false, ...(selection && { selection }) });
}

/** That a file of the workspace is in it, and one of none is itself: nothing is written through a link to elsewhere. */
async function checkPlace(uri: vscode.Uri): Promise<void> {
  if (uri.scheme !== 'file') return; // Unsaved, or of a file system that knows no way out.
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath;
  await checkLinks(folder ?? dirname(uri.fsPath), uri.fsPath);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    const { type } = await vscode.workspace.fs.stat(uri);
    if (type & vscode.FileType.Directory) throw new Problem('bad-input', `${labelOf(uri)} is a folder.`);
    return true;
  } catch (error) {
    if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return false;
    throw error;
  }
}

/** VS Code only says that an edit failed; looking tells why. */
async function whyNot(changes: readonly Change[]): Promise<Problem> {
  const paths = changes.map(({ uri }) => labelOf(uri)).join(', ');
  const failed = (why: string): Problem => new Problem('refused', `${paths} could not be written: ${why}`);
  const readOnly = changes.find(({ uri }) => vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false);
  if (readOnly) return failed('this workspace is read-only.');
  for (const { uri, before } of changes) {
    try {
      if (before === undefined && (await exists(uri))) return failed(`meanwhile there is a ${labelOf(uri)}.`);
    } catch (error) {
      return failed(messageOf(error));
    }
  }
  return failed('VS Code refused the edit. Is the folder writable?');
}

function lengthOf({ start, end }: Edit): number {
  return end - start;
}
