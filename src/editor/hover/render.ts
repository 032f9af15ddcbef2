import * as vscode from 'vscode';
import type { Description } from '../../token/describe.ts';
import { escapeMarkdown } from '../workbench/markdown.ts';

/** Writes a description as Markdown. Claims are a stranger's text: they are escaped, and only our `links` run, of `linkTo`. */
export function render({ headline, rows, advice }: Description, links: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.supportThemeIcons = true;
  // What is linked to runs, and nothing else.
  markdown.isTrusted = {
    enabledCommands: [...links.matchAll(/\]\(command:([\w.]+)/g)].map(([, id = '']) => id),
  };
  markdown.appendMarkdown(`**${escapeMarkdown(headline)}**\n\n`);
  if (rows.length > 0) {
    markdown.appendMarkdown('| | |\n|---|---|\n');
    for (const [label, value] of rows) {
      markdown.appendMarkdown(`| ${escapeMarkdown(label)}&nbsp; | ${escapeMarkdown(value)} |\n`);
    }
  }
  if (advice.length > 0) {
    // Two spaces and a line break: lines of one paragraph, as there is no room for more.
    const lines = advice.map(({ text }) => `$(lightbulb) ${escapeMarkdown(text)}`);
    markdown.appendMarkdown(`\n\n${lines.join('  \n')}`);
  }
  if (links !== '') markdown.appendMarkdown(`\n\n${links}`);
  return markdown;
}
