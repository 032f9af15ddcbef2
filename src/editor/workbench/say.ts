/**
 * The one place where the extension speaks and asks: nothing else calls what shows messages, picks, inputs, dialogs and
 * progress, and a test sees to it. A sentence is Words, so that a stranger's name in it is harmless; what is a plain
 * string is taken for such a name as a whole.
 */
import * as vscode from 'vscode';
import { inLabel, unlinked, words, type Text, type Words } from '../../harmless.ts';

/** Of a list's second line, in UTF-16 units. */
const MAX_DETAIL = 1000;

type Show = (message: Words, ...buttons: string[]) => Thenable<string | undefined>;

/** Messages that are no dialogs. Their links are VS Code's to make and a stranger's to write: there are none. */
export const notify = {
  information: (text: Words, ...buttons: string[]) =>
    vscode.window.showInformationMessage(unlinked(text), ...buttons),
  warning: (text: Words, ...buttons: string[]) =>
    vscode.window.showWarningMessage(unlinked(text), ...buttons),
  error: (text: Words, ...buttons: string[]) => vscode.window.showErrorMessage(unlinked(text), ...buttons),
} satisfies Record<string, Show>;

/** Says in the status bar for some milliseconds what was done. */
export function tellBriefly(text: Text, milliseconds: number): void {
  vscode.window.setStatusBarMessage(inLabel(text), milliseconds);
}

/** A question in a modal dialog. */
export interface Question<First extends string, Act extends string> {
  readonly question: Words;
  /** Its line breaks stay. */
  readonly detail?: Words;
  /** The button that Enter presses: it only shows something, or leaves all as it is. */
  readonly first: First;
  /** The buttons that do something. */
  readonly acts: readonly Act[];
}

/**
 * Asks in a modal dialog before something is run, sent, deleted or overwritten. VS Code gives the focus to the first
 * button, whatever it does, so that stands for nothing that acts: Enter, Escape and Cancel leave all as it is. Returns
 * the button that was pressed; undefined where the dialog was left.
 */
export async function ask<const First extends string, const Act extends string>({
  question,
  detail,
  first,
  acts,
}: Question<First, Act>): Promise<First | Act | undefined> {
  const options = { modal: true, ...(detail && { detail: detail.text }) };
  return await vscode.window.showWarningMessage<First | Act>(question.text, options, first, ...acts);
}

/** What may be done about something, which may be shown meanwhile. */
export interface Decision {
  readonly question: Words;
  /** What to know of it; where there is nothing, that it is shown below. */
  readonly hint?: Text;
  /** Leaves all as it is; Enter takes it. */
  readonly leave: Text;
  readonly act: Text;
}

/**
 * Asks for a yes in a list that stays until it is answered: a notification fades, and with it the question. Escape and
 * Enter leave all as it is.
 */
export async function decide({ question, hint, leave, act }: Decision): Promise<boolean> {
  const left: Choice = { label: leave, iconPath: new vscode.ThemeIcon('close') };
  const done: Choice = { label: act, iconPath: new vscode.ThemeIcon('check') };
  const placeHolder = hint ?? 'It is shown below. Escape leaves everything as it is.';
  return (await pick([left, done], { title: question, placeHolder, stays: true })) === done;
}

/** Shows an error that is too long for a notification, in a dialog. */
export async function showInFull(
  beginning: Words,
  whole: Words,
  ...buttons: string[]
): Promise<string | undefined> {
  return await vscode.window.showErrorMessage(
    beginning.text,
    { modal: true, detail: whole.text },
    ...buttons,
  );
}

/** One of a list. VS Code makes icons of `$(name)` in its texts: there are none, but for the icon of its own. */
export interface Choice extends Pick<vscode.QuickPickItem, 'kind' | 'iconPath' | 'picked' | 'alwaysShow'> {
  readonly label: Text;
  readonly description?: Text;
  readonly detail?: Text;
}

interface Shown<T> extends vscode.QuickPickItem {
  readonly choice: T;
}

function shownAs<T extends Choice>(choice: T): Shown<T> {
  const { label, description, detail, kind, iconPath, picked, alwaysShow } = choice;
  return {
    choice,
    label: inLabel(label),
    ...(description !== undefined && { description: inLabel(description) }),
    ...(detail !== undefined && { detail: inLabel(detail, MAX_DETAIL) }),
    ...(kind !== undefined && { kind }),
    ...(iconPath !== undefined && { iconPath }),
    ...(picked !== undefined && { picked }),
    ...(alwaysShow !== undefined && { alwaysShow }),
  };
}

export interface PickOptions {
  readonly title: Text;
  readonly placeHolder?: Text;
  /** Whether typing looks into the descriptions and details too. */
  readonly matchesAll?: boolean;
  /** Stays open while the person looks at something else. */
  readonly stays?: boolean;
}

function optionsOf({ title, placeHolder, matchesAll, stays }: PickOptions): vscode.QuickPickOptions {
  return {
    title: unlinked(title),
    ...(placeHolder !== undefined && { placeHolder: unlinked(placeHolder) }),
    matchOnDescription: matchesAll === true,
    matchOnDetail: matchesAll === true,
    ignoreFocusOut: stays === true,
  };
}

/** Lets the person choose one of several; undefined where they choose none. */
export async function pick<T extends Choice>(
  choices: readonly T[],
  options: PickOptions,
): Promise<T | undefined> {
  return (await vscode.window.showQuickPick(choices.map(shownAs), optionsOf(options)))?.choice;
}

/** What of a live pick or input shows no text of its own. */
export type Handle = Pick<
  vscode.QuickPick<vscode.QuickPickItem>,
  | 'value'
  | 'busy'
  | 'buttons'
  | 'step'
  | 'onDidAccept'
  | 'onDidChangeValue'
  | 'onDidHide'
  | 'onDidTriggerButton'
  | 'show'
  | 'dispose'
>;

/** A list that changes while it is open. */
export class LivePick<T extends Choice> {
  readonly #pick = vscode.window.createQuickPick<Shown<T>>();
  readonly onDidChangeSelection: vscode.Event<unknown> = this.#pick.onDidChangeSelection;

  constructor(options: PickOptions & { readonly several?: boolean }) {
    const { title, placeHolder, matchOnDescription, matchOnDetail, ignoreFocusOut } = optionsOf(options);
    const canSelectMany = options.several === true;
    const set = { title, placeholder: placeHolder, matchOnDescription, matchOnDetail, ignoreFocusOut };
    Object.assign(this.#pick, { ...set, canSelectMany });
  }

  get handle(): Handle {
    return this.#pick;
  }

  set title(title: Text) {
    this.#pick.title = unlinked(title);
  }

  get items(): readonly T[] {
    return this.#pick.items.map(({ choice }) => choice);
  }

  set items(items: readonly T[]) {
    this.#pick.items = items.map(shownAs);
  }

  get active(): readonly T[] {
    return this.#pick.activeItems.map(({ choice }) => choice);
  }

  set active(active: readonly T[]) {
    this.#pick.activeItems = this.#pick.items.filter(({ choice }) => active.includes(choice));
  }

  get selected(): readonly T[] {
    return this.#pick.selectedItems.map(({ choice }) => choice);
  }

  set selected(selected: readonly T[]) {
    this.#pick.selectedItems = this.#pick.items.filter(({ choice }) => selected.includes(choice));
  }
}

/** The title of a list of several where Enter was pressed and nothing is ticked. */
export function nothingTicked(title: Text): Words {
  return words`${title}: nothing is ticked. Space ticks, Escape leaves.`;
}

/** Lets the person tick several, one at least; undefined where they leave the list. */
export async function pickMany<T extends Choice>(
  choices: readonly T[],
  options: PickOptions,
): Promise<readonly T[] | undefined> {
  const live = new LivePick<T>({ ...options, several: true });
  live.items = choices;
  live.selected = choices.filter(({ picked }) => picked === true);
  const { handle } = live;
  try {
    return await new Promise((resolve) => {
      handle.onDidAccept(() => {
        if (live.selected.length > 0) resolve(live.selected);
        else live.title = nothingTicked(options.title);
      });
      handle.onDidHide(() => {
        resolve(undefined);
      });
      handle.show();
    });
  } finally {
    handle.dispose();
  }
}

/** An input box that checks what is typed. It stays open while the person looks at something else. */
export class LiveInput {
  readonly #input = vscode.window.createInputBox();

  /** What is selected of the value is its beginning; where that is nothing, the caret stands behind the value. */
  constructor(title: Text, prompt: Text, value: string, selected: number) {
    const valueSelection = selected === 0 ? [value.length, value.length] : [0, selected];
    Object.assign(this.#input, { title: unlinked(title), prompt: unlinked(prompt), value, valueSelection });
    this.#input.ignoreFocusOut = true; // What was typed is not lost to a click elsewhere.
  }

  get handle(): Handle {
    return this.#input;
  }

  /** What is wrong with what is typed. */
  set problem(problem: Text | undefined) {
    this.#input.validationMessage = problem === undefined ? undefined : unlinked(problem);
  }

  /** What to know of what is typed, which may be taken all the same. */
  set note(note: Text) {
    const { Info: severity } = vscode.InputBoxValidationSeverity;
    this.#input.validationMessage = { message: unlinked(note), severity };
  }
}

/** Lets the person type a text that `check` finds nothing wrong with; undefined where they leave it. */
export async function askForText(
  title: Text,
  prompt: Text,
  check: (typed: string) => Text | undefined,
): Promise<string | undefined> {
  return await vscode.window.showInputBox({
    title: unlinked(title),
    prompt: unlinked(prompt),
    ignoreFocusOut: true,
    validateInput: (typed) => {
      const problem = check(typed);
      return problem === undefined ? undefined : unlinked(problem);
    },
  });
}

/** Lets the person choose files of theirs; none where they leave the dialog. */
export async function chooseFiles(
  title: Words,
  openLabel: string,
  canSelectMany = false,
): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({ title: title.text, openLabel, canSelectMany });
  return chosen ?? [];
}

/** What a progress may say beside its title, and how much more of it is done, in percent. */
export type Report = (message: Text, increment?: number) => void;

/** Shows progress that can be cancelled while `run` works; `report` says what is being done. */
export async function withCancel<T>(
  title: Text,
  run: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  const location = vscode.ProgressLocation.Notification;
  return await vscode.window.withProgress(
    { location, title: unlinked(title), cancellable: true },
    async (progress, cancelled) => {
      const stop = new AbortController();
      cancelled.onCancellationRequested(() => {
        stop.abort();
      });
      return await run(stop.signal, (message, increment) => {
        progress.report({ message: unlinked(message), ...(increment !== undefined && { increment }) });
      });
    },
  );
}

/** Says in the status bar, behind an icon, what goes on until `run` is done. */
export async function inStatusBar(icon: string, title: Text, run: () => Promise<void>): Promise<void> {
  const location = vscode.ProgressLocation.Window;
  await vscode.window.withProgress({ location, title: `$(${icon}) ${inLabel(title)}` }, run);
}

/** Shows that a view is busy until `run` is done. */
export async function inView(viewId: string, run: () => Promise<void>): Promise<void> {
  await vscode.window.withProgress({ location: { viewId } }, run);
}
