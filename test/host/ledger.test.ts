import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { loadClusterAccess } from '../../src/cluster/door.ts';
import { getToken } from '../../src/editor/credentials/getToken.ts';
import type { WizardServices } from '../../src/editor/workbench/services.ts';
import { IssuedTokens } from '../../src/editor/ledger/ledger.ts';
import { OpenLogs } from '../../src/editor/workbench/openLogs.ts';
import { Rotations } from '../../src/editor/workbench/rotations.ts';
import { registerReminders } from '../../src/editor/ledger/reminders.ts';
import { renewIssuedToken } from '../../src/editor/credentials/renew.ts';
import { ShownTokens } from '../../src/editor/ledger/shown.ts';
import type { Services } from '../../src/editor/workbench/services.ts';
import { classifyToken } from '../../src/token/classify.ts';
import { decodeToken } from '../../src/token/decode.ts';
import { InMemory } from '../support/host/inMemory.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const context = { name: 'sandbox', cluster: 'sandbox', server: 'https://127.0.0.1:6443' };
const account = {
  namespace: 'kube-system',
  name: 'mycontroller',
  uid: '11111111-2222-3333-4444-555555555555',
};
const now = (): number => Math.floor(Date.now() / 1000);

describe('what was issued from here', () => {
  let folder: string;
  let ledger: IssuedTokens;
  let services: Services;
  const log = vscode.window.createOutputChannel('Ledger test', { log: true });

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'ledger-'));
    ledger = new IssuedTokens(vscode.Uri.file(folder), log);
    // All that these parts look at of a cluster is which one is selected.
    const rotations = new Rotations(new InMemory());
    const logs = new OpenLogs();
    services = { log, ledger, rotations, logs, contexts: { selected: context } } as unknown as Services;
  });
  after(() => {
    ledger.dispose();
    log.dispose();
    rmSync(folder, { recursive: true });
  });

  /** Writes a token that lives so many seconds more into a file, and has it remembered. */
  async function issue(
    name: string,
    left: number,
  ): Promise<{ readonly file: string; readonly token: string }> {
    const token = jwt(boundClaims({}, { iat: now() - 3600, exp: now() + left, jti: crypto.randomUUID() }));
    const file = join(folder, name);
    writeFileSync(file, `token: ${token}\n`);
    await ledger.record({ token, context, form: 'kubeconfig', file });
    return { file, token };
  }

  it('says something else at the moment when its words change, and that its file is gone', async () => {
    const shown = new ShownTokens(services);
    let changes = 0;
    const listening = shown.onDidChange(() => {
      changes += 1;
    });
    const { file } = await issue('counted', 62);
    const [entry] = shown.of(account);
    assert.ok(entry);
    assert.match(shown.state(entry, undefined).words, /^expires in 1 min( 2 s)?$/);
    shown.file(entry);
    await eventually('its file to be found', () => shown.file(entry) === 'there');
    changes = 0;
    await eventually('the row to be drawn again', () => changes > 0);
    const last = 'expires in less than a minute';
    await eventually('the last minute to be told', () => shown.state(entry, undefined).words === last);
    writeFileSync(file, 'something else');
    await eventually('another content to be seen', () => shown.file(entry) === 'other');
    rmSync(file);
    await eventually('its file to be said to be gone', () => shown.file(entry) === 'gone');
    listening.dispose();
    shown.dispose();
  });

  it('is known to be dead from memory once it was revoked, by its id and the Secret that it is bound to', async () => {
    const shown = new ShownTokens(services);
    const bound = (secret: string, jti: string): string =>
      jwt(boundClaims({ secret: { name: 'held', uid: secret } }, { exp: now() + 3600, jti }));
    const told = (token: string): string | undefined => {
      const decoded = decodeToken(token);
      assert.ok(decoded);
      return shown.whyKnown(classifyToken(decoded));
    };
    const jti = crypto.randomUUID();
    const entry = await ledger.record({ token: bound('uid', jti), context, form: 'clipboard' });
    assert.ok(entry);
    assert.equal(told(bound('uid', jti)), undefined);
    await ledger.markRevoked(entry.id, now());
    assert.equal(told(bound('uid', jti)), 'it was revoked from here');
    assert.equal(told(bound('another', jti)), undefined);
    assert.equal(told(bound('uid', crypto.randomUUID())), undefined);
    await ledger.forget([entry.id]);
    shown.dispose();
  });

  it('is told of once before its end, but not where it was revoked or forgotten', async () => {
    const reminders = registerReminders(services);
    await issue('soon', 120);
    await issue('revoked', 120);
    const later = await issue('later', 100_000);
    const named = (name: string) => ledger.entries.find(({ file }) => file === join(folder, name));
    await ledger.markRevoked(named('revoked')?.id ?? '', now());
    await eventually('somebody to be told', () => named('soon')?.reminded === true);
    assert.equal(named('revoked')?.reminded, false);
    assert.equal(named('later')?.reminded, false);
    await ledger.forget([named('soon')?.id ?? '']);
    assert.equal(named('soon'), undefined);
    reminders.dispose();
    for (const name of readdirSync(join(folder, 'issued'))) {
      const stored = readFileSync(join(folder, 'issued', name), 'utf8');
      assert.ok(!stored.includes(later.token.slice(-40)), 'a part of the token is stored');
    }
  });

  it('is renewed in its own file, asked for as before, and hangs on the same sentinel again', async () => {
    const access = await loadClusterAccess();
    const files = [process.env['KUBECONFIG'] ?? ''];
    const cluster = access.open({ files, context: 'sandbox' });
    const owner = { namespace: 'default', name: 'default' };
    const signal = AbortSignal.timeout(30_000);
    const asked = { kind: 'revocable', seconds: 3600, audiences: ['vault'] } as const;
    const { token, record, madeSentinel } = await getToken(cluster, owner, asked, signal);
    assert.ok(madeSentinel);
    const file = join(folder, 'renewed.token');
    writeFileSync(file, `${token}\n`, { mode: 0o644 });
    await ledger.record({ token, context: cluster.context, form: 'tokenFile', file, ...record });
    const entry = ledger.entries.find((one) => one.file === file);
    assert.ok(entry);
    const given = { ...services, contexts: { cluster: async () => await Promise.resolve(cluster) } };
    const over = new AbortController();
    const renewing = renewIssuedToken(given as unknown as WizardServices, {
      is: 'row',
      row: { kind: 'issuedToken', entry },
    }).finally(() => {
      over.abort();
    });
    const dismissing = (async () => {
      // What it says at last stays until somebody has read it.
      for (; !over.signal.aborted; await sleep(200)) {
        await vscode.commands.executeCommand('notifications.clearAll');
      }
    })();
    await Promise.all([renewing, dismissing]);
    const renewed = readFileSync(file, 'utf8').trim();
    assert.notEqual(renewed, token);
    const decoded = decodeToken(renewed);
    const said = decoded && classifyToken(decoded);
    assert.ok(said?.kind === 'bound');
    assert.equal(said.binding?.uid, madeSentinel.uid);
    assert.deepEqual(said.audiences, ['vault']);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    await cluster.deleteSecret({ ...owner, ...madeSentinel }, signal);
    cluster.dispose();
  });
});
