import { after, describe, it } from 'mocha';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { eventually } from '../../sandbox/eventually.ts';
import { oldCertificate } from '../support/texts/oldCertificate.ts';
import { boundClaims, jwt } from '../support/tokens.ts';

const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');

async function open(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ content });
  const editor = await vscode.window.showTextDocument(document);
  const at = document.positionAt(content.indexOf('eyJ') + 3);
  editor.selection = new vscode.Selection(at, at);
  return document;
}

async function hoverOf(content: string): Promise<string> {
  return await hoverIn(await open(content));
}

async function contentsIn(document: vscode.TextDocument): Promise<vscode.Hover['contents']> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(document.getText().indexOf('eyJ') + 3),
  );
  return hovers.flatMap(({ contents }) => contents);
}

async function hoverIn(document: vscode.TextDocument): Promise<string> {
  return (await contentsIn(document))
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n');
}

it('activates', async () => {
  assert.ok(extension, 'the extension is installed');
  await extension.activate();
  assert.equal(extension.isActive, true);
});

describe('the hover', () => {
  it('decodes a token under the pointer in a document that was never saved, and masks it', async () => {
    const text = await hoverOf(`token=${jwt(boundClaims())}\n`);
    // It escapes punctuation, as a claim is a stranger's text.
    assert.match(text, /Bound token of kube(-|&#45;)system\/mycontroller/);
    assert.match(text, /eyJ••• &#40;\d+ characters&#41;/);
  });

  it('decodes a token in the input of source control, which VS Code gives to extensions as a document', async () => {
    const control = vscode.scm.createSourceControl('hover-test', 'Of the hover');
    try {
      control.inputBox.value = `Add ${jwt(boundClaims())}`;
      await vscode.commands.executeCommand('workbench.view.scm');
      const document = await eventually('the input to be a document', () =>
        vscode.workspace.textDocuments.find(
          (one) => one.uri.scheme === 'vscode-scm' && one.getText().includes('eyJ'),
        ),
      );
      assert.match(await hoverIn(document), /Bound token of kube(-|&#45;)system\/mycontroller/);
    } finally {
      control.dispose();
      await vscode.commands.executeCommand('workbench.view.explorer');
    }
  });

  it('lets each of its links run its command', async () => {
    const contents = await contentsIn(await open(`token=${jwt(boundClaims())}\n`));
    const links = contents.flatMap((content) => {
      if (!(content instanceof vscode.MarkdownString)) return [];
      const { isTrusted, value } = content;
      assert.ok(typeof isTrusted === 'object');
      const linked = [...value.matchAll(/\]\(command:([\w.]+)/g)].map(([, id = '']) => id);
      return linked.map((id) => [id, isTrusted.enabledCommands.includes(id)]);
    });
    assert.ok(links.length > 5);
    assert.deepEqual(
      links.filter(([, isEnabled]) => isEnabled === false),
      [],
    );
  });

  it('shows hostile claims harmless and cut', async () => {
    const evil = '\u202E[x](command:evil) <img src=x onerror=alert(1)> **b** `c` | $(zap)\n# h\n\u0007&lt;';
    const hostile = boundClaims(
      { namespace: evil, pod: { name: evil, uid: evil } },
      { iss: evil, aud: [evil], sub: evil },
    );
    const text = await hoverOf(`token=${jwt(hostile)}`);
    const ours = /\]\(command:serviceAccountTokens\.\w+\?[^)]*\)/g;
    const strange = text.replaceAll(ours, '');
    assert.doesNotMatch(strange, /\]\(|<img|`|&lt;|\p{Cf}/u);
    assert.doesNotMatch(strange, /\$\((?!lightbulb\))/);
    assert.ok(text.length < 20_000, `${text.length} characters`);
  });

  it('takes no text of megabytes for a claim', async () => {
    const huge = jwt(boundClaims({ namespace: 'n'.repeat(10_000_000) }));
    const text = await hoverOf(`token=${huge}\n`);
    assert.ok(text.length < 20_000, `${text.length} characters`);
    const long = await hoverOf(`token=${jwt(boundClaims({ namespace: 'n'.repeat(40_000) }))}\n`);
    assert.match(long, /…/);
    assert.ok(long.length < 20_000, `${long.length} characters`);
  });

  it('names each part of a token that is damaged', async () => {
    const [header = ''] = jwt(boundClaims()).split('.');
    const text = await hoverOf(`token=${header}.eyJpc3MiOiJ4Ig.!\n`);
    assert.match(text, /Not a whole JWT/);
    assert.match(text, /seems cut short/);
  });
});

describe('the claims', () => {
  const claims = boundClaims({}, { note: 'turned \u202E around', 'n:o': ['y', 1.5, null] });

  it('are shown in a read-only document whose URI holds nothing of them', async () => {
    await open(`token=${jwt(claims)}\n`);
    await vscode.commands.executeCommand('serviceAccountTokens.showClaims');
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    assert.match(document.uri.toString(), /^serviceaccount-token-claims:\/[\da-f-]{36}\/Claims\.json$/);
    assert.deepEqual(JSON.parse(document.getText()), { header: { alg: 'RS256', kid: 'key-1' }, claims });
    assert.doesNotMatch(document.getText(), /\u202E/);
    assert.equal(vscode.workspace.fs.isWritableFileSystem(document.uri.scheme) ?? false, false);
  });

  it('are copied as JSON and as YAML, and a summary without the token', async () => {
    const token = jwt(claims);
    await open(`token=${token}\n`);
    const copied = async (command: string): Promise<string> => {
      await vscode.commands.executeCommand(`serviceAccountTokens.${command}`);
      return await vscode.env.clipboard.readText();
    };
    assert.deepEqual(JSON.parse(await copied('copyClaims')), claims);
    assert.deepEqual(parse(await copied('copyClaimsAsYaml')), claims);
    const summary = await copied('copySummary');
    assert.match(summary, /^Bound token of kube-system\/mycontroller — /);
    assert.ok(!summary.includes(token.slice(0, 30)), 'it holds the token');
  });

  it('are those of the only token of a file where the cursor is on none', async () => {
    await open(`# a token\ntoken=${jwt(claims)}\n`);
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    editor.selection = new vscode.Selection(0, 0, 0, 0);
    await vscode.env.clipboard.writeText('');
    await vscode.commands.executeCommand('serviceAccountTokens.copyClaims');
    assert.deepEqual(JSON.parse(await vscode.env.clipboard.readText()), claims);
  });
});

describe('the hover of a kubeconfig’s certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
  let files = 0;
  after(() => {
    rmSync(folder, { recursive: true });
  });

  async function told(user: readonly string[], at: string, cluster = ''): Promise<string> {
    // Of a file that is written again the editor shows what it was for a while.
    const file = vscode.Uri.file(join(folder, `admin-${(files += 1)}.conf`));
    const lines = [
      'apiVersion: v1',
      'kind: Config',
      `clusters: [{name: c, cluster: {server: "https://10.0.0.1"${cluster}}}]`,
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
      'users:',
      '- name: u',
      '  user:',
      ...user.map((line) => `    ${line}`),
    ];
    writeFileSync(file.fsPath, lines.join('\n'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const document = await vscode.workspace.openTextDocument(file);
    await vscode.languages.setTextDocumentLanguage(document, 'yaml');
    const offset = document.getText().indexOf(at) + 1;
    const deadline = Date.now() + 20_000;
    for (;;) {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        document.positionAt(offset),
      );
      const text = hovers
        .flatMap(({ contents }) => contents)
        .map((content) => (typeof content === 'string' ? content : content.value))
        .join('\n')
        .replaceAll(/&#(\d+);/g, (_entity, unit: string) => String.fromCharCode(Number(unit)));
      if (text !== '' || Date.now() > deadline) return text;
    }
  }

  it('says whose it is, its groups, until when, and who signed it', async () => {
    const text = await told(
      [`client-certificate-data: ${oldCertificate()}`, 'client-key-data: QQ=='],
      'LS0t',
    );
    assert.match(text, /Client certificate of kubernetes-admin — expired/);
    for (const part of ['User', 'Groups', 'kubeadm:cluster-admins', 'Expires', '1735689600', 'Issuer']) {
      assert.ok(text.includes(part), `${part} in ${text}`);
    }
  });

  it('reads the file that is named, beside the kubeconfig', async () => {
    writeFileSync(join(folder, 'client.crt'), Buffer.from(oldCertificate(), 'base64'));
    const text = await told(['client-certificate: client.crt', 'client-key: client.key'], 'client.crt');
    assert.match(text, /Client certificate of kubernetes-admin/);
  });

  it('says of an authority that has ended that TLS fails on this side', async () => {
    const text = await told(['token: abc'], 'LS0t', `, certificate-authority-data: ${oldCertificate()}`);
    assert.match(text, /Certificate authority .*expired[^]*no 401/);
  });
});
