import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { redact } from '../../redact.ts';
import type { Finding } from '../../token/find.ts';
import type { TokenDocuments } from './documents.ts';
import { isTrackedByGit } from './git.ts';
import {
  documentKind,
  nextChange,
  problemsOf,
  rules,
  silenced,
  type Rule,
  type Severity,
  type Surroundings,
} from './rules.ts';

/** Who says it, in the Problems view. */
export const SOURCE = 'ServiceAccount tokens';

/** How much before a token is looked at, in UTF-16 units. */
const BEFORE = 4000;
/** setTimeout takes no longer delay, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Shows the problems of every open document's tokens, and changes them when their time comes, without polling. */
export function registerProblems(documents: TokenDocuments, extensionUri: vscode.Uri): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens');
  const timers = new Map<vscode.TextDocument, ReturnType<typeof setTimeout>>();
  const docs = vscode.Uri.joinPath(extensionUri, 'docs', 'problems.md');

  const judge = async (document: vscode.TextDocument): Promise<void> => {
    clearTimeout(timers.get(document));
    timers.delete(document);
    const findings = documents.findings(document);
    if (findings.length === 0) {
      collection.delete(document.uri);
      return;
    }
    const { version } = document;
    const isTracked = await isTrackedByGit(document.uri);
    if (document.isClosed || document.version !== version) return;
    const options = { now: Math.floor(Date.now() / 1000), soon: soonSetting() };
    const grades = gradesFor(document);
    const kind = documentKind(document.getText(new vscode.Range(0, 0, 200, 0)).slice(0, 20_000));
    const diagnostics = findings.flatMap((found) =>
      diagnosticsOf(document, found, { kind, isTracked, options, grades, docs }),
    );
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
  for (const document of documents.documents) void judge(document);
  return vscode.Disposable.from(
    collection,
    documents.onDidRead((document) => void judge(document)),
    documents.onDidClose(forget),
    vscode.workspace.onDidSaveTextDocument((document) => void judge(document)),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration(settings.problems) && !event.affectsConfiguration(settings.expiresSoon))
        return;
      for (const document of documents.documents) void judge(document);
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
  readonly grades: ReadonlyMap<Rule, Severity>;
  readonly docs: vscode.Uri;
}

function diagnosticsOf(document: vscode.TextDocument, found: Finding, judging: Judging): vscode.Diagnostic[] {
  const { kind, isTracked, options, grades, docs } = judging;
  const start = document.positionAt(found.start);
  const range = new vscode.Range(start, document.positionAt(found.end));
  const from = document.positionAt(Math.max(0, found.start - BEFORE));
  const before = document.getText(new vscode.Range(from, start));
  const quiet = silencedAround(document, range);
  return problemsOf(found, { document: kind, before, isTracked }, options).flatMap(({ rule, message }) => {
    const severity = SEVERITIES[grades.get(rule) ?? rules[rule]];
    if (severity === undefined || quiet.has('*') || quiet.has(rule)) return [];
    const diagnostic = new vscode.Diagnostic(range, redact(message), severity);
    diagnostic.source = SOURCE;
    diagnostic.code = { value: rule, target: docs.with({ fragment: rule }) };
    return [diagnostic];
  });
}

/** A comment stands near the end of the token's line, or on the line above it. */
function silencedAround(document: vscode.TextDocument, { start, end }: vscode.Range): ReadonlySet<string> {
  const above = start.line > 0 ? document.lineAt(start.line - 1).text.slice(-500) : '';
  const after = document.lineAt(end.line).text.slice(end.character, end.character + 500);
  return silenced(`${above}\n${after}`);
}

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity | undefined>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  off: undefined,
};

function soonSetting(): number {
  const minutes = vscode.workspace.getConfiguration().get<unknown>(settings.expiresSoon);
  return typeof minutes === 'number' && minutes >= 0 ? minutes * 60 : 600;
}

function gradesFor({ uri }: vscode.TextDocument): ReadonlyMap<Rule, Severity> {
  const set = vscode.workspace.getConfiguration(undefined, uri).get<unknown>(settings.problems);
  const grades = new Map<Rule, Severity>();
  if (typeof set !== 'object' || set === null) return grades;
  for (const [rule, severity] of Object.entries(set)) {
    if (isRule(rule) && isSeverity(severity)) grades.set(rule, severity);
  }
  return grades;
}

/** Whether a text names a rule. */
export function isRule(text: unknown): text is Rule {
  return typeof text === 'string' && Object.hasOwn(rules, text);
}

function isSeverity(value: unknown): value is Severity {
  return typeof value === 'string' && Object.hasOwn(SEVERITIES, value);
}
