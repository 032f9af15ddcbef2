import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import type { Sieved, SieveRequest } from '../../files/sieve.ts';
import { MOST_BYTES, walkedOf, type WalkOptions } from './walk.ts';

/** A thread of its own has as much memory as the largest files take, in MB. */
const LIMITS = { maxOldGenerationSizeMb: 256 };

/**
 * Walks a folder of this machine on a thread of its own, which reads the files: gives those in which something may be found.
 * `program`: the thread's file.
 */
export async function* sieved(
  program: string,
  root: vscode.Uri,
  options: WalkOptions,
): AsyncGenerator<readonly vscode.Uri[]> {
  const { includesIgnored, cancelled } = options;
  const request: SieveRequest = {
    root: root.fsPath,
    walked: walkedOf(root, includesIgnored),
    most: MOST_BYTES,
    always: openWithin(root),
  };
  const worker = new Worker(program, { resourceLimits: LIMITS });
  const stopping = cancelled.onCancellationRequested(() => void worker.terminate());
  try {
    worker.postMessage(request);
    for await (const told of messagesOf(worker)) {
      options.onIgnored(told.ignored);
      options.onPassed(told.texts, told.binaries);
      for (const [path, reason] of told.unreadable) {
        options.onUnreadable(vscode.Uri.joinPath(root, path), new Error(reason));
      }
      yield told.found.map((path) => vscode.Uri.joinPath(root, path));
    }
  } finally {
    stopping.dispose();
    await worker.terminate();
  }
}

/** What the thread tells, until it has told all or was stopped. */
function messagesOf(worker: Worker): ReadableStream<Sieved> {
  return new ReadableStream({
    start: (stream) => {
      let hasEnded = false;
      const end = (): void => {
        if (!hasEnded) stream.close();
        hasEnded = true;
      };
      worker.on('message', (told: Sieved) => {
        if (!hasEnded) stream.enqueue(told);
        if (told.hasEnded) end();
      });
      worker.on('error', (error) => {
        if (!hasEnded) stream.error(error);
        hasEnded = true;
      });
      worker.on('exit', end);
    },
  });
}

/** What is open of a folder, relative to it: it is read as it stands in the editor. */
function openWithin(root: vscode.Uri): string[] {
  const before = root.path.endsWith('/') ? root.path : `${root.path}/`;
  return vscode.workspace.textDocuments
    .filter(({ uri }) => uri.scheme === root.scheme && uri.path.startsWith(before))
    .map(({ uri }) => uri.path.slice(before.length));
}
