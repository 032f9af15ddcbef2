/** The time for which a processor worked for this thread, in milliseconds: what other programs do meanwhile does not count. */
export function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

/** Runs work to its end, piece by piece, and knows what of it kept others waiting for longest, and for how long. */
export class Watch {
  readonly #read: () => number;
  #longest = 0;
  #name = '';

  constructor(read = processorTime) {
    this.#read = read;
  }

  /** In milliseconds. */
  get longest(): number {
    return this.#longest;
  }

  /** What took that long. */
  get name(): string {
    return this.#name;
  }

  /** Does what cannot be interrupted. */
  once<T>(name: string, step: () => T): T {
    const before = this.#read();
    const result = step();
    const took = this.#read() - before;
    if (took > this.#longest) [this.#longest, this.#name] = [took, name];
    return result;
  }

  /** Does what lets others run whenever it yields. */
  run<T>(name: string, steps: Generator<undefined, T>): T {
    for (;;) {
      const result = this.once(name, () => steps.next());
      if (result.done === true) return result.value;
    }
  }
}
