/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { eventually } from '../../sandbox/eventually.ts';
import { inWorkspace, openCorpus } from './corpus.ts';

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
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

describe('in every text of the labelled corpus', () => {
  it('the editor’s hover decodes each token, at its exact range, and nothing else', async () => {
    let tokens = 0;
    for (const { name, document, places } of await openCorpus()) {
      for (const { range, token } of places) {
        const text = await hoverAt(document, range.start.translate(0, 5));
        check(/ token of kube-system\/mycontroller/.test(text), `${name} at ${range.start.line}: ${text}`);
        check(!text.includes(token.slice(0, 40)), `${name}: the hover repeats the token`);
        tokens++;
      }
      if (places.length > 0) continue;
      const hints = await hintsOf(document);
      check(
        hints.every(({ label }) => label === 'Encrypted JWT'),
        `${name}: ${JSON.stringify(hints)}`,
      );
    }
    check(tokens > 100, `only ${tokens} tokens`);
  });

  it('a hint stands before each token, with its owner and how long it lives', async () => {
    for (const { name, document, places } of await openCorpus()) {
      if (places.length === 0) continue;
      let seen: unknown;
      const hints = await eventually(
        `a hint for each token of ${name}`,
        async () => {
          const found = await hintsOf(document);
          seen = found.map(({ position }) => position);
          return found.length === places.length && found;
        },
        () => seen,
      );
      const there = hints.map(({ position }) => position).toSorted((a, b) => a.compareTo(b));
      const wanted = places.map(({ range }) => range.start);
      check(JSON.stringify(there) === JSON.stringify(wanted), `${name}: hints at ${JSON.stringify(there)}`);
      for (const { label } of hints) {
        check(
          typeof label === 'string' &&
            /^(?:never expires|expire|extended|not valid yet).* · kube-system\/mycontroller$/.test(label),
          JSON.stringify(label),
        );
      }
    }
  });
});

it('a problem is shown for a Pod’s token in a kubeconfig', async () => {
  const document = await vscode.workspace.openTextDocument(
    inWorkspace('corpus', 'tokens', 'kubeconfig.yaml'),
  );
  const rules = (): readonly unknown[] =>
    vscode.languages
      .getDiagnostics(document.uri)
      .map(({ code }) => (typeof code === 'object' ? code.value : code));
  await eventually('the problem', () => rules().includes('pod-bound-in-kubeconfig'), rules);
});

it('the inspector’s page can be read, wherever the extension is', async () => {
  const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  for (const name of ['inspector.css', 'inspector.js']) {
    const file = vscode.Uri.joinPath(
      extension?.extensionUri ?? vscode.Uri.file('/'),
      'dist',
      'inspector',
      name,
    );
    const bytes = await vscode.workspace.fs.readFile(file);
    check(bytes.length > 1000, `${file.toString()}: ${bytes.length} bytes`);
  }
});
