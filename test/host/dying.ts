/** Runs inside an extension host that dies: it opens a terminal as a ServiceAccount, tells which, and is killed. */
import { renameSync, writeFileSync } from 'node:fs';
import type { HostReport } from './report.ts';
import { asAdmin, openAs } from './terminals.ts';

/** VS Code calls this once its API is there. */
export async function run(): Promise<void> {
  const path = process.env['LEFT_TERMINAL'] ?? '';
  let left: object = {};
  const failed: HostReport['failed'][number][] = [];
  try {
    await asAdmin('create', 'serviceaccount', 'terminal-died');
    const { file, copy } = await openAs('default', 'terminal-died');
    left = { file, copy, account: 'terminal-died' };
  } catch (error) {
    failed.push({ title: 'A window opens a terminal, and dies', error: String(error) });
  }
  writeFileSync(`${path}.part`, JSON.stringify({ ...left, passed: [], failed }));
  renameSync(`${path}.part`, path);
  process.kill(process.pid, 'SIGKILL');
}
