/** Prints how many bytes this process grows by while a thread reads the audit log that it is given, as the extension starts it. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { unpacked } from '../../src/audit/pack.ts';
import type { AuditSummary } from '../../src/audit/summary.ts';
import { AUDIT_LIMITS } from '../../src/files/auditLimits.ts';
import type { AuditProgress, AuditRequest } from '../../src/files/auditReader.ts';

const program = fileURLToPath(new URL('../../dist/auditReader.cjs', import.meta.url));
const [, , path = ''] = process.argv;
const before = process.memoryUsage().rss;
const workerData: AuditRequest = { paths: [path], wanted: [] };
const worker = new Worker(program, { workerData, resourceLimits: AUDIT_LIMITS });
let most = 0;
const timer = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss - before);
}, 20);
let latest: AuditSummary | undefined;
await new Promise<void>((resolve, reject) => {
  worker.on('error', reject);
  worker.on('message', ({ summary, hasEnded }: AuditProgress) => {
    latest = unpacked(summary); // As the panel keeps it.
    if (hasEnded) resolve();
  });
});
clearInterval(timer);
await worker.terminate();
if (latest?.broken !== 0) throw new Error('It is not all told.');
process.stdout.write(String(most));
