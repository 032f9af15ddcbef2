/** Runs inside the extension host: looks through a folder as "Tokens in This Workspace" does. */
import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { scanWorkspace } from '../../src/editor/workspace/scan.ts';
import { onDisk } from '../../src/editor/workspace/onDisk.ts';
import { machineFactor } from './machine.ts';

export interface Scanned {
  /** Milliseconds. */
  readonly took: number;
  /** The longest that the extension host was held up, in milliseconds, and by how much in 99.9 of 100 turns. */
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
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
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
  delay.disable();
  const { files, binaries } = scan;
  const [tokens, unread] = [scan.tokens.length, scan.unread.length + scan.unlisted];
  const report: Scanned = {
    took,
    longest: delay.max / 1e6,
    most: delay.percentile(99.9) / 1e6,
    files,
    binaries,
    tokens,
    unread,
    factor: machineFactor(),
  };
  writeFileSync(path, `${JSON.stringify(report)}\n`);
}
