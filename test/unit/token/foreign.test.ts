import { describe, expect, it } from 'vitest';
import { foreignKind, partyOfAudience } from '../../../src/token/foreign.ts';

const kindOf = (claims: object, header: object = {}): string | undefined =>
  foreignKind({ header: { ...header }, claims: { ...claims } });

describe('a JWT that is no ServiceAccount token', () => {
  it.each([
    ['https://accounts.google.com', 'Google token'],
    ['https://cloud.google.com/iap', 'Google Identity-Aware Proxy token'],
    ['https://login.microsoftonline.com/tenant/v2.0', 'Microsoft Entra ID token'],
    ['https://login.microsoftonline.us/tenant/v2.0', 'Microsoft Entra ID token'],
    ['https://sts.windows.net/tenant/', 'Microsoft Entra ID token'],
    ['https://cognito-idp.eu-central-1.amazonaws.com/pool', 'Amazon Cognito token'],
    ['https://token.actions.githubusercontent.com', 'OIDC token of a GitHub Actions job'],
    ['https://token.actions.githubusercontent.com/octo', 'OIDC token of a GitHub Actions job'],
    ['https://gitlab.com', 'OIDC token of a GitLab CI job'],
    ['https://oidc.circleci.com/org/1', 'OIDC token of a CircleCI job'],
    ['https://agent.buildkite.com', 'OIDC token of a Buildkite job'],
    ['https://vstoken.dev.azure.com/1', 'OIDC token of an Azure Pipelines job'],
    ['https://app.terraform.io', 'OIDC token of an HCP Terraform run'],
    ['https://appleid.apple.com', 'Apple token'],
    ['https://dev-1.okta.com/oauth2/default', 'Okta token'],
    ['https://dev-1.oktapreview.com', 'Okta token'],
    ['https://me.eu.auth0.com/', 'Auth0 token'],
    ['https://sso.example.com/realms/main', 'Keycloak token'],
  ])('is told by its issuer %s', (iss, kind) => {
    expect(kindOf({ iss })).toBe(kind);
  });

  it.each([
    'https://accounts.google.com.example.com',
    'https://cloud.google.com/iap/x',
    'https://login.microsoftonline.com',
    'https://cognito-idp.amazonaws.com/pool',
    'https://token.actions.githubusercontent.com.example.com',
    'https://gitlab.com/me',
    'https://gitlab.com.example.com',
    'https://agent.buildkite.com/x',
    'https://app.terraform.io/x',
    'https://appleid.apple.com/x',
    'https://okta.com',
    'https://dev-1.okta.com.example.com',
    'https://me.auth0.com/x',
    'https://me.auth0.com.example.com/',
    'https://example.com/realms/main/x',
    'https://example.com/?https://accounts.google.com',
  ])('is not taken for somebody else’s by %s', (iss) => {
    expect(kindOf({ iss })).toBeUndefined();
  });

  it('is said to be for what its claims and its type say', () => {
    expect(kindOf({}, { typ: 'at+jwt' })).toBe('OIDC access token');
    expect(kindOf({}, { typ: 'application/at+jwt' })).toBe('OIDC access token');
    for (const claims of [{ scope: 'a' }, { scp: ['a'] }, { realm_access: {} }]) {
      expect(kindOf(claims)).toBe('OIDC access token');
    }
    for (const name of ['nonce', 'at_hash', 'c_hash', 'auth_time', 'email', 'email_verified']) {
      expect(kindOf({ [name]: 'a' })).toBe('OIDC id token');
    }
    expect(kindOf({ realm_access: 'a' })).toBeUndefined();
    expect(kindOf({ iss: 'https://accounts.google.com', nonce: 'a' })).toBe('Google id token');
    expect(kindOf({ sub: 'spiffe://example.com/a', iss: 'https://gitlab.com' })).toBe(
      'SPIFFE identity (JWT-SVID)',
    );
    expect(kindOf({ iss: 'https://git.example.com', pipeline_id: '1', project_path: 'a/b' })).toBe(
      'OIDC token of a GitLab CI job',
    );
    expect(kindOf({ iss: 'https://git.example.com', pipeline_id: '1' })).toBeUndefined();
  });

  it.each([
    ['sts.amazonaws.com', 'AWS, as an IAM role for ServiceAccounts'],
    ['sts.amazonaws.com.cn', 'AWS, as an IAM role for ServiceAccounts'],
    ['sts.amazonaws.com.example.com', undefined],
    ['pods.eks.amazonaws.com', 'AWS, by EKS Pod Identity'],
    ['xpods.eks.amazonaws.com', undefined],
    ['api://AzureADTokenExchange', 'Microsoft Entra Workload ID'],
    ['api://AzureADTokenExchangeUSGov', 'Microsoft Entra Workload ID'],
    ['api://Azure', undefined],
    ['my-project.svc.id.goog', 'Google Cloud workload identity'],
    ['svc.id.goog', undefined],
    ['sigstore', 'Sigstore'],
    ['sigstores', undefined],
    ['xsigstore', undefined],
    ['xsts.amazonaws.com', undefined],
    ['pods.eks.amazonaws.com.example.com', undefined],
    ['xapi://AzureADTokenExchange', undefined],
    ['api://AzureADTokenExchange/x', undefined],
    [
      '//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p',
      'Google Cloud workload identity',
    ],
    [
      'https://iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p',
      'Google Cloud workload identity',
    ],
    ['x//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p', undefined],
    ['//iam.googleapis.com/projects//workloadIdentityPools/p', undefined],
    ['my project.svc.id.goog', undefined],
    ['.svc.id.goog', undefined],
    ['my-project.svc.id.goog.example.com', undefined],
  ])('for the audience %s is for %s', (audience, party) => {
    expect(partyOfAudience(audience)).toBe(party);
  });
});
