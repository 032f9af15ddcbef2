import { describe, expect, it } from 'vitest';
import { forOthers, isForTheApi } from '../../../src/token/audience.ts';
import { boundObjects, classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { comesBackUnderItsName, endOf } from '../../../src/token/end.ts';
import { clusterOfIssuer, foreignKind, providerOfIssuer } from '../../../src/token/foreign.ts';
import { standingOf, worse, type Standing } from '../../../src/token/standing.ts';
import { tokenStatus } from '../../../src/token/status.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

const issued = 1_800_000_000;
const part = (text: string): string => Buffer.from(text).toString('base64url');
const token = (claims: object, header: object = { alg: 'RS256', kid: 'key-1' }): Token =>
  classifyToken({ header: { ...header }, claims: { ...claims } });

describe('what is read of a token', () => {
  it('is all that a legacy token says', () => {
    expect(token(legacyClaims({ jti: 'j', aud: 'a', exp: 3, nbf: 1, iat: 2 }))).toEqual({
      kind: 'legacy',
      namespace: 'kube-system',
      serviceAccount: 'mycontroller',
      serviceAccountUid: '11111111-2222-3333-4444-555555555555',
      secret: 'mycontroller-token',
      issuer: 'kubernetes/serviceaccount',
      audiences: ['a'],
      subject: 'system:serviceaccount:kube-system:mycontroller',
      id: 'j',
      keyId: 'key-1',
      algorithm: 'RS256',
      expires: 3,
      notBefore: 1,
      issuedAt: 2,
    });
  });

  it('is all that a bound token says', () => {
    const own = {
      pod: { name: 'p', uid: 'pu' },
      node: { name: 'n', uid: 'nu' },
      warnafter: issued + 3607.5,
      attestations: { admissionReviewAPIGroups: ['apps', 1, 'batch'] },
    };
    expect(token(boundClaims(own), { alg: 'ES256', kid: 'k', typ: 'JWT' })).toEqual({
      kind: 'bound',
      namespace: 'kube-system',
      serviceAccount: 'mycontroller',
      serviceAccountUid: '11111111-2222-3333-4444-555555555555',
      binding: { kind: 'Pod', name: 'p', uid: 'pu' },
      node: 'n',
      nodeUid: 'nu',
      warnAfter: issued + 3607,
      attestedGroups: ['apps', 'batch'],
      isExternallySigned: true,
      issuer: 'https://kubernetes.default.svc.cluster.local',
      audiences: ['https://kubernetes.default.svc.cluster.local'],
      subject: 'system:serviceaccount:kube-system:mycontroller',
      id: '6d0d5ed4-7d6c-4bd1-b8a3-9f9a6f6d8b0e',
      keyId: 'k',
      algorithm: 'ES256',
      expires: issued + 3600,
      notBefore: issued,
      issuedAt: issued,
    });
  });

  it.each([
    ['pod', 'Pod'],
    ['secret', 'Secret'],
    ['node', 'Node'],
    ['validatingwebhookconfiguration', 'ValidatingWebhookConfiguration'],
    ['mutatingwebhookconfiguration', 'MutatingWebhookConfiguration'],
  ])('is that it is bound to a %s', (claim, kind) => {
    expect(token(boundClaims({ [claim]: { name: 'x' } }))).toMatchObject({
      binding: { kind, name: 'x', uid: undefined },
      node: undefined,
      nodeUid: undefined,
    });
  });

  it('is a Node beside a Pod alone, and the Pod first', () => {
    const node = { node: { name: 'n', uid: 'u' } };
    expect(token(boundClaims({ ...node, secret: { name: 's' } }))).toMatchObject({ node: undefined });
    expect(boundObjects({ ...node, pod: { name: 'p' }, secret: 'none', other: { name: 'x' } })).toEqual([
      { kind: 'Pod', name: 'p', uid: undefined },
      { kind: 'Node', name: 'n', uid: 'u' },
    ]);
  });

  it('is nothing where a claim is of a wrong type, is empty, or is no number that there is', () => {
    const claims = JSON.parse(
      '{"iss":"","sub":5,"jti":null,"aud":[1,"a",null,["b"]],"exp":1e999,"nbf":"1","iat":-1.5}',
    ) as object;
    expect(token(claims, { kid: 1, alg: null })).toEqual({
      kind: 'other',
      source: undefined,
      issuer: undefined,
      audiences: ['a'],
      subject: undefined,
      id: undefined,
      keyId: undefined,
      algorithm: undefined,
      expires: undefined,
      notBefore: undefined,
      issuedAt: -1,
    });
    expect(token(boundClaims({ attestations: 'x', pod: { name: '' }, node: { name: 'n' } }))).toMatchObject({
      attestedGroups: [],
      binding: { kind: 'Node' },
    });
    expect(token(boundClaims({ serviceaccount: { name: 'a', uid: 7 } }))).toMatchObject({
      kind: 'bound',
      serviceAccount: 'a',
      serviceAccountUid: undefined,
    });
  });

  it.each([
    ['a legacy one of another issuer', legacyClaims({ iss: 'https://example.com' })],
    ['a legacy one without a namespace', legacyClaims({ 'kubernetes.io/serviceaccount/namespace': '' })],
    [
      'a legacy one without a name',
      legacyClaims({ 'kubernetes.io/serviceaccount/service-account.name': undefined }),
    ],
    ['a bound one without a namespace', boundClaims({ namespace: '' })],
    ['a bound one without a name', boundClaims({ serviceaccount: { uid: 'u' } })],
    ['a bound one whose claims are a list', boundClaims({}, { 'kubernetes.io': [] })],
    ['a bound one whose claims are null', boundClaims({}, { 'kubernetes.io': null })],
  ])('is no ServiceAccount’s of %s', (_, claims) => {
    expect(token(claims).kind).toBe('other');
  });

  it('is read once', () => {
    const decoded = { header: {}, claims: {} };
    expect(classifyToken(decoded)).toBe(classifyToken(decoded));
  });
});

describe('a JWT is taken apart', () => {
  it('into its header and claims, which are objects', () => {
    expect(decodeToken(`${part('{"alg":"x"}')}.${part('{"a":1}')}.`)).toEqual({
      header: { alg: 'x' },
      claims: { a: 1 },
    });
  });

  it.each([
    `${part('{}')}.${part('{}')}`,
    `${part('{}')}.${part('{}')}.a.b`,
    `${part('[]')}.${part('{}')}.a`,
    `${part('{}')}.${part('null')}.a`,
    `${part('{}')}.${part('1')}.a`,
    `${part('{}')}.${part('{')}.a`,
    `${part('{}')}.${Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]).toString('base64url')}.a`,
    `.${part('{}')}.a`,
    `${part('{}')}..a`,
    `${part('{}')}=.${part('{}')}.a`,
  ])('or not: %s', (text) => {
    expect(decodeToken(text)).toBeUndefined();
  });
});

describe('an audience', () => {
  it.each([
    'https://kubernetes.default.svc',
    'kubernetes',
    'kubernetes.svc.default',
    'api',
    'unknown',
    'k3s',
    'rke',
    'rke2',
  ])('is one of API servers: %s', (audience) => {
    expect(isForTheApi(audience)).toBe(true);
  });

  it.each([
    '',
    'vault',
    'http://kubernetes.default.svc',
    'x https://example.com',
    'kubernetesx',
    'my-kubernetes',
    'apis',
    'my-api',
    'k3s.io',
    'rke3',
    'unknowns',
    'sts.amazonaws.com',
    'https://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
  ])('is none of API servers: %s', (audience) => {
    expect(isForTheApi(audience)).toBe(false);
  });

  it('that is the issuer, or one of several that an API server has, is not for others', () => {
    expect(forOthers(token(boundClaims({}, { aud: ['a', 'b'] })))).toBe('a, b');
    expect(forOthers(token(boundClaims({}, { aud: ['a', 'api'] })))).toBeUndefined();
    expect(forOthers(token(boundClaims({}, { aud: ['x', 'i'], iss: 'i' })))).toBeUndefined();
    expect(forOthers(token(boundClaims({}, { aud: [] })))).toBeUndefined();
    expect(forOthers(token({ aud: ['a'] }))).toBeUndefined();
    expect(forOthers(token(legacyClaims({ aud: ['a'] })))).toBe('a');
  });
});

describe('an issuer', () => {
  it.each([
    ['https://oidc.eks.eu-west-1.amazonaws.com/id/X', 'an Amazon EKS cluster'],
    ['https://oidc-eks.eu-west-1.api.aws/id/X', 'an Amazon EKS cluster'],
    ['https://oidc.eks.cn-north-1.amazonaws.com.cn/id/X', 'an Amazon EKS cluster'],
    ['https://container.googleapis.com/v1/projects/p/locations/l/clusters/c', 'a Google GKE cluster'],
    ['https://westeurope.oic.prod-aks.azure.com/t/u/', 'an Azure AKS cluster'],
    ['https://oidc.prod-aks.azure.com/t/', 'an Azure AKS cluster'],
    ['x https://oidc.eks.eu-west-1.amazonaws.com/id/X', undefined],
    ['https://oidc.eks..amazonaws.com/id/X', undefined],
    ['https://oidc.eks.eu-west-1.amazonaws.com/', undefined],
    ['https://oidc.eks.eu.west.amazonaws.com/id/X', undefined],
    ['x https://container.googleapis.com/v1/projects/p', undefined],
    ['https://container.googleapis.com/v2/projects/p', undefined],
    ['x https://oidc.prod-aks.azure.com/t/', undefined],
    ['https://.oic.prod-aks.azure.com/t/', undefined],
    ['https://a.b.oic.prod-aks.azure.com/t/', undefined],
    [undefined, undefined],
  ])('%s tells whose cluster it is', (issuer, cluster) => {
    expect(clusterOfIssuer(issuer)).toBe(cluster);
  });

  it('that is longer than any is looked up no more', () => {
    const of = (length: number): string =>
      'https://container.googleapis.com/v1/projects/'.padEnd(length, 'p');
    expect(providerOfIssuer(of(512))).toBe('Google GKE');
    expect(providerOfIssuer(of(513))).toBeUndefined();
  });

  it.each<[object, string | undefined]>([
    [{ iss: 'https://oidc.circleci.com/org' }, undefined],
    ...[
      'https://accounts.google.com',
      'https://cloud.google.com/iap',
      'https://login.microsoftonline.com/t/v2.0',
      'https://gitlab.com',
      'https://oidc.circleci.com/org/1',
      'https://agent.buildkite.com',
      'https://app.terraform.io',
      'https://appleid.apple.com',
      'https://a.auth0.com/',
    ].map((iss): [object, undefined] => [{ iss: `x ${iss}` }, undefined]),
    [{ iss: 'x https://vstoken.dev.azure.com/1' }, undefined],
    [{ iss: 'x https://sts.windows.net/t/' }, undefined],
    [{ iss: 'x https://cognito-idp.a.amazonaws.com/p' }, undefined],
    [{ iss: 'https://cognito-idp.a-1.amazonaws.com/p' }, 'Amazon Cognito token'],
    [{ iss: 'https://cognito-idp..amazonaws.com/p' }, undefined],
    [{ iss: 'x https://token.actions.githubusercontent.com' }, undefined],
    [{ iss: 'x https://a.okta.com' }, undefined],
    [{ iss: 'https://a.b.okta.com' }, undefined],
    [{ iss: 'https://sso.example.com/realms/' }, undefined],
    [{ iss: 5, sub: 5 }, undefined],
    [{ iss: ['https://gitlab.com'] }, undefined],
    [{ sub: 'x spiffe://a' }, undefined],
    [{ pipeline_id: 1, project_path: 'a/b' }, undefined],
    [{ pipeline_id: '1', project_path: 2 }, undefined],
    [{ iss: 'https://gitlab.com', scope: 'x' }, 'OIDC token of a GitLab CI job'],
    [{ toString: 1 }, undefined],
  ])('and other claims tell what a JWT is: case %#', (claims, kind) => {
    expect(foreignKind({ header: {}, claims: { ...claims } })).toBe(kind);
  });
});

describe('an end', () => {
  const EKS = 'https://oidc.eks.eu-central-1.amazonaws.com/id/X';
  const life = 90 * 86_400;
  it.each([
    ['of an extended token of EKS', { warnafter: issued }, { iss: EKS, exp: issued + life + 1 }, life, true],
    ['that is not earlier', { warnafter: issued }, { iss: EKS, exp: issued + life }, life, false],
    ['of one that was not extended', {}, { iss: EKS, exp: issued + life + 1 }, life + 1, false],
    ['of one elsewhere', { warnafter: issued }, { exp: issued + life + 1 }, life + 1, false],
    [
      'of one that does not say when it was issued',
      { warnafter: issued },
      { iss: EKS, iat: undefined, exp: issued + life + 1 },
      life + 1,
      false,
    ],
  ])('%s is where its provider or its exp says', (_, own, claims, after, isRule) => {
    expect(endOf(token(boundClaims(own, claims)))).toEqual({
      at: issued + after,
      rule: isRule ? 'Amazon EKS refuses it 90 days after it was issued' : undefined,
    });
  });

  it('is none of a token without exp', () => {
    expect(endOf(token(boundClaims({ warnafter: issued }, { iss: EKS, exp: undefined })))).toBeUndefined();
  });

  it('is final where the signature is random', () => {
    expect(
      [undefined, 'RS256', 'PS256', 'ES256', 'ES384', 'XES'].map((algorithm) =>
        comesBackUnderItsName({ algorithm }),
      ),
    ).toEqual([true, true, true, false, false, true]);
  });
});

describe('the API server’s leeway', () => {
  it('is a minute, to the second', () => {
    const exp = issued + 9000;
    expect(tokenStatus(token({ iat: issued + 60, exp }), issued)).toBe('within-its-time');
    expect(tokenStatus(token({ iat: issued + 61, exp }), issued)).toBe('issued-in-the-future');
    expect(tokenStatus(token({ nbf: issued + 60, exp }), issued)).toBe('within-its-time');
    expect(tokenStatus(token({ nbf: issued + 61, exp }), issued)).toBe('not-yet-valid');
    expect(tokenStatus(token({ iat: issued + 61, nbf: issued + 61 }), issued)).toBe('not-yet-valid');
    expect(tokenStatus(token({ iat: issued + 61, exp: issued - 61 }), issued)).toBe('expired');
    expect(tokenStatus(token({ iat: issued }), issued)).toBe('no-expiry');
  });
});

describe('how tokens on one line stand', () => {
  const order: readonly Standing[] = [
    'gone',
    'expired',
    'never-expires',
    'expiring',
    'extended',
    'issued-in-the-future',
    'not-yet-valid',
    'depends',
    'valid',
  ];

  it('is told by the worst', () => {
    for (const [index, one] of order.entries()) {
      for (const other of order.slice(index)) {
        expect(worse(one, other)).toBe(one);
        expect(worse(other, one)).toBe(one);
      }
    }
  });

  it('is open for what hangs on a Pod or somebody else, as long as time says nothing else', () => {
    const ofPod = token(boundClaims({ pod: { name: 'p' } }));
    expect(standingOf(ofPod, undefined, issued)).toBe('depends');
    expect(standingOf(ofPod, undefined, issued + 3500)).toBe('expiring');
    expect(standingOf(ofPod, undefined, issued, 3600)).toBe('expiring');
    expect(standingOf(token({ exp: issued + 9000, aud: ['x'] }), undefined, issued)).toBe('valid');
    expect(standingOf(token(legacyClaims({ aud: ['x'] })), undefined, issued)).toBe('never-expires');
    expect(standingOf(token(boundClaims()), 'its Secret is gone', issued - 900)).toBe('gone');
  });
});

it('a token of the API server is read from its text', () => {
  const decoded = decodeToken(jwt(boundClaims()));
  expect(decoded && classifyToken(decoded).kind).toBe('bound');
});
