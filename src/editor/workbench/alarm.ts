/** setTimeout takes no longer delay, in milliseconds. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** Runs something once, at a time that may be years away. */
export class Alarm {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Runs it at a time, in place of what was to run before; at once where that has passed, never where it is undefined.
   * @param seconds - Since the epoch.
   */
  set(seconds: number | undefined, run: () => void): void {
    clearTimeout(this.#timer);
    if (seconds === undefined) return;
    const left = Math.max(0, seconds * 1000 - Date.now());
    const isFar = left > LONGEST_DELAY;
    this.#timer = setTimeout(
      isFar
        ? () => {
            this.set(seconds, run);
          }
        : run,
      Math.min(LONGEST_DELAY, left),
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
