import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { ObjectRef, ServiceAccountInfo, TokenSecretInfo } from '../../cluster/api/objects.ts';
import type { SeenInLog } from '../../audit/seen.ts';
import { messageOf, Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { Alarm } from '../workbench/alarm.ts';
import { soonSetting } from '../workbench/soon.ts';
import type { Token } from '../../token/classify.ts';
import type { Services } from '../workbench/services.ts';
import type { EndsWith, IssuedToken } from '../../issued/entry.ts';
import { lookInFile, type FileState } from '../../issued/file.ts';
import { stateOf, type IssuedState } from '../../issued/state.ts';

/** How long one Secret may take, in milliseconds. */
const PATIENCE = 10_000;
/** In seconds. */
const A_MINUTE = 60;

/**
 * The issued tokens as the tree shows them. Time is followed by one timer, set to the next moment at which a row that
 * was asked for says something else; files are looked at once, and again when they change.
 */
export class ShownTokens implements vscode.Disposable {
  readonly #services: Services;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when a row is to be drawn again. */
  readonly onDidChange = this.#changed.event;
  readonly #files = new Map<string, FileState>();
  /** Why a token has ended whose Secret was asked for. */
  readonly #secrets = new Map<string, string | undefined>();
  readonly #watched = new Map<string, vscode.Disposable>();
  readonly #listening: vscode.Disposable;
  readonly #alarm = new Alarm();
  #due = Number.POSITIVE_INFINITY;
  #isRead = false;

  constructor(services: Services) {
    this.#services = services;
    this.#listening = vscode.Disposable.from(
      services.ledger.onDidChange(() => {
        this.#files.clear();
        this.#secrets.clear();
        this.#changed.fire();
      }),
      services.rotations.onDidChange(() => {
        this.#changed.fire();
      }),
      services.logs.onDidChange(() => {
        this.#changed.fire();
      }),
    );
  }

  /** What was issued for a ServiceAccount of the selected cluster, newest first. */
  of({ namespace, name }: ServiceAccountInfo): readonly IssuedToken[] {
    const { ledger, contexts } = this.#services;
    if (!this.#isRead) {
      this.#isRead = true;
      void this.#read();
    }
    const server = contexts.selected?.server;
    return ledger.entries.filter(
      (entry) => entry.server === server && entry.namespace === namespace && entry.serviceAccount === name,
    );
  }

  /** The name of the token Secret that was made in place of one of the selected cluster. */
  replacedBy(secret: TokenSecretInfo): string | undefined {
    const { rotations, contexts } = this.#services;
    return rotations.of(contexts.selected?.server, secret)?.name;
  }

  /** What the audit log that is open tells of a ServiceAccount; how long ago that was is drawn again by and by. */
  seen(account: ObjectRef & { readonly uid?: string | undefined }): SeenInLog | undefined {
    const seen = this.#services.logs.account(account);
    if (seen) this.#wakeAt(Math.floor(Date.now() / 1000) + A_MINUTE);
    return seen;
  }

  /** How a token stands now; `ended` is why it has, as far as the cluster shows it. */
  state(entry: IssuedToken, ended: string | undefined): IssuedState {
    const state = stateOf(
      entry,
      { ended: ended ?? this.#whyEnded(entry) },
      { now: Math.floor(Date.now() / 1000), soon: soonSetting() },
    );
    if (state.until !== undefined) this.#wakeAt(state.until);
    return state;
  }

  /**
   * Why a token that is bound to a Secret has ended, as far as that is known of one that was issued from here: in words
   * as of LiveSource.whyEnded. From memory alone.
   */
  whyKnown(token: Token): string | undefined {
    if (token.kind !== 'bound' || token.binding?.kind !== 'Secret' || token.id === undefined)
      return undefined;
    const { uid } = token.binding;
    const entry = this.#services.ledger.entries.find(
      (one) => one.jti === token.id && one.namespace === token.namespace && one.endsWith?.uid === uid,
    );
    if (!entry || uid === undefined) return undefined;
    if (entry.revoked !== undefined) return 'it was revoked from here';
    return this.#secrets.get(entry.id) === undefined
      ? undefined
      : `its Secret is gone (seen in ${entry.context})`;
  }

  /** Secrets other than token Secrets are not watched: the one that a token hangs on is asked for once. */
  #whyEnded(entry: IssuedToken): string | undefined {
    const { endsWith: ends, id, revoked } = entry;
    if ((ends?.kind !== 'sentinel' && ends?.kind !== 'Secret') || revoked !== undefined) return undefined;
    if (!this.#secrets.has(id)) {
      this.#secrets.set(id, undefined);
      void this.#askForSecret(entry, ends);
    }
    return this.#secrets.get(id);
  }

  async #askForSecret({ id, namespace }: IssuedToken, { name, uid }: EndsWith): Promise<void> {
    let ended: string | undefined;
    try {
      const cluster = await this.#services.contexts.cluster();
      const found = await cluster.secret({ namespace, name }, AbortSignal.timeout(PATIENCE));
      if (uid !== undefined && found.uid !== uid) ended = 'ended: its Secret was made again';
    } catch (error) {
      // What cannot be asked for is not known to have ended; the view says what is wrong with the cluster.
      if (Problem.is(error, 'not-found')) ended = 'ended: its Secret is gone';
      if (!Problem.is(error)) this.#services.log.error(redact(messageOf(error)));
    }
    if (ended === undefined) return;
    this.#secrets.set(id, ended);
    this.#changed.fire();
  }

  /** Whether its file still holds it; looked at in the background when first asked. */
  file(entry: IssuedToken): FileState {
    const known = this.#files.get(entry.id);
    if (known !== undefined) return known;
    this.#files.set(entry.id, 'unseen');
    if (entry.file !== undefined) {
      this.#watch(dirname(entry.file));
      void this.#look(entry);
    }
    return 'unseen';
  }

  dispose(): void {
    this.#alarm.dispose();
    for (const watching of this.#watched.values()) watching.dispose();
    this.#listening.dispose();
    this.#changed.dispose();
  }

  /** The ledger's event draws the rows. */
  async #read(): Promise<void> {
    try {
      await this.#services.ledger.read();
    } catch (error) {
      this.#services.log.warn(redact(`What was issued from here cannot be read: ${messageOf(error)}`));
    }
  }

  async #look(entry: IssuedToken): Promise<void> {
    const { is } = await lookInFile(entry);
    if (this.#files.get(entry.id) === is) return;
    this.#files.set(entry.id, is);
    this.#changed.fire();
  }

  #watch(folder: string): void {
    if (this.#watched.has(folder)) return;
    const watcher = vscode.workspace.createFileSystemWatcher(
      new vscode.RelativePattern(vscode.Uri.file(folder), '*'),
    );
    const onChange = ({ fsPath }: vscode.Uri): void => {
      for (const entry of this.#services.ledger.entries) {
        if (entry.file === fsPath && this.#files.has(entry.id)) void this.#look(entry);
      }
    };
    const listening = [
      watcher.onDidCreate(onChange),
      watcher.onDidChange(onChange),
      watcher.onDidDelete(onChange),
    ];
    this.#watched.set(folder, vscode.Disposable.from(watcher, ...listening));
  }

  #wakeAt(seconds: number): void {
    if (seconds >= this.#due) return;
    this.#due = seconds;
    this.#alarm.set(seconds, () => {
      this.#due = Number.POSITIVE_INFINITY;
      this.#changed.fire();
    });
  }
}
