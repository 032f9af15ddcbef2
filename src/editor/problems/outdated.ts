import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import type { Outdated } from '../../since124/finding.ts';
import { canMatter, longestOf } from '../../since124/needles.ts';
import { runInSlices } from '../../slices.ts';
import { diagnosticFor, docsOf, gradesFor, hasProblems, MOST_SHOWN } from './diagnostic.ts';
import type { TokenDocuments } from '../documents/tokens.ts';
import { textOf } from '../documents/lines.ts';
import { textsBeside } from '../documents/besides.ts';

/** Finds the lines of open documents, of whatever language, that were right before Kubernetes 1.24, and shows them as problems. */
export class OutdatedLines implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('serviceAccountTokens.outdated');
  readonly #found = new Map<vscode.TextDocument, { version: number; problems: readonly Outdated[] }>();
  readonly #docs: vscode.Uri;
  readonly #subscriptions: vscode.Disposable[];

  constructor(documents: TokenDocuments, extensionUri: vscode.Uri) {
    this.#docs = docsOf(extensionUri);
    this.#subscriptions = [
      documents.onDidRead((document) => void this.#read(document)),
      documents.onDidClose((document) => {
        this.#forget(document);
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (!event.affectsConfiguration(settings.problems)) return;
        for (const document of this.#found.keys()) this.#show(document);
      }),
    ];
  }

  /** What is known of a document as it is now. */
  problems(document: vscode.TextDocument): readonly Outdated[] {
    const found = this.#found.get(document);
    return found?.version === document.version ? found.problems : [];
  }

  async #read(document: vscode.TextDocument): Promise<void> {
    const { version, languageId, uri } = document;
    const text = textOf(document);
    if (
      !hasProblems(document) ||
      text.length > longestOf(uri.path) ||
      !canMatter(uri.path, document.getText())
    ) {
      this.#forget(document);
      return;
    }
    const { besideOf, findOutdated } = await import('../../since124/door.ts');
    const isWanted = (): boolean => !document.isClosed && document.version === version;
    if (!isWanted()) return;
    const beside = await textsBeside(uri, besideOf(uri.path, document.getText()));
    if (!isWanted()) return;
    const found = findOutdated(uri.path, document.getText(), { id: languageId, beside });
    const problems = await runInSlices(found, isWanted);
    if (!problems) return;
    this.#found.set(document, { version, problems });
    this.#show(document);
  }

  #show(document: vscode.TextDocument): void {
    const judging = { grades: gradesFor(document), docs: this.#docs };
    const diagnostics = this.problems(document)
      .slice(0, MOST_SHOWN)
      .flatMap((problem) => {
        const range = new vscode.Range(document.positionAt(problem.start), document.positionAt(problem.end));
        return diagnosticFor(document, range, problem, judging) ?? [];
      });
    this.#collection.set(document.uri, diagnostics);
  }

  #forget(document: vscode.TextDocument): void {
    if (this.#found.delete(document)) this.#collection.delete(document.uri);
  }

  dispose(): void {
    this.#found.clear();
    vscode.Disposable.from(...this.#subscriptions, this.#collection).dispose();
  }
}
