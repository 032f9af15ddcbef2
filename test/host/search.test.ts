import { after, afterEach, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { KubeconfigContexts } from '../../src/editor/contexts/contexts.ts';
import { Inspector } from '../../src/editor/inspector/inspector.ts';
import type { InspectorMessage, InspectorModel } from '../../src/inspection/protocol.ts';
import { InMemory } from '../support/host/inMemory.ts';
import { startWire, type Wire } from '../support/cluster/wire.ts';

const SETTING = 'serviceAccountTokens.kubeconfig';
const [here = '', there = ''] = [process.env['KUBECONFIG'], process.env['OTHER_KUBECONFIG']];

/** What this reads of a kubeconfig that the sandbox wrote. */
interface Config {
  readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly user: object }[];
}

/** Two real clusters: “here” is selected, the token is of “there”, before which a wire counts who comes. */
describe('whose token it is, where it is not of the selected cluster', () => {
  let folder = '';
  let token = '';
  let wire: Wire;
  let contexts: KubeconfigContexts;
  let inspector: Inspector;
  let shown: InspectorModel | undefined;

  before(async () => {
    const kubectl = process.env['KUBECTL'] ?? '';
    const request = ['--kubeconfig', there, '-n', 'default', 'create', 'token', 'default'];
    token = (await promisify(execFile)(kubectl, request)).stdout.trim();
    const read = async (file: string): Promise<{ server: string; cluster: object; user: object }> => {
      const { clusters, users } = parse(await readFile(file, 'utf8')) as Config;
      const [{ cluster } = { cluster: { server: '' } }, { user } = { user: {} }] = [clusters[0], users[0]];
      return { server: cluster.server, cluster, user };
    };
    const [one, other] = [await read(here), await read(there)];
    wire = await startWire(Number(new URL(other.server).port));
    folder = await mkdtemp(join(tmpdir(), 'search-'));
    const wired = { ...other.cluster, server: `https://127.0.0.1:${wire.port}` };
    const both = {
      clusters: [
        { name: 'here', cluster: one.cluster },
        { name: 'there', cluster: wired },
      ],
      users: [
        { name: 'here', user: one.user },
        { name: 'there', user: other.user },
      ],
      contexts: ['here', 'there'].map((name) => ({ name, context: { cluster: name, user: name } })),
      'current-context': 'here',
    };
    const file = join(folder, 'both.kubeconfig');
    await writeFile(file, JSON.stringify(both), { mode: 0o600 });
    await vscode.workspace.getConfiguration().update(SETTING, [file], vscode.ConfigurationTarget.Global);
    contexts = new KubeconfigContexts({
      workspaceState: new InMemory(),
      globalState: new InMemory(),
    });
    const page = {
      postMessage: async (message: InspectorMessage) => {
        if (message.view === 'explanation') shown = message.model;
        return await Promise.resolve(true);
      },
    };
    const log = vscode.window.createOutputChannel('search', { log: true });
    const subject = { credential: token, name: 'a token', known: {}, kubeconfig: undefined, from: undefined };
    inspector = new Inspector(
      { log, contexts },
      page as unknown as vscode.Webview,
      subject,
      'serviceaccount-tokens 0',
    );
  });
  after(async () => {
    await vscode.workspace.getConfiguration().update(SETTING, undefined, vscode.ConfigurationTarget.Global);
    inspector.dispose();
    contexts.dispose();
    wire.close();
    await rm(folder, { recursive: true });
  });
  afterEach(() => {
    for (const part of token.split('.')) assert.ok(!JSON.stringify(shown).includes(part));
  });

  /** Answers the list of clusters by a command, once it is there. */
  async function search(answer: string): Promise<void> {
    const searching = inspector.answer({ type: 'search' }).then(() => 'done');
    const isDoneIn = async (milliseconds: number): Promise<boolean> =>
      (await Promise.race([searching, sleep(milliseconds)])) === 'done';
    assert.equal(await isDoneIn(1000), false, 'it asks first');
    assert.equal(wire.accepted(), 0, 'the other cluster is left alone until there is a yes');
    while (!(await isDoneIn(200))) await vscode.commands.executeCommand(answer);
  }

  it('offers to look elsewhere once the selected cluster’s keys do not fit, and asks nobody by itself', async () => {
    await inspector.answer({ type: 'read' });
    assert.equal(shown?.problem, undefined);
    assert.equal(shown?.outcome, 'refused');
    assert.equal(shown.canSearch, true);
    assert.equal(shown.searched, undefined);
    assert.equal(wire.accepted(), 0);
  });

  it('asks nobody, and goes on offering it, where the person leaves the list', async () => {
    await search('workbench.action.closeQuickOpen');
    assert.equal(wire.accepted(), 0);
    assert.equal(shown?.canSearch, true);
  });

  it('names the context whose keys verify it, after a yes', async () => {
    await search('workbench.action.acceptSelectedQuickOpenItem');
    assert.match(shown?.searched ?? '', /^It is from the cluster of your context “there” \(https:/);
    assert.ok(wire.accepted() > 0);
    assert.equal(shown?.canSearch, false);
  });
});
