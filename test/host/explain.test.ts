import { it } from 'mocha';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { ExplainArgument } from '../../src/editor/explain/argument.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

/** The tab of the inspector that a command opens, by its title; it is closed again. */
async function opened(argument: ExplainArgument | object): Promise<string> {
  const inspectors = (): readonly vscode.Tab[] =>
    vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(
        ({ input }) =>
          input instanceof vscode.TabInputWebview && input.viewType.includes('serviceAccountTokens'),
      );
  await vscode.commands.executeCommand('serviceAccountTokens.explainToken', argument);
  for (let tries = 0; tries < 100; tries++) {
    const [tab] = inspectors();
    if (tab) {
      const { label } = tab;
      await vscode.window.tabGroups.close(tab);
      return label;
    }
    await sleep(50);
  }
  throw new Error('No inspector was opened.');
}

async function fileWith(name: string, text: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
  const path = join(folder, name);
  await writeFile(path, text, { mode: 0o600 });
  return vscode.Uri.file(path);
}

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'u', user: { token: jwt(boundClaims()) } }],
  contexts: [
    { name: 'one', context: { cluster: 'c', user: 'u' } },
    { name: 'two', context: { cluster: 'c', user: 'u' } },
  ],
  'current-context': 'one',
});

it('explains a token at a place of a document', async () => {
  const { uri } = await vscode.workspace.openTextDocument({ content: `\ntoken=${jwt(boundClaims())}\n` });
  assert.match(await opened({ uri: uri.toString(), line: 1, character: 20 }), /^Token: .*:2$/);
});

it('explains the whole token of which a part is selected, and of what else is selected the text', async () => {
  const document = await vscode.workspace.openTextDocument({
    content: `token=Bearer ${jwt(boundClaims())}\n`,
  });
  const selecting = async (from: number, to: number): Promise<string> => {
    const selection = new vscode.Range(0, from, 0, to);
    await vscode.window.showTextDocument(document, { selection });
    return await opened({});
  };
  assert.match(await selecting(13, 20), /^Token: Untitled-\d+:1$/);
  assert.equal(await selecting(6, document.lineAt(0).text.length), 'Token: Selection');
});

it('explains a kubeconfig by its file and a context, and another file by its only token', async () => {
  const file = await fileWith('explained.kubeconfig', kubeconfig);
  assert.match(
    await opened({ uri: file.toString(), context: 'two' }),
    /^Token: (\w+\/)?explained\.kubeconfig$/,
  );
  const other = await fileWith('explained.env', `TOKEN=${jwt(boundClaims())}\n`);
  assert.match(await opened(other), /^Token: (\w+\/)?explained\.env:1$/);
});

it('explains rows of the tree: a Pod, and what was issued, with and without its file', async () => {
  const pod = { namespace: 'ns', name: 'pod-1', uid: 'u', serviceAccount: 'default' };
  assert.equal(await opened({ kind: 'pod', info: pod }), 'Token: Pod ns/pod-1');
  const entry = {
    id: '1',
    form: 'kubeconfig',
    context: 'c',
    cluster: 'c',
    server: 'https://127.0.0.1:1',
    namespace: 'kube-system',
    serviceAccount: 'mycontroller',
    jti: '6d0d5ed4-7d6c-4bd1-b8a3-9f9a6f6d8b0e',
    audiences: [],
    issued: 1_800_000_000,
    expires: 1_800_003_600,
  };
  assert.equal(await opened({ kind: 'issuedToken', entry }), 'Token: kube-system/mycontroller');
  const { fsPath } = await fileWith('issued.kubeconfig', kubeconfig);
  assert.match(
    await opened({ kind: 'issuedToken', entry: { ...entry, file: fsPath } }),
    /issued\.kubeconfig:1$/,
  );
  assert.equal(await opened({ claims: boundClaims() }), 'Token: Token that is not kept');
});
