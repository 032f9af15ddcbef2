import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { Sieved, SieveRequest } from '../../files/sieve.ts';
import { MOST_BYTES, pathsWithin, walkedOf, type WalkOptions } from './walk.ts';

/** More threads wait for one another's disk. */
const MOST_THREADS = 4;
/** A thread of its own has as much memory as the largest files take, in MB. */
const LIMITS = { maxOldGenerationSizeMb: 256 };

/**
 * Walks a folder of this machine on threads of their own, which read the files: gives those in which something may be found.
 * `program`: such a thread's file.
 */
export async function* sieved(
  program: string,
  root: vscode.Uri,
  options: WalkOptions,
): AsyncGenerator<readonly vscode.Uri[]> {
  const { cancelled } = options;
  const threads = Math.min(MOST_THREADS, availableParallelism());
  const request = {
    root: root.fsPath,
    walked: walkedOf(root, options),
    most: MOST_BYTES,
    // What is open is read as it stands in the editor.
    always: pathsWithin(
      root,
      vscode.workspace.textDocuments.map(({ uri }) => uri),
    ),
    threads,
  } satisfies Partial<SieveRequest>;
  const workers = Array.from({ length: threads }, () => new Worker(program, { resourceLimits: LIMITS }));
  const end = async (): Promise<void> => {
    await Promise.all(workers.map(async (worker) => await worker.terminate()));
  };
  const stopping = cancelled.onCancellationRequested(() => void end());
  try {
    for (const [thread, worker] of workers.entries())
      worker.postMessage({ ...request, thread } satisfies SieveRequest);
    for await (const told of messagesOf(workers)) {
      options.onIgnored(told.ignored);
      options.onPassed(told.texts, told.binaries);
      for (const [path, reason] of told.unreadable) {
        options.onUnreadable(vscode.Uri.joinPath(root, path), new Error(reason));
      }
      yield told.found.map((path) => vscode.Uri.joinPath(root, path));
    }
  } finally {
    stopping.dispose();
    await end();
  }
}

/** What the threads tell, until they have told all or were stopped. */
function messagesOf(workers: readonly Worker[]): ReadableStream<Sieved> {
  return new ReadableStream({
    start: (stream) => {
      const going = new Set(workers);
      let hasFailed = false;
      for (const worker of workers) {
        const end = (): void => {
          if (going.delete(worker) && going.size === 0 && !hasFailed) stream.close();
        };
        worker.on('message', (told: Sieved) => {
          if (going.has(worker) && !hasFailed) stream.enqueue(told);
          if (told.hasEnded) end();
        });
        worker.on('error', (error) => {
          if (!hasFailed) stream.error(error);
          hasFailed = true;
        });
        worker.on('exit', end);
      }
    },
  });
}
