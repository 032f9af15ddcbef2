import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { tellBriefly } from '../workbench/say.ts';
import { registerCommand } from '../subject/door.ts';
import type { KnownAccounts } from '../documents/knownAccounts.ts';
import type { Services } from '../workbench/services.ts';
import { runInSlices } from '../../slices.ts';
import type { Rule } from '../../problems/catalog.ts';
import type { CheckedDocuments } from '../documents/checked.ts';
import type { CheckedText } from '../../problems/documentChecks.ts';
import { diagnosticFor, docsOf, gradesFor, hasProblems, MOST_SHOWN, type Grades } from './diagnostic.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import type { GitTracking } from '../git/tracking.ts';
import type { FileModes } from '../../files/mode.ts';

/** Shows what is wrong with the kubeconfigs and manifests among the open documents. */
export function registerDocumentProblems(
  services: Pick<Services, 'log'>,
  {
    documents,
    checked,
    git,
    known,
    modes,
    extensionUri,
  }: {
    readonly documents: TokenDocuments;
    readonly checked: CheckedDocuments;
    readonly git: GitTracking;
    readonly known: Pick<KnownAccounts, 'has'>;
    readonly modes: FileModes | undefined;
    readonly extensionUri: vscode.Uri;
  },
): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens.documents');
  const docs = docsOf(extensionUri);

  /** The latest look at each document: what an earlier one finds is not shown any more. */
  const runs = new WeakMap<vscode.TextDocument, object>();

  const judge = async (document: vscode.TextDocument): Promise<void> => {
    const run = {};
    runs.set(document, run);
    const found = hasProblems(document) ? checked.checked(document) : undefined;
    if (!found) {
      collection.delete(document.uri);
      return;
    }
    const { problems, credential } = found;
    const isInGit = problems.some(({ rule }) => rule === 'token-data-in-git');
    const isTracked = isInGit && (await git.isTracked(document.uri)) === true;
    const mode =
      credential && document.uri.scheme === 'file'
        ? await modes?.readableByOthers(document.uri.fsPath)
        : undefined;
    // Where it has changed, what is known now will be shown.
    const isWanted = (): boolean => checked.checked(document) === found && runs.get(document) === run;
    const judging = { grades: gradesFor(document), docs, isTracked, mode, known };
    const diagnostics = await runInSlices(judgeEach(document, found, judging), isWanted);
    if (diagnostics) collection.set(document.uri, diagnostics);
  };
  const judgeAll = (): void => {
    for (const document of checked.documents) void judge(document);
  };

  return vscode.Disposable.from(
    collection,
    checked.onDidCheck((document) => void judge(document)),
    documents.onDidClose(({ uri }) => {
      collection.delete(uri);
    }),
    vscode.workspace.onDidSaveTextDocument((document) => void judge(document)),
    // A file's mode changes without a word.
    vscode.window.onDidChangeActiveTextEditor((editor) => {
      if (editor) void judge(editor.document);
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.problems)) judgeAll();
    }),
    git.onDidChange(judgeAll),
    ...(modes
      ? [
          registerCommand(services, commands.makePrivate, ['file'], async (file) => {
            const uri = file?.uri ?? vscode.window.activeTextEditor?.document.uri;
            if (uri?.scheme !== 'file') {
              throw new Problem('bad-input', 'Open the file first: only one on this machine has a mode.');
            }
            const folder = vscode.workspace.getWorkspaceFolder(uri);
            await modes.makePrivate(uri.fsPath, folder?.uri.fsPath);
            judgeAll();
            const path = vscode.workspace.asRelativePath(uri);
            tellBriefly(words`${path} is readable by you only (mode 0600)`, 5000);
          }),
        ]
      : []),
  );
}

interface Judging {
  readonly grades: Grades;
  readonly docs: vscode.Uri;
  readonly isTracked: boolean;
  /** Undefined where nobody else can read the file. */
  readonly mode: number | undefined;
  readonly known: Pick<KnownAccounts, 'has'>;
}

interface Shown {
  readonly rule: Rule;
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** Judges each, and yields so that others may run. */
function* judgeEach(
  document: vscode.TextDocument,
  { problems, credential, leftOutFrom }: CheckedText,
  judging: Judging,
): Generator<undefined, vscode.Diagnostic[]> {
  const { isTracked, mode, known } = judging;
  const diagnostics: vscode.Diagnostic[] = [];
  const show = (problem: Shown): vscode.Diagnostic | undefined => {
    const range = new vscode.Range(document.positionAt(problem.start), document.positionAt(problem.end));
    const shown = diagnosticFor(document, range, problem, judging);
    if (shown) diagnostics.push(shown);
    return shown;
  };
  if (mode !== undefined && credential) {
    const message = `Others on this machine can read this file (mode ${mode.toString(8).padStart(4, '0')}), and with it the credential.`;
    show({ rule: 'readable-by-others', message, ...credential });
  }
  if (leftOutFrom !== undefined) {
    const message =
      'This document is too large to be checked, or so is what was checked before it. Tokens are judged all the same.';
    show({ rule: 'too-large', message, ...firstLine(document, leftOutFrom) });
  }
  for (const problem of problems) {
    yield;
    if (problem.rule === 'token-data-in-git' && !isTracked) continue;
    if (problem.misses && known.has(problem.misses)) continue;
    if (diagnostics.length >= MOST_SHOWN) {
      const message = `${MOST_SHOWN.toLocaleString('en')} problems of this file are shown: from here on none is.`;
      show({ rule: 'too-large', message, start: problem.start, end: problem.end });
      break;
    }
    const shown = show(problem);
    if (problem.isUnused && shown) shown.tags = [vscode.DiagnosticTag.Unnecessary];
  }
  return diagnostics;
}

/** The first line of a document's part that is not empty, without its indentation. Offsets in UTF-16 units. */
function firstLine(document: vscode.TextDocument, from: number): { start: number; end: number } {
  let { line } = document.positionAt(from);
  const isEmpty = (): boolean => /^(?:\s*|---.*)$/.test(document.lineAt(line).text.slice(0, 200));
  while (line < document.lineCount - 1 && isEmpty()) line++;
  const { range, text, firstNonWhitespaceCharacterIndex: indentation } = document.lineAt(line);
  const start = range.start.translate(0, indentation);
  const end = range.start.translate(0, Math.min(text.length, indentation + 100));
  return { start: document.offsetAt(start), end: document.offsetAt(end) };
}
