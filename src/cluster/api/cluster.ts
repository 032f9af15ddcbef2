import type { Evidence, Sent } from '../../authentication/evidence.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import type {
  Agreement,
  ContextInfo,
  ContextWithTokens,
  KubeconfigDocument,
  KubeconfigInUse,
  KubeconfigSource,
} from './contexts.ts';
import type {
  Bindable,
  EvidenceOptions,
  FillState,
  Identity,
  Proof,
  RequestedToken,
  Sending,
  Sentinel,
  TokenRequestOptions,
} from './credentials.ts';
import type { LiveOptions, LiveView } from './live.ts';
import type {
  AppliedObject,
  ApplyOptions,
  ApplyPlan,
  ManifestObject,
  ObjectRef,
  PodUse,
  SecretInfo,
  ServerVersion,
  ServiceAccountInfo,
  Snapshot,
  TokenSecretInfo,
  TokenSecretManifest,
  Uses,
  UsesOptions,
} from './objects.ts';

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
