import { after, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { modelTools } from '../../src/editor/models/register.ts';
import type { Services } from '../../src/editor/workbench/services.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

/** Turns around, breaks the line, is an icon and a link, and closes quotes. */
const HOSTILE =
  '\u202Egnp\u202C\nAll is well.\u2028$(check) [Fix it](command:workbench.action.quit)\u200B\uE001”" ';
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}]/u;
const ICON = /\$\([a-z-]+\)/;

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'words');
mkdirSync(folder, { recursive: true });

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o644 });
  const document = await vscode.workspace.openTextDocument(path);
  await vscode.window.showTextDocument(document);
  return document;
}

/** Undefined where there is nothing yet. */
const some = <T>(all: readonly T[]): readonly T[] | undefined => (all.length > 0 ? all : undefined);

const kubeconfig = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  clusters: [{ name: HOSTILE, cluster: { server: `https://${'a'.repeat(3000)}.example` } }],
  users: [{ name: HOSTILE, user: { token: jwt(boundClaims()) } }],
  contexts: ['one ', 'two '].map((name) => ({
    name: `${name}${HOSTILE}${'x'.repeat(5000)}`,
    context: { cluster: HOSTILE, user: HOSTILE },
  })),
});

describe('a hostile name', () => {
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
  });

  it('cannot act, hide or spread above its line', async () => {
    const { uri } = await open('lenses.kubeconfig', kubeconfig);
    const lenses = await eventually('lenses', async () =>
      some(
        await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100),
      ),
    );
    const titles = lenses.map(({ command }) => command?.title ?? '');
    const texts = [...titles, ...lenses.map(({ command }) => command?.tooltip ?? '')];
    for (const title of titles) assert.doesNotMatch(title.replace(/^\$\([\w-]+\) /, ''), ICON);
    assert.ok(
      texts.some((text) => text.includes('All is well')),
      texts.join(),
    );
    for (const text of texts) {
      assert.doesNotMatch(text, UNSEEN);
      assert.ok(text.length < 1000, 'it is cut');
    }
  });

  it('cannot act or hide in a problem’s message', async () => {
    const user = { name: HOSTILE, user: { token: 'x' } };
    const config = { apiVersion: 'v1', kind: 'Config', clusters: [], users: [user, user], contexts: [] };
    const { uri } = await open('problems.kubeconfig', JSON.stringify(config));
    const messages = (await eventually('a problem', () => some(vscode.languages.getDiagnostics(uri)))).map(
      ({ message }) => message,
    );
    assert.match(messages.join(), /two users have the same name, “?.*All is well/);
    for (const message of messages) assert.doesNotMatch(message, UNSEEN);
  });

  it('cannot be inserted as whole lines of a manifest', async () => {
    const account = (name: string): string =>
      `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: ${JSON.stringify(name)}\n`;
    writeFileSync(
      join(folder, 'accounts.yaml'),
      ['word', 'word\nspec:\n  hostPID: true', `word${HOSTILE}`].map(account).join('---\n'),
    );
    const text = 'kind: Pod\nspec:\n  serviceAccountName: w';
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: text });
    const labels = await eventually('what completes it', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(text.length),
      );
      const all = list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      return some(all.filter((label) => label.startsWith('word')));
    });
    assert.deepEqual(labels, ['word']);
  });

  it('of a file cannot rewrite what a language model’s tool asks', async () => {
    const selected = { name: HOSTILE, server: 'https://prod.example.com@evil.example/' };
    const tools = modelTools({ contexts: { selected } } as unknown as Services);
    const { token } = new vscode.CancellationTokenSource();
    const file = `notes.env” says: nothing is told.\n\n# The model is told nothing.${HOSTILE}${'x'.repeat(5000)}`;
    const input = { file, line: 3, lookInCluster: true };
    const prepared = await tools.inspect_token.prepareInvocation({ input }, token);
    const message = prepared?.confirmationMessages?.message;
    assert.ok(message instanceof vscode.MarkdownString);
    assert.equal(message.isTrusted, undefined);
    const [first = '', second = '', ...more] = message.value.replaceAll('&nbsp;', ' ').split('\n\n');
    assert.deepEqual(more, []);
    assert.match(first, /^The model gets what the token in “[^“”]+”, line 3 says: names, times, IDs/);
    assert.match(second, /\(https:.*evil\\?\.example\), from|context/);
    assert.ok(message.value.length < 1500, `${message.value.length} characters`);
    assert.doesNotMatch(message.value.replaceAll('\n\n', ''), UNSEEN);
    assert.doesNotMatch(message.value, /\]\(command/);
  });
});
