import { after, afterEach, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'hostile');
const TYPE = 'kubernetes.io/service-account-token';

/** For how long, in milliseconds of processor time, a file may keep the extension host: VS Code's own work is in it. */
const MOST_BLOCKED = 1000;

const ruleOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'object' ? String(code.value) : String(code);

/** Does something, and returns how long it kept a timer in this very host from running at most. */
async function blockedBy(act: () => Promise<void>): Promise<number> {
  const processorTime = (): number => {
    // The oldest editor's Node knows only of all its threads together.
    const hasThreads = 'threadCpuUsage' in process;
    const { user, system } = hasThreads ? process.threadCpuUsage() : process.cpuUsage();
    return (user + system) / 1000;
  };
  let longest = 0;
  let last = processorTime();
  const timer = setInterval(() => {
    const now = processorTime();
    longest = Math.max(longest, now - last);
    last = now;
  }, 1);
  await act();
  clearInterval(timer);
  return Math.max(longest, processorTime() - last);
}

/** Writes a file and opens it in an editor. */
async function open(file: string, text: string): Promise<vscode.TextDocument> {
  writeFileSync(join(folder, file), text, { mode: 0o600 });
  const document = await vscode.workspace.openTextDocument(join(folder, file));
  await vscode.window.showTextDocument(document);
  return document;
}

/** The first problem of a rule that the editor shows in a document, once there are so many. */
async function shown({ uri }: vscode.TextDocument, rule: string, count = 1): Promise<vscode.Diagnostic> {
  const deadline = Date.now() + 40_000;
  for (;;) {
    const all = vscode.languages.getDiagnostics(uri);
    const found = all.filter((one) => ruleOf(one) === rule);
    if (found.length >= count && found[0]) return found[0];
    if (Date.now() > deadline) throw new Error(`${found.length} of ${rule}, ${all.length} in all`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

async function fixesOf(
  { uri }: vscode.TextDocument,
  { range }: vscode.Diagnostic,
): Promise<readonly vscode.CodeAction[]> {
  return await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

async function lensesOf({ uri }: vscode.TextDocument): Promise<readonly vscode.CodeLens[]> {
  return await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri);
}

describe('the extension host goes on answering while the editor shows', () => {
  before(() => {
    mkdirSync(folder, { recursive: true });
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
  after(() => {
    rmSync(folder, { recursive: true }); // The suites after this one look through the workspace too.
  });

  it('a file of 250 bytes whose comment an expression could read in endless ways, and its fixes', async () => {
    const longest = await blockedBy(async () => {
      const document = await open(
        'comment.yaml',
        `- immutable: true\n  ${'# '.repeat(60)}\n  ? kind\n  : Secret\n  type: ${TYPE}\n`.replace(
          /^/,
          'kind: List\nitems:\n',
        ),
      );
      await fixesOf(document, await shown(document, 'immutable-without-token'));
    });
    assert.ok(longest < MOST_BLOCKED, `blocked for ${longest.toFixed(0)} ms`);
  });

  it('a file of thousands of small manifests, all with a problem, and its lenses', async () => {
    const longest = await blockedBy(async () => {
      const manifest = (index: number): string =>
        `kind: Secret\nimmutable: true\nmetadata: {name: s${index}, namespace: n, annotations: {kubernetes.io/service-account.name: a, kubernetes.io/service-account.uid: u}}\ntype: ${TYPE}\n---\n`;
      const document = await open(
        'many.yaml',
        Array.from({ length: 5000 }, (_, at) => manifest(at)).join(''),
      );
      await shown(document, 'account-uid-copied', 300);
      await lensesOf(document);
    });
    assert.ok(longest < MOST_BLOCKED, `blocked for ${longest.toFixed(0)} ms`);
  });

  it('a kubeconfig of 90 kB whose contexts name what is not there but much like what is, and its fixes', async () => {
    const name = (index: number): string => `${'cluster-'.repeat(12)}${index}`;
    const list = (count: number, item: (index: number) => string): string =>
      Array.from({ length: count }, (_, index) => `- ${item(index)}\n`).join('');
    const longest = await blockedBy(async () => {
      const document = await open(
        'contexts.kubeconfig.yaml',
        [
          `kind: Config\nclusters:\n${list(190, (at) => `name: ${name(at)}`)}`,
          `users:\n${list(190, (at) => `name: ${name(at)}`)}`,
          `contexts:\n${list(200, (at) => `{name: x${at}, context: {cluster: ${name(at)}x, user: ${name(at)}x}}`)}`,
        ].join(''),
      );
      const problem = await shown(document, 'context-incomplete', 400);
      assert.notEqual((await fixesOf(document, problem)).length, 0);
    });
    assert.ok(longest < MOST_BLOCKED, `blocked for ${longest.toFixed(0)} ms`);
  });

  it('a file of a million line ends, and one of more tokens than anybody reads', async () => {
    const longest = await blockedBy(async () => {
      const document = await open('ends.yaml', `kind: Secret\n${'\n'.repeat(1_000_000)}type: ${TYPE}\n`);
      await shown(document, 'too-large');
      const tokens = await open('tokens.yaml', 'eyJhbGciOiJ4In0.e30.AA\n'.repeat(50_000));
      await shown(tokens, 'too-large');
    });
    assert.ok(longest < MOST_BLOCKED, `blocked for ${longest.toFixed(0)} ms`);
  });
});
