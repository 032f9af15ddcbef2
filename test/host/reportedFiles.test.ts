import { afterEach, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { rules } from '../../src/problems/catalog.ts';
import { peoplesFiles } from '../support/texts/reportedFiles.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'people');

/** A manifest with a problem of its own, and one of the token in it. */
const WITH_PROBLEMS = `kind: Secret\nmetadata: {name: s}\ntype: kubernetes.io/service-account-token\ndata: {token: ${jwt(boundClaims())}}\n`;
const LATER = ['account-annotation-missing', 'raw-in-data'];

const ruleOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'object' ? String(code.value) : String(code);

/** The rules of ours that the editor shows of a document, each once. */
function shown({ uri }: vscode.TextDocument): string[] {
  const found = vscode.languages.getDiagnostics(uri).map(ruleOf);
  return [...new Set(found.filter((rule) => rule in rules))].toSorted();
}

async function until(isSo: () => boolean, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; !isSo();) {
    if (Date.now() > deadline) return false;
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
  return true;
}

describe('in the editor, somebody who', () => {
  before(() => {
    mkdirSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  for (const { who, file, text, hovers = [], problems, fix } of peoplesFiles) {
    it(`${who} is told what matters, and nothing else (${file})`, async () => {
      writeFileSync(join(folder, file), text, { mode: 0o600 });
      writeFileSync(join(folder, `later-${file}.yaml`), WITH_PROBLEMS, { mode: 0o600 });
      const document = await vscode.workspace.openTextDocument(join(folder, file));
      await vscode.window.showTextDocument(document);
      const wanted = Object.keys(problems).toSorted();
      // What is shown of a file that is opened later shows that this one was looked at.
      const later = await vscode.workspace.openTextDocument(join(folder, `later-${file}.yaml`));
      await until(() => shown(later).join() === LATER.join(), 20_000);
      await until(() => shown(document).join() === wanted.join(), 2000);
      assert.deepEqual(shown(document), wanted);
      for (const diagnostic of vscode.languages.getDiagnostics(document.uri)) {
        if (ruleOf(diagnostic) in rules)
          assert.match(diagnostic.message, problems[ruleOf(diagnostic)] ?? /^$/);
      }
      for (const [on, says, saysNot] of hovers) {
        const position = document.positionAt(text.indexOf(on) + Math.floor(on.length / 2));
        const hover = await vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          position,
        );
        const said = hover
          .flatMap(({ contents }) => contents)
          .map((one) => (typeof one === 'string' ? one : one.value))
          .join('\n')
          .replaceAll('&nbsp;', ' ')
          .replaceAll('&amp;', '&')
          .replaceAll(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
        for (const one of says) assert.match(said, one);
        if (saysNot) assert.doesNotMatch(said, saysNot);
      }
      if (fix === undefined) return;
      const diagnostic = vscode.languages
        .getDiagnostics(document.uri)
        .find((one) => ruleOf(one) === wanted[0]);
      assert.ok(diagnostic);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        diagnostic.range,
        vscode.CodeActionKind.QuickFix.value,
      );
      const titles = actions.map(({ title }) => title);
      assert.ok(
        titles.some((title) => title.startsWith(fix)),
        `${fix} is among ${titles.join(', ')}`,
      );
    });
  }
});
