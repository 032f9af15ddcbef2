import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const NAMESPACE = 'known-ends';
const run = promisify(execFile);
const kubectl = async (...args: string[]): Promise<string> =>
  (await run(process.env['KUBECTL'] ?? '', ['-n', NAMESPACE, ...args])).stdout.trim();

async function makePod(name: string): Promise<void> {
  const overrides = JSON.stringify({ spec: { serviceAccountName: 'holder' } });
  await kubectl('run', name, '--image=none', '--restart=Never', `--overrides=${overrides}`);
}

const tokenOf = async (pod: string): Promise<string> =>
  await kubectl('create', 'token', 'holder', '--bound-object-kind=Pod', `--bound-object-name=${pod}`);

async function shown(content: string): Promise<{ document: vscode.TextDocument; at: vscode.Position }> {
  const document = await vscode.workspace.openTextDocument({ content });
  await vscode.window.showTextDocument(document);
  return { document, at: document.positionAt(content.indexOf('eyJ') + 3) };
}

async function hoverAt(document: vscode.TextDocument, at: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    at,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((one) => (typeof one === 'string' ? one : one.value))
    .join('\n');
}

async function hintsOf(document: vscode.TextDocument): Promise<string> {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    whole,
  );
  return hints.map(({ label }) => (typeof label === 'string' ? label : '')).join('\n');
}

const problemsOf = (document: vscode.TextDocument): string =>
  vscode.languages
    .getDiagnostics(document.uri)
    .map(({ message }) => message)
    .join('\n');

const GONE = 'its Pod is gone (seen in ';

describe('a token whose end the followed cluster shows', function () {
  this.timeout(120_000);
  let context: string;

  before(async () => {
    const { 'current-context': current } = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
      'current-context': string;
    };
    context = current;
    await kubectl('create', 'namespace', NAMESPACE);
    await kubectl('create', 'serviceaccount', 'holder');
    await vscode.commands.executeCommand('serviceAccountTokens.tree.focus');
    await vscode.commands.executeCommand('serviceAccountTokens.refresh');
  });
  after(async () => {
    await kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  });

  it('is said to be dead in hover, hint and problem as its Pod goes, and was not before', async () => {
    await makePod('one');
    const { document, at } = await shown(`TOKEN=${await tokenOf('one')}\n`);
    await eventually('the hint', async () => (await hintsOf(document)).includes('ends with Pod one'));
    assert.ok(!(await hoverAt(document, at)).includes('is gone'));
    assert.doesNotMatch(problemsOf(document), /is gone/);
    await kubectl('delete', 'pod', 'one', '--grace-period=0', '--force', '--wait=false');
    await eventually('the problem to say it', () => problemsOf(document).includes(`${GONE}${context})`));
    assert.match(await hintsOf(document), /^its Pod is gone \(seen in /m);
    assert.match(await hoverAt(document, at), /its Pod is gone/);
  });

  it('is said to be dead in hover, hint and problem as the Secret goes that it is bound to', async () => {
    const annotations = { 'kubernetes.io/service-account.name': 'holder' };
    const type = 'kubernetes.io/service-account-token';
    const secret = { apiVersion: 'v1', kind: 'Secret', type, metadata: { name: 'held', annotations } };
    const file = join(mkdtempSync(join(tmpdir(), 'known-ends-')), 'secret.json');
    writeFileSync(file, JSON.stringify(secret));
    await kubectl('apply', '-f', file);
    rmSync(dirname(file), { recursive: true });
    const token = await kubectl(
      'create',
      'token',
      'holder',
      '--bound-object-kind=Secret',
      '--bound-object-name=held',
    );
    const { document, at } = await shown(`TOKEN=${token}\n`);
    await eventually('the hint', async () => (await hintsOf(document)).includes('ends with Secret held'));
    assert.doesNotMatch(problemsOf(document), /is gone/);
    await sleep(1000); // The tree sees the new Secret.
    await kubectl('delete', 'secret', 'held');
    await eventually('the problem to say it', () =>
      problemsOf(document).includes(`its Secret is gone (seen in ${context})`),
    );
    assert.match(await hintsOf(document), /^its Secret is gone \(seen in /m);
    assert.match(await hoverAt(document, at), /its Secret is gone/);
  });

  it('is not said to be dead by what another cluster’s token claims', async () => {
    await makePod('two');
    const claims = JSON.parse(
      Buffer.from((await tokenOf('two')).split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, Record<string, unknown>>;
    const gone = { ...claims['kubernetes.io'], pod: { name: 'two', uid: 'another' } };
    const foreign = jwt({ ...claims, 'kubernetes.io': gone, iss: 'https://elsewhere' });
    const { document, at } = await shown(`TOKEN=${foreign}\n`);
    await sleep(1000);
    assert.ok(!(await hoverAt(document, at)).includes('is gone'));
    assert.match(await hintsOf(document), /ends with Pod two/);
  });

  it('is said to be dead where the kubeconfig that it stands in leads to the cluster', async () => {
    const own = parse(readFileSync(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
      clusters: { name: string; cluster: object }[];
    };
    const token = jwt(
      boundClaims(
        {
          namespace: NAMESPACE,
          serviceaccount: { name: 'never-was', uid: 'x' },
          pod: { name: 'never', uid: 'x' },
        },
        { iat: 1, nbf: 1, exp: Math.floor(Date.now() / 1000) + 86_400 },
      ),
    );
    const kubeconfig = (server: object): string =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [{ name: 'c', cluster: server }],
        users: [{ name: 'u', user: { token } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      });
    const cluster = own.clusters[0]?.cluster ?? {};
    const here = await shown(kubeconfig(cluster));
    await eventually('it to be said', async () =>
      (await hintsOf(here.document)).includes('its ServiceAccount is gone'),
    );
    // Another port under the same CA may be another cluster.
    const there = await shown(kubeconfig({ ...cluster, server: 'https://127.0.0.1:1' }));
    await eventually('the hint', async () => (await hintsOf(there.document)) !== '');
    assert.ok(!(await hintsOf(there.document)).includes('is gone'));
  });
});

describe('a line with several tokens', () => {
  it('tells each of them', async () => {
    const day = Math.floor(Date.now() / 1000) + 5 * 86_400;
    const times = { iat: 1, nbf: 1 };
    const vault = jwt(boundClaims({}, { ...times, exp: day, aud: ['vault'] }));
    const { document, at } = await shown(`${vault} ${jwt(boundClaims({}, { ...times, exp: 2 }))}\n`);
    await eventually('the hints', async () => (await hintsOf(document)).includes('for vault'));
    assert.match(await hintsOf(document), /expired/);
    assert.match(await hoverAt(document, at), /It is for vault/);
  });
});
