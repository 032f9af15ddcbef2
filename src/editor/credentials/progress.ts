import * as vscode from 'vscode';

/** Shows progress that can be cancelled while `run` works; `report` says what is being done. */
export async function withCancel<T>(
  title: string,
  run: (signal: AbortSignal, report: (message: string) => void) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancelled) => {
      const stop = new AbortController();
      cancelled.onCancellationRequested(() => {
        stop.abort();
      });
      return await run(stop.signal, (message) => {
        progress.report({ message });
      });
    },
  );
}
