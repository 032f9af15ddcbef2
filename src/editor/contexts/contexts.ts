import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Cluster, ClusterAccess } from '../../cluster/api/cluster.ts';
import type { Agreement, ContextInfo, KubeconfigSource } from '../../cluster/api/contexts.ts';
import { loadClusterAccess } from '../../cluster/door.ts';
import { commands, settings } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import type { Contexts } from '../workbench/services.ts';
import { KubernetesExtension } from './kubernetesExtension.ts';
import { pickContext, type Chosen, type LoadedSource } from './pick.ts';
import { Agreements } from './agreements.ts';
import { fingerprint, followFiles, isOwn, namedSources, OWN, tilde } from './source.ts';

const REMEMBERED = 'context';
/** How long a choice waits for the Kubernetes extension to start, in milliseconds. */
const PATIENCE = 3000;
/** kubectl writes a kubeconfig in place, so that half of it can be seen for a moment, in milliseconds. */
const HALF_WRITTEN = 300;

/** Where things are remembered: the context for this workspace, allowed programs for this user. */
type Memory = Pick<vscode.ExtensionContext, 'workspaceState' | 'globalState'>;

/** The context of this workspace: of which source, by which name. */
interface Remembered {
  readonly source: string;
  readonly name: string;
}

/** Contexts of the user's kubeconfigs. Nothing is read before it is asked for, and nothing at all while untrusted. */
export class KubeconfigContexts implements Contexts, vscode.Disposable {
  readonly #memory: Memory;
  readonly #agreements: Agreements;
  readonly #kubernetesExtension = new KubernetesExtension();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #read = new vscode.EventEmitter<void>();
  /** Fires when kubeconfigs were read, whether that changed what is selected or not. */
  readonly onDidRead = this.#read.event;
  readonly #subscriptions: vscode.Disposable;
  #loaded: readonly LoadedSource[] | undefined;
  #fingerprint: string | undefined;
  #reading: Promise<readonly LoadedSource[]> | undefined;
  #cluster: Promise<Cluster> | undefined;
  #followed: vscode.Disposable | undefined;

  constructor(memory: Memory) {
    this.#memory = memory;
    this.#agreements = new Agreements(memory.globalState);
    const isSource = (event: vscode.ConfigurationChangeEvent): boolean =>
      event.affectsConfiguration(settings.kubeconfig) ||
      event.affectsConfiguration(settings.addedKubeconfigs);
    this.#subscriptions = vscode.Disposable.from(
      this.#kubernetesExtension,
      this.#kubernetesExtension.onDidChange(() => {
        this.#sourceChanged();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (isSource(event)) this.#sourceChanged();
      }),
    );
  }

  get selected(): ContextInfo | undefined {
    return this.#chosen()?.context;
  }

  async read(): Promise<ContextInfo | undefined> {
    const loaded = await this.#list();
    const { source } = this.#wanted();
    const problem = loaded.find((one) => one.source.id === source)?.problem;
    const hasOthers = loaded.some(({ contexts }) => contexts.length > 0);
    if (problem && !(hasOthers && problem.reason === 'no-kubeconfig')) throw problem;
    return this.selected;
  }

  follow(): vscode.Disposable {
    this.#followed?.dispose();
    this.#followed = followFiles(namedSources(this.#kubernetesExtension.files), this.#readQuietly);
    return new vscode.Disposable(() => {
      this.#followed?.dispose();
      this.#followed = undefined;
    });
  }

  async select(file?: string): Promise<boolean> {
    await Promise.race([this.#kubernetesExtension.ask(true), sleep(PATIENCE)]);
    const loaded = await this.#list();
    const before = this.#state();
    const offered =
      file === undefined
        ? loaded
        : loaded.filter((one) => one.contexts.some((context) => context.file === file));
    const [first] = offered;
    const [context] = first?.contexts ?? [];
    const isOnly = file !== undefined && offered.length === 1 && first?.contexts.length === 1;
    const picked =
      isOnly && context
        ? { source: first.source, context }
        : await pickContext(offered.length > 0 ? offered : loaded, this.#chosen());
    if (picked === 'add') {
      await vscode.commands.executeCommand(commands.addKubeconfig);
      return before !== this.#state();
    }
    if (!picked) return false;
    this.#agreements.askAgain();
    const remembered: Remembered = { source: picked.source.id, name: picked.context.name };
    await this.#memory.workspaceState.update(REMEMBERED, remembered);
    if (before === this.#state()) return false;
    this.#close();
    this.#changed.fire();
    return true;
  }

  async cluster(): Promise<Cluster> {
    await this.read();
    const chosen = this.#chosen();
    if (!chosen) throw new Problem('no-kubeconfig', this.#noContext());
    const opening = (this.#cluster ??= this.#open(chosen));
    try {
      return await opening;
    } catch (error) {
      if (this.#cluster === opening) this.#cluster = undefined;
      throw error;
    }
  }

  get sources(): readonly KubeconfigSource[] {
    return namedSources(this.#kubernetesExtension.files);
  }

  async access(): Promise<ClusterAccess> {
    mustBeTrusted();
    return await loadClusterAccess();
  }

  async agree(context: ContextInfo): Promise<Agreement | undefined> {
    return await this.#agreements.agree(context, isOwn(context.file));
  }

  askAgain(): void {
    this.#agreements.askAgain();
  }

  reopen(): void {
    this.#close();
    this.#changed.fire();
  }

  /** Lets the person take back that programs may run; what runs on their credentials ends. */
  async forgetPrograms(): Promise<void> {
    if (!(await this.#agreements.forget())) return;
    this.#close();
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    this.#followed?.dispose();
    this.#changed.dispose();
    this.#read.dispose();
    this.#close();
  }

  async #list(): Promise<readonly LoadedSource[]> {
    this.#reading ??= this.#readOnce().finally(() => {
      this.#reading = undefined;
    });
    return await this.#reading;
  }

  async #readOnce(): Promise<readonly LoadedSource[]> {
    mustBeTrusted();
    const isNeeded = this.#wanted().source.startsWith('kubernetes-extension');
    const asked = this.#kubernetesExtension.ask(isNeeded); // It tells when it has answered.
    if (isNeeded) await Promise.race([asked, sleep(PATIENCE)]);
    const sources = namedSources(this.#kubernetesExtension.files);
    const now = await fingerprint(sources);
    if (now === this.#fingerprint && this.#loaded) return this.#loaded;
    const access = await loadClusterAccess();
    const before = this.#loaded && this.#state();
    const loaded = sources.map((source): LoadedSource => {
      try {
        const { contexts, current } = access.contexts(source);
        return { source, contexts, current, problem: undefined };
      } catch (error) {
        const problem = Problem.is(error) ? error : new Problem('bad-kubeconfig', messageOf(error));
        return { source, contexts: [], current: undefined, problem };
      }
    });
    this.#fingerprint = now;
    this.#loaded = loaded.filter(({ source, contexts }, index) => {
      const isTold = contexts.some(({ file }) => loaded[0]?.contexts.some((own) => own.file === file));
      return !(source.inCluster === true && index > 0 && (isTold || contexts.length === 0));
    });
    this.#read.fire();
    if (before !== this.#state()) {
      this.#close();
      if (before !== undefined) this.#changed.fire();
    }
    return this.#loaded;
  }

  async #open({ source, context }: Chosen): Promise<Cluster> {
    const agreed = await this.agree(context);
    if (!agreed) {
      const what = context.program
        ? `from a program that you did not allow to run (${context.runs ?? ''})`
        : `from a file that you did not allow to be sent (${tilde(context.tokenFile ?? '')})`;
      throw new Problem(
        'not-allowed-here',
        `The context "${context.name}" gets its credential ${what}. Refresh to be asked again, or select another context.`,
      );
    }
    const access = await loadClusterAccess();
    return access.open({ ...source, context: context.name, agreed });
  }

  #close(): void {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    if (cluster) void disposeWhenOpen(cluster);
  }

  #sourceChanged(): void {
    if (this.#followed) this.follow();
    if (this.#loaded) this.#readQuietly();
  }

  /** What is wrong with a file is told by whoever needs it next. */
  readonly #readQuietly = (): void => {
    if (!vscode.workspace.isTrusted) return;
    void sleep(HALF_WRITTEN)
      .then(async () => await this.#list())
      .catch(() => undefined);
  };

  /** The context that this workspace is to use, there or not. */
  #wanted(): Remembered | { readonly source: string; readonly name: undefined } {
    const remembered = this.#memory.workspaceState.get<Remembered>(REMEMBERED);
    if (remembered?.source !== undefined) return remembered;
    return { source: OWN, name: undefined };
  }

  #chosen(): Chosen | undefined {
    const { source, name } = this.#wanted();
    const found = this.#loaded?.find((one) => one.source.id === source);
    const context = found?.contexts.find((one) => one.name === (name ?? found.current));
    return found && context && { source: found.source, context };
  }

  /** A text that differs when another context is chosen, the same leads elsewhere, or cannot be read for another reason. */
  #state(): string {
    const { source } = this.#wanted();
    const problem = this.#loaded?.find((one) => one.source.id === source)?.problem;
    const chosen = this.#chosen();
    return [source, chosen?.context.version, problem?.message].join('\n');
  }

  #noContext(): string {
    const { source, name } = this.#wanted();
    if (name === undefined) {
      return 'The kubeconfig has no current-context. Run "ServiceAccount: Select Context…".';
    }
    const place = source === OWN ? 'The kubeconfig' : `What this workspace used (${tilde(source)})`;
    return `${place} no longer has the context "${name}". Run "ServiceAccount: Select Context…".`;
  }
}

function mustBeTrusted(): void {
  if (vscode.workspace.isTrusted) return;
  throw new Problem(
    'not-allowed-here',
    'This workspace is in Restricted Mode: no kubeconfig is read and no cluster is contacted. Trust the workspace to use clusters.',
  );
}

async function disposeWhenOpen(opening: Promise<Cluster>): Promise<void> {
  const cluster = await opening.catch(() => undefined); // Who asked for it was told why not.
  cluster?.dispose();
}
