import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { said } from '../../harmless.ts';
import { silenced } from '../../silenced.ts';
import { isRule, rules, type Rule, type Severity } from '../../problems/catalog.ts';

/** No more of a file is judged, as VS Code shows no more problems of one (its extHostDiagnostics). */
export const MOST_SHOWN = 1000;
/** No message is longer, in UTF-16 units: names are a stranger's. */
const LONGEST_MESSAGE = 4000;
/** Who says it, in the Problems view. */
const SOURCE = 'ServiceAccount tokens';

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity | undefined>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
  off: undefined,
};

/** How severe each rule is in a document by the settings, where they say so. */
export type Grades = ReadonlyMap<Rule, Severity>;

/** Reads the settings for a document or a file. What they say of rules that do not exist is ignored. */
export function gradesFor({ uri }: Pick<vscode.TextDocument, 'uri'>): Grades {
  const set = vscode.workspace.getConfiguration(undefined, uri).get<unknown>(settings.problems);
  const grades = new Map<Rule, Severity>();
  if (typeof set !== 'object' || set === null) return grades;
  for (const [rule, severity] of Object.entries(set)) {
    if (isRule(rule) && isSeverity(severity)) grades.set(rule, severity);
  }
  return grades;
}

/** Whether problems are shown of a document: not of one that cannot be changed, as the other revision in a comparison. */
export function hasProblems({ uri }: vscode.TextDocument): boolean {
  const { fs, getWorkspaceFolder } = vscode.workspace;
  return fs.isWritableFileSystem(uri.scheme) !== false || getWorkspaceFolder(uri) !== undefined;
}

/** Where the rules are explained. */
export function docsOf(extensionUri: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extensionUri, 'docs', 'problems.md');
}

/** A problem as the editor shows it; undefined where a setting or a comment has switched its rule off. */
export function diagnosticFor(
  document: vscode.TextDocument,
  range: vscode.Range,
  { rule, message }: { readonly rule: Rule; readonly message: string },
  { grades, docs }: { readonly grades: Grades; readonly docs: vscode.Uri },
): vscode.Diagnostic | undefined {
  const severity = SEVERITIES[grades.get(rule) ?? rules[rule]];
  if (severity === undefined) return undefined;
  const quiet = silencedAround(document, range);
  if (quiet.has('*') || quiet.has(rule)) return undefined;
  const diagnostic = new vscode.Diagnostic(range, said(message.slice(0, LONGEST_MESSAGE)).text, severity);
  diagnostic.source = SOURCE;
  diagnostic.code = { value: rule, target: docs.with({ fragment: rule }) };
  return diagnostic;
}

/** The rule of a diagnostic, if it is one of ours. */
export function ruleOf({ source, code }: vscode.Diagnostic): Rule | undefined {
  if (source !== SOURCE || typeof code !== 'object') return undefined;
  return isRule(code.value) ? code.value : undefined;
}

/** A comment stands near the end of the problem's line, or on the line above it. */
function silencedAround(document: vscode.TextDocument, { start, end }: vscode.Range): ReadonlySet<string> {
  const above = start.line > 0 ? document.lineAt(start.line - 1).text.slice(-500) : '';
  const after = document.lineAt(end.line).text.slice(end.character, end.character + 500);
  return silenced(`${above}\n${after}`);
}

function isSeverity(value: unknown): value is Severity {
  return typeof value === 'string' && Object.hasOwn(SEVERITIES, value);
}
