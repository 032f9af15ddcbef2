import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import { describeToken, type Description } from '../../token/describe.ts';
import { findAt } from '../../token/find.ts';

/** Decodes the token under the pointer in every file, whatever its language or scheme. Sends nothing anywhere. */
export function registerHover(): vscode.Disposable {
  return vscode.languages.registerHoverProvider({ pattern: '**' }, { provideHover });
}

function provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
  const line = document.lineAt(position.line);
  const found = findAt(line.text, position.character);
  if (found?.kind !== 'jws') return undefined;
  const description = describeToken(classifyToken(found.decoded), {
    now: Math.floor(Date.now() / 1000),
    encoding: found.encoding,
    inKubeconfig: isKubeconfig(document),
    localTime: (seconds) => new Date(seconds * 1000).toLocaleString(vscode.env.language),
  });
  const range = new vscode.Range(position.line, found.start, position.line, found.end);
  return new vscode.Hover(render(description), range);
}

function isKubeconfig(document: vscode.TextDocument): boolean {
  const head = document.getText(new vscode.Range(0, 0, 200, 0));
  return /^\s*"?kind"?:\s*"?Config\b/m.test(head);
}

/** Writes a description as Markdown. Claims are a stranger's text: they are escaped, and no command link is trusted. */
export function render({ headline, rows, advice }: Description): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.supportThemeIcons = true;
  markdown.appendMarkdown(`**${escape(headline)}**\n\n`);
  if (rows.length > 0) {
    markdown.appendMarkdown('| | |\n|---|---|\n');
    for (const [label, value] of rows) markdown.appendMarkdown(`| ${escape(label)} | ${escape(value)} |\n`);
  }
  for (const line of advice) markdown.appendMarkdown(`\n\n$(lightbulb) ${escape(line)}`);
  return markdown;
}

/** No claim is shown longer than this, in UTF-16 units: a hostile one would fill the screen. */
const MAX_SHOWN = 200;

function escape(text: string): string {
  const shown = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
  return shown
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]()#+!|~<>$:@-]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll('.', '&#46;');
}
