/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { ruleFixtures } from '../support/texts/ruleFixtures.ts';

/** What the editor calls the languages of the fixtures that are no YAML. */
const LANGUAGES: Readonly<Record<string, string>> = { '.sh': 'shellscript', '.go': 'go' };

const ruleOf = ({ code }: vscode.Diagnostic): string =>
  typeof code === 'object' ? String(code.value) : String(code);

async function shown(
  { uri }: vscode.TextDocument,
  rule: string,
  count: number,
): Promise<vscode.Diagnostic[]> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const all = vscode.languages.getDiagnostics(uri);
    const found = all.filter((one) => ruleOf(one) === rule);
    if (found.length === count) return found;
    if (Date.now() > deadline) throw new Error(`${rule}: ${all.map(ruleOf).join(', ') || 'no problems'}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 25);
    });
  }
}

describe('where there is neither a cluster nor a disk', () => {
  for (const { rule, file, before, fix, after, isTracked, beside } of ruleFixtures) {
    if (fix === undefined || isTracked || beside || /\.(?:env|tf)$/.test(file)) continue;
    it(`${rule} is found and put right in a document that was never saved`, async () => {
      const language = LANGUAGES[file.slice(file.lastIndexOf('.'))] ?? 'yaml';
      const document = await vscode.workspace.openTextDocument({ language, content: before });
      const [problem] = await shown(document, rule, 1);
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        problem?.range,
      );
      const edit = actions.find(({ title }) => title.startsWith(fix))?.edit;
      if (!edit || !(await vscode.workspace.applyEdit(edit))) throw new Error(`${fix} could not be applied`);
      if (document.getText() !== after) throw new Error(document.getText());
      await shown(document, rule, 0);
    });
  }

  it('the ServiceAccounts of open manifests are offered', async () => {
    await vscode.workspace.openTextDocument({
      language: 'yaml',
      content: 'kind: ServiceAccount\nmetadata: {name: of-an-open-manifest}\n',
    });
    const text = 'kind: Pod\nspec:\n  serviceAccountName: ';
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content: text });
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        document.uri,
        document.positionAt(text.length),
      );
      const labels = items.map(({ label }) => (typeof label === 'string' ? label : label.label));
      if (labels.includes('of-an-open-manifest')) return;
      if (Date.now() > deadline) throw new Error(labels.join(', ') || 'nothing');
    }
  });
});
