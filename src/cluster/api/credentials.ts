import type { Entry, Evidence, Fact, Sent } from '../../authentication/evidence.ts';
import type { Agreement, KubeconfigInUse } from './contexts.ts';
import type { ObjectRef, ServiceAccountInfo, TokenSecretKey } from './objects.ts';

/** Which keys the token controller has filled. */
export interface FillState {
  readonly filled: readonly TokenSecretKey[];
  readonly missing: readonly TokenSecretKey[];
  /** Why it may be taking so long, once it is longer than a working controller needs. */
  readonly hint?: string;
}

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

/** What a kubeconfig sends, and to whom. `credential` is the token, empty where there is none. */
export interface Sending {
  readonly credential: string;
  readonly entry: Fact<Entry>;
  readonly sent: Fact<Sent>;
}
