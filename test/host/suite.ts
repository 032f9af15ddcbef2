/** Runs inside the extension host: every suite beside this file's bundle, by mocha, with a report for `run.ts`. */
import Mocha from 'mocha';
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface HostReport {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly error: string }[];
}

/** VS Code calls this once its API is there. */
export async function run(): Promise<void> {
  const path = process.env['HOST_REPORT'];
  if (path === undefined) throw new Error('HOST_REPORT names no file to report to.');
  const passed: string[] = [];
  const failed: { title: string; error: string }[] = [];
  try {
    const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min' });
    for (const name of readdirSync(__dirname)) {
      if (name.endsWith('.test.cjs')) mocha.addFile(join(__dirname, name));
    }
    await new Promise<void>((resolve) => {
      mocha
        .run(() => {
          resolve();
        })
        .on('pass', (test) => passed.push(test.fullTitle()))
        .on('fail', (test, error: Error) => {
          failed.push({ title: test.fullTitle(), error: error.stack ?? error.message });
        });
    });
  } catch (error) {
    failed.push({ title: 'The suites could be loaded', error: String(error) });
  }
  const report: HostReport = { passed, failed };
  // Whoever waits for the report must find it whole.
  writeFileSync(`${path}.part`, JSON.stringify(report));
  renameSync(`${path}.part`, path);
}
