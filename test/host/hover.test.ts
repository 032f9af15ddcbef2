import { it } from 'mocha';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { boundClaims, jwt } from '../support/tokens.ts';

const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');

it('activates', async () => {
  assert.ok(extension, 'the extension is installed');
  await extension.activate();
  assert.equal(extension.isActive, true);
});

it('decodes a token under the pointer in a document that was never saved', async () => {
  const document = await vscode.workspace.openTextDocument({ content: `token=${jwt(boundClaims())}\n` });
  await vscode.window.showTextDocument(document);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(0, 20),
  );
  const text = hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
  // The hover escapes punctuation, as a claim is a stranger's text.
  assert.match(text, /Bound token of kube(-|&#45;)system\/mycontroller/);
});
