import type { Problem } from '../errors.ts';

import type { Entry, Evidence, Fact, Sent } from '../authentication/evidence.ts';
import type { PolicyRule } from '../authorization/rules.ts';
import type { ClusterEndpoint } from '../kubeconfig/build.ts';
import type { CredentialProgram } from '../kubeconfig/program.ts';

export type { ClusterEndpoint } from '../kubeconfig/build.ts';

/**
 * What the rest of the extension knows of a cluster. Nothing here loads the Kubernetes client.
 * All times are seconds since the epoch.
 */

/** A context of the user's kubeconfig, read without contacting anything and without starting a program. */
export interface ContextInfo {
  readonly name: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** The context's own namespace, or `default`. */
  readonly namespace: string;
  /** The program that would run to get a credential, with its arguments, e.g. `exec: aws eks get-token`; undefined where nothing runs. Tokens in it are masked. */
  readonly runs: string | undefined;
  /** The same, as it is in the kubeconfig: its arguments can hold a secret. */
  readonly program: CredentialProgram | undefined;
  /** The file whose content would be sent as the token; undefined where none is. */
  readonly tokenFile: string | undefined;
  /** Where it leads; undefined where the entry leads nowhere. */
  readonly endpoint: ClusterEndpoint | undefined;
  /** A fingerprint of all that decides what runs or which file is read, and where what they give is sent; undefined where neither is. */
  readonly terms: string | undefined;
  /** The kubeconfig that has the context; a Pod's own ServiceAccount has none, and says so. */
  readonly file: string;
  /** Differs when the context, its cluster or its user is another in the kubeconfig. */
  readonly version: string;
}

/** A person's yes to one thing, by the fingerprint of all that it is about; what differs from it is not agreed to. */
export interface Agreement {
  readonly terms: string;
}

export interface ObjectRef {
  readonly namespace: string;
  readonly name: string;
}

export interface ServiceAccountInfo extends ObjectRef {
  readonly uid: string;
  /** metadata.creationTimestamp, in seconds since the epoch. */
  readonly created?: number | undefined;
  /** Undefined where nothing of it is set, as for most. */
  readonly settings?: ServiceAccountSettings | undefined;
}

/** What a ServiceAccount says beyond its name. */
export interface ServiceAccountSettings {
  /** automountServiceAccountToken; undefined: not set, which means true. */
  readonly automount: boolean | undefined;
  readonly imagePullSecrets: readonly string[];
  /** The names in `.secrets`: what makes a token Secret count as auto-generated, and what enforceMountable allows. */
  readonly secrets: readonly string[];
  /** Annotation kubernetes.io/enforce-mountable-secrets. */
  readonly enforcesMountable: boolean;
  /** Identities of clouds that its annotations name. */
  readonly identities: readonly { readonly cloud: 'EKS' | 'GKE' | 'Azure'; readonly identity: string }[];
}

/** A Secret of type kubernetes.io/service-account-token, known by its metadata only: no token crosses the wire. */
export interface TokenSecretInfo extends ObjectRef {
  readonly uid: string;
  /** Annotation kubernetes.io/service-account.name. */
  readonly serviceAccount: string;
  /** Annotation kubernetes.io/service-account.uid; the token controller fills it in. */
  readonly serviceAccountUid?: string | undefined;
  /** Label kubernetes.io/legacy-token-last-used, YYYY-MM-DD. */
  readonly lastUsed: string | undefined;
  /** Label kubernetes.io/legacy-token-invalid-since, YYYY-MM-DD. */
  readonly invalidSince: string | undefined;
  /** The keys that the token controller has still to fill; undefined where the metadata does not tell. */
  readonly missing?: readonly TokenSecretKey[] | undefined;
  /** metadata.creationTimestamp, in seconds since the epoch. */
  readonly created?: number | undefined;
  /** OpenShift made it for a pull Secret (`…-dockercfg-…`), which goes with it. */
  readonly isForPulls?: true;
}

export interface PodInfo extends ObjectRef {
  readonly uid: string;
  readonly serviceAccount: string;
  /** Pending, Running, Succeeded, Failed or Unknown. */
  readonly phase: string;
  /** The node it was scheduled to. */
  readonly node?: string | undefined;
  /** spec.automountServiceAccountToken; undefined: the ServiceAccount decides. */
  readonly automount?: boolean | undefined;
  /** Secrets that it names, and the folder in which a container sees one; undefined: not as a file. */
  readonly secrets?: readonly { readonly name: string; readonly folder: string | undefined }[];
  /** How the Pod gets its token: the projected volumes it mounts; empty where automount is off. */
  readonly projectedTokens: readonly {
    readonly path: string;
    readonly audience: string | undefined;
    readonly expirationSeconds: number;
  }[];
}

/** A Secret by its metadata: whose token it holds, if any, and what else is in it. */
export interface SecretInfo extends TokenSecretInfo {
  /** Annotation kubernetes.io/service-account.uid. */
  readonly serviceAccountUid: string | undefined;
  /** The keys of its data, as far as the metadata tells. */
  readonly keys: readonly string[];
}

/** That something names a Secret: a Pod by its spec, or a ServiceAccount in a list of its own. */
export interface SecretMention {
  readonly name: string;
  readonly how: 'volume' | 'env' | 'envFrom' | 'imagePullSecrets' | 'secrets';
}

/** A Pod as one who uses things that are about to be deleted. */
export interface PodUse extends ObjectRef {
  readonly uid: string;
  readonly serviceAccount: string;
  /** The controller that makes it again when it is gone, e.g. `DaemonSet mycontroller`. */
  readonly owner: string | undefined;
  /** How long its containers are given to end, in seconds. */
  readonly graceSeconds: number;
  readonly secrets: readonly SecretMention[];
}

export interface ServiceAccountUse extends ServiceAccountInfo {
  readonly secrets: readonly SecretMention[];
}

/** Who names Secrets; a `problem` where they could not all be looked at. */
export interface Uses {
  readonly pods: Listed<PodUse>;
  readonly serviceAccounts: Listed<ServiceAccountUse>;
}

/** What a kind of object looked like when it was listed; `problem` where the server did not let us see it. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly problem: string | undefined;
}

/** How Pods are looked through: page by page, of which only what is wanted is kept. */
export interface UsesOptions {
  /** Whether a Pod is wanted; each where absent. */
  readonly keeps?: ((pod: PodUse) => boolean) | undefined;
  /** Told after each page how many were looked at, and of how many in all, where the server says that. */
  readonly onPods?: ((looked: number, all: number | undefined) => void) | undefined;
}

export interface Snapshot {
  readonly serviceAccounts: readonly ServiceAccountInfo[];
  readonly tokenSecrets: Listed<TokenSecretInfo>;
}

/** Which keys the token controller has filled. */
export interface FillState {
  readonly filled: readonly TokenSecretKey[];
  readonly missing: readonly TokenSecretKey[];
  /** Why it may be taking so long, once it is longer than a working controller needs. */
  readonly hint?: string;
}
export type TokenSecretKey = 'ca.crt' | 'namespace' | 'token';

export interface RequestedToken {
  readonly token: string;
  /** Warnings the server sent with its answer, e.g. a shortened life. */
  readonly warnings: readonly string[];
}

export interface TokenRequestOptions {
  readonly expirationSeconds?: number;
  readonly audiences?: readonly string[];
  readonly boundTo?: Pick<Bindable, 'kind' | 'name' | 'uid'>;
}

/** Who the server says a credential is that it accepts. */
export interface Identity {
  /** Undefined where it does not say: SelfSubjectReview, which tells it, is served from Kubernetes 1.28 on. */
  readonly username: string | undefined;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
}

/** What a credential may do in a namespace, as SelfSubjectRulesReview tells it. */
export interface Rights {
  readonly namespace: string;
  readonly rules: readonly RightsRule[];
  /** False where an authorizer cannot list its rules: there may be more. */
  readonly isComplete: boolean;
}

export interface RightsRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  /** Empty: every name. */
  readonly resourceNames: readonly string[];
}

/** What a server says of a kubeconfig. */
export interface Proof {
  readonly identity: Identity;
  /** Undefined where the server does not tell. */
  readonly rights: Rights | undefined;
  readonly server: string;
}

/** A kubeconfig as text; `folder` resolves its relative paths. */
export interface KubeconfigDocument {
  readonly text: string;
  readonly folder: string;
  /** Its current-context where absent. */
  readonly context?: string;
  /** To the program that its user entry names, or the tokenFile; not-allowed-here is thrown where either is not agreed to. */
  readonly agreed?: Agreement | undefined;
}

/** An object that a token can be bound to. */
export interface Bindable {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
  /** What tells it from others, in words: a Pod's phase, say. */
  readonly note: string;
  /** Whether it is a Secret that was made for tokens to be bound to. */
  readonly isSentinel?: boolean;
  /** The audiences of the tokens that a Pod mounts, besides the API server's own. */
  readonly audiences?: readonly string[];
}

/** A small Secret that a token is bound to, so that deleting it ends the token. */
export interface Sentinel extends ObjectRef {
  /** The ServiceAccount whose deletion takes it along. */
  readonly serviceAccount: ServiceAccountInfo;
}

/**
 * One context's API server. Every method sends requests, takes a signal that ends them, and throws a Problem:
 * unreachable, unauthorized, forbidden, not-found, conflict, refused or cancelled.
 */
export interface Cluster {
  readonly context: ContextInfo;
  readonly endpoint: ClusterEndpoint;
  /** Lists ServiceAccounts and token Secrets (metadata only, by type). Throws only when ServiceAccounts cannot be listed. */
  snapshot(signal: AbortSignal): Promise<Snapshot>;
  /**
   * Starts following ServiceAccounts and token Secrets, and goes on until the view is disposed of. Sends nothing before
   * its `resume` is called; never throws: what goes wrong is in the view's states.
   */
  live(options?: LiveOptions): LiveView;
  /** Every ServiceAccount that may be listed, everywhere or else in the context's own namespace. */
  serviceAccounts(signal: AbortSignal): Promise<readonly ServiceAccountInfo[]>;
  /** One ServiceAccount, by its metadata. Throws `not-found` where there is none. */
  serviceAccount(
    ref: ObjectRef,
    signal: AbortSignal,
  ): Promise<ServiceAccountInfo & { readonly isTerminating: boolean }>;
  /** The token Secrets that name a ServiceAccount, by their metadata. */
  tokenSecretsOf(serviceAccount: ObjectRef, signal: AbortSignal): Promise<readonly TokenSecretInfo[]>;
  /**
   * Looks whether a token Secret would last: its ServiceAccount exists, stays, and has the uid that the manifest may
   * name; its name is free; it may be created. Throws not-found, conflict or forbidden with all that stands in the way;
   * returns, in words, what to know before it is created.
   */
  checkTokenSecret(manifest: TokenSecretManifest, signal: AbortSignal): Promise<readonly string[]>;
  /** What applying an object would do, by the server's own dry runs; nothing is changed. */
  planApply(manifest: ManifestObject, signal: AbortSignal): Promise<ApplyPlan>;
  /** Applies an object (server-side apply), or creates it. Throws `conflict` where others own its fields and `force` is not set. */
  apply(manifest: ManifestObject, options: ApplyOptions, signal: AbortSignal): Promise<AppliedObject>;
  /** Creates a token Secret from a manifest that `src/manifest` read or built. Returns its uid. Throws `conflict` where the name is taken. */
  createTokenSecret(manifest: TokenSecretManifest, signal: AbortSignal): Promise<string>;
  /**
   * Follows the token controller until it has filled the Secret, reporting what is still missing. Throws `not-found`
   * with the reason where the controller deletes the Secret (no such ServiceAccount, or another uid), and
   * `refused` where it can never be filled (immutable). Naming the ServiceAccount lets it say why a Secret was gone
   * before it could be seen.
   */
  followTokenSecret(
    ref: ObjectRef & { readonly serviceAccount?: string },
    onState: (state: FillState) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Reads the token of a token Secret: the one place where Secret data is read. Throws `not-found` where the token is not filled yet. */
  readSecretToken(ref: ObjectRef, signal: AbortSignal): Promise<string>;
  /** TokenRequest for a ServiceAccount. */
  requestToken(
    serviceAccount: ServiceAccountInfo,
    options: TokenRequestOptions,
    signal: AbortSignal,
  ): Promise<RequestedToken>;
  /** What a token of this ServiceAccount can be bound to: its own Pods, Secrets of its namespace (by their metadata), Nodes. */
  bindable(
    kind: Bindable['kind'],
    serviceAccount: ObjectRef,
    signal: AbortSignal,
  ): Promise<readonly Bindable[]>;
  /** One object that a token can be bound to. Throws `not-found` where there is none. */
  bindableNamed(kind: Bindable['kind'], ref: ObjectRef, signal: AbortSignal): Promise<Bindable>;
  /** Creates an empty, labelled Opaque Secret for tokens to be bound to. Throws `conflict` where the name is taken. */
  createSentinel(sentinel: Sentinel, signal: AbortSignal): Promise<Bindable>;
  /** Deletes exactly the Secret with this uid: a token bound to it, or held by it, ends. Throws `conflict` where another has taken the name. */
  deleteSecret(secret: ObjectRef & { readonly uid: string }, signal: AbortSignal): Promise<void>;
  /** Deletes exactly the Pod with this uid, as kubectl does: its containers are given their time. Tokens bound to it end once it is gone. */
  deletePod(pod: ObjectRef & { readonly uid: string }, signal: AbortSignal): Promise<void>;
  /** Deletes exactly the ServiceAccount with this uid: every token of it ends, and the token controller deletes its token Secrets. */
  deleteServiceAccount(
    serviceAccount: ObjectRef & { readonly uid: string },
    signal: AbortSignal,
  ): Promise<void>;
  /** One Secret by its metadata. Throws `not-found` where there is none. */
  secret(ref: ObjectRef, signal: AbortSignal): Promise<SecretInfo>;
  /** One Pod. Throws `not-found` where there is none. */
  pod(ref: ObjectRef, signal: AbortSignal): Promise<PodUse>;
  /** The server's version; undefined where it does not say. Rejects never. */
  version(signal: AbortSignal): Promise<ServerVersion | undefined>;
  /** The Pods, and the Secrets that Pods and ServiceAccounts name, in a namespace or everywhere. */
  uses(namespace: string | undefined, signal: AbortSignal, options?: UsesOptions): Promise<Uses>;
  /**
   * Sends one request and gives the answer as it is, whatever its status: for evidence, where a refusal is an
   * answer too. Throws only `unreachable`, `refused` (no readable answer), `not-allowed-here` or `cancelled`.
   */
  ask(request: ClusterRequest, signal: AbortSignal): Promise<ClusterAnswer>;
  /**
   * Gathers what can be known, with this context's rights, of why its server refuses a credential. A forbidden read
   * is a missing fact. Throws unreachable or cancelled.
   */
  gatherEvidence(credential: string, options: EvidenceOptions, signal: AbortSignal): Promise<Evidence>;
  /**
   * Whether a kubeconfig leads to this cluster: to the same destination, or to another address under the same CA where
   * both give the same signing keys and the same uid of kube-system. That address is asked with the credential that stands
   * in the kubeconfig. False where it cannot be told. Throws bad-kubeconfig, no-kubeconfig or cancelled.
   */
  isClusterOf(kubeconfig: KubeconfigInUse, signal: AbortSignal): Promise<boolean>;
  /** The terms of sending a credential to this server: of which token, and to where. */
  termsToSend(credential: string): string;
  /** The same of what a kubeconfig sends that is no token. */
  termsToShow(sent: Sent): string;
  /** Whether the keys that it publishes verify a token, which is not sent; `unknown` where they cannot be read. Throws cancelled only. */
  keysFit(token: string, signal: AbortSignal): Promise<'fits' | 'other' | 'unknown'>;
  /** Ends its connections; whatever is still being asked ends as `cancelled` or `unreachable`. */
  dispose(): void;
}

export interface EvidenceOptions {
  /** Send the token itself to this server, as agreed to (`termsToSend`): TokenReview, else SelfSubjectReview with the token alone. */
  readonly sendToken: Agreement | undefined;
  /** Read the token Secret of a legacy token, to compare in memory. */
  readonly compareSecret: boolean;
  /**
   * Request a token for the same ServiceAccount (10 minutes, dropped at once), to see the API's audiences;
   * `to-tell-why`: only where the token was sent and refused, and no TokenReview says why.
   */
  readonly requestToken: boolean | 'to-tell-why';
  /** What is known beforehand: of the kubeconfig that sends the credential, or of a token that is not kept. */
  readonly known?: Partial<Pick<Evidence, 'claims' | 'entry' | 'sent'>>;
  /**
   * The kubeconfig itself, where a client certificate stands beside its token, or it sends no token: with `sendToken` (then
   * by `termsToShow`) it is tried as it is.
   */
  readonly asSent?: KubeconfigInUse;
  /** To the credential program of that kubeconfig. */
  readonly program?: Agreement | undefined;
  /** Is given the evidence each time it has grown. */
  readonly onEvidence?: (evidence: Evidence) => void;
}

/** A kubeconfig as a client would use it: a document by itself, or files with kubectl's rules; the context, else the current one. */
export type KubeconfigInUse = (
  | {
      readonly text: string;
      /** Resolves relative paths. */
      readonly folder: string;
      /** Names it to people: a path. */
      readonly origin: string;
    }
  | KubeconfigSource
) & { readonly context?: string };

/** What a kubeconfig sends, and to whom. `credential` is the token, empty where there is none. */
export interface Sending {
  readonly credential: string;
  readonly entry: Fact<Entry>;
  readonly sent: Fact<Sent>;
}

/** A context of a kubeconfig, and the tokens that stand in its user's entry. */
export interface ContextWithTokens {
  readonly info: ContextInfo;
  readonly isCurrent: boolean;
  readonly tokens: readonly string[];
}

/** A request to the API server, authenticated as the context's user. */
export interface ClusterRequest {
  /** GET where absent. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root, each name escaped: `/api/v1/namespaces/default`. A prefix in the server's URL is added. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `application/json` where absent. */
  readonly accept?: string;
  /** What kind of patch the body is; a JSON merge patch where absent. */
  readonly contentType?: string;
}

export interface ClusterAnswer {
  readonly status: number;
  /** The parsed JSON; undefined where the body is no JSON (a gateway's page, say). */
  readonly body: unknown;
  /** What the server's clock said (header Date), in seconds since the epoch; undefined without that header. */
  readonly serverTime: number | undefined;
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[];
  /** What it calls itself (header Server), which no Kubernetes API server does. */
  readonly serverName?: string | undefined;
}

export interface TokenSecretManifest extends ObjectRef {
  readonly serviceAccount: string;
  /** The whole manifest where there is one, so that its labels and annotations are kept. */
  readonly object?: Readonly<Record<string, unknown>>;
}

/** An object of a manifest, of a kind that is scaffolded here. */
export interface ManifestObject extends ObjectRef {
  readonly kind: 'Secret' | 'ServiceAccount' | 'Role' | 'RoleBinding';
  /** The whole object as the manifest has it. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** A field that another has set, and who. */
export interface FieldConflict {
  /** As the server spells it: `.metadata.labels.team`. */
  readonly path: string;
  /** Undefined where the field is older than the server's record of that. */
  readonly manager: string | undefined;
}

/**
 * What applying would do. Objects are without managedFields, last-applied-configuration and what else the server alone
 * sets; the values of Secrets are masked before they get here.
 */
export interface ApplyPlan {
  /** As it is in the cluster; undefined where it is not there, or not to be seen. */
  readonly live: Readonly<Record<string, unknown>> | undefined;
  /** As it would be, fields of others taken over; undefined where the server refuses. */
  readonly applied: Readonly<Record<string, unknown>> | undefined;
  /** Why the server refuses. */
  readonly problem: Problem | undefined;
  readonly conflicts: readonly FieldConflict[];
  /** It can be created only, as the right to patch is missing. */
  readonly create: boolean;
  /** Whether applying would change nothing. */
  readonly isSame: boolean;
  readonly warnings: readonly string[];
}

export interface ApplyOptions {
  /** Take over the fields that others own. */
  readonly force: boolean;
  /** Create it by POST, which needs no right to patch. */
  readonly create: boolean;
}

export interface AppliedObject {
  readonly uid: string;
  readonly warnings: readonly string[];
}

/** The doors to clusters, implemented by `client.ts` and loaded on first use. */
export interface ClusterAccess {
  /** The contexts of the user's kubeconfig, by kubectl's rules (files given, else $KUBECONFIG, else ~/.kube/config). Sends nothing, runs nothing. Throws no-kubeconfig or bad-kubeconfig. */
  contexts(options: KubeconfigSource): {
    readonly contexts: readonly ContextInfo[];
    readonly current: string | undefined;
  };
  /**
   * Opens a context. A credential program (exec, auth-provider) runs and a tokenFile is sent only where the terms of what
   * is opened, read again here, are those agreed to; otherwise throws not-allowed-here.
   */
  open(
    options: KubeconfigSource & { readonly context: string; readonly agreed?: Agreement | undefined },
  ): Cluster;
  /** Asks a kubeconfig's server who it is, by SelfSubjectReview (else any request) with that document alone: no other file, no client certificate of another user. Throws unauthorized where it is refused. */
  whoAmI(document: KubeconfigDocument, signal: AbortSignal): Promise<Identity>;
  /** The same, and what it may do in a namespace (its context's own where absent). */
  prove(document: KubeconfigDocument & { readonly namespace?: string }, signal: AbortSignal): Promise<Proof>;
  /** The context of a kubeconfig document that would be used, read without sending or running anything. Throws no-kubeconfig or bad-kubeconfig. */
  describe(document: KubeconfigDocument): ContextInfo & { readonly endpoint: ClusterEndpoint };
  /** A kubeconfig of one context of a document and nothing else, for another program: what it sends is inside, or a program that is agreed to. Undefined where there can be none (an auth-provider). Sends nothing, runs nothing. Throws bad-kubeconfig, no-kubeconfig, refused or not-allowed-here. */
  alone(document: KubeconfigDocument): Promise<string | undefined>;
  /** The contexts of a kubeconfig. Sends nothing, runs nothing. Throws no-kubeconfig or bad-kubeconfig. */
  contextsOf(kubeconfig: KubeconfigInUse): readonly ContextWithTokens[];
  /** What a kubeconfig sends: reads the files it names, sends nothing. Runs its credential program only if that is agreed to. Throws bad-kubeconfig, no-kubeconfig, not-allowed-here or refused. */
  sending(kubeconfig: KubeconfigInUse, agreed?: Agreement): Promise<Sending>;
  /** Opens the cluster of a kubeconfig as nobody: without its user. Throws as `open` does. */
  openAnonymously(kubeconfig: KubeconfigInUse): Cluster;
  /** Those of the user's own contexts that lead to the same server under the same certificate authority, by another login. */
  sameServer(kubeconfig: KubeconfigInUse, own: KubeconfigSource): readonly ContextInfo[];
  /** Absolute paths of the files that a source comes from, in order of precedence. */
  filesOf(source: KubeconfigSource): readonly string[];
}

export interface KubeconfigSource {
  /** Files in order of precedence; undefined: $KUBECONFIG, else ~/.kube/config, else as `inCluster`. */
  readonly files: readonly string[] | undefined;
  /** The ServiceAccount of the Pod that this runs in, and no file. */
  readonly inCluster?: boolean;
}

export interface LiveOptions {
  /** Where to look when listing in every namespace is forbidden. The context's own namespace is always looked at. */
  readonly namespaces?: readonly string[];
  /** How long a watch may be silent before it counts as dead, in milliseconds; 130 s where absent, as a server sends a bookmark a minute. */
  readonly quietTimeout?: number;
}

/** What an API server says of itself. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  /** `v1.37.2` */
  readonly name: string;
}

/** What a live view follows; of Pods those that are asked for. */
export type LiveKind = 'serviceAccounts' | 'tokenSecrets' | 'pods';
/** What it follows besides, once access is asked for. */
export type AccessKind = 'roleBindings' | 'clusterRoleBindings' | 'roles' | 'clusterRoles';

/** A RoleBinding, or where its namespace is empty a ClusterRoleBinding, with the subjects that can be ServiceAccounts. */
export interface BindingInfo extends ObjectRef {
  readonly uid: string;
  readonly role: AccessInfo['role'];
  /** User names as RBAC compares them: `system:serviceaccount:<namespace>:<name>`. */
  readonly users: readonly string[];
  /** Groups that ServiceAccounts are in. */
  readonly groups: readonly string[];
}

/** A Role, or where its namespace is empty a ClusterRole. */
export interface RoleInfo extends ObjectRef {
  readonly uid: string;
  readonly rules: readonly PolicyRule[];
  /** Label selectors of the ClusterRoles whose rules the controller copies into this one; undefined where its rules are its own. */
  readonly aggregatedFrom?: readonly string[];
}

/** A role that a ServiceAccount has. */
export interface AccessInfo {
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  /** The RoleBinding, or where its namespace is empty the ClusterRoleBinding, that gives it. */
  readonly binding: ObjectRef;
  /** Undefined where it is given to the ServiceAccount itself; else the group, e.g. `system:serviceaccounts`. */
  readonly group: string | undefined;
}

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
