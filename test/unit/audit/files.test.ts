import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpacked } from '../../../src/audit/pack.ts';
import type { AuditSummary } from '../../../src/audit/summary.ts';
import { isOutOfMemory, MORE_LIMITS } from '../../../src/files/auditLimits.ts';
import type { AuditProgress, AuditRequest } from '../../../src/files/auditReader.ts';
import { eventOf } from '../../support/texts/auditEvents.ts';

const program = new URL('../../../src/files/auditReader.ts', import.meta.url);
const lines = Array.from(
  { length: 3000 },
  (_, at) => `${eventOf({ user: `system:serviceaccount:shop:a${at % 7}` })}\n`,
).join('');

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const written = async (name: string, bytes: string | Buffer): Promise<string> => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};

/** What the thread tells at last. */
async function read(...paths: readonly string[]): Promise<AuditSummary> {
  const workerData: AuditRequest = { paths, wanted: [] };
  const worker = new Worker(program, { workerData });
  return await new Promise((resolve, reject) => {
    worker.on('error', reject);
    worker.on('message', ({ summary, hasEnded }: AuditProgress) => {
      if (hasEnded) resolve(unpacked(summary));
    });
  });
}

describe('the thread that reads audit logs', () => {
  it('ends where it needs more memory than it may take, and does so in words that tell it from other ends', async () => {
    const ofMany = Array.from(
      { length: 9000 },
      (_, at) => `${eventOf({ user: `system:serviceaccount:shop:${'a'.repeat(900)}${at}` })}\n`,
    ).join('');
    const workerData: AuditRequest = { paths: [await written('many.log', ofMany)], wanted: [] };
    const end = async (maxOldGenerationSizeMb: number): Promise<boolean | undefined> => {
      const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb };
      const worker = new Worker(program, { workerData, resourceLimits });
      return await new Promise((resolve) => {
        worker.on('error', (error: Error) => {
          resolve(isOutOfMemory(error));
        });
        worker.on('exit', () => {
          resolve(undefined);
        });
      });
    };
    expect([await end(14), await end(MORE_LIMITS.maxOldGenerationSizeMb)]).toEqual([true, undefined]);
  });

  it('reads a log and those before it, which were rotated and compressed, as one', async () => {
    const half = lines.length / 2;
    const cut = lines.indexOf('\n', half) + 1;
    // Two files, one after the other, as cat makes them of compressed ones.
    const packed = Buffer.concat([gzipSync(lines.slice(0, cut)), gzipSync(lines.slice(cut))]);
    const { files, requests, accounts } = await read(
      await written('audit.log', lines),
      await written('audit-2026.log.gz', packed),
    );
    expect(requests.count).toBe(6000);
    expect(accounts).toHaveLength(7);
    expect(
      files.map(({ name, read: done, size, events, problem }) => [name, done === size, events, problem]),
    ).toEqual([
      ['audit.log', true, 3000, undefined],
      ['audit-2026.log.gz', true, 3000, undefined],
    ]);
  });

  it('says of a file that it is cut or gone, and counts what there was of it and of the others', async () => {
    const whole = gzipSync(lines);
    const { files, requests, broken } = await read(
      await written('cut.log.gz', whole.subarray(0, whole.length / 2)),
      join(folder, 'gone.log'),
      folder,
      await written('audit.log', lines),
    );
    expect(requests.count).toBeGreaterThan(3000);
    expect(broken).toBeLessThanOrEqual(1);
    expect(files.map(({ name, problem }) => [name, problem !== undefined])).toEqual([
      ['cut.log.gz', true],
      ['gone.log', true],
      [folder.slice(folder.lastIndexOf('/') + 1), true],
      ['audit.log', false],
    ]);
  });
});
