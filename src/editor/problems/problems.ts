import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import type { Finding } from '../../token/find.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { Alarm } from '../workbench/alarm.ts';
import { runInSlices } from '../../slices.ts';
import { diagnosticFor, docsOf, gradesFor, hasProblems, MOST_SHOWN, type Grades } from './diagnostic.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import type { GitTracking } from '../git/tracking.ts';
import { placeIn, placeWithin } from '../../manifest/tokenPlace.ts';
import { linesOf } from '../documents/lines.ts';
import { nextChange, problemsOf } from '../../problems/tokenRules.ts';
import { soonSetting } from '../workbench/soon.ts';

/** Shows the problems of every open document's tokens, and changes them when their time comes, without polling. */
export function registerProblems({
  documents,
  git,
  live,
  extensionUri,
}: {
  readonly documents: TokenDocuments;
  readonly git: GitTracking;
  readonly live: LiveAccounts;
  readonly extensionUri: vscode.Uri;
}): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens');
  const alarms = new Map<vscode.TextDocument, Alarm>();
  /** The latest look at each document: what an earlier one finds is not shown any more. */
  const runs = new WeakMap<vscode.TextDocument, object>();
  const docs = docsOf(extensionUri);

  const quiet = (document: vscode.TextDocument): void => {
    alarms.get(document)?.dispose();
    alarms.delete(document);
  };
  const judge = async (document: vscode.TextDocument): Promise<void> => {
    quiet(document);
    const findings = hasProblems(document) ? documents.findings(document) : [];
    const run = {};
    runs.set(document, run);
    if (findings.length === 0) {
      collection.delete(document.uri);
      return;
    }
    const { version } = document;
    const isWanted = (): boolean =>
      !document.isClosed && document.version === version && runs.get(document) === run;
    const isTracked = (await git.isTracked(document.uri)) === true;
    if (!isWanted()) return;
    const options = { now: Math.floor(Date.now() / 1000), soon: soonSetting() };
    const judging = { isTracked, live, options, grades: gradesFor(document), docs };
    const judged = await runInSlices(judgeEach(document, findings, judging), isWanted);
    if (!judged) return;
    collection.set(document.uri, judged.diagnostics);
    if (judged.nextChange === undefined) return;
    const alarm = new Alarm();
    alarms.set(document, alarm);
    alarm.set(judged.nextChange, () => void judge(document));
  };

  const forget = (document: vscode.TextDocument): void => {
    quiet(document);
    collection.delete(document.uri);
  };
  const judgeAll = (): void => {
    for (const document of documents.documents) void judge(document);
  };
  judgeAll();
  return vscode.Disposable.from(
    collection,
    git.onDidChange(judgeAll),
    live.onDidChange(judgeAll),
    documents.onDidRead((document) => void judge(document)),
    documents.onDidClose(forget),
    vscode.workspace.onDidSaveTextDocument((document) => void judge(document)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.problems) && !event.affectsConfiguration(settings.expiresSoon))
        return;
      judgeAll();
    }),
    new vscode.Disposable(() => {
      for (const alarm of alarms.values()) alarm.dispose();
    }),
  );
}

interface Judging {
  readonly isTracked: boolean;
  readonly live: LiveAccounts;
  readonly options: { readonly now: number; readonly soon: number };
  readonly grades: Grades;
  readonly docs: vscode.Uri;
}

/** Judges each, and yields so that others may run. */
function* judgeEach(
  document: vscode.TextDocument,
  findings: readonly Finding[],
  judging: Judging,
): Generator<
  undefined,
  { readonly diagnostics: vscode.Diagnostic[]; readonly nextChange: number | undefined }
> {
  const diagnostics: vscode.Diagnostic[] = [];
  let next: number | undefined;
  const [left] = findings.slice(MOST_SHOWN);
  if (left) diagnostics.push(...leftOut(document, left, judging));
  for (const found of findings.slice(0, MOST_SHOWN)) {
    diagnostics.push(...diagnosticsOf(document, found, judging));
    const change = nextChange(found, judging.options);
    if (change !== undefined) next = Math.min(change, next ?? change);
    yield;
  }
  return { diagnostics, nextChange: next };
}

/** Says where the first token stands of those that are not judged. */
function leftOut(document: vscode.TextDocument, { start }: Finding, judging: Judging): vscode.Diagnostic[] {
  const at = document.positionAt(start);
  const message = `${MOST_SHOWN.toLocaleString('en')} tokens stand before this one: from here on none is judged.`;
  const shown = diagnosticFor(
    document,
    new vscode.Range(at, at.translate(0, 3)),
    { rule: 'too-large', message },
    judging,
  );
  return shown ? [shown] : [];
}

function diagnosticsOf(document: vscode.TextDocument, found: Finding, judging: Judging): vscode.Diagnostic[] {
  const { isTracked, live, options, grades, docs } = judging;
  const range = new vscode.Range(document.positionAt(found.start), document.positionAt(found.end));
  const lines = linesOf(document);
  const around = {
    ...placeIn(lines, range.start, range.end),
    within:
      found.kind === 'jws' && found.isWithin
        ? placeWithin(lines, range.start, range.end, found.token)
        : undefined,
    isTracked,
    ended: live.whyFoundEnded(document, found),
  };
  return problemsOf(found, around, options).flatMap(
    (problem) => diagnosticFor(document, range, problem, { grades, docs }) ?? [],
  );
}
