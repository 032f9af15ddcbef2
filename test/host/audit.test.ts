import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { commands } from '../../src/contributions.ts';
import { whereUsed } from '../../src/editor/audit/open.ts';
import { AuditPanel } from '../../src/editor/audit/panel.ts';
import type { AuditMessage, AuditModel, AuditPageRequest } from '../../src/audit/pageProtocol.ts';
import { readSubject } from '../../src/editor/subject/subject.ts';
import { soughtToken } from '../../src/editor/audit/sought.ts';
import { OpenLogs } from '../../src/editor/workbench/openLogs.ts';
import { boundBy, eventOf } from '../support/texts/auditEvents.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const LEGACY = {
  'authentication.k8s.io/legacy-token': 'system:serviceaccount:shop:cart',
  'authentication.k8s.io/legacy-token-manual-secret': 'cart-token',
};
const OTHER = { namespace: 'shop', serviceAccount: 'other', jti: 'gone' };

const JTI = '5b5f1c1e-8f0a-4d5c-9a57-0e2f3a7c9d11';
const UID = '11111111-2222-3333-4444-555555555555';

const labels = (): string[] =>
  vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ label }) => label);

describe('an audit log', () => {
  const log = vscode.window.createOutputChannel('audit', { log: true });
  let folder: string;
  let file: vscode.Uri;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'audit-'));
    file = vscode.Uri.file(join(folder, 'audit.log.gz'));
    const events = [
      eventOf({ annotations: LEGACY, uid: UID }),
      eventOf({ user: 'system:serviceaccount:shop:till', extra: boundBy(JTI, 'till-0', 'n') }),
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
    await eventually('its tab', () => labels().find((label) => label === 'Audit Log: audit.log.gz'));
  });

  interface Opened {
    readonly logs: OpenLogs;
    readonly send: (message: AuditPageRequest) => void;
    readonly model: () => AuditModel | undefined;
    readonly close: () => void;
  }

  /** The log in a panel of which the page is this test. */
  async function open(): Promise<Opened> {
    const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
    assert.ok(extension);
    const sent = new vscode.EventEmitter<AuditPageRequest>();
    let model: AuditModel | undefined;
    const closed = new vscode.EventEmitter<void>();
    const panel = {
      onDidDispose: closed.event,
      onDidChangeViewState: () => new vscode.Disposable(() => {}),
      reveal: () => {},
      webview: {
        onDidReceiveMessage: sent.event,
        postMessage: (message: AuditMessage) => {
          ({ model } = message);
        },
      },
    } as unknown as vscode.WebviewPanel;
    const logs = new OpenLogs();
    await new AuditPanel({ log, logs }, panel, {
      extensionUri: extension.extensionUri,
      name: 'audit.log.gz',
      files: [file],
    }).open();
    sent.fire({ type: 'ready' });
    return {
      logs,
      send: (message) => {
        sent.fire(message);
      },
      model: () => model,
      close: () => {
        closed.fire();
      },
    };
  }

  it('is read by a thread, and its least Role is a new document', async () => {
    const { send, model, close } = await open();
    const read = await eventually('it to be read', () =>
      model()?.progress === undefined ? model() : undefined,
    );
    assert.equal(read.headline, '1 ServiceAccount came with legacy tokens');
    assert.deepEqual(
      read.accounts.map(({ account, tokens }) => [account, tokens]),
      [
        ['shop/cart', 'legacy 1'],
        ['shop/till', 'bound 1'],
      ],
    );
    send({ type: 'filter', text: JTI });
    assert.equal((await eventually('the token', () => model()?.token)).name, JTI);
    send({ type: 'role', account: 'shop/till' });
    const document = await eventually('the document', () =>
      vscode.workspace.textDocuments.find((one) => one.getText().includes('till-least')),
    );
    assert.match(document.getText(), /kind: Role\n[^]*resources:\n\s+- pods\n\s+verbs:\n\s+- list/);
    close();
  });

  it('shows where a token was used that stands in a file, or has a row', async () => {
    const { logs, model, close } = await open();
    await eventually('it to be read', () => (model()?.progress === undefined ? model() : undefined));
    const bound = jwt(
      boundClaims({ namespace: 'shop', serviceaccount: { name: 'till', uid: UID } }, { jti: JTI }),
    );
    const document = await vscode.workspace.openTextDocument({ content: `token: ${bound}\n` });
    const place = { uri: document.uri.toString(), line: 0, character: 10 };
    const secret = {
      kind: 'tokenSecret',
      info: { namespace: 'shop', name: 'cart-token', uid: 'u', serviceAccount: 'cart' },
    };
    const issued = {
      kind: 'issuedToken',
      entry: { id: '1', form: 'clipboard', server: 's', issued: 1, ...OTHER },
    };
    const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
    assert.ok(extension);
    const shown: unknown[] = [];
    for (const argument of [place, secret, issued]) {
      const about = readSubject(argument, (one) => one instanceof vscode.Uri);
      assert.ok(about?.is === 'place' || about?.is === 'row');
      const sought = await soughtToken(about);
      assert.ok(sought);
      await whereUsed({ log, logs }, extension.extensionUri, sought);
      const { token, account } = model() ?? {};
      shown.push([account?.account, token?.name, token?.facts[0]]);
    }
    assert.deepEqual(shown, [
      ['shop/till', JTI, 'Of shop/till, bound to Pod till-0 on n'],
      ['shop/cart', 'cart-token', 'Of shop/cart, bound to nothing: it is valid until its Secret is deleted'],
      [undefined, 'gone', model()?.token?.facts[0]],
    ]);
    assert.match(
      model()?.token?.facts.join('\n') ?? '',
      /Neither issued nor used.*\n.*shop\/other is not in/,
    );
    close();
  });

  it('is told of beside its ServiceAccounts while it is open, and not beside others of their names', async () => {
    const { logs, model, close } = await open();
    let changes = 0;
    logs.onDidChange(() => changes++);
    await eventually('it to be read', () => (model()?.progress === undefined ? model() : undefined));
    const cart = { namespace: 'shop', name: 'cart' };
    assert.equal(logs.account({ ...cart, uid: UID })?.use.count, 1);
    assert.equal(logs.account({ ...cart, uid: 'another' }), undefined);
    assert.equal(logs.account({ ...cart, name: 'nobody' }), undefined);
    close();
    assert.equal(logs.account(cart), undefined);
    assert.equal(changes, 2);
  });

  it('has a lens on its text, and no other JSON has one', async () => {
    const lensesOf = async (name: string, content: string): Promise<string[]> => {
      const uri = vscode.Uri.file(join(folder, name));
      await writeFile(uri.fsPath, content);
      const document = await vscode.workspace.openTextDocument(uri);
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
      );
      return lenses.flatMap(({ command }) => command?.title ?? []);
    };
    const event = eventOf({});
    const policy = { apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [] };
    const lens = ['Who Used Which Token?'];
    assert.deepEqual(await lensesOf('lines.log', `${event}\n${event}\n`), lens);
    const list = { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', items: [JSON.parse(event)] };
    assert.deepEqual(await lensesOf('list.json', JSON.stringify(list, undefined, 2)), lens);
    const cloudWatch = { events: [{ timestamp: 1, message: event }] };
    assert.deepEqual(await lensesOf('export.json', JSON.stringify(cloudWatch, undefined, 2)), lens);
    assert.deepEqual(await lensesOf('policy.json', JSON.stringify(policy, undefined, 2)), []);
    assert.deepEqual(await lensesOf('event.json', '{"apiVersion":"v1","kind":"Event"}'), []);
  });
});
