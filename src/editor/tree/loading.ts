import * as vscode from 'vscode';
import { contextKeys, VIEW, type ViewState } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import type { Services } from '../services.ts';
import { Inventory, NO_FILTER } from './inventory.ts';
import type { ServiceAccountTree } from './provider.ts';

/** Rows older than this are read again when the view is shown again, in milliseconds. */
const FRESH = 30_000;

/** Fills the tree from the selected cluster, one load at a time: a newer one ends the one before. */
export class Loading implements vscode.Disposable {
  readonly #services: Services;
  readonly #tree: ServiceAccountTree;
  readonly #loaded = new vscode.EventEmitter<void>();
  /** Fires when what is shown, or why nothing is, has changed. */
  readonly onDidChange = this.#loaded.event;
  #running: AbortController | undefined;
  #loadedAt = 0;
  #problem: string | undefined;

  constructor(services: Services, tree: ServiceAccountTree) {
    this.#services = services;
    this.#tree = tree;
  }

  /** Why the rows are missing or not up to date. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Loads unless the rows are fresh. */
  async loadIfOld(): Promise<void> {
    if (!this.#running && Date.now() - this.#loadedAt > FRESH) await this.load();
  }

  /** Drops the rows, as they are of another cluster. */
  forget(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#loadedAt = 0;
    this.#problem = undefined;
    this.#tree.show(undefined, this.#tree.filter);
  }

  async load(): Promise<void> {
    this.#running?.abort();
    const running = new AbortController();
    this.#running = running;
    if (!this.#tree.inventory) setState('loading');
    await vscode.window.withProgress({ location: { viewId: VIEW } }, async () => {
      const end = await this.#run(running.signal);
      if (this.#running !== running) return; // A newer load has taken over.
      this.#running = undefined;
      end();
      this.#loaded.fire();
    });
  }

  dispose(): void {
    this.#running?.abort();
    this.#loaded.dispose();
  }

  /** Returns what to do with the outcome, as by then it may be out of date. */
  async #run(signal: AbortSignal): Promise<() => void> {
    try {
      if (!(await this.#services.contexts.read())) {
        return () => {
          this.#fail('no-context', undefined);
        };
      }
      const cluster = await this.#services.contexts.cluster();
      const snapshot = await cluster.snapshot(signal);
      return () => {
        this.#succeed(new Inventory(snapshot));
      };
    } catch (error) {
      return () => {
        this.#fail(stateOf(error), error);
      };
    }
  }

  #succeed(inventory: Inventory): void {
    this.#loadedAt = Date.now();
    this.#problem = undefined;
    this.#tree.show(inventory);
    setState(inventory.accounts.length === 0 ? 'empty' : 'ready');
  }

  #fail(state: ViewState, error: unknown): void {
    this.#problem = error === undefined ? undefined : redact(messageOf(error));
    if (this.#problem !== undefined) this.#services.log.warn(this.#problem);
    // Rows of a cluster that does not answer now are still worth more than none; the view's message marks them.
    if (this.#tree.inventory && state === 'unreachable') return;
    this.#tree.show(undefined, NO_FILTER);
    setState(state);
  }
}

function stateOf(error: unknown): ViewState {
  if (!vscode.workspace.isTrusted) return 'untrusted';
  if (!Problem.is(error)) return 'failed';
  const { reason } = error;
  const hasItsOwn =
    reason === 'no-kubeconfig' ||
    reason === 'unreachable' ||
    reason === 'unauthorized' ||
    reason === 'forbidden';
  return hasItsOwn ? reason : 'failed';
}

/** Chooses the welcome text. */
function setState(state: ViewState): void {
  void vscode.commands.executeCommand('setContext', contextKeys.state, state);
}
