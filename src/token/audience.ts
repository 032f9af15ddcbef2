import type { Token } from './classify.ts';
import { partyOfAudience } from './foreign.ts';

/**
 * Whether an audience is one of those that API servers usually have: their issuer (a URL, by default within the cluster),
 * `api` of old Istio and minikube set-ups, `unknown` of RKE1, or the name of a distribution.
 */
export function isForTheApi(audience: string): boolean {
  return (
    partyOfAudience(audience) === undefined &&
    /^(?:https:\/\/|kubernetes\b|(?:api|unknown|k3s|rke2?)$)/.test(audience)
  );
}

/** Whom a ServiceAccount's token is for where none of its audiences looks like an API server's; undefined: for one, or anybody. */
export function forOthers(token: Token): string | undefined {
  const { audiences, issuer } = token;
  if (token.kind === 'other' || audiences.length === 0) return undefined;
  if (audiences.some((audience) => audience === issuer || isForTheApi(audience))) return undefined;
  return audiences.join(', ');
}
