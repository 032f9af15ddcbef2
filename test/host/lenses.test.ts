import { afterEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { boundClaims, jwt } from '../support/tokens.ts';

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'lenses');

async function open(file: string, text: string): Promise<vscode.TextDocument> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text, { mode: 0o600 });
  const document = await vscode.workspace.openTextDocument(join(folder, file));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The lenses of a document as `line: title`, and their commands. */
async function lensesOf(
  document: vscode.TextDocument,
): Promise<{ texts: string[]; commands: vscode.Command[] }> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    100,
  );
  const all = lenses.map(({ range, command }) => ({ line: range.start.line, command }));
  return {
    texts: all.map(({ line, command }) => `${line}: ${command?.title.replace(/^\$\(.*?\) /, '') ?? ''}`),
    commands: all.flatMap(({ command }) => command ?? []),
  };
}

/** The title of the inspector that a lens opens; it is closed again. */
async function openedBy({ command, arguments: given = [] }: vscode.Command): Promise<string> {
  await vscode.commands.executeCommand(command, ...(given as unknown[]));
  for (const deadline = Date.now() + 10_000; ;) {
    const tab = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .find(({ input }) => input instanceof vscode.TabInputWebview);
    if (tab) {
      const { label } = tab;
      await vscode.window.tabGroups.close(tab);
      return label;
    }
    assert.ok(Date.now() < deadline, 'the inspector opens');
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

const secret = (name: string, namespace?: string): string =>
  [
    'apiVersion: v1',
    'kind: Secret',
    'metadata:',
    `  name: ${name}`,
    ...(namespace === undefined ? [] : [`  namespace: ${namespace}`]),
    '  annotations: {kubernetes.io/service-account.name: default}',
    'type: kubernetes.io/service-account-token',
    '',
  ].join('\n');

describe('lenses', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('stand above each token Secret, and name it to their commands', async () => {
    const document = await open('secrets.yaml', `${secret('one', 'ci')}---\n${secret('two')}`);
    const { texts, commands } = await lensesOf(document);
    assert.deepEqual(texts, [
      '0: Create in Cluster…',
      '0: Compare',
      '0: Generate Kubeconfig…',
      '0: Why Unauthorized?',
      '8: Create in Cluster…',
      '8: Compare',
    ]);
    assert.deepEqual(
      commands.map(({ command }) => command.replace('serviceAccountTokens.', '')),
      [
        'createTokenSecret',
        'compareWithCluster',
        'generateKubeconfig',
        'explainToken',
        'createTokenSecret',
        'compareWithCluster',
      ],
    );
    assert.deepEqual(commands[4]?.arguments, [{ uri: document.uri.toString(), line: 8, character: 0 }]);
  });

  it('explain the token that a Secret holds, as it was copied from a cluster', async () => {
    const token = jwt(boundClaims());
    const held = `${secret('held')}data:\n  token: ${btoa(token)}\n`;
    const document = await open('held.yaml', `${held}---\n${secret('empty')}data: {token: ""}\n`);
    const { texts, commands } = await lensesOf(document);
    assert.deepEqual(
      texts.filter((text) => text.includes('Why')),
      ['0: Why Unauthorized?'],
    );
    const why = commands.find(({ title }) => title === 'Why Unauthorized?');
    assert.ok(why);
    assert.match(await openedBy(why), /held\.yaml:8$/);
  });

  for (const [how, field] of [
    ['as it is', 'token: TOKEN'],
    ['in quotes', `token: 'TOKEN'`],
    ['as a block', 'token: >-\n      TOKEN'],
  ] as const) {
    it(`explain a token that a kubeconfig has ${how}, also where no context names its user`, async () => {
      const text = `kind: Config\nclusters: []\ncontexts: []\nusers:\n- name: alone\n  user:\n    ${field}\n`;
      const name = `alone ${how}.kubeconfig`;
      const document = await open(name, text.replace('TOKEN', jwt(boundClaims())));
      const { texts, commands } = await lensesOf(document);
      assert.deepEqual(texts, ['4: Why Unauthorized?']);
      assert.ok(commands[0]);
      assert.match(await openedBy(commands[0]), /^Token: alone/);
    });
  }

  it('explain by its context what is no token at all', async () => {
    const text = [
      'kind: Config',
      'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]',
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
      'users:',
      '- name: u',
      '  user: {token: eyJhbGciOi}',
      '',
    ].join('\n');
    const document = await open('broken.kubeconfig', text);
    const why = (await lensesOf(document)).commands.find(({ title }) => title === 'Why Unauthorized?');
    assert.deepEqual(why?.arguments, [{ uri: document.uri.toString(), context: 'x' }]);
    assert.ok(why);
    assert.match(await openedBy(why), /broken\.kubeconfig$/);
  });

  it('say what a kubeconfig’s program would be, and run nothing', async () => {
    const text = [
      'kind: Config',
      'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]',
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
      'users:',
      '- name: u',
      '  user:',
      '    exec:',
      '      apiVersion: client.authentication.k8s.io/v1',
      '      interactiveMode: Never',
      '      command: aws',
      '      args: [eks, get-token, "$(alert)", "a b"]',
      '      env: [{name: KEY, value: of-nobody}]',
      '',
    ].join('\n');
    const document = await open('program.kubeconfig', text);
    const { texts, commands } = await lensesOf(document);
    const said = texts.find((one) => one.includes('Would Run'));
    assert.match(said ?? '', /^4: Would Run: aws eks get-token "\$ \(alert\)" "a b"$/);
    assert.equal(commands.find(({ title }) => title.startsWith('Would Run'))?.command, '');
  });

  it('stand above each user of a kubeconfig, and explain its token', async () => {
    const token = jwt(boundClaims());
    const text = [
      'kind: Config',
      'clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]',
      'users:',
      '- name: with',
      `  user: {token: ${token}}`,
      '- name: without',
      '  user: {}',
      '- name: file',
      '  user: {tokenFile: /t}',
      'contexts:',
      '- {name: f, context: {cluster: c, user: file}}',
      '- {name: a, context: {cluster: c, user: with}}',
      '- {name: b, context: {cluster: c, user: with}}',
      '',
    ].join('\n');
    const document = await open('users.kubeconfig', text);
    const { texts, commands } = await lensesOf(document);
    assert.deepEqual(texts, [
      '3: Verify a',
      '3: Verify b',
      '3: Why Unauthorized?',
      '7: Verify',
      '7: Why Unauthorized?',
    ]);
    assert.deepEqual(commands[1]?.arguments, [{ uri: document.uri.toString(), context: 'b' }]);
    assert.deepEqual(commands[4]?.arguments, [{ uri: document.uri.toString(), context: 'f' }]);
    const why = commands[2];
    assert.ok(why);
    assert.match(await openedBy(why), /users\.kubeconfig/);
  });

  it('follow what is typed, and a setting takes them away', async () => {
    const document = await open('typed.yaml', secret('one').replace('service-account-token', 'x'));
    assert.deepEqual((await lensesOf(document)).texts, []);
    const edit = new vscode.WorkspaceEdit();
    const at = document.positionAt(document.getText().indexOf('kubernetes.io/x') + 14);
    edit.replace(document.uri, new vscode.Range(at, at.translate(0, 1)), 'service-account-token');
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.deepEqual((await lensesOf(document)).texts, ['0: Create in Cluster…', '0: Compare']);
    const settings = vscode.workspace.getConfiguration('serviceAccountTokens');
    try {
      await settings.update('codeLens', false, vscode.ConfigurationTarget.Workspace);
      assert.deepEqual((await lensesOf(document)).texts, []);
    } finally {
      await settings.update('codeLens', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
