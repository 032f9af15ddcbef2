import { describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { modelTools } from '../../src/editor/models/register.ts';
import type { Services } from '../../src/editor/workbench/services.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const kubectl = (...args: string[]): string =>
  execFileSync(process.env['KUBECTL'] ?? '', args, { encoding: 'utf8' }).trim();
const folder = (): vscode.Uri => {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(first, 'a folder is open');
  return first.uri;
};

/** Calls a tool as a model does; the test's runner presses the button of the confirmation. */
async function invoke(name: string, input: object): Promise<string> {
  const { token } = new vscode.CancellationTokenSource();
  const result = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return result.content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
    .join('\n');
}

function assertHidden(answer: string, token: string): void {
  for (let at = 0; at + 16 <= token.length; at++) {
    assert.ok(!answer.includes(token.slice(at, at + 16)), 'a part of the token is in the answer');
  }
}

describe('a language model', () => {
  it('is offered both tools, with what they take', () => {
    const names = vscode.lm.tools.map(({ name }) => name);
    assert.ok(names.includes('inspect_token'), names.join());
    assert.ok(names.includes('list_service_accounts'), names.join());
  });

  it('is confirmed each time, with the place and the context, and without a token that it gave', async () => {
    const selected = { name: 'prod', server: 'https://prod.example.com' };
    // All that asking looks at; nothing is sent before the person has said yes.
    const tools = modelTools({ contexts: { selected } } as unknown as Services);
    const { token: cancelled } = new vscode.CancellationTokenSource();
    const asked = async (name: keyof typeof tools, input: object): Promise<string> => {
      const prepared = await tools[name].prepareInvocation({ input }, cancelled);
      const message = prepared?.confirmationMessages?.message;
      return message instanceof vscode.MarkdownString ? message.value.replaceAll('&nbsp;', ' ') : '';
    };
    const inspect = await asked('inspect_token', { file: '[x](command:y)', line: 3, lookInCluster: true });
    assert.match(inspect, /line 3/);
    assert.match(inspect, /context prod/);
    assert.doesNotMatch(inspect, /\[x\]\(/);
    assert.match(await asked('list_service_accounts', {}), /context prod/);
    const token = jwt(boundClaims());
    assertHidden(await asked('inspect_token', { token }), token);
    assertHidden(await asked('inspect_token', { file: token }), token);
  });

  it('is told what the token on a line says, and never the token', async () => {
    const token = kubectl('create', 'token', 'default', '--duration', '20m');
    const other = jwt(boundClaims());
    writeFileSync(vscode.Uri.joinPath(folder(), 'model.env').fsPath, `A=${token}\nB=${other}\n`);
    const answer = await invoke('inspect_token', { file: 'model.env', line: 1, lookInCluster: true });
    assert.match(answer, /Bound token of default\/default/);
    assert.match(answer, /Looked up in context sandbox/);
    assert.doesNotMatch(answer, /mycontroller/);
    assertHidden(answer, token);
    const all = await invoke('inspect_token', { file: 'model.env' });
    assert.match(all, /2 tokens/);
    assert.match(all, /kube-system\/mycontroller/);
    assertHidden(all, token);
    assertHidden(all, other);
  });

  it('that has put a token into the chat is told to have it revoked, without hearing it again', async () => {
    const token = jwt(boundClaims());
    const answer = await invoke('inspect_token', { token });
    assert.match(answer, /should be revoked/);
    assertHidden(answer, token);
  });

  it('cannot look at files outside the workspace, nor have a token repeated that it gives for a file', async () => {
    // One that no other suite has opened.
    const outside = join(mkdtempSync(join(tmpdir(), 'outside-')), 'token.env');
    writeFileSync(outside, jwt(boundClaims()));
    await assert.rejects(
      invoke('inspect_token', { file: outside }),
      /neither open nor a file of the workspace/,
    );
    const token = jwt(boundClaims());
    await assert.rejects(invoke('inspect_token', { file: token }), (error: Error) => {
      assertHidden(error.message, token);
      return true;
    });
  });

  it('is given ServiceAccounts with their token Secrets, by namespace', async () => {
    const answer = await invoke('list_service_accounts', { namespace: 'kube-public' });
    assert.match(answer, /1 of \d+ ServiceAccounts of context sandbox/);
    assert.match(answer, /"name": "default"/);
  });
});
