import { setTimeout as sleep } from 'node:timers/promises';
import type { Text } from '../../harmless.ts';
import { withCancel } from './say.ts';

/** What takes no longer is done before a notification could be read, in milliseconds. */
const MOMENT = 700;

/** As `withCancel`, for what is mostly done in a moment: the progress is shown only where it takes longer. */
export async function withCancelIfSlow<T>(title: Text, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
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
