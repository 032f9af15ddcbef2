import { askInTurn, type Asker, type End } from './ask.ts';

/** Asks, and gives what is known then, by names; a step that asks nothing gives what needs no question. */
type Step<A, T> = (ask: Asker, answers: Readonly<A>) => Promise<T> | T;

interface Doing<A, R> {
  readonly services: End['services'];
  /** Does what was asked for; the person is asked the last question again where it fails. */
  readonly act: (answers: Readonly<A>) => Promise<R>;
  /** Whether it may have left something behind, so that it is not to be done once more. */
  readonly isFinal?: (answers: Readonly<A>) => boolean;
}

/** Questions in turn, with a way back (`askInTurn`), whose answers are a value that grows from step to step. */
export class Wizard<A extends object> {
  readonly #title: string;
  readonly #steps: readonly ((ask: Asker) => Promise<void>)[];
  readonly #answers: () => A;

  private constructor(title: string, steps: readonly ((ask: Asker) => Promise<void>)[], answers: () => A) {
    this.#title = title;
    this.#steps = steps;
    this.#answers = answers;
  }

  static titled(title: string): Wizard<object> {
    return new Wizard(title, [], () => ({}));
  }

  step<T extends object>(ask: Step<A, T>): Wizard<A & T> {
    let own: T | undefined;
    const before = this.#answers;
    const step = async (asker: Asker): Promise<void> => {
      own = await ask(asker, before());
    };
    return new Wizard(this.#title, [...this.#steps, step], () => {
      if (own === undefined) throw new Error(`A question of "${this.#title}" was passed over.`);
      return { ...before(), ...own };
    });
  }

  /** Asks, then acts. Throws `cancelled` where the person leaves a question, and what acting throws at last. */
  async run<R>({ services, act, isFinal }: Doing<A, R>): Promise<R> {
    let result: { readonly of: R } | undefined;
    await askInTurn(this.#title, this.#steps, {
      services,
      act: async () => {
        result = { of: await act(this.#answers()) };
      },
      isFinal: () => isFinal?.(this.#answers()) === true,
    });
    if (!result) throw new Error(`"${this.#title}" has ended without acting.`);
    return result.of;
  }

  /** Asks alone. Throws `cancelled` where the person leaves a question. */
  async answers(): Promise<A> {
    await askInTurn(this.#title, this.#steps);
    return this.#answers();
  }
}
