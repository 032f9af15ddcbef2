import type { Certificate } from '../kubeconfig/certificate.ts';
import type { DecodedToken } from '../token/decode.ts';
import { since } from '../versions.ts';

/** One thing that was found out, or why it was not. `origin` says where from, e.g. "GET /openid/v1/jwks". */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly origin: string }
  /** `needs`: the right that would tell, e.g. "get pods in kube-system"; undefined where nobody asked yet. */
  | { readonly known: false; readonly why: string; readonly needs: string | undefined };

/** Metadata of a live object; `undefined` in a Fact means that the server said 404. */
export interface LiveObject {
  readonly uid: string;
  /** Seconds since the epoch. */
  readonly creationTimestamp: number | undefined;
  /** Seconds since the epoch; a Pod that shuts down gracefully has one in the future. */
  readonly deletionTimestamp: number | undefined;
  /** Label kubernetes.io/legacy-token-invalid-since of a token Secret. */
  readonly invalidSince: string | undefined;
}

/** `data.token` of a Secret, beside a token; what is empty and immutable is never filled. */
export type StoredToken = 'same' | 'different' | 'empty' | 'empty and immutable';

/** What a server asks after its checks of ServiceAccount tokens (kubernetes pkg/kubeapiserver/authenticator/config.go). */
export type OtherAuthenticator =
  | 'token file'
  | 'bootstrap tokens'
  | 'OpenID provider'
  | 'structured authentication'
  | 'webhook';

/** How a server was told to judge who asks, by its own flags. */
export interface ServerSettings {
  /** Each issuer whose ServiceAccount tokens it accepts, the one that it issues them with first. */
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  /** Whether it looks up a legacy token's Secret and ServiceAccount (--service-account-lookup). */
  readonly looksUpLegacy: boolean;
  readonly others: readonly OtherAuthenticator[];
  /** The issuer of the OpenID provider that its flags name. */
  readonly openIdIssuer: string | undefined;
}

/** What TokenReview said. */
export interface Review {
  readonly authenticated: boolean;
  readonly username: string | undefined;
  /** `status.error`, e.g. "[invalid bearer token, service account token has expired]". */
  readonly error: string | undefined;
}

/** The entries of a kubeconfig that take effect, by kubectl's rules. */
export interface Entry {
  readonly context: string;
  readonly cluster: string;
  readonly server: string;
  readonly user: string;
  /** Why no request can be made with it, or none with a credential; undefined where it leads somewhere. */
  readonly problem: string | undefined;
  /** Entries of the same names that do not count, as another file comes first. */
  readonly shadowed: readonly string[];
}

/** What the client that got `Unauthorized` sends, where its kubeconfig is known. */
export interface Sent {
  /** `basic` is a user name with a password, `nothing` makes the request anonymous. */
  readonly kind: 'token' | 'certificate' | 'basic' | 'nothing';
  /** Where the credential comes from, e.g. `user "ci", field tokenFile`. */
  readonly source: string;
  /** Whether that is the token being explained: undefined where it could not be read. */
  readonly isThisToken: boolean | undefined;
  readonly hasClientCertificate: boolean;
  /** The one that is sent, alone or beside a token; undefined where there is none, or it cannot be read. */
  readonly certificate?: Certificate | undefined;
  /** Whether the kubeconfig's certificate-authority has signed it; undefined where it has none. */
  readonly isOfClusterAuthority?: boolean | undefined;
  /** Credentials of the same user that are not sent, and why. */
  readonly passedOver: readonly string[];
}

/**
 * All that can be known about why a server refuses a token. Each piece may be missing, and a check whose piece is
 * missing never passes. Times are seconds since the epoch.
 */
export interface Evidence {
  /** The credential as it stands in its file: what is wrong around the token matters. Never repeated in a result. */
  readonly credential: string;
  /** What it says, where the token itself is not kept: then `credential` is empty, and its signature cannot be seen. */
  readonly claims: DecodedToken | undefined;
  /** Both undefined where a token was given without the kubeconfig that sends it. */
  readonly entry: Fact<Entry> | undefined;
  readonly sent: Fact<Sent> | undefined;
  /** The server's clock, and `measuredAt`, this machine's clock at the same moment. */
  readonly serverTime: Fact<{ readonly time: number; readonly measuredAt: number }>;
  /** `issuer` of /.well-known/openid-configuration: the first of those that the server accepts. */
  readonly issuer: Fact<string>;
  /** The members of /openid/v1/jwks. */
  readonly keys: Fact<readonly Readonly<Record<string, unknown>>[]>;
  readonly apiAudiences: Fact<readonly string[]>;
  /** By /flagz, which servers have from a version on (src/versions.ts). */
  readonly settings: Fact<ServerSettings>;
  /** The minor version of the server, e.g. 37. */
  readonly minorVersion: Fact<number>;
  /** What the server calls its release, e.g. "v1.37.2" or "v1.30.4-eks-a737599". */
  readonly release: Fact<string>;
  readonly serviceAccount: Fact<LiveObject | undefined>;
  /** The Pod, Secret or Node that the token is bound to; for a legacy token its Secret. */
  readonly boundObject: Fact<LiveObject | undefined>;
  /** How a legacy token compares with `data.token` of its Secret, byte by byte. */
  readonly storedToken: Fact<StoredToken>;
  /** TokenReview by the person's own rights. */
  readonly review: Fact<Review>;
  /** Whom the server takes the token alone for: the user name, UNNAMED where it accepts it and does not say, or undefined for 401. */
  readonly whoAmI: Fact<string | undefined>;
  /** The same with all that the kubeconfig sends, a client certificate beside the token included. */
  readonly whoAmIAsSent: Fact<string | undefined>;
  /** Whether an authority that the server accepts clients of has signed the client certificate. */
  readonly clientAuthority: Fact<boolean>;
  /** What answered 401 or 403 and is no API server, e.g. "nginx"; undefined where the API server itself answered. */
  readonly gateway: Fact<string | undefined>;
}

/** Stands for the name of a user whom a server accepts and does not name. No user has this name (k8s.io/apiserver authentication). */
export const UNNAMED = '';

/** Whom a server takes a request for that carries no credential, or none that it sees (k8s.io/apiserver pkg/authentication/user). */
export const ANONYMOUS = 'system:anonymous';

/** What the server itself was heard to say of the token; undefined where it was not asked about it. */
export function serversVerdict({
  review,
  whoAmI,
}: Pick<Evidence, 'review' | 'whoAmI'>): 'accepted' | 'refused' | undefined {
  // A token that begins with a space passes as "no token": anonymous is no acceptance.
  const isSomebody = (name: string | undefined): boolean => name !== ANONYMOUS;
  if (review.known) {
    const { authenticated, username } = review.value;
    return authenticated && isSomebody(username) ? 'accepted' : 'refused';
  }
  if (!whoAmI.known) return undefined;
  return whoAmI.value !== undefined && isSomebody(whoAmI.value) ? 'accepted' : 'refused';
}

/** Whether no server was heard at all. */
export function isOffline({ serverTime, gateway }: Pick<Evidence, 'serverTime' | 'gateway'>): boolean {
  return !serverTime.known && !gateway.known;
}

/** A user's name in words. */
export function userInWords(name: string | undefined): string | undefined {
  return name === UNNAMED
    ? `accepted; who it is, the server does not say before ${since('serves SelfSubjectReview')}`
    : name;
}

/** The server's minor version, where it is known. */
export function minorOf({ minorVersion }: Pick<Evidence, 'minorVersion'>): number | undefined {
  return minorVersion.known ? minorVersion.value : undefined;
}

export function known<T>(value: T, origin: string): Fact<T> {
  return { known: true, value, origin };
}

export function unknown(why: string, needs?: string): Fact<never> {
  return { known: false, why, needs };
}

/** Evidence of a credential alone, without having asked anybody; or of what a token said that is not kept. */
export function offlineEvidence(
  credential: string,
  more: Partial<Pick<Evidence, 'claims' | 'entry' | 'sent'>> = {},
): Evidence {
  const notAsked = unknown('the cluster was not asked');
  return {
    credential,
    claims: undefined,
    entry: undefined,
    sent: undefined,
    serverTime: notAsked,
    issuer: notAsked,
    keys: notAsked,
    apiAudiences: notAsked,
    settings: notAsked,
    minorVersion: notAsked,
    release: notAsked,
    serviceAccount: notAsked,
    boundObject: notAsked,
    storedToken: notAsked,
    review: notAsked,
    whoAmI: notAsked,
    whoAmIAsSent: notAsked,
    clientAuthority: notAsked,
    gateway: notAsked,
    ...more,
  };
}
