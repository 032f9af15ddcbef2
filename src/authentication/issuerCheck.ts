import type { Token } from '../token/classify.ts';
import { LEGACY_ISSUER } from '../kubernetes.ts';
import type { Evidence } from './evidence.ts';
import { judgedByOthers } from './others.ts';
import type { SignatureVerdict } from './verifySignature.ts';
import { cannotTell, exhibit, failed, passed, suspected, type Exhibit, type Finding } from './step.ts';

/** The issuers that a server is known to accept; `all`: there is no other, where its flags say so, and not discovery. */
function issuersOf({ settings, issuer }: Evidence): {
  all: boolean;
  values: readonly string[];
  shown: Exhibit[];
} {
  if (settings.known) {
    const values = settings.value.issuers;
    return { all: true, values, shown: [exhibit('issuers', values.join(', '), settings.origin)] };
  }
  return issuer.known
    ? { all: false, values: [issuer.value], shown: [exhibit('issuer', issuer.value, issuer.origin)] }
    : { all: false, values: [], shown: [] };
}

/**
 * Judges `iss`. Discovery names the first accepted issuer only, so that another one may still be accepted. A token of
 * none of them is not for the ServiceAccount authenticators, and another may accept it: a cluster can be told to trust
 * the ServiceAccounts of another.
 */
export function checkIssuer(
  evidence: Evidence,
  token: Token,
  verdict: SignatureVerdict | undefined,
): Finding {
  const { issuer, claims } = evidence;
  const claim = exhibit('iss', token.issuer, 'the token');
  if (token.issuer === LEGACY_ISSUER) return checkLegacyIssuer(evidence, token, verdict);
  if (token.issuer === undefined && claims) {
    return cannotTell('Its issuer is not kept', '', ['other-cluster', 'issuer-dropped']);
  }
  const other = 'not-a-serviceaccount-token';
  if (token.issuer === undefined) {
    return judgedByOthers(evidence, { token }, 'The token names no issuer', [other], claim);
  }
  const { values, shown } = issuersOf(evidence);
  if (values.includes(token.issuer)) return passed('It is this cluster’s issuer.', claim, ...shown);
  if (token.kind === 'other') {
    const whose = values.length > 0 ? 'The token has another issuer, and no' : 'The token has no';
    return judgedByOthers(
      evidence,
      { token },
      `${whose} claims of a ServiceAccount`,
      [other],
      claim,
      ...shown,
    );
  }
  if (values.length === 0) {
    return cannotTell(
      'The issuer that this cluster accepts is not known',
      issuer,
      ['other-cluster', 'issuer-dropped'],
      claim,
    );
  }
  return checkForeignIssuer(evidence, token, verdict);
}

/** Judges a ServiceAccount's token whose issuer is not known to be one of the server's. */
function checkForeignIssuer(
  evidence: Evidence,
  token: Token,
  verdict: SignatureVerdict | undefined,
): Finding {
  const { keys, claims } = evidence;
  const { all, shown } = issuersOf(evidence);
  const claim = exhibit('iss', token.issuer, 'the token');
  const finding = `The token has another issuer than ${all ? 'those that this cluster accepts' : 'the one this cluster names'}`;
  const kid = exhibit('kid', token.keyId, 'the token');
  const isOurKey =
    keys.known && token.keyId !== undefined && keys.value.some((key) => key['kid'] === token.keyId);
  if (verdict?.state === 'verified' || (claims && isOurKey)) {
    const ours = `${finding}, and its key is this cluster’s`;
    const seen = [claim, ...shown, kid];
    if (all)
      return judgedByOthers(
        evidence,
        { token },
        `${ours}: the issuer was dropped`,
        ['issuer-dropped'],
        ...seen,
      );
    const open = `${ours}: either it is accepted beside that one, or it was dropped`;
    return suspected(cannotTell(open, 'create tokenreviews', ['issuer-dropped'], ...seen));
  }
  const possible = ['other-cluster', 'issuer-dropped'] as const;
  const isOpen =
    verdict === undefined ||
    verdict.state === 'unusable-key' ||
    (verdict.state === 'no-key' && !verdict.isWhole);
  if (isOpen && !all) {
    const unseen = keys.known ? '' : ', and its keys are not known';
    const needs = keys.known ? 'create tokenreviews' : keys;
    return suspected(cannotTell(`${finding}${unseen}`, needs, possible, claim, ...shown, kid));
  }
  const foreign = isOpen ? finding : `${finding}. Its key is not of this cluster either`;
  return judgedByOthers(evidence, { token }, foreign, ['other-cluster'], claim, ...shown, kid);
}

/**
 * The legacy issuer is every server's, for legacy tokens. A bound token of it is also accepted where it is among the
 * server's own issuers, as on clusters that were set up for it.
 */
function checkLegacyIssuer(evidence: Evidence, token: Token, verdict: SignatureVerdict | undefined): Finding {
  const claim = exhibit('iss', token.issuer, 'the token');
  if (token.kind !== 'bound') return passed('The constant issuer of legacy tokens.', claim);
  const { all, values, shown } = issuersOf(evidence);
  if (values.includes(LEGACY_ISSUER)) return passed('It is one of this cluster’s issuers.', claim, ...shown);
  const finding =
    'A bound token of the issuer of legacy tokens is accepted where that is an issuer of the server';
  if (!all) return cannotTell(finding, 'create tokenreviews', ['issuer-dropped'], claim, ...shown);
  // Its signature is judged before its claims are.
  return verdict && verdict.state !== 'verified'
    ? passed('It is the issuer of legacy tokens, whose signature is judged first.', claim, ...shown)
    : failed('issuer-dropped', `${finding}, and it is none here.`, NO_LEGACY_CLAIMS, claim, ...shown);
}

/** What the authenticator of legacy tokens says of a bound one with its issuer, before the other judges it. */
export const NO_LEGACY_CLAIMS = 'namespace claim is missing';
