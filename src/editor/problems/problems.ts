import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import type { Finding } from '../../token/find.ts';
import { diagnosticFor, docsOf, gradesFor, type Grades } from './diagnostic.ts';
import type { TokenDocuments } from './documents.ts';
import type { GitTracking } from './git.ts';
import { documentKind, nextChange, problemsOf, type Surroundings } from './rules.ts';
import { headOf } from './head.ts';
import { soonSetting } from './soon.ts';

/** How much before a token is looked at, in UTF-16 units. */
const BEFORE = 4000;
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
    const kind = documentKind(headOf(document));
    const diagnostics = findings
      .slice(0, MAX_JUDGED)
      .flatMap((found) => diagnosticsOf(document, found, { kind, isTracked, options, grades, docs }));
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
  readonly kind: Surroundings['document'];
  readonly isTracked: boolean;
  readonly options: { readonly now: number; readonly soon: number };
  readonly grades: Grades;
  readonly docs: vscode.Uri;
}

function diagnosticsOf(document: vscode.TextDocument, found: Finding, judging: Judging): vscode.Diagnostic[] {
  const { kind, isTracked, options, grades, docs } = judging;
  const start = document.positionAt(found.start);
  const range = new vscode.Range(start, document.positionAt(found.end));
  const from = document.positionAt(Math.max(0, found.start - BEFORE));
  const before = document.getText(new vscode.Range(from, start));
  return problemsOf(found, { document: kind, before, isTracked }, options).flatMap(
    (problem) => diagnosticFor(document, range, problem, { grades, docs }) ?? [],
  );
}
