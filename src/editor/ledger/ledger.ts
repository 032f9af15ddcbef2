import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { Ledger } from '../workbench/services.ts';
import { entryOf, type Issued, type IssuedToken } from '../../issued/entry.ts';
import { LedgerStore } from '../../issued/store.ts';

/** For how long a token that has ended is still listed, in seconds. */
const KEPT = 30 * 86_400;

/** What was issued from this machine, as metadata. Reads nothing before it is asked. */
export class IssuedTokens implements Ledger, vscode.Disposable {
  readonly #store: LedgerStore;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #focus: vscode.Disposable;
  #entries: readonly IssuedToken[] = [];
  #isRead = false;

  constructor(folder: vscode.Uri, log: vscode.LogOutputChannel) {
    this.#store = new LedgerStore(vscode.Uri.joinPath(folder, 'issued').fsPath);
    this.#log = log;
    this.#focus = vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && this.#isRead) void this.#readQuietly();
    });
  }

  get entries(): readonly IssuedToken[] {
    return this.#entries;
  }

  async read(): Promise<readonly IssuedToken[]> {
    this.#isRead = true;
    if (await this.#store.hasChanged()) {
      const before = this.#entries;
      this.#entries = await this.#store.read();
      if (before.length + this.#entries.length > 0) this.#changed.fire(); // The tree is drawn anew for it.
    }
    return this.#entries;
  }

  async record(issued: Issued): Promise<IssuedToken | undefined> {
    const entry = entryOf(issued, randomUUID(), Math.floor(Date.now() / 1000));
    if (!entry) return undefined;
    try {
      await this.#store.write(entry);
      await this.#prune();
      await this.read();
    } catch (error) {
      // The credential is there and works; that it is not remembered is no reason to fail.
      this.#log.error(redact(`What was issued could not be remembered: ${messageOf(error)}`));
    }
    return entry;
  }

  async markRevoked(id: string, revoked: number): Promise<void> {
    await this.#change(id, { revoked });
  }

  async markReminded(id: string): Promise<void> {
    await this.#change(id, { reminded: true });
  }

  async forget(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#store.remove(id);
    await this.read();
  }

  dispose(): void {
    this.#focus.dispose();
    this.#changed.dispose();
  }

  async #change(id: string, change: Partial<IssuedToken>): Promise<void> {
    const entry = (await this.read()).find((one) => one.id === id);
    if (entry) await this.#store.write({ ...entry, ...change });
    await this.read();
  }

  /** What has ended long ago is no use to anybody. */
  async #prune(): Promise<void> {
    const before = Date.now() / 1000 - KEPT;
    for (const { id, expires, revoked } of this.#entries) {
      const ended = revoked ?? expires;
      if (ended !== undefined && ended < before) await this.#store.remove(id);
    }
  }

  async #readQuietly(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      this.#log.warn(redact(`The record of issued tokens cannot be read: ${messageOf(error)}`));
    }
  }
}
