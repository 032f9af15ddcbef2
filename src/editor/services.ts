import type * as vscode from 'vscode';
import type { Cluster, ContextInfo } from '../cluster/api.ts';

/** What every feature is given. `extension.ts` builds it, and nothing else does. */
export interface Services {
  readonly log: vscode.LogOutputChannel;
  readonly contexts: Contexts;
}

/** The context that this workspace looks at: chosen here, remembered here, never written to a kubeconfig. */
export interface Contexts {
  /** The chosen context, else the kubeconfig's current one; undefined before the kubeconfig was first read. */
  readonly selected: ContextInfo | undefined;
  /** Fires when another context was chosen, or the kubeconfig it comes from has changed. */
  readonly onDidChange: vscode.Event<void>;
  /**
   * Reads the kubeconfig, if it has changed since, and returns what is selected; undefined where no context is.
   * Throws a Problem: no-kubeconfig, bad-kubeconfig or not-allowed-here.
   */
  read(): Promise<ContextInfo | undefined>;
  /** Notices changes of the kubeconfig by itself, also that there is one at last, until disposed. */
  follow(): vscode.Disposable;
  /** Lets the person choose by quick pick. Returns false where they left it as it was. */
  select(): Promise<boolean>;
  /**
   * The cluster of the selected context, opened on first use and kept. Sends nothing by itself.
   * Throws a Problem: no-kubeconfig, bad-kubeconfig, not-allowed-here (untrusted workspace, or a credential program
   * that was not confirmed) or cancelled.
   */
  cluster(): Promise<Cluster>;
}
