import { afterEach, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'completion');
mkdirSync(folder, { recursive: true });

const account = (name: string, namespace: string): string =>
  `kind: ServiceAccount\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`;

interface Offer {
  readonly items: readonly vscode.CompletionItem[];
  readonly labels: readonly string[];
  /** Accepts an item as the editor does, and returns the text. */
  readonly accept: (label: string) => Promise<string>;
}

const labelOf = ({ label }: vscode.CompletionItem): string =>
  typeof label === 'string' ? label : label.label;

/** What is offered at the `|` of a text. */
async function offeredAt(text: string, language = 'yaml'): Promise<Offer> {
  const offset = text.indexOf('|');
  const document = await vscode.workspace.openTextDocument({ language, content: text.replace('|', '') });
  const editor = await vscode.window.showTextDocument(document);
  const position = document.positionAt(offset);
  editor.selection = new vscode.Selection(position, position);
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    position,
  );
  const accept = async (label: string): Promise<string> => {
    const item = list.items.find((one) => labelOf(one) === label);
    assert.ok(item, `${label} is among ${list.items.map(labelOf).join(', ')}`);
    const { range, insertText } = item;
    const at = range === undefined || range instanceof vscode.Range ? range : range.inserting;
    const snippet =
      insertText instanceof vscode.SnippetString ? insertText : new vscode.SnippetString(insertText ?? label);
    assert.ok(await editor.insertSnippet(snippet, at ?? position));
    return document.getText();
  };
  return { items: list.items, labels: list.items.map(labelOf), accept };
}

/** Asks until a ServiceAccount is offered, or is not any more: the file system tells of changes in its time. */
async function untilOffered(text: string, name: string, isOffered: boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const { labels } = await offeredAt(text);
    if (labels.includes(name) === isOffered) return;
    assert.ok(Date.now() < deadline, `${name} in ${labels.join(', ')}`);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
}

const owner = 'kubernetes.io/service-account.name';

describe('completion', () => {
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('writes the type of a token Secret, and only into a Secret', async () => {
    const text = 'kind: Secret\nmetadata:\n  name: s\ntype: kubernetes.io/s|\n';
    const { accept } = await offeredAt(text);
    assert.equal(
      await accept('kubernetes.io/service-account-token'),
      text.replace('kubernetes.io/s|', 'kubernetes.io/service-account-token'),
    );
    const quoted = await offeredAt('kind: Secret\ntype: "|"\n');
    assert.equal(
      await quoted.accept('kubernetes.io/service-account-token'),
      'kind: Secret\ntype: "kubernetes.io/service-account-token"\n',
    );
    const other = await offeredAt('kind: Service\nspec:\n  x: y\ntype: |\n');
    assert.ok(!other.labels.includes('kubernetes.io/service-account-token'));
    const behindColon = await offeredAt('kind: Secret\ntype:|\n');
    assert.equal(
      await behindColon.accept('kubernetes.io/service-account-token'),
      'kind: Secret\ntype: kubernetes.io/service-account-token\n',
    );
  });

  it('writes the annotation, and offers its ServiceAccounts next', async () => {
    const { accept, items } = await offeredAt(
      'kind: Secret\nmetadata:\n  annotations:\n    kubernetes.io/ser|\n',
    );
    assert.equal(await accept(owner), `kind: Secret\nmetadata:\n  annotations:\n    ${owner}: \n`);
    assert.equal(
      items.find((item) => labelOf(item) === owner)?.command?.command,
      'editor.action.triggerSuggest',
    );
    const elsewhere = await offeredAt('kind: Secret\nmetadata:\n  labels:\n    kubernetes.io/ser|\n');
    assert.ok(!elsewhere.labels.includes(owner));
  });

  it('offers the ServiceAccounts of the workspace’s manifests, of the same namespace alone', async () => {
    writeFileSync(join(folder, 'accounts.yaml'), `${account('alpha', 'ci')}---\n${account('beta', 'other')}`);
    writeFileSync(
      join(folder, 'account.json'),
      JSON.stringify({ kind: 'ServiceAccount', metadata: { name: 'gamma' } }),
    );
    writeFileSync(join(folder, 'broken.yaml'), 'kind: ServiceAccount\nmetadata: {name: [\n');
    const text = `kind: Secret\nmetadata:\n  namespace: ci\n  annotations:\n    ${owner}: |\n`;
    await untilOffered(text, 'alpha', true);
    const { labels, accept, items } = await offeredAt(text);
    assert.ok(labels.includes('gamma'), 'one that leaves its namespace to the context');
    assert.ok(!labels.includes('beta'), 'none of another namespace');
    assert.match(items.find((item) => labelOf(item) === 'alpha')?.detail ?? '', /in ci \(.*accounts\.yaml\)/);
    assert.equal(await accept('alpha'), text.replace('|', 'alpha'));
    const pod = await offeredAt('kind: Pod\nmetadata: {namespace: other}\nspec:\n  serviceAccountName: b|\n');
    assert.equal(
      await pod.accept('beta'),
      'kind: Pod\nmetadata: {namespace: other}\nspec:\n  serviceAccountName: beta\n',
    );
    const json = await offeredAt('{"kind": "Pod", "spec": {"serviceAccountName": "|"}}', 'json');
    assert.ok(json.labels.includes('gamma'));
  });

  it('notices files that change, and what is typed before it is saved', async () => {
    const text = 'kind: Pod\nspec:\n  serviceAccountName: |\n';
    writeFileSync(join(folder, 'later.yaml'), account('delta', 'ci'));
    await untilOffered(text, 'delta', true);
    writeFileSync(join(folder, 'later.yaml'), account('epsilon', 'ci'));
    await untilOffered(text, 'epsilon', true);
    await untilOffered(text, 'delta', false);
    rmSync(join(folder, 'later.yaml'));
    await untilOffered(text, 'epsilon', false);
    const typed = await vscode.workspace.openTextDocument({
      language: 'yaml',
      content: account('zeta', 'ci'),
    });
    await vscode.window.showTextDocument(typed);
    await untilOffered(text, 'zeta', true);
  });

  it('offers those of the cluster once the tree follows it, and never asks the cluster itself', async () => {
    const { KUBECTL = '', KUBECONFIG = '' } = process.env;
    execFileSync(KUBECTL, ['--kubeconfig', KUBECONFIG, 'create', 'serviceaccount', 'eta', '-n', 'default']);
    const text = 'kind: Pod\nmetadata: {namespace: default}\nspec:\n  serviceAccountName: |\n';
    await vscode.commands.executeCommand('serviceAccountTokens.tree.focus');
    await untilOffered(text, 'eta', true);
    const { items } = await offeredAt(text);
    assert.equal(
      items.find((item) => labelOf(item) === 'eta')?.detail,
      'ServiceAccount in default of the cluster',
    );
    await vscode.commands.executeCommand('workbench.view.explorer');
  });

  it('offers lives of a projected token', async () => {
    const { labels } = await offeredAt(
      'kind: Pod\nspec:\n  volumes:\n  - projected:\n      sources:\n      - serviceAccountToken:\n          expirationSeconds: |\n',
    );
    assert.deepEqual(
      labels.filter((label) => /^\d+$/.test(label)),
      ['3600', '600', '86400'],
    );
    const job = await offeredAt('kind: Job\nspec:\n  expirationSeconds: |\n');
    assert.deepEqual(
      job.labels.filter((label) => /^\d+$/.test(label)),
      [],
    );
  });

  /** The snippets that are offered at the `|` of a text. */
  const snippetsOffered = async (text: string): Promise<string[]> => {
    const { items } = await offeredAt(text);
    return items
      .filter(({ kind }) => kind === vscode.CompletionItemKind.Snippet)
      .map(labelOf)
      .filter((label) => /^(?:token|account)-/.test(label))
      .toSorted();
  };

  it('offers each snippet where it fits, and nowhere else', async () => {
    const secrets = ['account-with-token-secret', 'token-secret'];
    const volumes = ['token-volume', 'token-volume-for-service'];
    assert.deepEqual(await snippetsOffered('|\n'), secrets);
    assert.deepEqual(await snippetsOffered('kind: ConfigMap\n---\n# next\ntok|\n'), secrets);
    assert.deepEqual(await snippetsOffered('kind: Pod\nspec:\n  volumes:\n    |\n'), volumes);
    assert.deepEqual(await snippetsOffered('kind: Pod\nspec:\n  volumes:\n  - |\n'), volumes);
    assert.deepEqual(await snippetsOffered('sources:\n- serviceAccountToken:\n    |\n'), ['token-audience']);
    assert.deepEqual(
      await snippetsOffered('kind: Secret\nmetadata:\n  annotations:\n    service-acc|\n'),
      [],
    );
    assert.deepEqual(await snippetsOffered('kind: Secret\n|\n'), []);
  });

  it('writes a dash that is there already no second time', async () => {
    const { accept } = await offeredAt('spec:\n  volumes:\n  - |\n');
    assert.match(await accept('token-volume-for-service'), /^ {2}- name: vault-token\n {4}projected:$/m);
  });
});
