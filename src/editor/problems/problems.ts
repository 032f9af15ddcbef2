import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import type { Finding } from '../../token/find.ts';
import { diagnosticFor, docsOf, gradesFor, type Grades } from './diagnostic.ts';
import type { TokenDocuments } from './documents.ts';
import type { GitTracking } from './git.ts';
import { placeIn } from './place.ts';
import { linesOf } from './lines.ts';
import { nextChange, problemsOf } from './rules.ts';
import { soonSetting } from './soon.ts';

/** No more tokens of a document are judged, as VS Code shows no more problems of one (its extHostDiagnostics). */
const MAX_JUDGED = 1000;
/** setTimeout takes no longer delay, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Shows the problems of every open document's tokens, and changes them when their time comes, without polling. */
export function registerProblems(
  documents: TokenDocuments,
  git: GitTracking,
  extensionUri: vscode.Uri,
): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens');
  const timers = new Map<vscode.TextDocument, ReturnType<typeof setTimeout>>();
  const docs = docsOf(extensionUri);

  const judge = async (document: vscode.TextDocument): Promise<void> => {
    clearTimeout(timers.get(document));
    timers.delete(document);
    const findings = documents.findings(document);
    if (findings.length === 0) {
      collection.delete(document.uri);
      return;
    }
    const { version } = document;
    const isTracked = await git.isTracked(document.uri);
    if (document.isClosed || document.version !== version) return;
    const options = { now: Math.floor(Date.now() / 1000), soon: soonSetting() };
    const grades = gradesFor(document);
    const diagnostics = findings
      .slice(0, MAX_JUDGED)
      .flatMap((found) => diagnosticsOf(document, found, { isTracked, options, grades, docs }));
    collection.set(document.uri, diagnostics);
    const times = findings.map((found) => nextChange(found, options)).filter((time) => time !== undefined);
    if (times.length === 0) return;
    const next = times.reduce((a, b) => Math.min(a, b));
    const delay = Math.min(LONGEST_DELAY, Math.max(0, next * 1000 - Date.now()));
    timers.set(
      document,
      setTimeout(() => void judge(document), delay),
    );
  };

  const forget = (document: vscode.TextDocument): void => {
    clearTimeout(timers.get(document));
    timers.delete(document);
    collection.delete(document.uri);
  };
  const judgeAll = (): void => {
    for (const document of documents.documents) void judge(document);
  };
  judgeAll();
  return vscode.Disposable.from(
    collection,
    git.onDidChange(judgeAll),
    documents.onDidRead((document) => void judge(document)),
    documents.onDidClose(forget),
    vscode.workspace.onDidSaveTextDocument((document) => void judge(document)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.problems) && !event.affectsConfiguration(settings.expiresSoon))
        return;
      judgeAll();
    }),
    new vscode.Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
  );
}

interface Judging {
  readonly isTracked: boolean;
  readonly options: { readonly now: number; readonly soon: number };
  readonly grades: Grades;
  readonly docs: vscode.Uri;
}

function diagnosticsOf(document: vscode.TextDocument, found: Finding, judging: Judging): vscode.Diagnostic[] {
  const { isTracked, options, grades, docs } = judging;
  const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
  const around = { ...placeIn(linesOf(document), range.start, range.end), isTracked };
  return problemsOf(found, around, options).flatMap(
    (problem) => diagnosticFor(document, range, problem, { grades, docs }) ?? [],
  );
}
