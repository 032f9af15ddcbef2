import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { findRefusals, refusalsIn, type Refusal } from '../../refusal/find.ts';
import { meaningOf, type Meaning } from '../../refusal/reason.ts';
import { escapeMarkdown } from '../workbench/markdown.ts';
import { linkTo } from '../subject/door.ts';
import type { Subject } from '../subject/subject.ts';
import { runInSlices } from '../../slices.ts';

/** All that is loaded when words that say 401 are first looked for. */
export { refusalsIn };

/** So much of a line to either side of a place is looked at, in UTF-16 units. */
const BESIDE = 8000;
/** Of a reason that is quoted, in UTF-16 units. */
const MOST_QUOTED = 300;
/** So many words of a text are looked at, and so many reasons get a lens. */
const MOST_FOUND = 20_000;
const MOST_LENSES = 50;

/** What the words at a place of a document mean, if they say 401 or a relative of it. Sends nothing. */
export function refusalHover(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.Hover | undefined {
  const from = Math.max(0, position.character - BESIDE);
  const range = new vscode.Range(position.line, from, position.line, position.character + BESIDE);
  const text = document.getText(range);
  const at = position.character - from;
  const found = refusalsIn(text).find(({ start, end }) => start <= at && at <= end);
  if (!found) return undefined;
  const shown = meaningOf(text, found);
  const place = (offset: number): vscode.Position => position.with({ character: from + offset });
  return new vscode.Hover(render(shown), new vscode.Range(place(found.start), place(found.end)));
}

/**
 * The first of each reason in a text, with how often it stands there: a log says the same a thousand times. Runs in slices;
 * undefined where it is not wanted any more.
 */
export async function refusalLenses(
  document: vscode.TextDocument,
  isWanted: () => boolean,
): Promise<vscode.CodeLens[] | undefined> {
  return await runInSlices(lensesOf(document), isWanted);
}

function* lensesOf(document: vscode.TextDocument): Generator<undefined, vscode.CodeLens[]> {
  const text = document.getText();
  const found = yield* findRefusals(text, MOST_FOUND);
  const reasons = new Map<string, { readonly first: Refusal; readonly headline: string; count: number }>();
  let looked = 0;
  for (const one of found) {
    if (one.kind.what !== 'refused, with the reason') continue;
    if (++looked % 50 === 0) yield;
    const { headline } = meaningOf(text, one);
    const known = reasons.get(headline);
    if (known) known.count += 1;
    else if (reasons.size < MOST_LENSES) reasons.set(headline, { first: one, headline, count: 1 });
  }
  return [...reasons.values()].map(({ first, headline, count }) => {
    const { line } = document.positionAt(first.start);
    const more = found.length === MOST_FOUND ? ' or more' : '';
    const title = count === 1 ? headline : `${headline} (${count}${more} times in this file)`;
    return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command: '' });
  });
}

function render({ headline, whose, quoted, causes, advice, named }: Meaning): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.supportThemeIcons = true;
  markdown.isTrusted = { enabledCommands: [commands.explainToken, commands.explainKubeconfig] };
  const said = quoted === undefined ? '' : `  \n“${escapeMarkdown(quoted, MOST_QUOTED)}”`;
  const names = [
    named.serviceAccount && `ServiceAccount ${named.serviceAccount.namespace}/${named.serviceAccount.name}`,
    named.id === undefined ? undefined : `token with the id (jti) ${named.id}`,
    named.kubeconfig === undefined ? undefined : `kubeconfig ${named.kubeconfig}`,
  ].filter((one) => one !== undefined);
  const owner = names.length === 0 ? '' : `  \nNamed here: ${escapeMarkdown(names.join(', '), 600)}`;
  const less = causes.slice(1).map(({ title }) => `\n- ${escapeMarkdown(title, 200)}`);
  const others = less.length === 0 ? '' : `Or, less likely:\n${less.join('')}\n\n`;
  markdown.appendMarkdown(
    `**${escapeMarkdown(headline, 400)}**\n\n${escapeMarkdown(whose, 400)}${said}${owner}\n\n${others}` +
      `$(lightbulb) ${escapeMarkdown(advice, 400)}\n\n${linksOf(named)}`,
  );
  return markdown;
}

/** To the checks: of the kubeconfig that is named, where it is on this machine, or of what the person chooses. */
function linksOf({ kubeconfig }: Meaning['named']): string {
  const link = (title: string, subject?: Subject): string =>
    linkTo(
      title,
      commands.explainToken,
      'Replay the server’s checks; nothing is sent before you say so',
      subject,
    );
  const ofFile =
    kubeconfig !== undefined && vscode.workspace.isTrusted
      ? link('Why does that kubeconfig fail?', { is: 'command', files: [kubeconfig] })
      : undefined;
  return [ofFile, link('Why Unauthorized?')].filter((one) => one !== undefined).join(' · ');
}
