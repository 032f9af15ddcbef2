/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';

const said = (milliseconds: number): string =>
  `E1129 05:34:56.${milliseconds}    8262 authentication.go:76] "Unable to authenticate the request" err="[invalid bearer token, service account token has expired]"`;

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

async function hoverAt(uri: vscode.Uri, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

async function lensesOf(uri: vscode.Uri): Promise<string> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    10,
  );
  return lenses.map(({ command }) => command?.title).join('\n');
}

async function log(...lines: readonly string[]): Promise<vscode.TextDocument> {
  return await vscode.workspace.openTextDocument({ language: 'log', content: lines.join('\n') });
}

describe('in a log, the words that say 401', () => {
  it('have a hover with the reason, whose refusal it is, and what to do', async () => {
    const { uri } = await log('nothing', said(108_005));
    const place = new vscode.Position(1, said(108_005).indexOf('Unable') + 3);
    const text = await eventually('a hover', async () => await hoverAt(uri, place));
    for (const part of [
      '401: It has expired',
      'Said by an API server',
      'Get a new token',
      'Why Unauthorized?',
    ]) {
      check(text.includes(part), `no "${part}" in ${text}`);
    }
  });

  it('have one lens for each reason, with how often it is said', async () => {
    const { uri } = await log(...Array.from({ length: 1000 }, (_, index) => said(100_000 + index)));
    const titles = await eventually('a lens', async () => await lensesOf(uri));
    check(titles === '401: It has expired (1000 times in this file)', titles);
  });
});
