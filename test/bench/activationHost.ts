/** Runs inside the extension host: activates the extension once, and reports what that cost. */
import { appendFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as vscode from 'vscode';
import { machineFactor } from './machine.ts';

declare global {
  // Only `var` declares a property of globalThis.
  // oxlint-disable-next-line no-var
  var benchedActivation: Pick<Activation, 'milliseconds' | 'processorMilliseconds'> | undefined;
}

export interface Activation {
  readonly wasActive: boolean;
  /** Of loading the bundle and of calling `activate`: by the clock, and of the processor. */
  readonly milliseconds: number;
  readonly processorMilliseconds: number;
  /** Of the JavaScript heap, after collecting garbage. */
  readonly heapBytes: number;
  readonly isClientLoaded: boolean;
  /** By how much the machine was slower than the reference. */
  readonly factor: number;
}

/** How long the workbench is given to finish drawing itself, which takes both cores of a small machine, in milliseconds. */
const rest = 3000;

export async function run(): Promise<void> {
  const path = process.env['BENCH_REPORT'];
  const extension = vscode.extensions.getExtension('serviceaccount-tokens.serviceaccount-tokens');
  if (path === undefined || !extension) throw new Error('There is no BENCH_REPORT, or no extension.');
  await sleep(rest);
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const wasActive = extension.isActive;
  collect();
  const before = process.memoryUsage().heapUsed;
  await extension.activate();
  const took = globalThis.benchedActivation;
  if (!took) throw new Error('The extension was activated without being timed.');
  collect();
  const loaded = Object.keys(createRequire(__filename).cache);
  const report: Activation = {
    wasActive,
    ...took,
    heapBytes: process.memoryUsage().heapUsed - before,
    isClientLoaded: loaded.some((file) => file.endsWith('client.cjs')),
    factor: machineFactor(),
  };
  appendFileSync(path, `${JSON.stringify(report)}\n`);
}
