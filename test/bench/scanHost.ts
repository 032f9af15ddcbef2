/** Runs inside the extension host: looks through a folder as "Tokens in This Workspace" does. */
import { writeFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { scanWorkspace } from '../../src/editor/workspace/scan.ts';
import { onDisk } from '../../src/editor/workspace/onDisk.ts';
import { machineFactor, piecesOfWork } from './machine.ts';
import { percentile } from './percentile.ts';

export interface Scanned {
  /** Milliseconds. */
  readonly took: number;
  /** The longest piece of work of the extension host, in milliseconds of its processor time, and that of 99.9 % of them. */
  readonly longest: number;
  readonly most: number;
  readonly files: number;
  readonly binaries: number;
  readonly tokens: number;
  readonly unread: number;
  /** By how much the machine was slower than the reference. */
  readonly factor: number;
}

export async function run(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  if (path === undefined || !folder) throw new Error('There is no BENCH_REPORT, or no workspace.');
  const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  if (!extension) throw new Error('There is no extension.');
  const cancelling = new vscode.CancellationTokenSource();
  const pieces = piecesOfWork();
  const started = performance.now();
  const scan = await scanWorkspace({
    folders: [folder],
    includesIgnored: true,
    isTracked: async () => await Promise.resolve(undefined),
    gradesOf: () => () => 'off',
    cancelled: cancelling.token,
    onDisk: onDisk(extension.extensionUri),
    onProgress: () => undefined,
  });
  const took = performance.now() - started;
  const gaps = pieces.end();
  const { files, binaries } = scan;
  const [tokens, unread] = [scan.tokens.length, scan.unread.length + scan.unlisted];
  const report: Scanned = {
    took,
    longest: percentile(gaps, 1),
    most: percentile(gaps, 0.999),
    files,
    binaries,
    tokens,
    unread,
    factor: machineFactor(),
  };
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}
