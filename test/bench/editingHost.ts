/** Runs inside the extension host: what hovers and edits of large files cost there, on the editor's own documents. */
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { LiveAccounts } from '../../src/editor/workbench/liveAccounts.ts';
import { findingAt } from '../../src/editor/documents/at.ts';
import { hoverOf } from '../../src/editor/hover/hover.ts';
import { TokenDocuments } from '../../src/editor/documents/tokens.ts';
import { processorTime } from '../fuzz/watch.ts';
import { machineFactor } from './machine.ts';

/** All in milliseconds. */
export interface Editing {
  readonly hovers: readonly number[];
  /** From an edit to its problems, the debounce included. */
  readonly edits: readonly number[];
  /** How long each piece of reading a large file kept the extension host from others. */
  readonly blocks: readonly number[];
  /** Characters of the file of one line, and of the large one. */
  readonly lineLength: number;
  readonly largeLength: number;
  /** By how much the machine was slower than the reference. */
  readonly factor: number;
}

const folder = (): vscode.Uri => {
  const uri = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!uri) throw new Error('There is no workspace.');
  return uri;
};
const open = async (name: string): Promise<vscode.TextDocument> =>
  await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder(), name));

export async function run(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  if (path === undefined) throw new Error('There is no BENCH_REPORT.');
  await vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens')?.activate();
  const line = await open('line.json');
  const lineLength = line.lineAt(0).text.length;
  const hovers = hoverTimes(line);
  const edits = await editTimes(await open('edited.yaml'));
  const large = await open('large.txt');
  const blocks = await blockTimes(large);
  const largeLength = large.getText().length;
  const report: Editing = { hovers, edits, blocks, lineLength, largeLength, factor: machineFactor() };
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}

const live = new LiveAccounts();

/** Half of them on a token, half elsewhere. */
function hoverTimes(document: vscode.TextDocument): number[] {
  const text = document.lineAt(0).text;
  return Array.from({ length: 500 }, (_, index) => {
    const from = Math.floor((index / 500) * text.length * 0.95);
    const offset = index % 2 === 0 ? text.indexOf('"eyJ', from) + 10 : from;
    const position = new vscode.Position(0, offset);
    const started = performance.now();
    const at = findingAt(document, position);
    const hover = at && hoverOf(document, at, { hasMachine: true, live });
    const took = performance.now() - started;
    if (index % 2 === 0 && !hover) throw new Error(`No hover at ${offset}.`);
    return took;
  });
}

/** Each edit makes the number of tokens with a problem another one. */
async function editTimes(document: vscode.TextDocument): Promise<number[]> {
  const problems = async (change: () => Thenable<unknown>): Promise<number> => {
    const changed = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error('No problem changed within 20 s.'));
      }, 20_000);
      const listening = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        if (!uris.some((uri) => uri.toString() === document.uri.toString())) return;
        listening.dispose();
        clearTimeout(timer);
        resolve(performance.now());
      });
    });
    await change();
    // From when the extension host knows of the edit: what comes before is the editor's.
    const started = edited;
    return (await changed) - started;
  };
  let edited = 0;
  const listening = vscode.workspace.onDidChangeTextDocument((event) => {
    if (event.document === document) edited = performance.now();
  });
  const times: number[] = [];
  for (let run = 0; run < 40; run++) {
    const edit = new vscode.WorkspaceEdit();
    const at = document.lineAt(run % 2 === 0 ? 0 : document.lineCount - 2).range.start;
    edit.insert(document.uri, at, '#\n');
    times.push(await problems(async () => await vscode.workspace.applyEdit(edit)));
    await new Promise((resolve) => {
      setTimeout(resolve, 150);
    });
  }
  listening.dispose();
  return times;
}

/**
 * The gaps between turns of the event loop while one more of our readers reads a document that is open, and while all
 * that we have looks at it again after an edit.
 */
async function blockTimes(document: vscode.TextDocument): Promise<number[]> {
  await new Promise((resolve) => {
    setTimeout(resolve, 5000); // The extension's own reader has read it by then.
  });
  const documents = new TokenDocuments();
  const reading = await gapsUntil((done) =>
    documents.onDidRead((one) => {
      if (one === document) done();
    }),
  );
  documents.dispose();
  const edit = new vscode.WorkspaceEdit();
  edit.insert(document.uri, new vscode.Position(0, 0), '# edited\n');
  await vscode.workspace.applyEdit(edit);
  const judging = await gapsUntil((done) => vscode.languages.onDidChangeDiagnostics(done));
  return [...reading, ...judging].toSorted((a, b) => b - a).slice(0, 100);
}

/** The gaps until something happens, and for half a second more, in processor time: others on the machine don't count. */
async function gapsUntil(listen: (done: () => void) => vscode.Disposable): Promise<number[]> {
  const gaps: number[] = [];
  let end = Number.POSITIVE_INFINITY;
  const listening = listen(() => {
    end = Math.min(end, performance.now() + 500);
  });
  for (let last = processorTime(); performance.now() < end;) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const now = processorTime();
    gaps.push(now - last);
    last = now;
  }
  listening.dispose();
  return gaps;
}
