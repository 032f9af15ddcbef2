/** What the page of an audit log is sent. Its texts may hold a stranger's words, and never a token. */
export interface AuditModel {
  readonly name: string;
  readonly tone: 'good' | 'doubt' | 'open' | 'busy';
  readonly headline: string;
  /** How far it was read; undefined: to its end. */
  readonly progress: string | undefined;
  readonly facts: readonly string[];
  /** What must be known before the file is handed on. */
  readonly warning: string | undefined;
  readonly filter: string;
  readonly accounts: readonly AccountRow[];
  /** How many more there are that fit the filter. */
  readonly more: number;
  readonly account: AccountDetails | undefined;
  readonly token: Trail | undefined;
  readonly changes: readonly Change[];
  readonly refusals: readonly Cells[];
  readonly cannotTell: readonly string[];
}

type Cells = readonly string[];

export interface AccountRow {
  /** `namespace/name`. */
  readonly account: string;
  readonly tokens: string;
  /** Whether it came with what may end. */
  readonly isOld: boolean;
  readonly requests: string;
  readonly last: string;
  readonly from: string;
}

export interface AccountDetails {
  readonly account: string;
  readonly facts: readonly string[];
  readonly places: readonly Cells[];
  readonly tokens: readonly TokenRow[];
  readonly moreTokens: number;
  /** Whether there is anything that a role could allow. */
  readonly canScaffold: boolean;
  /** Whether a cluster may be asked what it may do. */
  readonly canCompare: boolean;
  readonly actions: readonly Cells[];
}

export interface TokenRow {
  readonly jti: string;
  readonly bound: string;
  readonly used: string;
  readonly note: string;
}

/** What happened to one token. */
export interface Trail {
  /** `Token`, say, and what follows: its id, or the name of its Secret. */
  readonly kind: string;
  readonly name: string;
  readonly facts: readonly string[];
  readonly strange: string | undefined;
  readonly places: readonly Cells[];
}

/** What a change would break. */
export interface Change {
  readonly id: string;
  readonly title: string;
  /** How many it would break, in words. */
  readonly count: string;
  readonly note: string;
  readonly rows: readonly Cells[];
}

export interface AuditMessage {
  readonly view: 'audit';
  readonly model: AuditModel;
}

/** What the page asks of its host. */
export type AuditPageRequest =
  | { readonly type: 'ready' | 'stop' | 'again' }
  | { readonly type: 'filter'; readonly text: string }
  | { readonly type: 'account'; readonly account: string }
  | { readonly type: 'token'; readonly jti: string }
  | { readonly type: 'role' | 'access'; readonly account: string };
