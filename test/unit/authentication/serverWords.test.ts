import { describe, expect, it } from 'vitest';
import { readServerWords } from '../../../src/authentication/serverWords.ts';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';

const token = (claims: object, header: object = { alg: 'RS256', kid: 'k' }): Token =>
  classifyToken({ header: header as Record<string, unknown>, claims: claims as Record<string, unknown> });
const bound = token(boundClaims({ pod: { name: 'p', uid: 'u' } }));
const legacy = token(legacyClaims());
const foreign = token({ iss: 'https://accounts.example.com' });

describe('the words of a server', () => {
  it.each<[minor: number | undefined, error: string, step: string, causes: readonly string[]]>([
    [37, 'invalid signature, no keys found', 'signature', ['other-cluster-same-issuer', 'signing-key-gone']],
    // Up to 1.30 a wrong cluster, a rotated key and a changed signature read the same.
    [
      28,
      'square/go-jose: error in cryptographic primitive',
      'signature',
      ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
    ],
    [32, 'square/go-jose: error in cryptographic primitive', 'signature', ['bad-signature']],
    [undefined, 'go-jose/go-jose: error in cryptographic primitive', 'signature', ['bad-signature']],
    [
      undefined,
      'square/go-jose: error in cryptographic primitive',
      'signature',
      ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
    ],
    [
      24,
      'square/go-jose: error in cryptographic primitive, square/go-jose: unsupported key type/format',
      'signature',
      ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
    ],
    [37, 'go-jose/go-jose: unknown/unsupported algorithm', 'signature', ['bad-signature']],
    [
      28,
      'square/go-jose/jwt: expected number value to unmarshal NumericDate',
      'signature',
      ['not-a-serviceaccount-token'],
    ],
    [27, 'service account token is issued in the future', 'time', ['not-yet-valid']],
    [37, String.raw`token issuer "a \", b" is invalid`, 'issuer', ['other-cluster', 'issuer-dropped']],
    [37, 'sub claim is missing', 'claims', ['not-a-serviceaccount-token']],
    [37, 'service account token is not valid yet', 'time', ['not-yet-valid']],
    [37, 'service account token has expired', 'time', ['expired']],
    [37, 'serviceaccounts "a" not found', 'serviceAccount', ['serviceaccount-gone']],
    [37, 'service account ci/a has been deleted', 'serviceAccount', ['serviceaccount-terminating']],
    [37, 'Token has been invalidated', 'secret', ['token-secret-gone']],
    [37, "Token does not match server's copy", 'storedToken', ['stored-token-differs']],
    [37, 'service account token has been invalidated', 'boundObject', ['pod-gone', 'pod-terminating']],
    [37, 'pod UID (a) does not match service account pod ref claim (b)', 'boundObject', ['pod-recreated']],
    [
      37,
      'secret UID (a) does not match service account secret ref claim (b)',
      'boundObject',
      ['bound-secret-gone'],
    ],
    [37, 'node UID (a) does not match service account node ref claim (b)', 'boundObject', ['node-gone']],
  ])('of version %s, "%s", are about %s', (minor, error, step, causes) => {
    const said = readServerWords(`[invalid bearer token, ${error}]`, bound, minor);
    expect(said).toMatchObject({ step, causes, isNotMine: false });
  });

  it.each<[object, readonly string[]]>([
    [{ secret: { name: 's', uid: 'u' } }, ['bound-secret-gone']],
    [{ node: { name: 'n', uid: 'u' } }, ['node-gone']],
    [{ pod: { name: 'p', uid: 'u' }, node: { name: 'n', uid: 'u' } }, ['pod-gone', 'pod-terminating']],
    [{}, ['pod-gone', 'pod-terminating']],
  ])('are about what the token is bound to where they do not name it: %j', (to, causes) => {
    const error = '[invalid bearer token, service account token has been invalidated]';
    expect(readServerWords(error, token(boundClaims(to)), 37)).toMatchObject({ step: 'boundObject', causes });
  });

  it('are those of an aggregate where brackets stand around all of them, and no others', () => {
    const [issuer, expired] = ['token issuer "a" is invalid', 'service account token has expired'];
    expect(readServerWords(`${issuer}, [${expired}]`, bound, 37)?.message).toBe(issuer);
    expect(readServerWords(`[${issuer}], ${expired}`, legacy, 37)?.message).toBe(expired);
    expect(readServerWords(`[invalid bearer token, oidc: a\nb, ${expired}]`, bound, 37)?.message).toBe(
      expired,
    );
  });

  it('are read for 8,000 characters, and no further', () => {
    const after = (length: number): string =>
      `${'oidc: '.padEnd(length, 'x')}, service account token has expired`;
    expect(readServerWords(after(7000), bound, 37)?.step).toBe('time');
    expect(readServerWords(after(8000), bound, 37)?.step).toBe('issuer');
  });

  it('leave every cause open of a token without a key id, whose keys are all tried', () => {
    const old = token(legacyClaims(), { alg: 'RS256' });
    const said = readServerWords(
      '[invalid bearer token, go-jose/go-jose: error in cryptographic primitive]',
      old,
      37,
    );
    expect(said?.causes).toEqual(['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature']);
  });

  it.each([
    ['[invalid bearer token, service account UID (a) does not match claim (b), unknown]'],
    ['[unknown, invalid bearer token, service account UID (a) does not match claim (b)]'],
    ['[service account UID (a) does not match claim (b), invalid bearer token, Unauthorized]'],
    [
      '[invalid bearer token, secretName claim is missing, service account UID (a) does not match claim (b), oidc: verify token: failed to verify signature: no keys, sorry, unknown]',
    ],
    ['service account UID (a) does not match claim (b)'],
  ])('are found among those of others, in any order and number: %s', (error) => {
    expect(readServerWords(error, bound, 37)).toEqual({
      step: 'serviceAccount',
      causes: ['serviceaccount-recreated'],
      message: 'service account UID (a) does not match claim (b)',
      isNotMine: false,
    });
  });

  it('keep their own commas', () => {
    const marked =
      "the token in secret ci/s for service account ci/d has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token";
    for (const [message, of] of [
      ['invalid signature, no keys found', bound],
      ['token audiences ["a, b" "c"] is invalid for the target audiences ["d"]', bound],
      ['feature gate "APIServerWebhookAuthenticationToken" is disabled, but token is webhook bound', bound],
      [marked, legacy],
    ] as const) {
      expect(readServerWords(`[invalid bearer token, ${message}, unknown]`, of, 37)?.message).toBe(message);
    }
    expect(readServerWords(marked, legacy, 37)).toMatchObject({ step: 'marked', causes: ['marked-invalid'] });
  });

  it('are never those that a token puts into them', () => {
    const audiences = String.raw`["x, service account token has expired" "\", Token has been invalidated, \""]`;
    const said = readServerWords(
      `[invalid bearer token, token audiences ${audiences} is invalid for the target audiences ["api"]]`,
      bound,
      37,
    );
    expect(said?.step).toBe('audience');
    const provider = `[invalid bearer token, oidc: expected audience in ["a"] got ${audiences}]`;
    expect(readServerWords(provider, foreign, 37)).toMatchObject({ step: 'issuer', isNotMine: true });
  });

  it('say that a provider took the token for its own, which is then no ServiceAccount token', () => {
    const error =
      '[invalid bearer token, oidc: verify token: oidc: token is expired (Token Expiry: 2026-01-01)]';
    expect(readServerWords(error, foreign, 37)).toEqual({
      step: 'issuer',
      causes: ['not-a-serviceaccount-token'],
      message: 'invalid bearer token, oidc: verify token: oidc: token is expired (Token Expiry: 2026-01-01)',
      isNotMine: true,
    });
  });

  it('say no more than that it is nobody’s where a webhook does not know it either', () => {
    expect(readServerWords('[invalid bearer token, unknown]', bound, 37)).toMatchObject({
      step: 'issuer',
      causes: ['other-cluster', 'issuer-dropped', 'not-a-serviceaccount-token', 'truncated'],
      isNotMine: true,
    });
  });

  it('are not guessed at where they are new', () => {
    expect(readServerWords('[invalid bearer token, out of cheese]', bound, 37)).toBeUndefined();
    expect(
      readServerWords('[invalid bearer token, Token has been invalidated by me]', legacy, 37),
    ).toBeUndefined();
  });
});
