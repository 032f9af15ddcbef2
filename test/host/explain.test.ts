import { it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import * as vscode from 'vscode';
import { boundClaims, jwt } from '../support/tokens.ts';
import { openedTab } from './terminals.ts';

const run = promisify(execFile);

/** The tab of the inspector that a command opens, by its title; it is closed again. */
async function opened(argument: object): Promise<string> {
  return await openedBy(async () => {
    await vscode.commands.executeCommand('serviceAccountTokens.explainToken', argument);
  });
}

async function openedBy(open: () => Promise<void>): Promise<string> {
  const title = await openedTab(open);
  if (title === undefined) throw new Error('No inspector was opened.');
  return title;
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

it('is reached by the link of a hover', async () => {
  const document = await vscode.workspace.openTextDocument({ content: `token=${jwt(boundClaims())}\n` });
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    new vscode.Position(0, 20),
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map((one) => (typeof one === 'string' ? one : one.value)),
  );
  const [, query = ''] =
    /\(command:serviceAccountTokens\.explainToken\?([^ )]+)/.exec(texts.join('\n')) ?? [];
  const [argument] = JSON.parse(decodeURIComponent(query)) as [object];
  assert.match(await opened(argument), /^Token: .*:1$/);
});

it('is reached by the quick fix of a token that has expired', async () => {
  const { uri } = await vscode.workspace.openTextDocument({
    content: `token=${jwt(boundClaims({}, { exp: 1_700_000_000 }))}\n`,
  });
  const fixes = async (): Promise<vscode.CodeAction[]> =>
    await vscode.commands.executeCommand(
      'vscode.executeCodeActionProvider',
      uri,
      new vscode.Range(0, 10, 0, 10),
    );
  let fix: vscode.CodeAction | undefined;
  for (let tries = 0; !fix && tries < 100; tries++) {
    fix = (await fixes()).find(({ title }) => title.startsWith('Why Unauthorized?'));
    await sleep(50); // The problem is shown when the text has been read.
  }
  const { command, arguments: given = [] } = fix?.command ?? {};
  assert.ok(command);
  const title = await openedBy(async () => {
    await vscode.commands.executeCommand(command, ...(given as unknown[]));
  });
  assert.match(title, /^Token: .*:1$/);
});

it('is reached from a kubeconfig that was proved not to work', async () => {
  const { clusters } = parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
    clusters: object[];
  };
  const [cluster] = clusters as [{ name: string }];
  const uri = await fileWith(
    'refused.kubeconfig',
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [cluster],
      users: [{ name: 'u', user: { token: jwt(boundClaims()) } }],
      contexts: [{ name: 'x', context: { cluster: cluster.name, user: 'u' } }],
      'current-context': 'x',
    }),
  );
  const title = await openedBy(async () => {
    const proving = vscode.commands.executeCommand('serviceAccountTokens.verifyKubeconfig', {
      uri: uri.toString(),
      context: 'x',
    });
    const isDone = async (): Promise<boolean> =>
      await Promise.race([proving.then(() => true), sleep(300).then(() => false)]);
    while (!(await isDone())) await vscode.commands.executeCommand('notification.acceptPrimaryAction');
  });
  assert.match(title, /refused\.kubeconfig$/);
});

it('explains a token Secret by its row, also one that is empty', async () => {
  const kubectl = async (...args: string[]): Promise<void> => {
    await run(process.env['KUBECTL'] ?? '', ['-n', 'default', ...args]);
  };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'never-filled',
      annotations: { 'kubernetes.io/service-account.name': 'default' },
    },
    type: 'kubernetes.io/service-account-token',
    immutable: true,
  };
  const { fsPath } = await fileWith('never-filled.json', JSON.stringify(secret));
  await kubectl('create', '-f', fsPath);
  try {
    const info = { namespace: 'default', name: 'never-filled', serviceAccount: 'default' };
    assert.equal(await opened({ kind: 'tokenSecret', info }), 'Token: default/never-filled');
  } finally {
    await kubectl('delete', 'secret', 'never-filled');
  }
});
