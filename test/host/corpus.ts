import * as vscode from 'vscode';
import { outdatedRules, type OutdatedRule } from '../../src/since124/finding.ts';

/** A text of the labelled corpus as the editor has it, with the places of its tokens. */
export interface OpenText {
  readonly name: string;
  readonly document: vscode.TextDocument;
  readonly places: readonly { readonly range: vscode.Range; readonly token: string }[];
}

/** The folder that the suites run in; `test/host/run.ts` fills it. */
export function inWorkspace(...path: string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!folder) throw new Error('There is no workspace.');
  return vscode.Uri.joinPath(folder, ...path);
}

/** Opens the labelled corpus. Labels count in the file; the editor makes all line ends of a document the same. */
export async function openCorpus(): Promise<OpenText[]> {
  const labelled = JSON.parse(await readText(inWorkspace('labels.json'))) as {
    name: string;
    labels: { start: number; end: number; token: string }[];
  }[];
  const texts: OpenText[] = [];
  for (const { name, labels } of labelled) {
    const uri = inWorkspace('corpus', ...name.split('/'));
    const text = await readText(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const places = labels.map(({ start, end, token }) => ({
      range: new vscode.Range(positionIn(text, start), positionIn(text, end)),
      token,
    }));
    texts.push({ name, document, places });
  }
  return texts;
}

/** As the extension grades them, but for one rule, as if a setting had switched it off. */
export const gradesOf = () => (rule: OutdatedRule) => (rule === 'oc-get-token' ? 'off' : outdatedRules[rule]);

async function readText(uri: vscode.Uri): Promise<string> {
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
}

function positionIn(text: string, offset: number): vscode.Position {
  const lines = text.slice(0, offset).split(/\r\n|\n|\r/);
  return new vscode.Position(lines.length - 1, lines.at(-1)?.length ?? 0);
}
