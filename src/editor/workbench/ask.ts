import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import type { Text } from '../../harmless.ts';
import { showError } from './commands.ts';
import { LiveInput, LivePick, type Choice, type Handle, nothingTicked } from './say.ts';
import type { Services } from './services.ts';

/** Thrown by a question when the person goes back to the one before; `askInTurn` alone catches it. */
const BACK = Symbol('back');

export interface InputOptions {
  readonly prompt: Text;
  readonly value: string;
  /** How many characters of the value are selected, from its start; all if not given, and of none the caret is at the end. */
  readonly selected?: number;
  /** What is wrong with a value, for people. */
  readonly check: (value: string) => Text | undefined;
  /** What only looking tells of a value that `check` finds nothing wrong with. */
  readonly look?: (value: string) => Promise<Seen | undefined>;
}

/** What was seen of a value: why it cannot be taken, or what to know of it. */
export type Seen = { readonly problem: Text } | { readonly note: Text };

/** How long nothing more is typed before it is looked, in milliseconds. */
const PAUSE = 250;

export interface PickOptions<T extends Choice> {
  readonly placeholder: Text;
  /** The items, or what finds them while the pick shows that it is busy. */
  readonly items: readonly T[] | ((signal: AbortSignal) => Promise<readonly T[]>);
  /** The item to begin with. */
  readonly isActive?: (item: T) => boolean;
  /** Stays open while the person looks at something else, such as a difference that it is about. */
  readonly stays?: boolean;
}

/** Asks one thing at a time. Every question throws `cancelled` where the person leaves it. */
export interface Asker {
  pick<T extends Choice>(options: PickOptions<T>): Promise<T>;
  /** Lets several be checked, one at least. Items with `picked` are checked to begin with. */
  pickMany<T extends Choice>(options: PickOptions<T>): Promise<readonly T[]>;
  input(options: InputOptions): Promise<string>;
}

/** What is done when all is asked. */
export interface End {
  /** Where a failure is shown. */
  readonly services: Pick<Services, 'log'>;
  readonly act: () => Promise<void>;
  /** Whether it may have left something behind, so that it is not to be done once more. */
  readonly isFinal?: () => boolean;
}

/**
 * Asks in turn, with a way back from each question to the one before. A step that asks nothing is passed over. Where a
 * later step or the end fails for a reason that the person can act on, they are told, and asked the question before
 * again with what they answered; the others are kept. Throws `cancelled` where the person leaves a question.
 */
export async function askInTurn(
  title: string,
  steps: readonly ((ask: Asker) => Promise<void> | void)[],
  end?: End,
): Promise<void> {
  const asked: number[] = [];
  const typed = new Map<string, string>();
  for (let at = 0, hasFailed = false; ;) {
    const asker = new OneQuestion(title, asked.length + 1, { at, typed, isAgain: hasFailed });
    try {
      if (at === steps.length) {
        await end?.act();
        return;
      }
      await steps[at]?.(asker);
      if (asker.count > 0) asked.push(at);
      at += 1;
    } catch (error) {
      if (error === BACK) {
        if (asker.count === 1) at = asked.pop() ?? 0; // From a second question, the step begins again.
        continue;
      }
      const canGoBack = Problem.is(error) && !Problem.is(error, 'cancelled') && asked.length > 0;
      if (!canGoBack || !end || (at === steps.length && end.isFinal?.() === true)) throw error;
      void showError(end.services, error);
      hasFailed = true;
      at = asked.pop() ?? 0;
    }
  }
}

/** What was typed in each step of a wizard, by step and question. */
interface Typed {
  readonly at: number;
  readonly typed: Map<string, string>;
  /** Whether the end has failed: what was typed then stands in the field again. */
  readonly isAgain: boolean;
}

class OneQuestion implements Asker {
  readonly #title: string;
  /** Of the step, as the person counts those that asked something: from 1. */
  readonly #number: number;
  readonly #typed: Typed;
  /** How many questions were asked. */
  count = 0;

  constructor(title: string, number: number, typed: Typed) {
    this.#title = title;
    this.#number = number;
    this.#typed = typed;
  }

  async pick<T extends Choice>(options: PickOptions<T>): Promise<T> {
    return await this.#pick(options, false, ([chosen]) => chosen);
  }

  async pickMany<T extends Choice>(options: PickOptions<T>): Promise<readonly T[]> {
    return await this.#pick(options, true, (chosen) => (chosen.length > 0 ? chosen : undefined));
  }

  async #pick<T extends Choice, A>(
    { placeholder, items, isActive, stays = false }: PickOptions<T>,
    several: boolean,
    answerOf: (chosen: readonly T[]) => A | undefined,
  ): Promise<A> {
    const stop = new AbortController();
    const pick = new LivePick<T>({
      title: this.#title,
      placeHolder: placeholder,
      matchesAll: true,
      several,
      stays,
    });
    const { handle } = pick;
    const fill = (found: readonly T[]): void => {
      pick.items = found;
      const active = isActive && found.find(isActive);
      // What is typed before the list is there may leave it out, and Enter would take nothing: then the first is active.
      if (active && handle.value === '') {
        pick.active = [active];
        const typed = handle.onDidChangeValue(() => {
          typed.dispose();
          pick.items = found;
        });
      }
      if (several) pick.selected = found.filter(({ picked }) => picked === true);
      handle.busy = false;
    };
    if (typeof items !== 'function') fill(items);
    else handle.busy = true;
    try {
      return await this.#show<A>(handle, (answer, fail) => {
        if (typeof items === 'function') items(stop.signal).then(fill, fail);
        handle.onDidAccept(() => {
          const chosen = answerOf(pick.selected);
          if (chosen !== undefined) answer(chosen);
          else if (!handle.busy) pick.title = nothingTicked(this.#title);
        });
      });
    } finally {
      stop.abort();
    }
  }

  async input({ prompt, value: proposed, selected, check, look }: InputOptions): Promise<string> {
    const { at, typed: all, isAgain } = this.#typed;
    const key = `${at} ${this.count}`;
    const value = (isAgain ? all.get(key) : undefined) ?? proposed;
    const input = new LiveInput(
      this.#title,
      prompt,
      value,
      value === proposed ? (selected ?? value.length) : 0,
    );
    const { handle } = input;
    let timer: NodeJS.Timeout | undefined;
    /** Whether a value can be taken; what is to be said of it is shown for as long as it stands there. */
    const judge = async (typed: string): Promise<boolean> => {
      clearTimeout(timer);
      const problem = check(typed);
      input.problem = problem;
      if (problem !== undefined) return false;
      const seen = await look?.(typed);
      if (handle.value === typed) {
        if (seen && 'problem' in seen) input.problem = seen.problem;
        else if (seen) input.note = seen.note;
      }
      return !seen || !('problem' in seen);
    };
    try {
      return await this.#show(handle, (answer, fail) => {
        const soon = (): void => {
          clearTimeout(timer);
          timer = setTimeout(() => void judge(handle.value).catch(fail), PAUSE);
        };
        if (look) soon();
        handle.onDidChangeValue((typed) => {
          input.problem = check(typed);
          if (look) soon();
        });
        const accept = async (typed: string): Promise<void> => {
          if (!(await judge(typed))) return;
          all.set(key, typed);
          answer(typed);
        };
        // Enter takes what stood there then, also where somebody types on for the next question.
        handle.onDidAccept(() => void accept(handle.value).catch(fail));
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async #show<T>(
    input: Handle,
    ask: (answer: (value: T) => void, fail: (error: unknown) => void) => void,
  ): Promise<T> {
    this.count += 1;
    input.step = this.#number;
    if (this.#number > 1 || this.count > 1) input.buttons = [vscode.QuickInputButtons.Back];
    try {
      return await new Promise<T>((resolve, reject) => {
        input.onDidTriggerButton(() => {
          // Not an error: it never leaves askInTurn.
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors
          reject(BACK);
        });
        input.onDidHide(() => {
          reject(new Problem('cancelled', `${this.#title}: cancelled.`));
        });
        ask(resolve, reject);
        input.show();
      });
    } finally {
      input.dispose();
    }
  }
}
