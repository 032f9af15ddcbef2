import { mkdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, FrameLocator, Locator, Page } from 'playwright-core';

const pictures = fileURLToPath(new URL('../../../out/screenshots/', import.meta.url));

/** What a person does in the workbench, and what they see. Every gesture waits for what it needs to be on screen. */
export class Workbench {
  readonly page: Page;
  readonly #workspace: string;

  private constructor(page: Page, workspace: string) {
    this.page = page;
    this.#workspace = workspace;
  }

  /** `prepare` is given the page before anything is in it. */
  static async open(
    browser: Browser,
    url: string,
    workspace: string,
    prepare?: (page: Page) => Promise<void>,
  ): Promise<Workbench> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
    page.setDefaultTimeout(60_000);
    await prepare?.(page);
    await page.goto(url);
    await page.locator('.monaco-workbench .part.statusbar').waitFor();
    return new Workbench(page, workspace);
  }

  /** Runs a command by its full title in the palette. */
  async command(title: string): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      await this.page.keyboard.press('F1');
      try {
        await this.#input().fill(`>${title}`, { timeout: 10_000 }); // F1 is lost where the last palette is still closing.
        await this.option(title).click({ timeout: 10_000 }); // Enter would be lost while the list is still being filled.
        return;
      } catch (error) {
        if (tries === 4) throw error;
        await this.page.keyboard.press('Escape'); // Its list is of when it was opened: on a busy machine too early.
      }
    }
  }

  /** Whether the palette offers a command. */
  async offers(title: string): Promise<boolean> {
    await this.page.keyboard.press('F1');
    await this.#input().fill(`>${title}`);
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    await rows.first().waitFor();
    const labels = await rows.allInnerTexts();
    await this.page.keyboard.press('Escape');
    return labels.some((label) => label.includes(title));
  }

  /** An entry of the quick pick that is open. */
  option(label: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label }).first();
  }

  /** Answers the quick pick that is open. */
  async choose(label: string): Promise<void> {
    await this.option(label).click();
  }

  /** Accepts what the input box proposes, or types something else; `prompt` tells that it is the right one. */
  async answer(prompt: RegExp, value?: string): Promise<void> {
    await this.page.locator('.quick-input-widget').filter({ hasText: prompt }).waitFor();
    if (value !== undefined) await this.#input().fill(value);
    await this.page.keyboard.press('Enter');
  }

  /** Lets the page read and write the clipboard, as an editor on the desktop may. */
  async allowClipboard(): Promise<void> {
    const { origin } = new URL(this.page.url());
    await this.page.context().grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  }

  /** What is on the clipboard; `allowClipboard` comes first. */
  async clipboard(): Promise<string> {
    return await this.page.evaluate('navigator.clipboard.readText()');
  }

  async showServiceAccounts(): Promise<void> {
    const tab = this.page.getByRole('tab', { name: 'ServiceAccounts' }).first();
    // A click on what is shown already would hide it.
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
  }

  /** A row of the tree, by what a screen reader says of it. */
  row(name: RegExp): Locator {
    return this.page.getByRole('treeitem', { name });
  }

  /**
   * Opens a row's children, and leaves an open one open. A click toggles a row, a key only opens it, where the row still has the
   * focus.
   */
  async expand(name: RegExp): Promise<void> {
    const row = this.row(name);
    const open = row.and(this.page.locator('[aria-expanded="true"]'));
    await row.waitFor();
    for (let tries = 0; (await open.count()) === 0; tries += 1) {
      if (tries % 3 === 0) await row.click();
      else await this.page.keyboard.press('ArrowRight');
      try {
        await open.waitFor({ timeout: 3000 });
      } catch (error) {
        if (tries === 5) throw error;
      }
    }
  }

  /**
   * Waits as long as a person does before the next gesture: while the tree is drawn anew, VS Code knows no row to give to
   * a menu's command, and what the step before has opened may still take the focus, which closes a quick pick.
   */
  async settled(): Promise<void> {
    await this.page.waitForTimeout(700);
  }

  /** Chooses from a row's context menu. */
  async menu(name: RegExp, entry: string): Promise<void> {
    await this.row(name).waitFor();
    await this.settled();
    await this.row(name).click({ button: 'right' });
    const item = this.page.getByRole('menuitem', { name: entry });
    await item.hover();
    // A menu ignores the mouse until it has been open for 100 ms (vs/base/browser/ui/menu/menu.ts).
    await this.page.waitForTimeout(200);
    await item.click();
  }

  async openFile(path: string): Promise<void> {
    // A file that was written just now may be missing from what is found, until it is looked for anew.
    for (let tries = 1; ; tries += 1) {
      await this.page.keyboard.press('Control+P');
      await this.#input().fill(relative(this.#workspace, path));
      try {
        await this.option(path.slice(path.lastIndexOf('/') + 1)).click({ timeout: 10_000 });
        break;
      } catch (error) {
        if (tries === 5) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    await this.page
      .getByRole('tab', { name: path.slice(path.lastIndexOf('/') + 1) })
      .first()
      .waitFor();
  }

  /** Opens a file and puts the cursor into the first place of a text in it, so many characters after its beginning. */
  async goTo(path: string, text: string, after = 1): Promise<void> {
    await this.openFile(path);
    const lines = (await readFile(path, 'utf8')).split('\n');
    const line = lines.findIndex((one) => one.includes(text));
    const column = (lines[line] ?? '').indexOf(text) + 1 + after;
    await this.page.keyboard.press('Control+G');
    await this.#input().fill(`:${line + 1}:${column}`);
    await this.option(`line ${line + 1}`).click();
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  /** Opens the menu of quick fixes at the cursor, once it has an entry. */
  async quickFix(title: string): Promise<void> {
    const entry = this.page.locator('.action-widget .monaco-list-row').filter({ hasText: title }).first();
    for (let attempt = 0; ; attempt++) {
      await this.page.keyboard.press('Control+.');
      try {
        await entry.waitFor({ timeout: 2000 });
        return;
      } catch (error) {
        if (attempt === 10) throw error; // The problem is shown when the file has been read.
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Shows the hover at the first place of a text in a file, so many characters in. Returns what the hover says. */
  async hover(path: string, text: string, after?: number): Promise<string> {
    await this.goTo(path, text, after);
    await this.command('Show or Focus Hover');
    const hover = this.page.locator('.monaco-hover').filter({ hasText: 'Inspect' }).last();
    await hover.waitFor();
    return await hover.innerText();
  }

  /**
   * Waits for a notification that holds a text. VS Code pops up at most three within 800 ms, which only a program
   * outruns; what did not pop up is in the notification center.
   */
  async told(text: string | RegExp): Promise<Locator> {
    const item = this.page.locator('.notification-list-item').filter({ hasText: text }).first();
    try {
      await item.waitFor({ timeout: 5000 });
    } catch {
      await this.command('Notifications: Show Notifications');
      await item.waitFor();
    }
    return item;
  }

  /** The page of the inspector that is shown. */
  inspector(): FrameLocator {
    return this.page.frameLocator('iframe.webview.ready').frameLocator('iframe');
  }

  /** All that the inspector's page says; nothing while there is none. */
  async inspected(): Promise<string> {
    return await this.inspector()
      .locator('body')
      .innerText({ timeout: 1000 })
      .catch(() => '');
  }

  async closeNotifications(): Promise<void> {
    await this.command('Notifications: Clear All Notifications');
  }

  /** Looks at the workbench in a light, a high-contrast and a dark theme, which stays; `look` is given its name. */
  async inEachTheme(look: (theme: string) => Promise<void>): Promise<void> {
    for (const [theme, media] of [
      ['vs', { colorScheme: 'light', forcedColors: 'none' }],
      ['hc-black', { colorScheme: 'dark', forcedColors: 'active' }],
      ['vs-dark', { colorScheme: 'dark', forcedColors: 'none' }],
    ] as const) {
      await this.page.emulateMedia(media);
      await this.page.locator(`.monaco-workbench.${theme}`).waitFor();
      await look(theme);
    }
  }

  /** Keeps a picture of the workbench in each of these themes, named after it. */
  async picturesInEachTheme(name: string): Promise<void> {
    await this.inEachTheme(async (theme) => {
      await this.picture(`${name}-${theme}`);
    });
  }

  /** Keeps pictures of the workbench in a light theme and in a dark one, which stays. */
  async inBothThemes(name: string): Promise<void> {
    await this.page.emulateMedia({ colorScheme: 'light' });
    await this.page.locator('.monaco-workbench.vs').waitFor();
    await this.picture(`${name}-light`);
    await this.page.emulateMedia({ colorScheme: 'dark' });
    await this.page.locator('.monaco-workbench.vs-dark').waitFor();
    await this.picture(name);
  }

  /** Keeps a picture of the whole workbench as build output. */
  async picture(name: string): Promise<void> {
    await mkdir(pictures, { recursive: true });
    await this.page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' });
  }

  #input(): Locator {
    return this.page.locator('.quick-input-widget input.input');
  }
}
