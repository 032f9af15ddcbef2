import type { Token } from './classify.ts';
import { EKS, providerOfIssuer } from './foreign.ts';

/** When a token's time is over, and whose rule that is where its own `exp` says otherwise. */
export interface End {
  /** Seconds since the epoch. */
  readonly at: number;
  /** "Amazon EKS refuses it 90 days after it was issued"; undefined: `exp` says so. */
  readonly rule: string | undefined;
}

/** What an extended token lives on Amazon EKS, in seconds (Amazon EKS user guide, "Grant Kubernetes workloads access to AWS": 90 days). */
const EKS_EXTENDED = 90 * 86_400;

/**
 * When a token's time is over: what its `exp` says, or earlier where its provider has a rule of its own. Undefined: never.
 * Amazon EKS refuses an extended token (`warnafter`) 90 days after `iat`, though `exp` may say a year.
 */
export function endOf(token: Token): End | undefined {
  const { expires, issuedAt, issuer } = token;
  if (expires === undefined) return undefined;
  const isExtended = token.kind === 'bound' && token.warnAfter !== undefined;
  if (isExtended && issuedAt !== undefined && issuedAt + EKS_EXTENDED < expires) {
    if (providerOfIssuer(issuer) === EKS) {
      return { at: issuedAt + EKS_EXTENDED, rule: 'Amazon EKS refuses it 90 days after it was issued' };
    }
  }
  return { at: expires, rule: undefined };
}

/** Whether a token Secret that is made again under its name gets the very same token: RSA's signatures are not random, as ECDSA's are. */
export function comesBackUnderItsName({ algorithm }: Pick<Token, 'algorithm'>): boolean {
  return algorithm?.startsWith('ES') !== true;
}
