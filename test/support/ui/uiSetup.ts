/** Packages the extension once, as users install it; tests get the path by `inject('vsix')`. */
import type { TestProject } from 'vitest/node';
import { REPORTS, type LeakReport } from './leaks.ts';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageExtension } from '../../../scripts/package.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    vsix: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await rm(REPORTS, { recursive: true, force: true });
  project.provide('vsix', await packageExtension());
  return tellLeaks;
}

/** Row 18 of docs/targets.md, over all files that ran. Those that found something have failed by themselves. */
async function tellLeaks(): Promise<void> {
  const names = await readdir(REPORTS).catch(() => []);
  const reports = await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(join(REPORTS, name), 'utf8')) as LeakReport),
  );
  if (reports.length === 0) return;
  const sum = (of: (report: LeakReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  const found = sum((report) => report.found.length);
  const where = `${(sum(({ bytes }) => bytes) / 1e6).toFixed(0)} MB of logs, storage, URIs and notifications`;
  process.stdout.write(
    `Row 18: ${found} places with bytes of the ${sum(({ tokens }) => tokens)} tokens issued, in ${where} (target: 0)\n`,
  );
}
