import * as vscode from 'vscode';
import { argumentOf } from '../subject/subject.ts';
import { commands } from '../../contributions.ts';
import { isAllowedHere } from '../workbench/commands.ts';
import { isOutdatedRule, isTokenRule, type Rule } from '../../problems/catalog.ts';
import type { CheckedDocuments } from '../documents/checked.ts';
import { ruleOf } from './diagnostic.ts';
import type { OutdatedLines } from './outdated.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import { runInSlices } from '../../slices.ts';
import { copyRemedies, generateRemedy, tokenRemedies, type Remedy } from './remedies.ts';

/** How many problems one place is asked about at most: of more nobody reads the fixes. */
const MOST_ASKED = 20;

/** What is known of the open documents. */
export interface Known {
  readonly documents: TokenDocuments;
  readonly checked: CheckedDocuments;
  readonly outdated: OutdatedLines;
}

/**
 * What puts right the problems of ours at a place, in place, leaving all else in the file as it is. A fix is worked out when
 * it is asked for, and then in slices, as a file can have a thousand problems of one rule. Where nobody trusts the workspace,
 * nothing that changes anything is offered.
 */
export async function fixesFor(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
  { documents, checked, outdated }: Known,
  token: vscode.CancellationToken,
): Promise<vscode.CodeAction[] | undefined> {
  const remediesOf: RemediesOf = (document, diagnostic) => {
    const rule = ruleOf(diagnostic);
    if (!rule) return [];
    return isTokenRule(rule)
      ? tokenRemedies(rule, document, diagnostic, documents)
      : documentRemedies(rule, document, diagnostic, { checked, outdated });
  };
  const { version } = document;
  return await runInSlices(
    actionsFor(document, diagnostics, remediesOf),
    () => !token.isCancellationRequested && document.version === version,
  );
}

type RemediesOf = (document: vscode.TextDocument, diagnostic: vscode.Diagnostic) => Remedy[];

function* actionsFor(
  document: vscode.TextDocument,
  diagnostics: readonly vscode.Diagnostic[],
  remediesOf: RemediesOf,
): Generator<undefined, vscode.CodeAction[]> {
  const actions: vscode.CodeAction[] = [];
  const seen = new Set<Rule>();
  for (const diagnostic of diagnostics.filter((one) => ruleOf(one)).slice(0, MOST_ASKED)) {
    yield;
    const rule = ruleOf(diagnostic);
    if (!rule) continue;
    actions.push(
      ...remediesOf(document, diagnostic)
        .filter(isOffered)
        .map((remedy) => actionFor(document, diagnostic, remedy)),
    );
    if (!vscode.workspace.isTrusted) continue;
    actions.push(
      ...(seen.has(rule) ? [] : yield* fixAll(rule, document, diagnostic, remediesOf)),
      ...silence(rule, document, diagnostic),
    );
    seen.add(rule);
  }
  return actions;
}

function isOffered({ does }: Remedy): boolean {
  return 'command' in does ? isAllowedHere(does.command) : vscode.workspace.isTrusted;
}

function documentRemedies(
  rule: Rule,
  document: vscode.TextDocument,
  { range }: vscode.Diagnostic,
  { checked, outdated }: Pick<Known, 'checked' | 'outdated'>,
): Remedy[] {
  if (rule === 'readable-by-others') {
    const does = { command: commands.makePrivate, on: { is: 'file', uri: document.uri } } as const;
    return [{ title: 'Make it readable by you only (chmod 600)', does, isPreferred: true }];
  }
  const start = document.offsetAt(range.start);
  const problems = isOutdatedRule(rule) ? outdated.problems(document) : checked.checked(document)?.problems;
  const problem = problems?.find((one) => one.rule === rule && one.start === start);
  const fixes = (problem?.fixes() ?? []).map(({ title, edits, isPreferred }) => ({
    title,
    isPreferred,
    does: {
      edits: edits.map(({ start: from, end, text, isSnippet }) => {
        const at = new vscode.Range(document.positionAt(from), document.positionAt(end));
        return isSnippet
          ? new vscode.SnippetTextEdit(at, new vscode.SnippetString(text))
          : new vscode.TextEdit(at, text);
      }),
    },
  }));
  if (rule === 'no-token') return [...fixes, generateRemedy()];
  return rule === 'mounted-token-copied' ? [...fixes, ...copyRemedies(document)] : fixes;
}

function actionFor(
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  { title, does, isPreferred }: Remedy,
): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  action.isPreferred = isPreferred;
  if ('command' in does) {
    action.command = { title, command: does.command, arguments: does.on ? [argumentOf(does.on)] : [] };
  } else {
    action.edit = new vscode.WorkspaceEdit();
    action.edit.set(document.uri, [...does.edits]);
  }
  return action;
}

/** The same remedy for every problem of a rule in the file, where there are several that leave no doubt. */
function* fixAll(
  rule: Rule,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  remediesOf: RemediesOf,
): Generator<undefined, vscode.CodeAction[]> {
  const same = vscode.languages.getDiagnostics(document.uri).filter((one) => ruleOf(one) === rule);
  if (same.length < 2) return [];
  const edits: (vscode.TextEdit | vscode.SnippetTextEdit)[] = [];
  let count = 0;
  for (const one of same) {
    yield;
    const does = remediesOf(document, one).find(({ isPreferred }) => isPreferred)?.does;
    if (!does || !('edits' in does)) continue;
    if (does.edits.some((edit) => edits.some((other) => other.range.intersection(edit.range)))) continue;
    edits.push(...does.edits);
    count += 1;
  }
  if (count < 2) return [];
  const title = `Fix all ${count} "${rule}" in this file`;
  const action = actionFor(document, diagnostic, { title, does: { edits }, isPreferred: false });
  action.diagnostics = same;
  return [action];
}

/** Inserts the comment above the problem's line, where that line can have one. */
function silence(
  rule: Rule,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction[] {
  const { languageId } = document;
  const { start } = diagnostic.range;
  const line = document.lineAt(start.line);
  const before = line.text.slice(0, start.character);
  // JSON has no comments, and a line that begins with the token is inside a text of several lines.
  // One that has more before the problem than its field's name may begin inside one too.
  // A line of a script that goes on from the one above takes none between them.
  const isOutdated = isOutdatedRule(rule);
  const canComment = isTokenRule(rule)
    ? !/^\s*$/.test(before)
    : isOutdated
      ? start.line === 0 || !/\\\s*$/.test(document.lineAt(start.line - 1).text.slice(-20))
      : /^[\s-]*(?:(?:["'][\w./-]+|[\w./][\w./-]*|-)["']?\s*:\s*)?$/.test(before);
  if (languageId === 'json' || !canComment) return [];
  const indentation = line.text.slice(0, line.firstNonWhitespaceCharacterIndex);
  const mark = SLASHES.has(languageId) ? '//' : '#';
  const text = `${indentation}${mark} serviceaccount-tokens: ignore ${rule}\n`;
  const does = { edits: [vscode.TextEdit.insert(line.range.start, text)] };
  return [
    actionFor(document, diagnostic, {
      title: `Silence "${rule}" here by a comment`,
      does,
      isPreferred: false,
    }),
  ];
}

const SLASHES: ReadonlySet<string> = new Set([
  'javascript',
  'typescript',
  'go',
  'java',
  'jsonc',
  'rust',
  'c',
  'cpp',
  'csharp',
  'groovy',
  'jenkinsfile',
  'typescriptreact',
  'javascriptreact',
]);
