import * as vscode from 'vscode';
import type { Cluster, ContextInfo } from '../../cluster/api.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { settings } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import type { Contexts } from '../services.ts';
import { pickContext } from './pick.ts';
import { mayRunProgram } from './programs.ts';
import { fingerprint, followFiles, kubeconfigSource } from './source.ts';

const REMEMBERED = 'context';

/** Where things are remembered: the context for this workspace, allowed programs for this user. */
type Memory = Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>;

/** Contexts of the user's kubeconfig. Nothing is read before it is asked for, and nothing at all while untrusted. */
export class KubeconfigContexts implements Contexts, vscode.Disposable {
  readonly #memory: Memory;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #settings: vscode.Disposable;
  #contexts: readonly ContextInfo[] | undefined;
  #current: string | undefined;
  #fingerprint: string | undefined;
  #reading: Promise<readonly ContextInfo[]> | undefined;
  #cluster: Promise<Cluster> | undefined;
  #followed: vscode.Disposable | undefined;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.kubeconfig)) this.#sourceChanged();
    });
  }

  get selected(): ContextInfo | undefined {
    const name = this.#memory.workspaceState.get<string>(REMEMBERED) ?? this.#current;
    return this.#contexts?.find((context) => context.name === name);
  }

  async read(): Promise<ContextInfo | undefined> {
    await this.#list();
    return this.selected;
  }

  follow(): vscode.Disposable {
    this.#followed?.dispose();
    this.#followed = followFiles(kubeconfigSource(), this.#readQuietly);
    return new vscode.Disposable(() => {
      this.#followed?.dispose();
      this.#followed = undefined;
    });
  }

  async select(): Promise<boolean> {
    const contexts = await this.#list();
    const before = this.selected?.name;
    const picked = await pickContext(contexts, before, this.#current);
    if (!picked) return false;
    await this.#memory.workspaceState.update(REMEMBERED, picked.name);
    if (picked.name === before) return false;
    this.#close();
    this.#changed.fire();
    return true;
  }

  async cluster(): Promise<Cluster> {
    const selected = await this.read();
    if (!selected) throw new Problem('no-kubeconfig', this.#noContext());
    const opening = (this.#cluster ??= this.#open(selected));
    try {
      return await opening;
    } catch (error) {
      if (this.#cluster === opening) this.#cluster = undefined;
      throw error;
    }
  }

  dispose(): void {
    this.#settings.dispose();
    this.#followed?.dispose();
    this.#changed.dispose();
    this.#close();
  }

  async #list(): Promise<readonly ContextInfo[]> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #readOnce(): Promise<readonly ContextInfo[]> {
    if (!vscode.workspace.isTrusted) {
      throw new Problem(
        'not-allowed-here',
        'This workspace is in Restricted Mode: no kubeconfig is read and no cluster is contacted. Trust the workspace to use clusters.',
      );
    }
    const source = kubeconfigSource();
    const before = this.#fingerprint;
    const now = await fingerprint(source);
    if (now === before && this.#contexts) return this.#contexts;
    const access = await loadClusterAccess();
    this.#close();
    this.#fingerprint = now;
    this.#contexts = undefined;
    try {
      const { contexts, current } = access.contexts(source);
      this.#current = current;
      this.#contexts = contexts;
      return contexts;
    } finally {
      if (before !== undefined && before !== now) this.#changed.fire();
    }
  }

  async #open(context: ContextInfo): Promise<Cluster> {
    if (!(await mayRunProgram(this.#memory.globalState, context))) {
      throw new Problem(
        'not-allowed-here',
        `The context "${context.name}" gets its credential from a program that you did not allow to run (${context.runs ?? ''}). Refresh to be asked again, or select another context.`,
      );
    }
    const access = await loadClusterAccess();
    return access.open({ ...kubeconfigSource(), context: context.name, allowPrograms: true });
  }

  #close(): void {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    if (cluster) void disposeWhenOpen(cluster);
  }

  #sourceChanged(): void {
    if (this.#followed) this.follow();
    this.#readQuietly();
  }

  /** What is wrong with the file is told by whoever needs it next. */
  readonly #readQuietly = (): void => {
    if (vscode.workspace.isTrusted) void this.#list().catch(() => undefined);
  };

  #noContext(): string {
    const remembered = this.#memory.workspaceState.get<string>(REMEMBERED);
    return remembered === undefined
      ? 'The kubeconfig has no current-context. Run "ServiceAccount: Select Context…".'
      : `The kubeconfig no longer has the context "${remembered}" that this workspace used. Run "ServiceAccount: Select Context…".`;
  }
}

async function disposeWhenOpen(opening: Promise<Cluster>): Promise<void> {
  const cluster = await opening.catch(() => undefined); // Who asked for it was told why not.
  cluster?.dispose();
}
