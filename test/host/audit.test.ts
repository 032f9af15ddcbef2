import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { commands } from '../../src/contributions.ts';
import { AuditPanel } from '../../src/editor/audit/panel.ts';
import type { AuditMessage, AuditModel, AuditPageRequest } from '../../src/editor/audit/protocol.ts';
import { boundBy, eventOf } from '../support/auditEvents.ts';

const LEGACY = { 'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart' };

const labels = (): string[] =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);

async function until<T>(found: () => T | undefined): Promise<T> {
  for (let left = 300; left > 0; left--) {
    const value = found();
    if (value !== undefined) return value;
    await sleep(100);
  }
  throw new Error('It did not come.');
}

describe('an audit log', () => {
  const log = vscode.window.createOutputChannel('audit', { log: true });
  let folder: string;
  let file: vscode.Uri;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    file = vscode.Uri.file(join(folder, 'audit.log.gz'));
    const events = [
      eventOf({ annotations: LEGACY }),
      eventOf({ user: 'system:serviceaccount:shop:till', extra: boundBy('one', 'till-0', 'n') }),
    ];
    await writeFile(file.fsPath, gzipSync(events.join('\n')));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    log.dispose();
    await rm(folder, { recursive: true });
  });

  it('opens from the explorer in a tab of its own', async () => {
    await vscode.commands.executeCommand(commands.openAuditLog, file, [file]);
    await until(() => labels().find((label) => label === 'Audit Log: audit.log.gz'));
  });

  it('is read by a thread, and its least Role is a new document', async () => {
    const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
    assert.ok(extension);
    const sent = new vscode.EventEmitter<AuditPageRequest>();
    let model: AuditModel | undefined;
    const panel = {
      onDidDispose: () => new vscode.Disposable(() => {}),
      webview: {
        onDidReceiveMessage: sent.event,
        postMessage: (message: AuditMessage) => {
          ({ model } = message);
        },
      },
    } as unknown as vscode.WebviewPanel;
    await new AuditPanel({ log }, panel, {
      extensionUri: extension.extensionUri,
      name: 'audit.log.gz',
      files: [file],
    }).open();
    sent.fire({ type: 'ready' });
    const read = await until(() => (model?.progress === undefined ? model : undefined));
    assert.equal(read.headline, '1 ServiceAccount came with legacy tokens');
    assert.deepEqual(
      read.accounts.map(({ account, tokens }) => [account, tokens]),
      [
        ['shop/cart', 'legacy 1'],
        ['shop/till', 'bound 1'],
      ],
    );
    sent.fire({ type: 'filter', text: 'one' });
    assert.equal((await until(() => model?.token)).jti, 'one');
    sent.fire({ type: 'role', account: 'shop/till' });
    const document = await until(() =>
      vscode.workspace.textDocuments.find((one) => one.getText().includes('till-least')),
    );
    assert.match(document.getText(), /kind: Role\n[^]*resources:\n\s+- pods\n\s+verbs:\n\s+- list/);
  });
});
