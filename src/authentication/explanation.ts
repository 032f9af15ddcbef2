import type { Token } from '../token/classify.ts';
import type { DecodedToken } from '../token/decode.ts';
import type { Cause } from './causes.ts';
import type { Step } from './step.ts';

/** Why a server refuses a token, or what is known of it. Texts may hold a stranger's words, and never the token. */
export interface Explanation {
  /** What the token says it is, where it can be decoded at all. */
  readonly token: Token | undefined;
  readonly decoded: DecodedToken | undefined;
  readonly outcome: 'accepted' | 'refused' | 'cannot-tell';
  /** Whether a server can be asked about it: what cannot be sent as it is, and what is never sent, is sent nowhere. */
  readonly canBeAsked: boolean;
  readonly headline: string;
  /** The server's checks, in its own order. */
  readonly steps: readonly Step[];
  /**
   * For a refusal its cause first; then whatever else is still possible, likeliest first. For an accepted token what
   * could still make its client unauthorized.
   */
  readonly causes: readonly Cause[];
  /** Who the server takes an accepted token's bearer for; of any other token, whom it would. */
  readonly user: User | undefined;
}

export interface User {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, string>>;
}
