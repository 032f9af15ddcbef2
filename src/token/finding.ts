import type { DecodedToken } from './decode.ts';

/** How a token stands in a text: as it is, or in base64 once (a Secret's `data.token`) or twice. */
export type Encoding = 'raw' | 'base64' | 'base64-twice';

/** Where a finding stands: `start` and `end` are UTF-16 offsets, `end` exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly encoding: Encoding;
  /** Whether it is broken over several lines in the text. */
  readonly wrapped: boolean;
  /** Whether what is base64-encoded is more than the token, as a whole kubeconfig: it shares its outermost characters then. */
  readonly isWithin?: true;
  /** The JWT itself, decoded from base64 and put together from its lines. */
  readonly token: string;
}

/** A signed JWT. */
export interface FoundToken extends Place {
  readonly kind: 'jws';
  readonly decoded: DecodedToken;
}

/** An encrypted JWT: what it claims can be read by the holder of the key alone. */
export interface FoundJwe extends Place {
  readonly kind: 'jwe';
}

/** What begins like a JWT, with a header that names its algorithm, and is none: cut short, or damaged. */
export interface FoundFragment extends Place {
  readonly kind: 'fragment';
}

export type Finding = FoundToken | FoundJwe | FoundFragment;

/**
 * No token of the field is longer; what is longer, as it stands in the text, is not taken for one. In UTF-16 units.
 */
export const MAX_LENGTH = 64 * 1024;

/** The first signed JWT of some findings. */
export function firstToken(findings: Iterable<Finding>): FoundToken | undefined {
  for (const found of findings) if (found.kind === 'jws') return found;
  return undefined;
}

/** Those of some findings, given in the order of their text, that touch what is between two UTF-16 offsets. */
export function findingsBetween(findings: readonly Finding[], from: number, to: number): readonly Finding[] {
  let first = 0;
  for (let high = findings.length; first < high;) {
    const middle = (first + high) >> 1;
    if ((findings[middle]?.end ?? 0) < from) first = middle + 1;
    else high = middle;
  }
  let last = first;
  while ((findings[last]?.start ?? to + 1) <= to) last++;
  return findings.slice(first, last);
}
