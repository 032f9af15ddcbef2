/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

interface Labelled {
  readonly name: string;
  readonly labels: readonly { readonly start: number; readonly end: number; readonly token: string }[];
}

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function workspace(...path: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) throw new Error('There is no workspace.');
  return vscode.Uri.joinPath(folder, ...path);
}

async function corpus(): Promise<Labelled[]> {
  const bytes = await vscode.workspace.fs.readFile(workspace('labels.json'));
  return JSON.parse(new TextDecoder().decode(bytes)) as Labelled[];
}

/** Every hover at a place, as Markdown. */
async function hoverAt(document: vscode.TextDocument, position: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    position,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map((content) => (typeof content === 'string' ? content : content.value))
    .join('\n')
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

async function hintsOf(document: vscode.TextDocument): Promise<vscode.InlayHint[]> {
  return await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    new vscode.Range(0, 0, document.lineCount, 0),
  );
}

async function until<T>(get: () => Promise<T>, isThere: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await get();
    if (isThere(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

describe('in every text of the labelled corpus', () => {
  it('the editor’s hover decodes each token, at its exact range, and nothing else', async () => {
    let tokens = 0;
    for (const { name, labels } of await corpus()) {
      const document = await vscode.workspace.openTextDocument(workspace('corpus', ...name.split('/')));
      for (const { start, end, token } of labels) {
        const text = await hoverAt(document, document.positionAt(Math.floor((start + end) / 2)));
        check(/ token of kube-system\/mycontroller/.test(text), `${name} at ${start}: ${text}`);
        check(!text.includes(token.slice(0, 40)), `${name}: the hover repeats the token`);
        tokens++;
      }
      if (labels.length === 0) {
        const hints = await hintsOf(document);
        check(
          hints.every(({ label }) => label === 'Encrypted JWT'),
          `${name}: ${JSON.stringify(hints)}`,
        );
      }
    }
    check(tokens > 100, `only ${tokens} tokens`);
  });

  it('a hint stands before each token, with its owner and how long it lives', async () => {
    for (const { name, labels } of await corpus()) {
      if (labels.length === 0) continue;
      const document = await vscode.workspace.openTextDocument(workspace('corpus', ...name.split('/')));
      const hints = await until(
        async () => await hintsOf(document),
        (found) => found.length === labels.length,
      );
      const places = hints.map(({ position }) => document.offsetAt(position)).toSorted((a, b) => a - b);
      check(
        JSON.stringify(places) === JSON.stringify(labels.map(({ start }) => start)),
        `${name}: hints at ${JSON.stringify(places)}`,
      );
      for (const { label } of hints) {
        check(
          typeof label === 'string' &&
            /kube-system\/mycontroller, (?:never expires|expire|not valid yet)/.test(label),
          JSON.stringify(label),
        );
      }
    }
  });
});

it('a problem is shown for a Pod’s token in a kubeconfig', async () => {
  const document = await vscode.workspace.openTextDocument(workspace('corpus', 'tokens', 'kubeconfig.yaml'));
  const problems = await until(
    async () => await Promise.resolve(vscode.languages.getDiagnostics(document.uri)),
    (found) => found.length > 0,
  );
  const rules = problems.map(({ code }) => (typeof code === 'object' ? code.value : code));
  check(rules.includes('pod-bound-in-kubeconfig'), JSON.stringify(problems));
});
