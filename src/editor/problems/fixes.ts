import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import type { FoundToken } from '../../token/find.ts';
import type { TokenDocuments } from './documents.ts';
import { isRule, SOURCE } from './problems.ts';
import { documentKind, type Rule } from './rules.ts';

/** Offers to put right what a problem names: in place, leaving all else in the file as it is. */
export function registerFixes(documents: TokenDocuments): vscode.Disposable {
  const provideCodeActions = (
    document: vscode.TextDocument,
    _range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] =>
    diagnostics.flatMap((diagnostic) => {
      const rule = ruleOf(diagnostic);
      if (!rule) return [];
      const start = document.offsetAt(diagnostic.range.start);
      const found = documents.findings(document).find((one) => one.kind === 'jws' && one.start === start);
      const fixes = found?.kind === 'jws' ? fixesFor(rule, document, diagnostic, found) : [];
      return canComment(document, diagnostic) ? [...fixes, silence(rule, document, diagnostic)] : fixes;
    });
  return vscode.languages.registerCodeActionsProvider(
    { pattern: '**' },
    { provideCodeActions },
    { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
  );
}

function ruleOf({ source, code }: vscode.Diagnostic): Rule | undefined {
  if (source !== SOURCE || typeof code !== 'object') return undefined;
  return isRule(code.value) ? code.value : undefined;
}

function fixesFor(
  rule: Rule,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
  found: FoundToken,
): vscode.CodeAction[] {
  const replace = (title: string, text: string, range = diagnostic.range): vscode.CodeAction => {
    const action = actionFor(title, diagnostic);
    action.edit = new vscode.WorkspaceEdit();
    action.edit.replace(document.uri, range, text);
    action.isPreferred = true;
    return action;
  };
  const run = (title: string, command: string, ...args: readonly unknown[]): vscode.CodeAction => {
    const action = actionFor(title, diagnostic);
    action.command = { title, command, arguments: [...args] };
    return action;
  };
  const renew = (): vscode.CodeAction => {
    const { line, character } = diagnostic.range.start;
    const place = { uri: document.uri.toString(), line, character };
    const action = run('Renew the token in this kubeconfig…', commands.regenerateKubeconfig, place);
    action.isPreferred = true;
    return action;
  };
  switch (rule) {
    case 'encoded-in-kubeconfig':
    case 'encoded-in-string-data':
      return [replace('Decode the token', found.token)];
    case 'raw-in-data':
      return [replace('Encode the token as base64', btoa(found.token))];
    case 'line-break-caught':
      return [replace('Put the token on one line', found.token)];
    case 'bearer-caught': {
      const line = document
        .lineAt(diagnostic.range.start.line)
        .text.slice(0, diagnostic.range.start.character);
      const bearer = /bearer\s+$/i.exec(line);
      const start = diagnostic.range.start.translate(0, -(bearer?.[0].length ?? 0));
      return [replace('Remove "Bearer"', '', new vscode.Range(start, diagnostic.range.start))];
    }
    case 'pod-bound-in-kubeconfig':
    case 'expired':
    case 'expires-soon':
      return [
        ...(isKubeconfig(document) ? [renew()] : []),
        run('Generate a kubeconfig that lasts…', commands.generateKubeconfig),
        run('Scaffold a token Secret…', commands.scaffoldTokenSecret),
      ];
    case 'never-expires-in-git':
      return [run('Scaffold a token Secret under a new name…', commands.scaffoldTokenSecret)];
    case 'contradictory-claims':
    case 'malformed':
      return [];
  }
}

/** Its beginning is enough to tell. */
function isKubeconfig(document: vscode.TextDocument): boolean {
  const head = document.getText(new vscode.Range(0, 0, 200, 0)).slice(0, 20_000);
  return documentKind(head) === 'kubeconfig';
}

/** JSON has no comments, and a line that begins with the token is inside a text of several lines. */
function canComment(document: vscode.TextDocument, { range: { start } }: vscode.Diagnostic): boolean {
  if (document.languageId === 'json') return false;
  return document.lineAt(start.line).firstNonWhitespaceCharacterIndex < start.character;
}

function silence(
  rule: Rule,
  document: vscode.TextDocument,
  diagnostic: vscode.Diagnostic,
): vscode.CodeAction {
  const line = document.lineAt(diagnostic.range.start.line);
  const indentation = line.text.slice(0, line.firstNonWhitespaceCharacterIndex);
  const mark = ['javascript', 'typescript', 'go', 'java', 'jsonc', 'rust', 'c', 'cpp'].includes(
    document.languageId,
  )
    ? '//'
    : '#';
  const action = actionFor(`Silence "${rule}" here by a comment`, diagnostic);
  action.edit = new vscode.WorkspaceEdit();
  action.edit.insert(
    document.uri,
    line.range.start,
    `${indentation}${mark} serviceaccount-tokens: ignore ${rule}\n`,
  );
  return action;
}

function actionFor(title: string, diagnostic: vscode.Diagnostic): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.diagnostics = [diagnostic];
  return action;
}
