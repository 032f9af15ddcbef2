import { expect, it } from 'vitest';
import { known, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import {
  bound,
  keyId,
  legacy,
  podBound,
  publicJwk,
  seen,
  settings,
  signed,
  stranger,
} from '../../support/texts/evidence.ts';
import {
  ACCOUNTS,
  FLAGS,
  JWKS,
  kept,
  LEGACY,
  noFlags,
  noKeys,
  told,
  type Row,
} from '../../support/texts/told.ts';
import { boundClaims } from '../../support/tokens.ts';

const good = podBound();
const foreign = signed(boundClaims({}, { iss: 'https://other' }), { kid: 'x' }, stranger.privateKey);
const dropped = bound({}, { iss: 'https://old' });
const ofLegacyIssuer = bound({}, { iss: LEGACY });
const noIssuer: Partial<Evidence> = { issuer: unknown('the cluster was not asked') };
const named = known([{ ...publicJwk, kid: 'named' }], JWKS);
const unusable = known([{ ...publicJwk, n: '*' }], JWKS);
const withWebhook: Partial<Evidence> = { settings: known(settings({ others: ['webhook'] }), FLAGS) };

it.each<Row>([
  [
    'is this cluster’s',
    good,
    {},
    'passed: It is this cluster’s issuer.',
    {},
    [
      'iss: https://kubernetes.default.svc.cluster.local (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
    ],
  ],
  [
    'is the one that discovery names',
    good,
    noFlags,
    'passed: It is this cluster’s issuer.',
    {},
    [
      'iss: https://kubernetes.default.svc.cluster.local (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
    ],
  ],
  [
    'is not there',
    signed({ sub: 'x' }),
    noFlags,
    'cannot-tell: The token names no issuer. Another authenticator can accept it, where the server has one: a token file (--token-auth-file), a webhook (--authentication-token-webhook-config-file); a TokenReview tells.',
    {
      causes: ['not-a-serviceaccount-token'],
      needs: 'create tokenreviews',
      isSuspect: true,
      isOfOthers: true,
    },
    ['iss: none (the token)'],
  ],
  [
    'is not kept',
    '',
    kept(boundClaims({}, { iss: undefined })),
    'cannot-tell: Its issuer is not kept.',
    { causes: ['other-cluster', 'issuer-dropped'] },
    [],
  ],
  [
    'is another, of a token without claims of a ServiceAccount',
    signed({ iss: ACCOUNTS }),
    noFlags,
    'cannot-tell: The token has another issuer, and no claims of a ServiceAccount. Another authenticator can accept it, where the server has one: a token file (--token-auth-file), an OpenID provider (--oidc-issuer-url), the issuers of --authentication-config, a webhook (--authentication-token-webhook-config-file); a TokenReview tells.',
    {
      causes: ['not-a-serviceaccount-token'],
      needs: 'create tokenreviews',
      isSuspect: true,
      isOfOthers: true,
    },
    [
      'iss: https://accounts.example.com (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
    ],
  ],
  [
    'is another of such a token, where that of the cluster is not known',
    signed({ iss: ACCOUNTS }),
    { ...noFlags, ...noIssuer },
    'cannot-tell: The token has no claims of a ServiceAccount. Another authenticator can accept it, where the server has one: a token file (--token-auth-file), an OpenID provider (--oidc-issuer-url), the issuers of --authentication-config, a webhook (--authentication-token-webhook-config-file); a TokenReview tells.',
    {
      causes: ['not-a-serviceaccount-token'],
      needs: 'create tokenreviews',
      isSuspect: true,
      isOfOthers: true,
    },
    ['iss: https://accounts.example.com (the token)'],
  ],
  [
    'is beside none of the cluster that is known',
    good,
    { ...noFlags, ...noIssuer },
    'cannot-tell: The issuer that this cluster accepts is not known (the cluster was not asked).',
    { causes: ['other-cluster', 'issuer-dropped'] },
    ['iss: https://kubernetes.default.svc.cluster.local (the token)'],
  ],
  [
    'is another, of a key of this cluster, whose flags are known',
    dropped,
    {},
    'failed: The token has another issuer than those that this cluster accepts, and its key is this cluster’s: the issuer was dropped. The server has no other authenticator for it, as its flags say.',
    { causes: ['issuer-dropped'], serverMessage: 'invalid bearer token' },
    [
      'iss: https://old (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
      `kid: ${keyId} (the token)`,
    ],
  ],
  [
    'is another, of a key of this cluster, whose first issuer is known',
    dropped,
    noFlags,
    'cannot-tell: The token has another issuer than the one this cluster names, and its key is this cluster’s: either it is accepted beside that one, or it was dropped.',
    { causes: ['issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://old (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      `kid: ${keyId} (the token)`,
    ],
  ],
  [
    'is another of claims alone, with the id of a key of this cluster',
    '',
    { ...kept(boundClaims({}, { iss: 'https://old' }), { kid: keyId }), ...noFlags },
    'cannot-tell: The token has another issuer than the one this cluster names, and its key is this cluster’s: either it is accepted beside that one, or it was dropped.',
    { causes: ['issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://old (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      `kid: ${keyId} (the token)`,
    ],
  ],
  [
    'is another of claims alone, with another id',
    '',
    { ...kept(boundClaims({}, { iss: 'https://old' }), { kid: 'x' }), ...noFlags },
    'cannot-tell: The token has another issuer than the one this cluster names.',
    { causes: ['other-cluster', 'issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://old (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      'kid: x (the token)',
    ],
  ],
  [
    'is another of claims alone, without an id',
    '',
    { ...kept(boundClaims({}, { iss: 'https://old' })), ...noFlags, keys: known([{ kty: 'RSA' }], JWKS) },
    'cannot-tell: The token has another issuer than the one this cluster names.',
    { causes: ['other-cluster', 'issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://old (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      'kid: none (the token)',
    ],
  ],
  [
    'is another, where no key is known',
    foreign,
    { ...noFlags, ...noKeys },
    'cannot-tell: The token has another issuer than the one this cluster names, and its keys are not known (forbidden to you).',
    { causes: ['other-cluster', 'issuer-dropped'], needs: 'get /openid/v1/jwks', isSuspect: true },
    [
      'iss: https://other (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      'kid: x (the token)',
    ],
  ],
  [
    'is another, where a signer may keep keys to itself',
    foreign,
    { ...noFlags, keys: named },
    'cannot-tell: The token has another issuer than the one this cluster names.',
    { causes: ['other-cluster', 'issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://other (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      'kid: x (the token)',
    ],
  ],
  [
    'is another, where no key can be used',
    dropped,
    { ...noFlags, keys: unusable },
    'cannot-tell: The token has another issuer than the one this cluster names.',
    { causes: ['other-cluster', 'issuer-dropped'], needs: 'create tokenreviews', isSuspect: true },
    [
      'iss: https://old (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      `kid: ${keyId} (the token)`,
    ],
  ],
  [
    'is another, of a key that is not here',
    foreign,
    noFlags,
    'cannot-tell: The token has another issuer than the one this cluster names. Its key is not of this cluster either. Another authenticator can accept it, where the server has one: a token file (--token-auth-file), an OpenID provider (--oidc-issuer-url), the issuers of --authentication-config, a webhook (--authentication-token-webhook-config-file); a TokenReview tells.',
    { causes: ['other-cluster'], needs: 'create tokenreviews', isSuspect: true, isOfOthers: true },
    [
      'iss: https://other (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
      'kid: x (the token)',
    ],
  ],
  [
    'is another, of such a key, where a webhook is asked',
    foreign,
    withWebhook,
    'cannot-tell: The token has another issuer than those that this cluster accepts. Its key is not of this cluster either. The server asks others after those: a webhook (--authentication-token-webhook-config-file). What they say is not known here; a TokenReview tells.',
    { causes: ['other-cluster'], needs: 'create tokenreviews', isSuspect: true, isOfOthers: true },
    [
      'iss: https://other (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
      'kid: x (the token)',
    ],
  ],
  [
    'is another, where no key is known, but all issuers',
    foreign,
    noKeys,
    'failed: The token has another issuer than those that this cluster accepts. The server has no other authenticator for it, as its flags say.',
    { causes: ['other-cluster'], serverMessage: 'invalid bearer token' },
    [
      'iss: https://other (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
      'kid: x (the token)',
    ],
  ],
  [
    'is that of legacy tokens',
    legacy(),
    {},
    'passed: The constant issuer of legacy tokens.',
    {},
    ['iss: kubernetes/serviceaccount (the token)'],
  ],
  [
    'is that of legacy tokens, of a bound one, and one of this cluster',
    ofLegacyIssuer,
    { settings: known(settings({ issuers: ['https://a', LEGACY] }), FLAGS) },
    'passed: It is one of this cluster’s issuers.',
    {},
    [
      'iss: kubernetes/serviceaccount (the token)',
      'issuers: https://a, kubernetes/serviceaccount (GET /flagz)',
    ],
  ],
  [
    'is that of legacy tokens, of a bound one, and not known to be one of this cluster',
    ofLegacyIssuer,
    noFlags,
    'cannot-tell: A bound token of the issuer of legacy tokens is accepted where that is an issuer of the server.',
    { causes: ['issuer-dropped'], needs: 'create tokenreviews' },
    [
      'iss: kubernetes/serviceaccount (the token)',
      'issuer: https://kubernetes.default.svc.cluster.local (GET /.well-known/openid-configuration)',
    ],
  ],
  [
    'is that of legacy tokens, of a bound one, and none of this cluster',
    ofLegacyIssuer,
    {},
    'failed: A bound token of the issuer of legacy tokens is accepted where that is an issuer of the server, and it is none here.',
    { causes: ['issuer-dropped'], serverMessage: 'namespace claim is missing' },
    [
      'iss: kubernetes/serviceaccount (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
    ],
  ],
  [
    'is that of legacy tokens, of a bound one of another key',
    signed(boundClaims({}, { iss: LEGACY }), {}, stranger.privateKey),
    {},
    'passed: It is the issuer of legacy tokens, whose signature is judged first.',
    {},
    [
      'iss: kubernetes/serviceaccount (the token)',
      'issuers: https://kubernetes.default.svc.cluster.local (GET /flagz)',
    ],
  ],
])('an issuer that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('issuer', seen(await token, more))).toEqual({ found, ...rest, shown });
});
