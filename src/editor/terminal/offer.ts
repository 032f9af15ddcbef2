import * as vscode from 'vscode';
import { settings } from '../../contributions.ts';
import { joined, words } from '../../harmless.ts';
import { escapeMarkdown } from '../workbench/markdown.ts';
import type { Use } from './used.ts';

/** It goes by itself after so long, in milliseconds. */
const STAYS = 120_000;
/** What the item runs. It is no command of the palette: it is about the last failure alone. */
const ID = 'serviceAccountTokens.explainLastFailure';

/** A word in the status bar after a command that was refused: no notification, and none for each. */
export class Offer implements vscode.Disposable {
  #item: vscode.StatusBarItem | undefined;
  #command: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;
  #run: () => Promise<void> = async () => await Promise.resolve();

  show(uses: readonly Use[], run: () => Promise<void>): void {
    this.#run = run;
    this.#command ??= vscode.commands.registerCommand(ID, async () => {
      this.hide();
      await this.#run();
    });
    const item = (this.#item ??= newItem());
    item.tooltip = tooltip(uses);
    item.show();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      item.hide();
    }, STAYS);
  }

  hide(): void {
    this.#item?.hide();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#item?.dispose();
    this.#command?.dispose();
  }
}

function newItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('whyUnauthorized', vscode.StatusBarAlignment.Left);
  item.name = 'Why Unauthorized?';
  item.text = '$(question) Why Unauthorized?';
  item.command = ID;
  item.accessibilityInformation = {
    label: 'The last command was refused. Why Unauthorized?',
    role: 'button',
  };
  return item;
}

function tooltip([use]: readonly Use[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString('', true);
  text.isTrusted = { enabledCommands: ['workbench.action.openSettings'] };
  const files = use?.files?.join(', ') ?? 'your own kubeconfig';
  const what = joined([
    words`The last command was refused.`,
    words`The API server’s checks are replayed for ${files}; the command is not run again.`,
  ]);
  text.appendMarkdown(escapeMarkdown(what.text, 1000));
  const query = encodeURIComponent(JSON.stringify([settings.offerInTerminal]));
  text.appendMarkdown(`\n\n[Don’t offer this](command:workbench.action.openSettings?${query})`);
  return text;
}
