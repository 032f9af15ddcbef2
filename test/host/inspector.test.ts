import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import * as vscode from 'vscode';
import { LiveAccounts } from '../../src/editor/workbench/liveAccounts.ts';
import { KubeconfigContexts } from '../../src/editor/contexts/contexts.ts';
import { explainedOf } from '../../src/editor/explain/find.ts';
import { Inspector } from '../../src/editor/inspector/inspector.ts';
import type { InspectorMessage, InspectorModel } from '../../src/inspection/protocol.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { InMemory } from '../support/host/inMemory.ts';

const run = promisify(execFile);

/** What a kubeconfig of the cluster says of it. */
interface ClusterPart {
  readonly server: string;
  readonly [field: string]: unknown;
}

const tabs = (): string[] =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.includes('inspector'))
    .map(({ label }) => label);

describe('an inspector of a kubeconfig', () => {
  const log = vscode.window.createOutputChannel('inspector', { log: true });
  let contexts: KubeconfigContexts;
  let own: ClusterPart;
  let file: string;
  let shown: InspectorModel | undefined;

  const page = {
    postMessage: async (message: InspectorMessage) => {
      if (message.view === 'explanation') shown = message.model;
      return await Promise.resolve(true);
    },
  } as unknown as vscode.Webview;

  const write = async (token: string, cluster: ClusterPart = own): Promise<void> => {
    const kubeconfig = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'c', cluster }],
      users: [{ name: 'u', user: { token } }],
      contexts: ['one', 'two'].map((name) => ({ name, context: { cluster: 'c', user: 'u' } })),
      'current-context': 'one',
    };
    await writeFile(file, JSON.stringify(kubeconfig, undefined, 2), { mode: 0o600 });
  };

  const inspect = async (): Promise<Inspector> => {
    await contexts.read();
    const argument = { is: 'context', uri: vscode.Uri.file(file).toString(), context: 'one' } as const;
    const subject = await explainedOf({ log, contexts }, argument, 'explain');
    assert.ok(subject);
    return new Inspector({ log, contexts }, page, subject, 'serviceaccount-tokens 0');
  };

  before(async () => {
    const { clusters } = parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
      clusters: [{ cluster: ClusterPart }];
    };
    own = clusters[0].cluster;
    contexts = new KubeconfigContexts({ workspaceState: new InMemory(), globalState: new InMemory() });
    file = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'inspected.kubeconfig');
  });
  after(() => {
    contexts.dispose();
  });

  it('reads the kubeconfig again when it looks again', async () => {
    await write(jwt(boundClaims()));
    const inspector = await inspect();
    await inspector.answer({ type: 'read' });
    assert.equal(shown?.outcome, 'refused');
    const { stdout } = await run(process.env['KUBECTL'] ?? '', [
      '-n',
      'default',
      'create',
      'token',
      'default',
    ]);
    await write(stdout.trim());
    await inspector.answer({ type: 'read' });
    assert.notEqual(shown.outcome, 'refused');
    assert.match(shown.owner, /^default\/default$/);
    inspector.dispose();
  });

  it('says why the selected context’s login was not used, and uses it when it is wanted', async () => {
    await write(jwt(boundClaims()), { server: own.server, 'insecure-skip-tls-verify': true });
    const inspector = await inspect();
    await inspector.answer({ type: 'read' });
    assert.equal(shown?.unused?.context, contexts.selected?.name);
    assert.match(shown?.unused?.why ?? '', /^it has the same address, but another certificate authority/);
    const isOpen = (): boolean => shown?.steps.some(({ needs }) => needs !== undefined) ?? true;
    assert.equal(isOpen(), true);
    await inspector.answer({ type: 'own' });
    assert.equal(shown?.unused, undefined);
    assert.equal(shown?.outcome, 'refused');
    inspector.dispose();
  });

  it('says what the tree knows of a token’s end before a cluster was asked', async () => {
    const live = new LiveAccounts();
    const ended = { why: undefined as string | undefined };
    live.comeFrom({ accounts: () => undefined, aboutPod: () => undefined, whyEnded: () => ended.why });
    const path = file.replace('inspected.kubeconfig', 'ended.env');
    const now = Math.floor(Date.now() / 1000);
    const token = jwt(boundClaims({}, { iat: now, nbf: now, exp: now + 3600 }));
    await writeFile(path, `TOKEN=${token}\n`, { mode: 0o600 });
    const place = { is: 'place', uri: vscode.Uri.file(path).toString(), line: 0, character: 8 } as const;
    const subject = await explainedOf({ log, contexts, live }, place, 'inspect');
    assert.ok(subject);
    const inspector = new Inspector({ log, contexts, live }, page, subject, 'serviceaccount-tokens 0');
    await inspector.answer({ type: 'ready' });
    assert.match(shown?.headline ?? '', /^Nothing wrong can be seen/);
    ended.why = 'its Pod is gone (seen in x)';
    await inspector.answer({ type: 'ready' });
    assert.equal(shown?.headline, 'Its Pod is gone (seen in x)');
    assert.equal(shown.tone, 'bad');
    inspector.dispose();
    live.dispose();
  });

  it('is one for a file and its entry, however it is asked for, and names the entry beside another', async () => {
    file = file.replace('inspected', 'asked-for');
    await write(jwt(boundClaims()));
    const uri = vscode.Uri.file(file).toString();
    const text = await readFile(file, 'utf8');
    const line = text.split('\n').findIndex((one) => one.includes('eyJ'));
    const explain = async (argument: object): Promise<void> => {
      await vscode.commands.executeCommand('serviceAccountTokens.inspectToken', argument);
    };
    const opened = async (count: number): Promise<string[]> => {
      for (let tries = 0; tabs().length !== count && tries < 100; tries++) await sleep(50);
      return tabs();
    };
    try {
      await explain({ uri, context: 'one' });
      assert.equal((await opened(1)).length, 1);
      await explain({ uri, context: 'one' });
      await explain({ uri, line, character: (text.split('\n')[line] ?? '').indexOf('eyJ') + 3 });
      await explain({ uri, context: 'two' });
      assert.equal(new Set(await opened(2)).size, 2);
      await sleep(1000); // A third would come late.
      assert.equal(tabs().length, 2);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });

  it('is of the only token of the open file, wherever its cursor stands', async () => {
    const content = `# The cursor is here.\nTOKEN=${jwt(boundClaims())}\n`;
    try {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content }));
      await vscode.commands.executeCommand('serviceAccountTokens.inspectToken');
      for (let tries = 0; tabs().length !== 1 && tries < 100; tries++) await sleep(50);
      assert.match(tabs()[0] ?? '', /:2$/);
    } finally {
      await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    }
  });
});
