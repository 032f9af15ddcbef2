import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { redact, unlinked } from '../../redact.ts';

/** What takes no longer is done before a notification could be read, in milliseconds. */
const MOMENT = 700;

/** Shows progress that can be cancelled while `run` works; `report` says what is being done. */
export async function withCancel<T>(
  title: string,
  run: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: unlinked(redact(title)), cancellable: true },
    async (progress, cancelled) => {
      const stop = new AbortController();
      cancelled.onCancellationRequested(() => {
        stop.abort();
      });
      return await run(stop.signal, (message) => {
        progress.report({ message: unlinked(redact(message)) });
      });
    },
  );
}

/** The same for what is mostly done in a moment: the progress is shown only where it takes longer. */
export async function withCancelIfSlow<T>(
  title: string,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const running = run(stop.signal);
  const isDone = await Promise.race([
    running.then(
      () => true,
      () => true,
    ),
    sleep(MOMENT, false),
  ]);
  if (isDone) return await running;
  return await withCancel(title, async (signal) => {
    signal.addEventListener('abort', () => {
      stop.abort();
    });
    return await running;
  });
}
