import { expect, it } from 'vitest';
import { known, unknown } from '../../../src/authentication/evidence.ts';
import {
  bound,
  keyId,
  live,
  podBound,
  publicJwk,
  seen,
  signed,
  stranger,
} from '../../support/texts/evidence.ts';
import { JWKS, kept, noKeys, of, told, type Row } from '../../support/texts/told.ts';
import { boundClaims } from '../../support/tokens.ts';

const good = podBound();
const foreignKey = signed(boundClaims(), { kid: 'x' }, stranger.privateKey);
const named = known([{ ...publicJwk, kid: 'named' }], JWKS);
const unusable = known([{ ...publicJwk, n: '*' }], JWKS);

it.each<Row>([
  [
    'fits',
    good,
    {},
    'passed: The signature fits a key of this cluster.',
    {},
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'fits the first of two keys',
    good,
    { keys: known([publicJwk, { ...publicJwk, kid: 'b' }], JWKS) },
    'passed: The signature fits a key of this cluster.',
    {},
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId}, b (GET /openid/v1/jwks)`],
  ],
  [
    'fits, of a token whose audience is no text',
    bound({}, { aud: [1] }),
    {},
    'failed: The signature fits, but the claim aud is not of the type that the server wants.',
    {
      causes: ['not-a-serviceaccount-token'],
      serverMessage: 'go-jose/go-jose/jwt: expected string or array value to unmarshal to Audience',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'fits, of a token whose audience is null',
    bound({}, { aud: null }),
    {},
    'passed: The signature fits a key of this cluster.',
    {},
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'fits, of a token whose end is no number',
    bound({}, { exp: '1' }),
    {},
    'failed: The signature fits, but the claim exp is not of the type that the server wants.',
    {
      causes: ['not-a-serviceaccount-token'],
      serverMessage: 'go-jose/go-jose/jwt: expected number value to unmarshal NumericDate',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'fits, of a token whose beginning is no number, for an old server',
    bound({}, { nbf: '1' }),
    of(32),
    'failed: The signature fits, but the claim nbf is not of the type that the server wants.',
    {
      causes: ['not-a-serviceaccount-token'],
      serverMessage: 'square/go-jose/jwt: expected number value to unmarshal NumericDate',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'fits, of a token that was issued at no number',
    bound({}, { iat: null }),
    {},
    'failed: The signature fits, but the claim iat is not of the type that the server wants.',
    {
      causes: ['not-a-serviceaccount-token'],
      serverMessage: 'go-jose/go-jose/jwt: expected number value to unmarshal NumericDate',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is to be verified by keys that are not known',
    good,
    noKeys,
    'cannot-tell: The keys of this cluster are not known (forbidden to you).',
    {
      causes: ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
      needs: 'get /openid/v1/jwks',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)'],
  ],
  [
    'is not kept, of a key that is here',
    '',
    kept(boundClaims(), { kid: keyId, alg: 'RS256' }),
    'cannot-tell: The cluster has a key of that id; the signature is not kept.',
    { causes: ['bad-signature'] },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is not kept, of a key that is not here',
    '',
    kept(boundClaims(), { kid: 'x', alg: 'RS256' }),
    'cannot-tell: The cluster publishes no key of that id; the signature is not kept.',
    { causes: ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'], isSuspect: true },
    ['kid: x (the token)', 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is not kept, of a key that has no name',
    '',
    kept(boundClaims()),
    'cannot-tell: Neither its key id nor its signature is kept.',
    { causes: ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'] },
    ['alg: none (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'does not fit',
    signed(boundClaims(), {}, stranger.privateKey),
    {},
    'failed: The signature does not fit: the token was changed, cut or forged.',
    { causes: ['bad-signature'], serverMessage: 'go-jose/go-jose: error in cryptographic primitive' },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'does not fit, for an old server',
    signed(boundClaims(), {}, stranger.privateKey),
    of(32),
    'failed: The signature does not fit: the token was changed, cut or forged.',
    { causes: ['bad-signature'], serverMessage: 'square/go-jose: error in cryptographic primitive' },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is of a key that is not here, nor is the ServiceAccount',
    foreignKey,
    { serviceAccount: known(live('another'), 'get') },
    'failed: This cluster has no key of that id, and the ServiceAccount is not known to be the same.',
    { causes: ['other-cluster-same-issuer'], serverMessage: 'invalid signature, no keys found' },
    ['kid: x (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is of a key that is not here, and the ServiceAccount is gone',
    foreignKey,
    { serviceAccount: known(undefined, 'get') },
    'failed: This cluster has no key of that id, and the ServiceAccount is not known to be the same.',
    { causes: ['other-cluster-same-issuer'], serverMessage: 'invalid signature, no keys found' },
    ['kid: x (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is of a key that is not here, though the ServiceAccount is',
    foreignKey,
    {},
    'failed: This cluster has no key of that id, though the ServiceAccount is the same: the key is gone.',
    { causes: ['signing-key-gone'], serverMessage: 'invalid signature, no keys found' },
    ['kid: x (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is of a key that is not here, for an old server that does not show the ServiceAccount',
    foreignKey,
    { ...of(30), serviceAccount: unknown('forbidden to you', 'get serviceaccounts') },
    'failed: This cluster has no key of that id, and the ServiceAccount is not known to be the same.',
    {
      causes: ['other-cluster-same-issuer'],
      serverMessage: 'square/go-jose: error in cryptographic primitive',
    },
    ['kid: x (the token)', `key ids: ${keyId} (GET /openid/v1/jwks)`],
  ],
  [
    'is of a key that its signer may keep to itself',
    foreignKey,
    { keys: named },
    'cannot-tell: The cluster publishes no key of that id; its signer is not the built-in one, and may keep keys to itself.',
    {
      causes: ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
      needs: 'create tokenreviews',
      isSuspect: true,
    },
    ['kid: x (the token)', 'alg: RS256 (the token)', 'key ids: named (GET /openid/v1/jwks)'],
  ],
  [
    'is of a key that this runtime cannot use',
    good,
    { keys: unusable },
    'cannot-tell: The signature cannot be verified here: this runtime cannot use the key.',
    {
      causes: ['other-cluster-same-issuer', 'signing-key-gone', 'bad-signature'],
      needs: 'create tokenreviews',
    },
    [`kid: ${keyId} (the token)`, 'alg: RS256 (the token)'],
  ],
])('a signature that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('signature', seen(await token, more))).toEqual({ found, ...rest, shown });
});
