import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { words } from '../../harmless.ts';
import { tellBriefly } from '../say.ts';
import { registerCommand } from '../commands.ts';
import type { KnownAccounts } from '../completion/accounts.ts';
import type { Services } from '../services.ts';
import type { Rule } from './catalog.ts';
import type { CheckedDocuments } from './checked.ts';
import { diagnosticFor, docsOf, gradesFor, hasProblems } from './diagnostic.ts';
import type { TokenDocuments } from './documents.ts';
import type { GitTracking } from '../git/tracking.ts';
import type { FileModes } from './mode.ts';

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

  const judge = async (document: vscode.TextDocument): Promise<void> => {
    const found = hasProblems(document) ? checked.checked(document) : undefined;
    if (!found) {
      collection.delete(document.uri);
      return;
    }
    const { problems, credential, leftOutFrom } = found;
    const isInGit = problems.some(({ rule }) => rule === 'token-data-in-git');
    const isTracked = isInGit && (await git.isTracked(document.uri)) === true;
    const mode =
      credential && document.uri.scheme === 'file'
        ? await modes?.readableByOthers(document.uri.fsPath)
        : undefined;
    if (checked.checked(document) !== found) return; // It has changed: what is known now will be shown.
    const grades = gradesFor(document);
    const show = (
      problem: { readonly rule: Rule; readonly message: string },
      { start, end }: { readonly start: number; readonly end: number },
    ): vscode.Diagnostic[] => {
      const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
      return [diagnosticFor(document, range, problem, { grades, docs }) ?? []].flat();
    };
    const diagnostics = problems.flatMap((problem) => {
      if (problem.rule === 'token-data-in-git' && !isTracked) return [];
      if (problem.misses && known.has(problem.misses)) return [];
      const shown = show(problem, problem);
      if (problem.isUnused) for (const one of shown) one.tags = [vscode.DiagnosticTag.Unnecessary];
      return shown;
    });
    if (mode !== undefined && credential) {
      const message = `Others on this machine can read this file (mode ${mode.toString(8).padStart(4, '0')}), and with it the credential.`;
      diagnostics.push(...show({ rule: 'readable-by-others', message }, credential));
    }
    if (leftOutFrom !== undefined) {
      const message =
        'This document is too large to be checked, or more than 1 MiB was checked before it. Tokens are judged all the same.';
      diagnostics.push(...show({ rule: 'too-large', message }, firstLine(document, leftOutFrom)));
    }
    collection.set(document.uri, diagnostics);
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
          registerCommand(services, commands.makePrivate, async (argument) => {
            const uri =
              argument instanceof vscode.Uri ? argument : vscode.window.activeTextEditor?.document.uri;
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
