import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { harmless } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import type { FoundToken } from '../../token/find.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { tellBriefly } from '../workbench/say.ts';
import { chooseToken, tokenChoices } from '../subject/pick.ts';
import type { TokenPlace } from '../subject/subject.ts';
import { findingAt } from '../documents/at.ts';
import { claimsAsJson, claimsAsYaml, type ClaimsDocuments } from './claimsDocuments.ts';
import { describe } from './hover.ts';

/** No line of a summary is longer, in UTF-16 units. */
const MAX_LINE = 1000;

/** Shows the claims of a token, which a link names or at which the cursor stands. Throws a Problem where there is none. */
export async function showClaims(documents: ClaimsDocuments, about: TokenPlace | undefined): Promise<void> {
  const token = await tokenOf(about);
  if (token) await documents.show(token.found);
}

/** Copies its claims as JSON. Throws a Problem where there is none. */
export async function copyClaims(about: TokenPlace | undefined): Promise<void> {
  const token = await tokenOf(about);
  if (token) await copy(claimsAsJson(token.found), 'The claims, as JSON,');
}

/** Copies its claims as YAML. Throws a Problem where there is none. */
export async function copyClaimsAsYaml(about: TokenPlace | undefined): Promise<void> {
  const token = await tokenOf(about);
  if (token) await copy(claimsAsYaml(token.found), 'The claims, as YAML,');
}

/** Copies what its hover says, without the token. Throws a Problem where there is none. */
export async function copySummary(about: TokenPlace | undefined, live: LiveAccounts): Promise<void> {
  const token = await tokenOf(about);
  if (!token) return;
  const { document, found } = token;
  const { headline, rows, advice } = describe(document, found, live);
  const table = rows.map(([label, value]) => `${label}: ${value}`);
  const lines = [headline, '', ...table, ...advice.map(({ text }) => text)].map((line) =>
    harmless(line, MAX_LINE),
  );
  await copy(redact(lines.join('\n')), 'The summary');
}

async function copy(text: string, what: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  tellBriefly(`${what} of the token: copied`, 3000);
}

interface Told {
  readonly document: vscode.TextDocument;
  readonly found: FoundToken;
}

/** The token that is meant: that of a link or at the cursor, else of the open file. Undefined where the person chose none. */
async function tokenOf(about: TokenPlace | undefined): Promise<Told | undefined> {
  const told = toldAt(placeOf(about));
  if (told) return told;
  const editor = vscode.window.activeTextEditor;
  const chosen = !about && editor ? await chooseToken(tokenChoices(editor.document)) : 'none';
  if (chosen === undefined) return undefined;
  const chosenOne = chosen === 'none' ? undefined : toldAt(placeOf(chosen.place));
  if (chosenOne) return chosenOne;
  throw new Problem(
    'bad-input',
    'There is no token here. Open a file that has one, put the cursor on it, and try again.',
  );
}

function toldAt(
  place: { document: vscode.TextDocument; position: vscode.Position } | undefined,
): Told | undefined {
  const found = place && findingAt(place.document, place.position)?.found;
  return place && found?.kind === 'jws' ? { document: place.document, found } : undefined;
}

function placeOf(
  about: TokenPlace | undefined,
): { document: vscode.TextDocument; position: vscode.Position } | undefined {
  if (about) {
    const { uri, line, character } = about;
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
    return (
      document && { document, position: document.validatePosition(new vscode.Position(line, character)) }
    );
  }
  const editor = vscode.window.activeTextEditor;
  return editor && { document: editor.document, position: editor.selection.active };
}
