/** What is told of an audit log: names, times and numbers, which can be handed from one thread to another. */

/** Some requests: how many, the first and the last, in seconds since the epoch. */
export interface Span {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

/**
 * What a ServiceAccount came with. `legacy`: the token of a Secret; `stale`: a bound one that would have ended with
 * one-hour lives; `bound`: one that has its id told; `untold`: the log says nothing of it.
 */
export type CredentialKind = 'legacy' | 'stale' | 'bound' | 'untold';
export const credentialKinds = ['legacy', 'stale', 'bound', 'untold'] as const;

/** From where and by what requests came. */
export interface Place extends Span {
  readonly address: string;
  /** What was claimed of where it came from before that, which anybody can write. */
  readonly forwarded: string;
  readonly agent: string;
  readonly pod: string;
  readonly node: string;
}

/** A thing that was done, as the server's authorizer was asked about it. */
export interface ActionUse extends Span {
  readonly verb: string;
  readonly group: string;
  /** With its subresource; empty: `path` is what it was about. */
  readonly resource: string;
  readonly namespace: string;
  readonly path: string;
  /** The objects' names, as they stood in the request; undefined: too many, or one without a name. */
  readonly names: readonly string[] | undefined;
  /** What allowed it, in the server's words, as far as it was noted. */
  readonly allowedBy: readonly string[];
}

/** A Secret whose legacy token was used. */
export interface SecretUse extends Span {
  readonly name: string;
  /** Whether it is listed at its ServiceAccount, as those are that Kubernetes made by itself. */
  readonly isListed: boolean;
  readonly places: readonly Place[];
}

export interface AccountUse extends Span {
  readonly namespace: string;
  readonly name: string;
  /** Of the ServiceAccount that was seen last under this name; empty: not told. */
  readonly uid: string;
  readonly byKind: Readonly<Record<CredentialKind, Span | undefined>>;
  readonly places: readonly Place[];
  /** How many requests came from places beyond those. */
  readonly elsewhere: number;
  readonly secrets: readonly SecretUse[];
  /** When the first of its stale tokens would have ended with a life of an hour, in seconds since the epoch. */
  readonly staleSince: number | undefined;
  /** How many requests were refused with 403. */
  readonly refused: number;
  /** How many requests it sent as somebody else, and how many others sent as it. */
  readonly actedAs: number;
  readonly actedAsIt: number;
  readonly actions: readonly ActionUse[];
  /** Whether there are more actions than those. */
  readonly hasMoreActions: boolean;
}

export interface Issue {
  readonly at: number;
  readonly by: string;
  readonly address: string;
  readonly agent: string;
  /** `Pod x`, where the request's body is logged. */
  readonly boundTo: string | undefined;
  /** In seconds, as it was asked for. */
  readonly life: number | undefined;
}

/** One token's trail, by its JWT id. */
export interface TokenUse {
  readonly jti: string;
  /** `namespace/name`. */
  readonly account: string;
  /** Whether some of its use may be left out, as there were too many tokens. */
  readonly isPart: boolean;
  readonly issued: Issue | undefined;
  readonly used: Span | undefined;
  readonly pod: string | undefined;
  readonly podUid: string | undefined;
  readonly node: string | undefined;
  readonly places: readonly Place[];
  /** How many requests came from places beyond those. */
  readonly elsewhere: number;
  /** When it would have ended with a life of an hour, in seconds since the epoch. */
  readonly staleSince: number | undefined;
  /** Addresses that neither its Pod's node nor the rest of its Pod's requests have. */
  readonly strange: readonly string[];
}

/** Requests that were refused alike. */
export interface Refusal extends Span {
  readonly code: number;
  /** `namespace/name`, a user's name, or empty where nobody was recognized. */
  readonly who: string;
  /** Why, as far as it is noted. */
  readonly why: string;
  readonly places: readonly Place[];
  readonly elsewhere: number;
}

export interface BrokenLine {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface FileRead {
  readonly name: string;
  /** Read of it, and how large it is, in bytes as they are on the disk. */
  readonly read: number;
  readonly size: number;
  readonly events: number;
  /** Why it was not read to its end. */
  readonly problem: string | undefined;
}

export interface AuditSummary {
  readonly files: readonly FileRead[];
  /** Requests, each counted once whatever stages of it are logged. */
  readonly requests: Span;
  /** Requests by ServiceAccounts. */
  readonly byAccounts: number;
  readonly lines: number;
  readonly broken: number;
  readonly firstBroken: readonly BrokenLine[];
  /** Whole lines or records that are no audit event. */
  readonly others: number;
  readonly levels: readonly string[];
  readonly accounts: readonly AccountUse[];
  readonly tokens: readonly TokenUse[];
  readonly refusals: readonly Refusal[];
  /** How many requests were of accounts, tokens, refusals and Secrets beyond those that are kept. */
  readonly leftOut: {
    readonly accounts: number;
    readonly tokens: number;
    readonly refusals: number;
    readonly secrets: number;
  };
  /** How many answers hold a token, as TokenRequests are logged with bodies. */
  readonly answersWithToken: number;
  /** Whether any event tells a token's id, as Kubernetes does from 1.30 on. */
  readonly hasTokenIds: boolean;
}
