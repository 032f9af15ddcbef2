import type { Locator } from 'playwright-core';
import type { RunnerTestCase } from 'vitest';
import type { Workbench } from './workbench.ts';

/** Walks wizards by keyboard alone. */
export class Keyboard {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Waits until the example's ServiceAccounts are there to choose from, as wizards need them. */
  static async open(workbench: Workbench): Promise<Keyboard> {
    workbench.page.setDefaultTimeout(30_000);
    await workbench.allowClipboard();
    await workbench.showServiceAccounts();
    await workbench.row(/^Namespace ci/).waitFor();
    return new Keyboard(workbench);
  }

  get workbench(): Workbench {
    return this.#workbench;
  }

  /** Keeps a picture of a test that has failed, and leaves what it had open. */
  async leaveAfter({ name, result }: RunnerTestCase, suite: string): Promise<void> {
    if (result?.state !== 'fail') return;
    await this.#workbench.picture(`${suite}-failed-${name.slice(0, 30)}`);
    for (let times = 0; times < 3; times += 1) await this.press('Escape');
  }

  async press(key: string): Promise<void> {
    await this.#workbench.page.keyboard.press(key);
  }

  /** The question that is open, if it says this. */
  question(words: string | RegExp): Locator {
    return this.#workbench.page.locator('.quick-input-widget').filter({ hasText: words });
  }

  input(): Locator {
    return this.#workbench.page.locator('.quick-input-widget input.input');
  }

  /** Chooses by typing and Enter. Typed again until the entry is there: the list may not be, or may still be filled. */
  async pick(label: string): Promise<void> {
    const entry = this.#entry(label);
    for (let tries = 0; ; tries += 1) {
      await this.input().fill(label);
      try {
        await entry.waitFor({ timeout: 1500 });
        break;
      } catch (error) {
        if (tries === 20) throw error;
        await this.input().fill(''); // The same text again would be no change, and filter nothing anew.
      }
    }
    await this.press('Enter');
    // What is typed while a list closes goes into the editor behind it. A list of several steps may have the same entry again.
    await entry.waitFor({ state: 'hidden', timeout: 3000 }).catch(() => undefined);
  }

  /** Starts a command of the extension. */
  async start(title: string): Promise<void> {
    await this.#workbench.settled();
    await this.#choose('F1', `>ServiceAccount: ${title}`, title);
  }

  async open(file: string): Promise<void> {
    await this.#choose('Control+P', file, file.slice(file.lastIndexOf('/') + 1));
    await this.#workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Gives another answer to the question that is open, whose message is in place of its prompt. */
  async instead(value: string): Promise<void> {
    await this.input().fill(value);
    await this.press('Enter');
  }

  /** Leaves the question that is open, and waits until none is. */
  async cancel(): Promise<void> {
    await this.press('Escape');
    await this.#workbench.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Waits until a file is shown, as every wizard that writes ends with: what is opened earlier loses its focus to it. */
  async shown(name: string): Promise<void> {
    await this.#workbench.page
      .locator(`.tab.active[data-resource-name="${name}"]`)
      .filter({ hasNotText: 'would be written' }) // The difference before it bears the same name.
      .first()
      .waitFor();
  }

  /** Opens a list that VS Code fills once, with what it knows then, and again where the entry was not known yet. */
  async #choose(key: string, typed: string, label: string): Promise<void> {
    const entry = this.#entry(label);
    for (let tries = 0; ; tries += 1) {
      await this.press(key);
      await this.input().fill(typed);
      try {
        await entry.waitFor({ timeout: 4000 });
        break;
      } catch (error) {
        if (tries === 5) throw error;
        await this.press('Escape');
      }
    }
    await this.press('Enter');
  }

  #entry(label: string): Locator {
    return this.#workbench.option(label).and(this.#workbench.page.locator('.focused'));
  }
}
