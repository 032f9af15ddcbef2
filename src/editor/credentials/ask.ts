import * as vscode from 'vscode';
import { Problem } from '../../errors.ts';
import { unlinked } from '../../redact.ts';

/** Thrown by a question when the person goes back to the one before; `askInTurn` alone catches it. */
const BACK = Symbol('back');

export interface InputOptions {
  readonly prompt: string;
  readonly value: string;
  /** How many characters of the value are selected, from its start; all if not given. */
  readonly selected?: number;
  /** What is wrong with a value, for people. */
  readonly check: (value: string) => string | undefined;
}

export interface PickOptions<T extends vscode.QuickPickItem> {
  readonly placeholder: string;
  /** The items, or what finds them while the pick shows that it is busy. */
  readonly items: readonly T[] | ((signal: AbortSignal) => Promise<readonly T[]>);
  /** The item to begin with. */
  readonly isActive?: (item: T) => boolean;
  /** Stays open while the person looks at something else, such as a difference that it is about. */
  readonly stays?: boolean;
}

/** Asks one thing at a time. Every question throws `cancelled` where the person leaves it. */
export interface Asker {
  pick<T extends vscode.QuickPickItem>(options: PickOptions<T>): Promise<T>;
  /** Lets several be checked, one at least. Items with `picked` are checked to begin with. */
  pickMany<T extends vscode.QuickPickItem>(options: PickOptions<T>): Promise<readonly T[]>;
  input(options: InputOptions): Promise<string>;
}

/**
 * Asks in turn, with a way back from each question to the one before. A step that asks nothing is passed over.
 * Throws `cancelled` where the person leaves a question.
 */
export async function askInTurn(
  title: string,
  steps: readonly ((ask: Asker) => Promise<void> | void)[],
): Promise<void> {
  const asked: number[] = [];
  for (let at = 0; at < steps.length;) {
    const asker = new OneQuestion(title, asked.length > 0);
    try {
      await steps[at]?.(asker);
      if (asker.count > 0) asked.push(at);
      at += 1;
    } catch (error) {
      if (error !== BACK) throw error;
      if (asker.count === 1) at = asked.pop() ?? 0; // From a second question, the step begins again.
    }
  }
}

class OneQuestion implements Asker {
  readonly #title: string;
  readonly #canGoBack: boolean;
  /** How many questions were asked. */
  count = 0;

  constructor(title: string, canGoBack: boolean) {
    this.#title = title;
    this.#canGoBack = canGoBack;
  }

  async pick<T extends vscode.QuickPickItem>(options: PickOptions<T>): Promise<T> {
    return await this.#pick(options, false, ([chosen]) => chosen);
  }

  async pickMany<T extends vscode.QuickPickItem>(options: PickOptions<T>): Promise<readonly T[]> {
    return await this.#pick(options, true, (chosen) => (chosen.length > 0 ? chosen : undefined));
  }

  async #pick<T extends vscode.QuickPickItem, A>(
    { placeholder, items, isActive, stays = false }: PickOptions<T>,
    several: boolean,
    answerOf: (chosen: readonly T[]) => A | undefined,
  ): Promise<A> {
    const stop = new AbortController();
    const pick = vscode.window.createQuickPick<T>();
    pick.placeholder = placeholder;
    pick.matchOnDescription = true;
    pick.matchOnDetail = true;
    pick.canSelectMany = several;
    pick.ignoreFocusOut = stays;
    const fill = (found: readonly T[]): void => {
      pick.items = found;
      const active = isActive && found.find(isActive);
      // What is typed before the list is there may leave it out, and Enter would take nothing: then the first is active.
      if (active && pick.value === '') {
        pick.activeItems = [active];
        const typed = pick.onDidChangeValue(() => {
          typed.dispose();
          pick.items = [...found];
        });
      }
      if (several) pick.selectedItems = found.filter(({ picked }) => picked === true);
      pick.busy = false;
    };
    if (typeof items !== 'function') fill(items);
    else pick.busy = true;
    try {
      return await this.#show<A>(pick, (answer, fail) => {
        if (typeof items === 'function') items(stop.signal).then(fill, fail);
        pick.onDidAccept(() => {
          const chosen = answerOf(pick.selectedItems);
          if (chosen !== undefined) answer(chosen);
        });
      });
    } finally {
      stop.abort();
    }
  }

  async input({ prompt, value, selected, check }: InputOptions): Promise<string> {
    const input = vscode.window.createInputBox();
    input.prompt = unlinked(prompt);
    input.value = value;
    input.valueSelection = [0, selected ?? value.length];
    input.ignoreFocusOut = true; // What was typed is not lost to a click elsewhere.
    const wrong = (typed: string): string | undefined => {
      const message = check(typed);
      return message === undefined ? undefined : unlinked(message);
    };
    return await this.#show(input, (answer) => {
      input.onDidChangeValue((typed) => {
        input.validationMessage = wrong(typed);
      });
      input.onDidAccept(() => {
        input.validationMessage = wrong(input.value);
        if (input.validationMessage === undefined) answer(input.value);
      });
    });
  }

  async #show<T>(
    input: vscode.QuickInput & {
      buttons: readonly vscode.QuickInputButton[];
      readonly onDidTriggerButton: vscode.Event<vscode.QuickInputButton>;
    },
    ask: (answer: (value: T) => void, fail: (error: unknown) => void) => void,
  ): Promise<T> {
    this.count += 1;
    input.title = this.#title;
    if (this.#canGoBack || this.count > 1) input.buttons = [vscode.QuickInputButtons.Back];
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
