import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { FoundToken } from '../../token/find.ts';
import { isRecord } from '../../token/decode.ts';
import { registerCommand } from '../commands.ts';
import type { Services } from '../services.ts';
import { findingAt } from './at.ts';
import { describe } from './hover.ts';

/** Copies what a token says, of the token that a link names or that is at the cursor. */
export function registerCopy(services: Pick<Services, 'log'>): vscode.Disposable {
  return vscode.Disposable.from(
    registerCommand(services, commands.copyClaims, async (argument) => {
      const { found } = tokenOf(argument);
      await copy(JSON.stringify(found.decoded.claims, undefined, 2), 'The claims');
    }),
    registerCommand(services, commands.copySummary, async (argument) => {
      const { document, found } = tokenOf(argument);
      const { headline, rows, advice } = describe(document, found);
      const table = rows.map(([label, value]) => `${label}: ${value}`);
      await copy(redact([headline, '', ...table, ...advice].join('\n')), 'The summary');
    }),
  );
}

async function copy(text: string, what: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`${what} of the token: copied`, 3000);
}

function tokenOf(argument: unknown): { document: vscode.TextDocument; found: FoundToken } {
  const place = placeOf(argument);
  const at = place && findingAt(place.document, place.position);
  if (!place || at?.found.kind !== 'jws') {
    throw new Problem(
      'bad-input',
      'There is no token here. Put the cursor on a token in an open file, and try again.',
    );
  }
  return { document: place.document, found: at.found };
}

function placeOf(
  argument: unknown,
): { document: vscode.TextDocument; position: vscode.Position } | undefined {
  if (isRecord(argument) && typeof argument['uri'] === 'string') {
    const { uri, line, character } = argument;
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
    if (!document || typeof line !== 'number' || typeof character !== 'number') return undefined;
    return { document, position: document.validatePosition(new vscode.Position(line, character)) };
  }
  const editor = vscode.window.activeTextEditor;
  return editor && { document: editor.document, position: editor.selection.active };
}
