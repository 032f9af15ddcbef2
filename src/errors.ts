/** Why something a person asked for could not be done; every room throws this one, with its own reasons. */
export type Reason =
  | 'no-kubeconfig' // there is no kubeconfig, or it names no context
  | 'bad-kubeconfig' // the file was found, and cannot be used as it is
  | 'not-allowed-here' // untrusted workspace, or an exec/auth-provider that was not confirmed
  | 'unreachable' // no answer: DNS, refused, TLS, time-out
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not-found' // 404, or deleted while it was followed
  | 'conflict' // 409
  | 'busy' // 429 or 5xx: not now
  | 'refused' // any other answer that is no success
  | 'bad-input' // what the person gave cannot be used
  | 'cancelled';

/** Why a server cannot be reached, where that is known and asks for something of its own. */
export type Unreachable =
  | 'nobody-listens'
  | 'no-such-host'
  | 'wrong-certificate'
  | 'old-certificate'
  | 'other-name'
  | 'no-tls';

/** Marks a Problem of either bundle: each has its own copy of the class, which plain `instanceof` tells apart. */
const BRAND = Symbol.for('serviceAccountTokens.Problem');

/**
 * An error that is meant to be read by a person: `message` says what was found, where, and what to do, and holds no
 * token. Callers decide by `reason`, never by the message.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly [BRAND] = true;
  readonly reason: Reason;
  /** For `unreachable`. */
  readonly unreachable: Unreachable | undefined;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(
    reason: Reason,
    message: string,
    options?: ErrorOptions & { readonly unreachable?: Unreachable | undefined },
  ) {
    super(message, options);
    this.reason = reason;
    this.unreachable = options?.unreachable;
  }

  /** Whether a thrown value is a Problem, and (if asked) one with that reason. */
  static is(error: unknown, reason?: Reason): error is Problem {
    return error instanceof Problem && (reason === undefined || error.reason === reason);
  }
}

/** The code of an error of the system or of Node, as ENOENT; undefined where what was thrown has none. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** The text of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
