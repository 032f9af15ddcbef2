import type * as vscode from 'vscode';
import type { Cluster, ClusterAccess } from '../../cluster/api/cluster.ts';
import type { Agreement, ContextInfo, KubeconfigSource } from '../../cluster/api/contexts.ts';
import type { LiveAccounts } from './liveAccounts.ts';
import type { Issued, IssuedToken } from '../../issued/entry.ts';
import type { OpenLogs } from './openLogs.ts';
import type { Rotations } from './rotations.ts';

/** What every feature is given. `extension.ts` builds it, and nothing else does. */
export interface Services {
  readonly log: vscode.LogOutputChannel;
  readonly contexts: Contexts;
  readonly ledger: Ledger;
  readonly live: LiveAccounts;
  readonly rotations: Rotations;
  readonly logs: OpenLogs;
}

/** What the wizards are given: the services, and where this workspace's choices are remembered. */
export interface WizardServices extends Services {
  readonly memory: vscode.Memento;
  /** A folder of this machine's for what is kept across windows. */
  readonly storage: vscode.Uri;
}

/** What was issued from here, on every cluster: metadata alone, never a token. */
export interface Ledger {
  /** What was read last, newest first; empty before the first `read`. */
  readonly entries: readonly IssuedToken[];
  /** Fires when `entries` are others, also because another window issued something. */
  readonly onDidChange: vscode.Event<void>;
  /** Reads what has changed since. Throws what the disk does. */
  read(): Promise<readonly IssuedToken[]>;
  /**
   * Remembers what was issued, once it is where it is to be; of the token only what it says. Returns the record,
   * undefined where it is no ServiceAccount's token. Never throws: what cannot be remembered is logged.
   */
  record(issued: Issued): Promise<IssuedToken | undefined>;
  /** Notes that a token was revoked, and when, in seconds since the epoch. */
  markRevoked(id: string, revoked: number): Promise<void>;
  /** Notes that the person was told that a token is about to expire. */
  markReminded(id: string): Promise<void>;
  /** Removes records; the tokens stay as valid as they are. */
  forget(ids: readonly string[]): Promise<void>;
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
  /** Where the person's own contexts come from, kubectl's own files first. */
  readonly sources: readonly KubeconfigSource[];
  /** Every way to a cluster, also to one that another kubeconfig names. Throws not-allowed-here while untrusted. */
  access(): Promise<ClusterAccess>;
  /**
   * The person's agreement to what a context runs or which file it reads for its credential, and where that goes:
   * remembered, else asked; undefined: no. What is opened with it is compared with it again.
   */
  agree(context: ContextInfo): Promise<Agreement | undefined>;
  /** Lets `cluster` and `agree` ask once more about what the person did not agree to. */
  askAgain(): void;
  /** Ends the selected context's cluster, so that it is opened anew as it is now. */
  reopen(): void;
}
