import { afterEach, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { rules } from '../../src/problems/catalog.ts';
import { ruleFixtures } from '../support/texts/ruleFixtures.ts';
import type { RuleFixture } from '../support/texts/ruleTexts.ts';

const folder = join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'repository');
const git = (...args: readonly string[]): void => {
  execFileSync('git', ['-C', folder, '-c', 'core.hooksPath=/dev/null', ...args], { stdio: 'pipe' });
};

const ruleOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'object' ? String(code.value) : String(code);

/** What the editor shows of a rule in a document, once `isRight`. */
async function shown(
  { uri }: vscode.TextDocument,
  rule: string,
  isRight: (found: vscode.Diagnostic[]) => boolean,
): Promise<vscode.Diagnostic[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const found = vscode.languages.getDiagnostics(uri).filter((one) => ruleOf(one) === rule);
    if (isRight(found)) return found;
    if (Date.now() > deadline) {
      const all = vscode.languages.getDiagnostics(uri).map(ruleOf).join(', ');
      throw new Error(`${found.length} problems of ${rule}; of all rules: ${all || 'none'}`);
    }
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

async function openFixture({
  file,
  before,
  beside = {},
}: Pick<RuleFixture, 'file' | 'before' | 'beside'>): Promise<vscode.TextDocument> {
  for (const [path, text] of Object.entries(beside)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  writeFileSync(join(folder, file), before, { mode: 0o600 });
  const document = await vscode.workspace.openTextDocument(join(folder, file));
  await vscode.window.showTextDocument(document);
  return document;
}

async function actionsAt(
  { uri }: vscode.TextDocument,
  { range }: vscode.Diagnostic,
): Promise<vscode.CodeAction[]> {
  return await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    range,
    vscode.CodeActionKind.QuickFix.value,
  );
}

async function applyAction(action: vscode.CodeAction | undefined): Promise<void> {
  assert.ok(action?.edit, 'there is such a fix, and it edits');
  assert.ok(await vscode.workspace.applyEdit(action.edit));
}

describe('problems', () => {
  before(() => {
    mkdirSync(folder, { recursive: true });
    for (const { file, before, isTracked } of ruleFixtures) {
      if (isTracked) writeFileSync(join(folder, file), before);
    }
    execFileSync('git', ['init', '-q', folder]);
    git('add', '-A');
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('have a fixture for every rule', () => {
    assert.deepEqual([...new Set(ruleFixtures.map(({ rule }) => rule))].sort(), Object.keys(rules).sort());
  });

  for (const fixture of ruleFixtures) {
    const { rule, file, marked, fix, after, offers = [] } = fixture;
    it(`${rule} is shown at its place, explained, and put right`, async () => {
      const document = await openFixture(fixture);
      if (rule === 'readable-by-others') {
        chmodSync(join(folder, file), 0o644);
        await vscode.commands.executeCommand('workbench.action.files.save');
      }
      const [problem] = await shown(document, rule, (found) => found.length === 1);
      assert.ok(problem);
      assert.equal(document.getText(problem.range), marked);
      assert.equal(problem.source, 'ServiceAccount tokens');
      assert.ok(typeof problem.code === 'object');
      assert.match(problem.code.target.toString(true), new RegExp(`docs/problems\\.md#${rule}$`));
      const actions = await actionsAt(document, problem);
      for (const offered of offers) {
        assert.ok(
          actions.some(({ command }) => command?.command === offered),
          `it offers ${offered}`,
        );
      }
      if (fix !== undefined) {
        await applyAction(actions.find(({ title }) => title.startsWith(fix)));
        assert.equal(document.getText(), after);
        await shown(document, rule, (found) => found.length === 0);
      }
    });
  }

  it('of a file that others can read end with its mode', async () => {
    const document = await openFixture({
      file: 'mode.kubeconfig',
      before: 'kind: Config\ncontexts: []\nclusters: []\nusers: [{name: u, user: {token: abc}}]\n',
    });
    chmodSync(document.uri.fsPath, 0o640);
    await document.save();
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    const again = await openFixtureAsItIs(document.uri);
    const [problem] = await shown(again, 'readable-by-others', (found) => found.length === 1);
    assert.ok(problem);
    assert.match(problem.message, /mode 0640/);
    const action = (await actionsAt(again, problem)).find(({ title }) => title.includes('chmod 600'));
    assert.ok(action?.command);
    await vscode.commands.executeCommand(action.command.command, again.uri);
    assert.equal(statSync(again.uri.fsPath).mode & 0o777, 0o600);
    await shown(again, 'readable-by-others', (found) => found.length === 0);
  });

  it('are silenced by the comment that a quick fix writes, which leaves the rest as it was', async () => {
    for (const rule of ['token-file-wins', 'secret-type-wrong', 'projection-life-3607'] as const) {
      const fixture = ruleFixtures.find((one) => one.rule === rule);
      assert.ok(fixture);
      const document = await openFixture(fixture);
      const [problem] = await shown(document, rule, (found) => found.length === 1);
      assert.ok(problem);
      const actions = await actionsAt(document, problem);
      await applyAction(actions.find(({ title }) => title.startsWith('Silence')));
      await shown(document, rule, (found) => found.length === 0);
      const lines = document.getText().split('\n');
      const comment = lines.findIndex((line) => line.trim() === `# serviceaccount-tokens: ignore ${rule}`);
      assert.equal(comment, problem.range.start.line);
      assert.equal(lines.toSpliced(comment, 1).join('\n'), fixture.before);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });

  it('of one rule are put right in the whole file at once, in documents of any number', async () => {
    const one = ruleFixtures.find(({ rule }) => rule === 'account-uid-copied');
    assert.ok(one?.after !== undefined);
    const document = await openFixture({
      file: 'all.yaml',
      before: [one.before, one.before, one.before].join('---\n'),
    });
    const [problem] = await shown(document, one.rule, (found) => found.length === 3);
    assert.ok(problem);
    const actions = await actionsAt(document, problem);
    await applyAction(actions.find(({ title }) => title === 'Fix all 3 "account-uid-copied" in this file'));
    assert.equal(document.getText(), [one.after, one.after, one.after].join('---\n'));
    await shown(document, one.rule, (found) => found.length === 0);
  });

  it('are graded and switched off by settings, at once', async () => {
    const settings = vscode.workspace.getConfiguration('serviceAccountTokens');
    const fixture = ruleFixtures.find(({ rule }) => rule === 'projection-audience-open');
    assert.ok(fixture);
    const document = await openFixture(fixture);
    const severity = async (is: vscode.DiagnosticSeverity): Promise<void> => {
      await shown(document, fixture.rule, ([found]) => found?.severity === is);
    };
    await severity(vscode.DiagnosticSeverity.Hint);
    try {
      await settings.update('problems', { [fixture.rule]: 'error' }, vscode.ConfigurationTarget.Global);
      await severity(vscode.DiagnosticSeverity.Error);
      await settings.update('problems', { [fixture.rule]: 'off' }, vscode.ConfigurationTarget.Global);
      await shown(document, fixture.rule, (found) => found.length === 0);
    } finally {
      await settings.update('problems', undefined, vscode.ConfigurationTarget.Global);
    }
    await severity(vscode.DiagnosticSeverity.Hint);
  });

  it('are not shown for templates, broken YAML and other programs’ files, and come when they are put right', async () => {
    const fixture = ruleFixtures.find(({ rule }) => rule === 'immutable-without-token');
    assert.ok(fixture);
    const document = await openFixture({ file: 'typed.yaml', before: `${fixture.before}broken: [\n` });
    const uid = {
      file: 'uid.yaml',
      before: ruleFixtures.find(({ rule }) => rule === 'account-uid-copied')?.before ?? '',
    };
    // What is shown of a file that is opened later shows that this one was looked at.
    const later = await openFixture(uid);
    await shown(later, 'account-uid-copied', (found) => found.length === 1);
    assert.deepEqual(
      vscode.languages.getDiagnostics(document.uri).filter((one) => ruleOf(one) in rules),
      [],
    );
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, document.lineAt(document.lineCount - 2).range, '# whole');
    assert.ok(await vscode.workspace.applyEdit(edit));
    await shown(document, fixture.rule, (found) => found.length === 1);
  });
});

async function openFixtureAsItIs(uri: vscode.Uri): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
  return document;
}
