import type { Token } from '../token/classify.ts';
import { NOT_MINE } from './claimChecks.ts';
import type { CauseId } from './causes.ts';
import type { StepId } from './step.ts';

/** What the server's own words say: the check that failed, and why. */
export interface ServerWords {
  readonly step: StepId;
  readonly causes: readonly CauseId[];
  /** The words themselves, without the aggregate around them. */
  readonly message: string;
}

/**
 * Reads `status.error` of a TokenReview (kubernetes pkg/serviceaccount/{jwt,claims,legacy}.go). The aggregate always
 * begins with the loopback authenticator's complaint, which says nothing about the token. Returns undefined for words
 * of a server that this extension does not know.
 */
export function readServerWords(error: string, token: Token): ServerWords | undefined {
  const message = error.replace(/^\[(.*)\]$/s, '$1').replace(/^invalid bearer token, /, '');
  if (message === NOT_MINE) {
    const causes: readonly CauseId[] = [
      'other-cluster',
      'issuer-dropped',
      'not-a-serviceaccount-token',
      'truncated',
    ];
    return { step: 'issuer', causes, message };
  }
  const found = patterns.find(([pattern]) => pattern.test(message));
  if (found) return { step: found[1], causes: found[2], message };
  if (message.includes('service account token has been invalidated')) {
    return { step: 'boundObject', causes: invalidatedBy(token), message };
  }
  return undefined;
}

const patterns: readonly (readonly [RegExp, StepId, readonly CauseId[]])[] = [
  [/no keys found/, 'signature', ['other-cluster-same-issuer', 'signing-key-gone']],
  [
    /error in cryptographic primitive/,
    'signature',
    ['bad-signature', 'other-cluster-same-issuer', 'signing-key-gone'],
  ],
  [/jose.*jwt: expected|cannot unmarshal/, 'signature', ['not-a-serviceaccount-token']],
  [/token issuer .* is invalid/, 'issuer', ['other-cluster', 'issuer-dropped']],
  [/token audiences .* is invalid for the target audiences/, 'audience', ['wrong-audience']],
  [/ claim is (missing|invalid)/, 'claims', ['not-a-serviceaccount-token']],
  [/not valid yet/, 'time', ['not-yet-valid']],
  [/token has expired/, 'time', ['expired']],
  [/issued in the future/, 'time', ['not-yet-valid']],
  [/serviceaccounts? ".*" not found/, 'serviceAccount', ['serviceaccount-gone']],
  [/^service account UID/, 'serviceAccount', ['serviceaccount-recreated']],
  [/^ServiceAccount UID/, 'serviceAccount', ['legacy-serviceaccount-recreated']],
  [/^service ?account .* has been deleted/i, 'serviceAccount', ['serviceaccount-terminating']],
  [/Token has been invalidated/, 'secret', ['token-secret-gone']],
  [/does not match server's copy/, 'storedToken', ['stored-token-differs']],
  [/has been marked invalid/, 'marked', ['marked-invalid']],
  [/^pod UID/, 'boundObject', ['pod-recreated']],
  [/^secret UID/, 'boundObject', ['bound-secret-gone']],
  [/^node UID/, 'boundObject', ['node-gone']],
  [/NodeBindingValidation feature gate is disabled/, 'boundObject', ['node-binding-off']],
  [/webhook|attestation/i, 'boundObject', ['webhook-token']],
];

function invalidatedBy(token: Token): readonly CauseId[] {
  const kind = token.kind === 'bound' ? token.binding?.kind : undefined;
  if (kind === 'Secret') return ['bound-secret-gone'];
  if (kind === 'Node') return ['node-gone'];
  return ['pod-gone', 'pod-terminating'];
}
