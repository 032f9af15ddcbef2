/**
 * The thread that reads audit logs: files in, counts out. Nothing of a file is kept, and nothing is sent anywhere but to
 * the extension that started it.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { createGunzip } from 'node:zlib';
import { handedOver, type PackedSummary } from '../audit/pack.ts';
import { AuditLog } from '../audit/auditLog.ts';
import { messageOf } from '../errors.ts';
import { isRecord } from '../token/decode.ts';

/** What the thread is told: paths, and the ids of tokens that must be told of. */
export interface AuditRequest {
  readonly paths: readonly string[];
  readonly wanted: readonly string[];
}

/** What it tells: what was found so far, and at last. */
export interface AuditProgress {
  readonly summary: PackedSummary;
  readonly hasEnded: boolean;
}

/** Read at a time, in bytes. */
const PIECE = 1024 * 1024;
/** What was found is told after so many milliseconds at first, and then after as many times as long as that takes. */
const FIRST = 300;
const PATIENCE = 20;
/** Never waits for the other end of a pipe; Windows knows no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

const stringsOf = (all: unknown): string[] =>
  Array.isArray(all) ? all.filter((one): one is string => typeof one === 'string') : [];
const given: unknown = workerData;
const { paths, wanted } = isRecord(given) ? given : {};
const log = new AuditLog(stringsOf(wanted));
let next = performance.now() + FIRST;

function tell(hasEnded: boolean): void {
  const started = performance.now();
  const progress: AuditProgress = { summary: log.packed(hasEnded), hasEnded };
  parentPort?.postMessage(progress, handedOver(progress.summary));
  const took = performance.now() - started;
  next = performance.now() + Math.max(FIRST, took * PATIENCE);
}

/** Reads one file, whether it is compressed or not. */
async function read(path: string): Promise<void> {
  log.begin(basename(path));
  const handle = await open(path, FLAGS);
  try {
    const found = await handle.stat();
    log.measure(found.size);
    if (!found.isFile()) {
      log.end('It is no file.');
      return;
    }
    const buffer = Buffer.allocUnsafe(PIECE);
    const first = await handle.read(buffer, 0, 2, 0);
    const isCompressed = first.bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    const pieces = async function* (): AsyncGenerator<Buffer> {
      for (let at = 0; ;) {
        const { bytesRead } = await handle.read(buffer, 0, PIECE, at);
        if (bytesRead === 0) return;
        at += bytesRead;
        const piece = buffer.subarray(0, bytesRead);
        // What is compressed is read ahead, when this buffer has others in it.
        if (isCompressed) log.push(new Uint8Array(), bytesRead);
        yield isCompressed ? Buffer.from(piece) : piece;
        if (performance.now() > next) tell(false);
      }
    };
    if (isCompressed) {
      await pipeline(pieces, createGunzip({ chunkSize: PIECE }), async (plain: AsyncIterable<Buffer>) => {
        for await (const piece of plain) log.push(piece, 0);
      });
    } else for await (const piece of pieces()) log.push(piece, piece.length);
    log.end();
  } finally {
    await handle.close();
  }
}

async function readAll(): Promise<void> {
  for (const path of stringsOf(paths)) {
    try {
      await read(path);
    } catch (error) {
      log.end(messageOf(error));
    }
  }
  tell(true);
}

void readAll();
