import { describe, expect, it } from 'vitest';
import { readSettings, readTargetAudiences } from '../../../src/cluster/evidence/answers.ts';

const flags = (more: object = {}) => ({
  kind: 'Flagz',
  flags: {
    'service-account-issuer': '[https://one.example]',
    'api-audiences': '[]',
    'service-account-lookup': 'true',
    'enable-bootstrap-token-auth': 'false',
    'oidc-issuer-url': '',
    ...more,
  },
});

describe('a server’s flags', () => {
  it('say which issuers, audiences and authenticators it has', () => {
    expect(readSettings(flags())).toEqual({
      issuers: ['https://one.example'],
      audiences: ['https://one.example'],
      looksUpLegacy: true,
      others: [],
      openIdIssuer: undefined,
    });
    const other = flags({
      'service-account-issuer': '[https://one.example,"https://two.example/a,b",kubernetes/serviceaccount]',
      'api-audiences': '[api,"with ""quotes"""]',
      'service-account-lookup': 'false',
      'enable-bootstrap-token-auth': 'true',
      'oidc-issuer-url': 'https://login.example.com',
      'authentication-config': '/etc/kubernetes/authentication.yaml',
      'authentication-token-webhook-config-file': '/etc/kubernetes/webhook.yaml',
      'token-auth-file': '/etc/kubernetes/tokens.csv',
    });
    expect(readSettings(other)).toEqual({
      issuers: ['https://one.example', 'https://two.example/a,b', 'kubernetes/serviceaccount'],
      audiences: ['api', 'with "quotes"'],
      looksUpLegacy: false,
      others: ['token file', 'bootstrap tokens', 'OpenID provider', 'structured authentication', 'webhook'],
      openIdIssuer: 'https://login.example.com',
    });
  });

  it.each([{}, { flags: [] }, { flags: { 'service-account-issuer': 'x' } }, flags({ 'api-audiences': 7 })])(
    'are not guessed at where they are something else: %j',
    (body) => {
      expect(readSettings(body as Record<string, unknown>)).toBeUndefined();
    },
  );
});

describe('the audiences in a refusal', () => {
  it.each([
    [
      '[invalid bearer token, token audiences ["vault"] is invalid for the target audiences ["api" "b"]]',
      ['api', 'b'],
    ],
    [
      String.raw`[token audiences ["x is invalid for the target audiences [\"y\"]"] is invalid for the target audiences ["api"], unknown]`,
      ['api'],
    ],
    ['service account token has expired', undefined],
    ['token audiences ["vault"] is invalid for the target audiences [', undefined],
    [undefined, undefined],
  ])('%s', (error, audiences) => {
    expect(readTargetAudiences(error)).toEqual(audiences);
  });
});
