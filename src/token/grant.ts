import { EXTENDED_SECONDS } from '../kubernetes.ts';
import { classifyToken } from './classify.ts';
import { decodeToken } from './decode.ts';
import { durationInWords } from './duration.ts';

/** What a TokenRequest gave, beside what was asked for. */
export interface Grant {
  /** `unknown`: the token has no times that could be read. */
  readonly is: 'as-asked' | 'shortened' | 'extended' | 'unknown';
  /** Seconds from `iat` to `exp`. */
  readonly seconds: number | undefined;
  /** Asked and granted, in a sentence. */
  readonly text: string;
}

/** Two clocks of one server, read one after the other. In seconds. */
const SLACK = 2;

/**
 * Holds what was granted against what was asked for. Read from the token's own `exp` and `iat`: no clock of this machine
 * is in it, and `status.expirationTimestamp` does not tell of the extension.
 */
export function grantOf(token: string, requestedSeconds: number): Grant {
  const decoded = decodeToken(token);
  const claims = decoded && classifyToken(decoded);
  if (!claims || claims.expires === undefined || claims.issuedAt === undefined) {
    return { is: 'unknown', seconds: undefined, text: 'How long it lives, it does not say.' };
  }
  const seconds = claims.expires - claims.issuedAt;
  const asked = durationInWords(requestedSeconds);
  const granted = durationInWords(seconds);
  if (Math.abs(seconds - requestedSeconds) <= SLACK) {
    return { is: 'as-asked', seconds, text: `Granted as asked for: ${asked}.` };
  }
  if (seconds < requestedSeconds) {
    const why = 'the server caps it (--service-account-max-token-expiration)';
    return { is: 'shortened', seconds, text: `Asked for ${asked}, granted ${granted}: ${why}.` };
  }
  const warnAfter = claims.kind === 'bound' ? claims.warnAfter : undefined;
  const stale =
    warnAfter === undefined
      ? ''
      : `, and counts its use as stale after ${durationInWords(warnAfter - claims.issuedAt)}`;
  const why = `a Pod-bound token of exactly ${EXTENDED_SECONDS} s for the server’s own audience is extended`;
  return { is: 'extended', seconds, text: `Asked for ${asked}, granted ${granted}: ${why}${stale}.` };
}
