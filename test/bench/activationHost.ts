/** Runs inside the extension host: activates the extension once, and reports what that cost. */
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';

declare global {
  // Only `var` declares a property of globalThis.
  // oxlint-disable-next-line no-var
  var benchedActivation: number | undefined;
}

export interface Activation {
  readonly wasActive: boolean;
  /** Of loading the bundle and of calling `activate`. */
  readonly milliseconds: number;
  /** Of the JavaScript heap, after collecting garbage. */
  readonly heapBytes: number;
  readonly isClientLoaded: boolean;
}

export async function run(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  if (path === undefined || !extension) throw new Error('There is no BENCH_REPORT, or no extension.');
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const wasActive = extension.isActive;
  collect();
  const before = process.memoryUsage().heapUsed;
  await extension.activate();
  const milliseconds = globalThis.benchedActivation ?? Number.NaN;
  collect();
  const loaded = Object.keys(createRequire(__filename).cache);
  const report: Activation = {
    wasActive,
    milliseconds,
    heapBytes: process.memoryUsage().heapUsed - before,
    isClientLoaded: loaded.some((file) => file.endsWith('client.cjs')),
  };
  appendFileSync(path, `${JSON.stringify(report)}\n`);
}
