import * as vscode from 'vscode';
import { classifyToken } from '../../token/classify.ts';
import { kindInWords, verdict } from '../../token/describe.ts';
import { findTokens, type FoundToken } from '../../token/find.ts';
import type { TokenPlace } from './argument.ts';
import { pick, type Choice } from '../workbench/say.ts';

/** A token of a file, to choose from. */
export interface TokenChoice extends Choice {
  readonly place: TokenPlace;
}

/** The tokens of a document, in their order. */
export function tokenChoices(document: vscode.TextDocument): readonly TokenChoice[] {
  return findTokens(document.getText()).map((found) => choiceOf(document, found));
}

/** The only token of a document, or one that the person chooses: `none` where it has none, undefined where they leave. */
export async function chooseToken(document: vscode.TextDocument): Promise<TokenPlace | 'none' | undefined> {
  const choices = tokenChoices(document);
  const [only, second] = choices;
  if (!only) return 'none';
  if (!second) return only.place;
  return (await pick(choices, { title: 'Which token of this file?' }))?.place;
}

function choiceOf(document: vscode.TextDocument, { start, decoded }: FoundToken): TokenChoice {
  const token = classifyToken(decoded);
  const { line, character } = document.positionAt(start);
  return {
    label: kindInWords(token),
    iconPath: new vscode.ThemeIcon('key'),
    description: verdict(token, Math.floor(Date.now() / 1000)),
    detail: `Line ${line + 1} of this file`,
    place: { uri: document.uri.toString(), line, character },
  };
}
