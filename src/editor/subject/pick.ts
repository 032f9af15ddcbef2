import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { words, type Text, type Words } from '../../harmless.ts';
import { looksLikeKubeconfig } from '../../manifest/looksLikeKubeconfig.ts';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import { findTokens, type FoundToken } from '../../token/find.ts';
import { chooseFiles, pick, type Choice } from '../workbench/say.ts';
import { placeAt } from './door.ts';
import type { TokenPlace } from './subject.ts';

/** A token of a file, to choose from. */
export interface TokenChoice extends Choice {
  readonly place: TokenPlace;
  readonly token: string;
}

/** The tokens of a document, in their order. */
export function tokenChoices(document: vscode.TextDocument): readonly TokenChoice[] {
  return findTokens(document.getText()).map((found) => choiceOf(document, found));
}

/** The only one of a document's tokens, or one that the person chooses: `none` where there is none, undefined where they leave. */
export async function chooseToken(
  choices: readonly TokenChoice[],
  options: { readonly title: Text; readonly placeHolder?: Text } = { title: 'Which token of this file?' },
): Promise<TokenChoice | 'none' | undefined> {
  const [only, second] = choices;
  if (!only) return 'none';
  return second ? await pick(choices, options) : only;
}

function choiceOf(document: vscode.TextDocument, { start, decoded, token }: FoundToken): TokenChoice {
  const known = classifyToken(decoded);
  const { is: _, ...place } = placeAt(document, start);
  return {
    label: kindInWords(known),
    iconPath: new vscode.ThemeIcon('key'),
    description: verdict(known, Math.floor(Date.now() / 1000)),
    detail: `Line ${place.line + 1} of this file`,
    place,
    token,
  };
}

/** A context to choose from. */
export interface ContextChoice {
  readonly name: string;
  readonly isCurrent: boolean;
  /** What else is told of it: its server, its user. */
  readonly about: string;
}

/** The only context of a kubeconfig, or one that the person chooses, the current one first. Throws bad-kubeconfig where it has none. */
export async function chooseContext(
  path: string,
  contexts: readonly ContextChoice[],
  options: { readonly title: Text; readonly placeHolder: Text },
): Promise<string | undefined> {
  const [only, second] = contexts;
  if (!only) throw new Problem('bad-kubeconfig', `${path} is no kubeconfig: it has no contexts.`);
  if (!second) return only.name;
  const items = contexts
    .toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent))
    .map(({ name, isCurrent, about }) => ({
      label: name,
      description: [isCurrent ? 'current-context' : '', about].filter(Boolean).join(' · '),
    }));
  return (await pick(items, options))?.label;
}

/** The kubeconfig in the editor, else a file of the person's choice. */
export async function openOrChosenKubeconfig(
  button: string,
  question?: Words,
): Promise<vscode.Uri | undefined> {
  const open = vscode.window.activeTextEditor?.document;
  return open && looksLikeKubeconfig(open.getText()) ? open.uri : await chooseKubeconfig(button, question);
}

/** A file of the person's choice. `button` says what is done with it. */
export async function chooseKubeconfig(
  button = 'Explain',
  question = words`Which kubeconfig?`,
): Promise<vscode.Uri | undefined> {
  const [file] = await chooseFiles(question, button);
  return file;
}
