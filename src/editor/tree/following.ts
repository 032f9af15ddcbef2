import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/api/cluster.ts';
import type { AccessKind, LiveChange, LiveKind, LiveView } from '../../cluster/api/live.ts';
import { contextKeys, settings, VIEW, type ViewState } from '../../contributions.ts';
import { deferred, type Deferred } from '../../es2024.ts';
import { messageOf, Problem, type Reason } from '../../errors.ts';
import { inView } from '../workbench/say.ts';
import { namespaceProblem } from '../../manifest/names.ts';
import { redact } from '../../redact.ts';
import type { Services } from '../workbench/services.ts';
import { Inventory, type IssuedSource } from '../../inventory/inventory.ts';
import { KnownEnds } from './knownEnds.ts';
import { onDemand } from '../../inventory/onDemand.ts';
import { does, since } from '../../versions.ts';
import type { ServiceAccountTree } from './provider.ts';
import { Redraws } from './redraws.ts';
import type { Remembered } from './remembered.ts';

/** How long a hidden view goes on watching, in milliseconds. */
const LINGER = 5 * 60_000;
const KINDS: readonly LiveKind[] = ['serviceAccounts', 'tokenSecrets', 'pods'];
const ACCESS: readonly AccessKind[] = ['roleBindings', 'clusterRoleBindings', 'roles', 'clusterRoles'];

/** Keeps the tree true to the selected cluster while the view is visible, and for some minutes after. */
export class Following implements vscode.Disposable {
  readonly #services: Services;
  readonly #tree: ServiceAccountTree;
  readonly #remembered: Remembered;
  readonly #issued: IssuedSource;
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when what is shown, or why nothing is, has changed. */
  readonly onDidChange = this.#changed.event;
  /** Which cluster the rows are of. */
  #shown: string | undefined;
  #live: LiveView | undefined;
  #inventory: Inventory | undefined;
  #ends: KnownEnds | undefined;
  /** Ends what is asked once for the cluster that is followed. */
  #ending = new AbortController();
  /** Settles when all is known or it is known why not; another one with every start. */
  #settled: Deferred<void> | undefined;
  #isVisible = false;
  #hidden: NodeJS.Timeout | undefined;
  #redraws: Redraws | undefined;
  #problem: string | undefined;
  #state: ViewState | undefined;
  readonly #settings: vscode.Disposable;

  constructor(services: Services, tree: ServiceAccountTree, remembered: Remembered, issued: IssuedSource) {
    this.#services = services;
    this.#tree = tree;
    this.#remembered = remembered;
    this.#issued = issued;
    this.#settings = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(settings.namespaces) && this.#live) this.startOver();
    });
  }

  /** Why the rows are missing or not up to date. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** What the rows tell of tokens; undefined while no cluster is followed. */
  get ends(): KnownEnds | undefined {
    return this.#ends;
  }

  /** What the person should know of this server; undefined where it is as it should be. */
  get note(): string | undefined {
    const version = this.#live?.version();
    if (!version || version.major > 1 || does(version.minor, 'no token Secrets by itself') !== false)
      return undefined;
    return `This API server is ${redact(version.name)}. Before ${since('no token Secrets by itself')} every ServiceAccount gets a token Secret by itself; what is said of tokens here is true from ${since('no token Secrets by itself')} on.`;
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    clearTimeout(this.#hidden);
    if (!isVisible) this.#pauseLater();
    else if (this.#live) this.#live.resume();
    else if (!this.#settled) void this.#start();
  }

  /** Asks again for what is missing; returns when all is known, or why not. */
  async refresh(): Promise<void> {
    this.#services.contexts.askAgain();
    if (this.#live?.state('serviceAccounts').problem?.reason === 'not-allowed-here') {
      this.#services.contexts.reopen();
      await this.#settled?.promise;
      return;
    }
    if (!this.#live) {
      await this.#start();
      return;
    }
    this.#live.resume();
    this.#live.retry();
    await this.#settled?.promise;
  }

  /** Whether all bindings and roles are known that can be. */
  get knowsAccess(): boolean {
    return ACCESS.every((kind) => {
      const state = this.#live?.state(kind);
      // Stale without a problem is on its way back from a pause.
      return state?.phase === 'ready' || state?.phase === 'forbidden' || state?.problem !== undefined;
    });
  }

  /** Follows bindings and roles, and returns when all of them are known that can be. Throws `cancelled`. */
  async knowAccess(signal: AbortSignal): Promise<void> {
    this.#inventory?.followAccess();
    this.#live?.resume();
    if (!this.#isVisible) this.#pauseLater();
    if (this.knowsAccess) return;
    await new Promise<void>((resolve, reject) => {
      const changes = this.onDidChange(() => {
        if (!this.knowsAccess) return;
        changes.dispose();
        resolve();
      });
      signal.addEventListener('abort', () => {
        changes.dispose();
        reject(new Problem('cancelled', 'Cancelled.'));
      });
    });
  }

  /** Another cluster, or other ways to the same one: of the same one, the rows stay until there are new ones. */
  startOver(): void {
    this.#end();
    if (this.#shown !== this.#place()) this.#tree.show(undefined);
    if (this.#isVisible) void this.#start();
  }

  dispose(): void {
    this.#end();
    clearTimeout(this.#hidden);
    this.#settings.dispose();
    this.#changed.dispose();
  }

  async #start(): Promise<void> {
    this.#end();
    const settled = (this.#settled = deferred<void>());
    if (!this.#tree.inventory) this.#enter('loading');
    void inView(VIEW, async () => {
      await settled.promise;
    });
    try {
      const selected = await this.#services.contexts.read();
      const cluster = selected && (await this.#services.contexts.cluster());
      if (this.#settled !== settled) return; // A later start has taken over.
      if (selected && cluster) this.#follow(cluster, selected.server);
      else this.#fail('no-context', undefined);
    } catch (error) {
      if (this.#settled === settled) this.#fail(stateOf(error), error);
    }
    await settled.promise;
  }

  #follow(cluster: Cluster, server: string): void {
    const choices = this.#remembered.choices(server);
    const live = cluster.live({ namespaces: [...choices.starred, ...namespacesOfSetting()] });
    this.#live = live;
    const asked = onDemand(cluster, this.#ending.signal, {
      onAnswer: () => {
        this.#tree.show(this.#tree.inventory);
      },
      onError: (error) => {
        this.#services.log.warn(redact(messageOf(error)));
      },
    });
    this.#inventory = new Inventory(live, asked, this.#issued);
    const ends = new KnownEnds(live, cluster);
    this.#ends = ends;
    void this.#readSigners(cluster, ends, this.#ending.signal);
    if (this.#shown !== this.#place()) this.#tree.show(undefined, choices);
    const redraws = new Redraws((change) => {
      this.#update(live, change);
    });
    this.#redraws = redraws;
    live.onChange((change) => {
      for (const namespace of change.namespaces) this.#inventory?.outdate(namespace);
      if (change.access || change.states) this.#inventory?.outdate();
      redraws.add(change);
    });
    live.resume();
    if (!this.#isVisible) this.#pauseLater();
    this.#changed.fire();
  }

  /** Who may not know by what the cluster signs is told less of tokens, and nothing else. */
  async #readSigners(cluster: Cluster, ends: KnownEnds, signal: AbortSignal): Promise<void> {
    try {
      await ends.readSigners(async (request) => await cluster.ask(request, signal), signal);
      if (!signal.aborted) this.#changed.fire();
    } catch (error) {
      if (!signal.aborted) this.#services.log.warn(redact(messageOf(error)));
    }
  }

  #update(live: LiveView, change: LiveChange): void {
    const { phase, problem } = live.state('serviceAccounts');
    // A first try that failed is still loading, by trying again: the person is told why all the same.
    const isLoading = problem === undefined && (phase === 'loading' || phase === 'paused');
    if (live.count() > 0) {
      const stale = [...KINDS, ...ACCESS]
        .map((kind) => live.state(kind))
        .find((state) => state.problem !== undefined && state.phase !== 'forbidden');
      this.#note(stale?.problem);
      this.#shown = this.#place();
      if (this.#inventory) this.#tree.update(this.#inventory, change);
      this.#enter('ready');
    } else if (!isLoading) {
      this.#note(problem);
      const state = phase === 'ready' ? 'empty' : stateOf(problem);
      // Rows of the same cluster from before are still worth more than none; the view's message marks them.
      if (problem?.reason !== 'unreachable' || !this.#tree.inventory) {
        this.#tree.show(undefined);
        this.#enter(state);
      }
    }
    if (!isLoading) this.#settled?.resolve();
    this.#changed.fire();
  }

  /** Not even a cluster to ask. */
  #fail(state: ViewState, error: unknown): void {
    this.#note(error);
    this.#tree.show(undefined);
    this.#enter(state);
    this.#settled?.resolve();
    this.#settled = undefined;
    this.#changed.fire();
  }

  #note(error: unknown): void {
    const problem = error === undefined ? undefined : redact(messageOf(error));
    if (problem !== undefined && problem !== this.#problem) this.#services.log.warn(problem);
    this.#problem = problem;
  }

  #end(): void {
    this.#redraws?.end();
    this.#ending.abort();
    this.#ending = new AbortController();
    this.#live?.dispose();
    this.#live = undefined;
    this.#ends = undefined;
    this.#settled?.resolve();
    this.#settled = undefined;
  }

  #pauseLater(): void {
    clearTimeout(this.#hidden);
    this.#hidden = setTimeout(() => {
      this.#live?.pause();
    }, LINGER);
  }

  /** Chooses the welcome text. */
  #enter(state: ViewState): void {
    if (state === this.#state) return;
    this.#state = state;
    void vscode.commands.executeCommand('setContext', contextKeys.state, state);
  }

  #place(): string {
    const { selected } = this.#services.contexts;
    return JSON.stringify([selected?.name, selected?.server]);
  }
}

/** Where to look when not all namespaces may be listed. */
function namespacesOfSetting(): readonly string[] {
  const named = vscode.workspace.getConfiguration().get<unknown>(settings.namespaces);
  return (Array.isArray(named) ? named : []).filter(
    (name): name is string => typeof name === 'string' && namespaceProblem(name) === undefined,
  );
}

function stateOf(error: unknown): ViewState {
  if (!vscode.workspace.isTrusted) return 'untrusted';
  if (!Problem.is(error)) return 'failed';
  const { reason, unreachable } = error;
  return unreachable ?? STATES[reason] ?? 'failed';
}

/** What has a welcome text of its own. */
const STATES: Readonly<Partial<Record<Reason, ViewState>>> = {
  'no-kubeconfig': 'no-kubeconfig',
  'bad-kubeconfig': 'bad-kubeconfig',
  'not-allowed-here': 'not-agreed',
  unreachable: 'unreachable',
  unauthorized: 'unauthorized',
  forbidden: 'forbidden',
  busy: 'busy',
};
