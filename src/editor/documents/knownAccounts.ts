import * as vscode from 'vscode';
import { deferred } from '../../es2024.ts';
import { words } from '../../harmless.ts';
import {
  accountsByName,
  hasAccount,
  type AccountInText,
  type AccountsByName,
} from '../../manifest/accounts.ts';
import { namespaceProblem, nameProblem } from '../../manifest/names.ts';
import { MAX_PIECES, piecesOf, textOf } from '../../manifest/pieces.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import type { CheckedDocuments } from './checked.ts';
import { runInSlices } from '../../slices.ts';
import { readSmallFile } from '../workbench/smallFile.ts';

/** A ServiceAccount that can be named. */
export interface KnownAccount {
  readonly name: string;
  /** Undefined where its manifest leaves it to the context. */
  readonly namespace: string | undefined;
  /** Where it is known from, in words: `of the cluster`, `(rbac.yaml)`. */
  readonly from: string;
}

const MANIFESTS = '**/*.{yaml,yml,json}';
const EXCLUDED = ['node_modules', 'vendor', '.git', 'dist', 'out', 'target'];
/** More files of a workspace are not read. */
const MOST_FILES = 3000;
/** More ServiceAccounts are not known of the workspace's files, nor offered. */
const MOST_ACCOUNTS = 20_000;
/** How many are read at once. */
const AT_ONCE = 16;
/** How long somebody who types waits for files that have still to be read, in milliseconds. */
const PATIENCE = 1000;

/** A file, and what it defines once it was read; one that changes is another, so that nothing old is noted of it. */
interface ManifestFile {
  accounts?: Accounts;
}

type Accounts = readonly AccountInText[];

/**
 * The ServiceAccounts that the workspace's manifests define, and those of the cluster that the tree follows just now.
 * The files are read when they are first asked for, and again after they have changed.
 */
export class KnownAccounts implements vscode.Disposable {
  readonly #checked: CheckedDocuments;
  readonly #live: LiveAccounts | undefined;
  readonly #files = new Map<string, ManifestFile>();
  readonly #subscriptions: vscode.Disposable[] = [];
  #listing: Promise<void> | undefined;
  #reading: Promise<void> | undefined;
  /** Those of the files that were read; undefined: to be made anew. */
  #byName: AccountsByName | undefined;

  constructor(checked: CheckedDocuments, live: LiveAccounts | undefined) {
    this.#checked = checked;
    this.#live = live;
  }

  /** Those that an object of a namespace can name; undefined: of any. `isComplete` is false while files are still read. */
  async accounts(
    namespace: string | undefined,
    cancelled: vscode.CancellationToken,
  ): Promise<{ readonly accounts: readonly KnownAccount[]; readonly isComplete: boolean }> {
    const isRead = await this.#readFor(PATIENCE, cancelled);
    const accounts = await runInSlices(this.#namable(namespace), () => !cancelled.isCancellationRequested);
    return { accounts: accounts ?? [], isComplete: isRead && (accounts?.length ?? 0) < MOST_ACCOUNTS };
  }

  *#namable(namespace: string | undefined): Generator<undefined, KnownAccount[]> {
    const found = new Map<string, KnownAccount>();
    const add = (account: AccountInText, from: string): void => {
      if (found.size >= MOST_ACCOUNTS) return;
      // What is chosen is inserted: what no API server takes for a name could be whole lines of a manifest.
      if (nameProblem(account.name) !== undefined) return;
      if (account.namespace !== undefined && namespaceProblem(account.namespace) !== undefined) return;
      if (namespace !== undefined && (account.namespace ?? namespace) !== namespace) return;
      const key = `${account.namespace ?? ''}/${account.name}`;
      if (!found.has(key)) found.set(key, { ...account, from });
    };
    const open = new Set<string>();
    for (const document of vscode.workspace.textDocuments) {
      const accounts = this.#checked.checked(document)?.accounts;
      if (!accounts) continue;
      yield;
      open.add(document.uri.toString());
      for (const account of accounts) add(account, placeOf(document.uri));
    }
    for (const [uri, { accounts }] of this.#files) {
      if (!accounts || open.has(uri)) continue; // What is being edited counts, not what was saved.
      yield;
      for (const account of accounts) add(account, placeOf(vscode.Uri.parse(uri)));
    }
    for (const account of this.#live?.accounts(namespace) ?? []) add(account, 'of the cluster');
    yield;
    return [...found.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1));
  }

  /** Whether it is known without reading or asking anything now. */
  has(account: AccountInText): boolean {
    this.#byName ??= accountsByName([...this.#files.values()].flatMap(({ accounts }) => accounts ?? []));
    const { name, namespace } = account;
    return (
      hasAccount(this.#byName, account) ||
      (this.#live?.accounts(namespace) ?? []).some((one) => one.name === name)
    );
  }

  /** Reads what has still to be read, and returns whether that was done in time. */
  async #readFor(milliseconds: number, cancelled: vscode.CancellationToken): Promise<boolean> {
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    const { promise: late, resolve } = deferred<boolean>();
    const giveUp = (): void => {
      resolve(false);
    };
    const timer = setTimeout(giveUp, milliseconds);
    const subscription = cancelled.onCancellationRequested(giveUp);
    const reading = this.#reading;
    const read = async (): Promise<boolean> => {
      await reading;
      return true;
    };
    try {
      return await Promise.race([read(), late]);
    } finally {
      clearTimeout(timer);
      subscription.dispose();
    }
  }

  async #read(): Promise<void> {
    await (this.#listing ??= this.#list());
    const unread = [...this.#files].filter(([, file]) => !file.accounts);
    for (let next = 0; next < unread.length && !this.#isFull; next += AT_ONCE) {
      await Promise.all(
        unread.slice(next, next + AT_ONCE).map(async ([uri, file]) => {
          file.accounts = (await accountsIn(vscode.Uri.parse(uri))).slice(0, MOST_ACCOUNTS);
          this.#byName = undefined;
        }),
      );
    }
  }

  get #isFull(): boolean {
    let count = 0;
    for (const { accounts } of this.#files.values()) count += accounts?.length ?? 0;
    return count >= MOST_ACCOUNTS;
  }

  async #list(): Promise<void> {
    const watcher = vscode.workspace.createFileSystemWatcher(MANIFESTS);
    const outdate = (uri: vscode.Uri): void => {
      const folders = vscode.workspace.asRelativePath(uri, false).split('/');
      if (folders.some((folder) => EXCLUDED.includes(folder))) return;
      const key = uri.toString();
      if (this.#files.has(key) || this.#files.size < MOST_FILES) this.#files.set(key, {});
      this.#byName = undefined;
    };
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate(outdate),
      watcher.onDidChange(outdate),
      watcher.onDidDelete((uri) => {
        this.#files.delete(uri.toString());
        this.#byName = undefined;
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#forget();
      }),
    );
    const files = await vscode.workspace.findFiles(MANIFESTS, `**/{${EXCLUDED.join(',')}}/**`, MOST_FILES);
    for (const uri of files) if (!this.#files.has(uri.toString())) this.#files.set(uri.toString(), {});
  }

  #forget(): void {
    this.#files.clear();
    this.#byName = undefined;
    this.#listing = undefined;
    vscode.Disposable.from(...this.#subscriptions.splice(0)).dispose();
  }

  dispose(): void {
    this.#forget();
  }
}

/** What a file defines; nothing where it cannot be read, is large, or is no manifest. */
async function accountsIn(uri: vscode.Uri): Promise<Accounts> {
  try {
    const text = new TextDecoder().decode(await readSmallFile(uri, MAX_PIECES));
    if (!/\bkind["']?\s*:\s*["']?ServiceAccount\b/.test(text)) return [];
    const { checkText } = await import('../../problems/documentChecks.ts');
    const pieces = await runInSlices(piecesOf(textOf(text)));
    const checked = pieces && (await runInSlices(checkText(pieces, new Map())));
    return checked?.accounts ?? [];
  } catch {
    return []; // It went while it was read: nothing is lost but a suggestion.
  }
}

function placeOf(uri: vscode.Uri): string {
  return words`(${vscode.workspace.asRelativePath(uri)})`.text;
}
