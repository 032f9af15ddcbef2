import type { Problem } from '../../errors.ts';
import type {
  AccessInfo,
  BindingInfo,
  ObjectRef,
  PodInfo,
  RoleInfo,
  ServerVersion,
  ServiceAccountInfo,
  TokenSecretInfo,
} from './objects.ts';

export interface LiveOptions {
  /** Where to look when listing in every namespace is forbidden. The context's own namespace is always looked at. */
  readonly namespaces?: readonly string[];
  /** How long a watch may be silent before it counts as dead, in milliseconds; 130 s where absent, as a server sends a bookmark a minute. */
  readonly quietTimeout?: number;
}

/** What a live view follows; of Pods those that are asked for. */
export type LiveKind = 'serviceAccounts' | 'tokenSecrets' | 'pods';

/** What it follows besides, once access is asked for. */
export type AccessKind = 'roleBindings' | 'clusterRoleBindings' | 'roles' | 'clusterRoles';

export interface LiveState {
  /**
   * `paused`: not followed now, as before the first `resume`; `loading`: not all is known yet; `ready`: true now;
   * `stale`: rows are kept, and what changes is not seen until the server answers again; `forbidden`: cannot be seen;
   * `unasked`: nobody has asked for it, and nothing is known.
   */
  readonly phase: 'paused' | 'loading' | 'ready' | 'stale' | 'forbidden' | 'unasked';
  /** Why, for stale and forbidden: for people. */
  readonly problem: Problem | undefined;
}

/** One Pod; where it is absent, there is none only while the state is `ready`. */
export interface OnePod {
  readonly state: LiveState;
  readonly pod: PodInfo | undefined;
}

/** What has changed since the last call. */
export interface LiveChange {
  /** Namespaces with another row than before, or of whose Pods another state. */
  readonly namespaces: ReadonlySet<string>;
  /** Whether a binding or role is another, which may give access to ServiceAccounts of any namespace. */
  readonly access: boolean;
  /** Whether a `state` is another. */
  readonly states: boolean;
}

/**
 * The cluster's ServiceAccounts and what hangs on them, kept true by watching; reads are from memory and cheap. After
 * a failure the old rows stay, marked stale, until the server answers again, which is tried with a back-off under 2 s.
 */
export interface LiveView {
  /** The state of a kind; where it is followed per namespace, as Pods are, of one namespace or the worst of all. */
  state(kind: LiveKind | AccessKind, namespace?: string): LiveState;
  /** The server's version; undefined before it is known, and where the server does not say. */
  version(): ServerVersion | undefined;
  /** The namespaces that have ServiceAccounts, sorted. */
  namespaces(): readonly string[];
  /** A namespace's ServiceAccounts, sorted by name. */
  serviceAccounts(namespace: string): readonly ServiceAccountInfo[];
  /** How many ServiceAccounts there are, in a namespace or in all. */
  count(namespace?: string): number;
  /** The token Secrets that name a ServiceAccount, sorted by name. */
  tokenSecrets(serviceAccount: ObjectRef): readonly TokenSecretInfo[];
  /** The Pods that run as a ServiceAccount, sorted by name; none where its namespace's are not followed. */
  pods(serviceAccount: ObjectRef): readonly PodInfo[];
  serviceAccount(ref: ObjectRef): ServiceAccountInfo | undefined;
  tokenSecret(ref: ObjectRef): TokenSecretInfo | undefined;
  /** All token Secrets of a namespace, also those whose ServiceAccount is missing, sorted by name. */
  tokenSecretsIn(namespace: string): readonly TokenSecretInfo[];
  /** The namespaces that have token Secrets, sorted. */
  tokenSecretNamespaces(): readonly string[];
  /** All Pods of a namespace, sorted by name; none where they are not followed. */
  podsIn(namespace: string): readonly PodInfo[];
  /**
   * Follows a namespace's Pods from now on. At most 20 namespaces are followed: one more waits, and where somebody wants
   * it, takes the place of the one that was opened longest ago.
   */
  followPods(namespace: string, isWanted?: boolean): void;
  /** Ends that, and forgets them. */
  leavePods(namespace: string): void;
  /**
   * Follows a single Pod from now on, whose name has to be one (see nameProblem). Of several in a namespace all are
   * followed; no more than 20 singly.
   */
  followPod(ref: ObjectRef): void;
  /** A Pod by its name, as far as it is followed, with its namespace or singly. */
  pod(ref: ObjectRef): OnePod;
  /** Follows bindings and roles too, from now on. They are not followed before somebody wants to see them. */
  followAccess(): void;
  /** The roles that a ServiceAccount has, itself or through its groups; complete only while both kinds of binding are ready. */
  access(serviceAccount: ObjectRef): readonly AccessInfo[];
  /** Every binding that ServiceAccounts may be in. */
  bindings(): readonly BindingInfo[];
  /** The role that a binding gives; undefined where there is none, or it may not be seen. */
  role(given: Pick<AccessInfo, 'role' | 'binding'>): RoleInfo | undefined;
  /** Calls back after changes, those of about 20 ms at once. Returns what ends it. */
  onChange(callback: (change: LiveChange) => void): () => void;
  /** Ends the watches and keeps the rows. */
  pause(): void;
  /** Goes on from where the view was, or starts. */
  resume(): void;
  /** Tries at once what failed or was forbidden. */
  retry(): void;
  dispose(): void;
}
