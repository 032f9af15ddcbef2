import { describe, expect, it } from 'vitest';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken, type DecodedToken } from '../../../src/token/decode.ts';
import { describeToken, kindInWords } from '../../../src/token/describe.ts';
import { flawsOf } from '../../../src/token/malformed.ts';
import { oddities } from '../../../src/token/oddities.ts';
import { assertPhrase, assertSentence } from '../../support/texts/sentences.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

function decode(claims: object, header?: object): DecodedToken {
  const decoded = decodeToken(jwt(claims, header));
  if (!decoded) throw new Error('the test built no token');
  return decoded;
}
const classify = (claims: object, header?: object): Token => classifyToken(decode(claims, header));
const odd = (claims: object, header?: object): string => {
  const found = oddities(classify(claims, header), decode(claims, header));
  for (const one of found) assertSentence(one);
  return found.join('\n');
};
const described = (claims: object, header?: object): string => {
  const options = {
    now: 1_800_000_060,
    encoding: 'raw' as const,
    length: 1000,
    inKubeconfig: false,
    localTime: (seconds: number) => `local ${seconds}`,
  };
  const { headline, rows, advice } = describeToken(classify(claims, header), options);
  for (const phrase of [headline, ...rows.flat()]) assertPhrase(phrase);
  for (const { text } of advice) assertSentence(text);
  return [headline, ...rows.map((row) => row.join(': ')), ...advice.map(({ text }) => text)].join('\n');
};

const pod = { pod: { name: 'p', uid: 'pod-uid' } };
const webhook = {
  validatingwebhookconfiguration: { name: 'policies', uid: 'w' },
  attestations: { admissionReviewAPIGroups: ['apps', 'batch'] },
};

describe('a token of Kubernetes 1.37', () => {
  it('that is bound to a webhook is told by its kind, with what it attests', () => {
    const text = described(boundClaims(webhook, { aud: ['https://hook.example.com'] }));
    expect(text).toContain('ValidatingWebhookConfiguration-bound token of kube-system/mycontroller');
    expect(text).toContain('Attests: apps, batch');
    expect(text).toContain('the API server itself does not accept it');
    expect(odd(boundClaims(webhook))).toBe('');
    const mutating = boundClaims({ mutatingwebhookconfiguration: { name: 'm', uid: 'w' } });
    expect(kindInWords(classify(mutating))).toContain('MutatingWebhookConfiguration-bound');
  });

  it('may be signed outside the API server, which its header tells', () => {
    const header = { alg: 'ES256', kid: 'k', typ: 'JWT' };
    expect(described(boundClaims(pod), header)).toContain('signed by an external signer');
    expect(described(boundClaims(pod))).not.toContain('external signer');
    expect(odd(boundClaims(pod), header)).toBe('');
  });
});

describe('what a token is bound to', () => {
  it.each([
    [pod, 'Pod kube-system/p · ends with it'],
    [{ ...pod, node: { name: 'n', uid: 'u' } }, 'Pod kube-system/p on n · ends with it'],
    [{ secret: { name: 's', uid: 'u' } }, 'Secret kube-system/s · ends with it'],
    [{ node: { name: 'n', uid: 'u' } }, 'Node n · ends with it'],
    [webhook, 'ValidatingWebhookConfiguration policies · ends with it'],
    [{}, 'nothing: it ends with its time or its ServiceAccount'],
  ])('is told with its namespace where it has one: case %#', (own, words) => {
    expect(described(boundClaims(own)).split('\n')).toContain(`Bound to: ${words}`);
  });
});

describe('a JWT of somebody else', () => {
  it.each([
    [{ iss: 'https://accounts.google.com', email: 'a@b.c' }, 'Google id token'],
    [
      { iss: 'https://token.actions.githubusercontent.com', sub: 'repo:a/b' },
      'OIDC token of a GitHub Actions job',
    ],
    [
      { iss: 'https://gitlab.example.com', project_path: 'a/b', pipeline_id: '1' },
      'OIDC token of a GitLab CI job',
    ],
    [{ iss: 'https://login.microsoftonline.com/t/v2.0', scp: 'x' }, 'Microsoft Entra ID access token'],
    [{ iss: 'https://sso.example.com/realms/main', nonce: 'n' }, 'Keycloak id token'],
    [{ iss: 'https://tenant.eu.auth0.com/', scope: 'x' }, 'Auth0 access token'],
    [{ iss: 'https://tenant.okta.com/oauth2/default', scope: 'x' }, 'Okta access token'],
    [{ iss: 'https://tenant.oktapreview.com' }, 'Okta token'],
    [{ iss: 'https://cloud.google.com/iap', email: 'a@b.c' }, 'Google Identity-Aware Proxy id token'],
    [{ iss: 'https://sts.windows.net/t/' }, 'Microsoft Entra ID token'],
    [{ iss: 'https://cognito-idp.eu-west-1.amazonaws.com/p' }, 'Amazon Cognito token'],
    [{ iss: 'https://appleid.apple.com', nonce: 'n' }, 'Apple id token'],
    [{ iss: 'https://oidc.circleci.com/org/1' }, 'OIDC token of a CircleCI job'],
    [{ iss: 'https://agent.buildkite.com' }, 'OIDC token of a Buildkite job'],
    [{ iss: 'https://vstoken.dev.azure.com/1' }, 'OIDC token of an Azure Pipelines job'],
    [{ iss: 'https://app.terraform.io' }, 'OIDC token of an HCP Terraform run'],
    [{ iss: 'https://idp.example.com', nonce: 'n' }, 'OIDC id token'],
    [{ iss: 'https://spire.example.com', sub: 'spiffe://a/b' }, 'SPIFFE identity (JWT-SVID)'],
    [{ iss: 'https://idp.example.com' }, 'JWT of issuer https://idp.example.com'],
    [{}, 'JWT'],
  ])('is named as such where it can be told: case %#', (claims, name) => {
    expect(kindInWords(classify(claims))).toBe(name);
  });

  it('is not named after an issuer that only looks like a known one', () => {
    for (const iss of [
      'https://accounts.google.com.evil.example',
      'http://accounts.google.com',
      'x https://accounts.google.com',
      `https://${'a'.repeat(100_000)}.okta.com`,
      'https://tenant.auth0.com', // Auth0's ends with a slash.
      'https://tenant.auth0.com/evil.example',
      'https://evil.example/.auth0.com/',
      'https://evil.example/realms/main/x',
    ]) {
      expect(kindInWords(classify({ iss }))).toContain('JWT of issuer');
    }
  });

  it('is told by its header where only that says what it is for', () => {
    expect(kindInWords(classify({ iss: 'i' }, { alg: 'RS256', typ: 'at+jwt' }))).toBe('OIDC access token');
  });
});

describe('a ServiceAccount token for a cloud', () => {
  it.each([
    ['sts.amazonaws.com', 'AWS, as an IAM role for ServiceAccounts'],
    ['pods.eks.amazonaws.com', 'EKS Pod Identity'],
    ['api://AzureADTokenExchange', 'Microsoft Entra Workload ID'],
    ['my-project.svc.id.goog', 'Google Cloud workload identity'],
    [
      '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      'Google Cloud workload identity',
    ],
  ])('for %s says whom it is for, and that the API server does not accept it', (aud, party) => {
    for (const audience of [aud, [aud]]) {
      const text = described(boundClaims(pod, { aud: audience }));
      expect(text).toContain(`Audience: ${aud} (`);
      expect(text).toContain(party);
      expect(text).toContain('the API server does not accept it');
    }
  });

  it('names the provider of its cluster by the issuer', () => {
    const iss = 'https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF';
    expect(described(boundClaims(pod, { iss }))).toContain(`${iss} (an Amazon EKS cluster)`);
  });
});

describe('oddities', () => {
  it.each([
    [boundClaims({ ...pod, secret: { name: 's', uid: 'u' } }), 'bound to Pod and Secret'],
    [boundClaims({}, { exp: undefined }), 'no end (exp)'],
    [boundClaims({}, { iss: undefined }), 'names no issuer'],
    [boundClaims({ serviceaccount: { name: 'mycontroller' } }), 'UID of its ServiceAccount is missing'],
    [boundClaims({ serviceaccount: undefined }), 'name no serviceaccount'],
    [boundClaims({ namespace: undefined }), 'name no namespace'],
    [legacyClaims({ exp: 5 }), 'does not check there'],
    [legacyClaims({ sub: undefined }), 'the claim sub is missing'],
    [legacyClaims({ 'kubernetes.io/serviceaccount/namespace': '' }), 'serviceaccount/namespace is missing'],
    [legacyClaims({ 'kubernetes.io/serviceaccount/secret.name': 5 }), 'secret.name is missing'],
  ])('names what no API server issues: case %#', (claims, what) => {
    expect(odd(claims)).toContain(what);
  });

  it('names headers that no API server writes', () => {
    expect(odd(boundClaims(), { alg: 'RS256', jku: 'https://evil.example', kid: 'k' })).toContain('has jku');
    expect(odd(boundClaims(), { alg: 'none' })).toContain('not signed');
    expect(odd(boundClaims(), { alg: 'HS256' })).toContain('shared secret');
  });

  it('finds nothing odd in a Pod on a Node, nor in claims that are not known', () => {
    expect(odd(boundClaims({ ...pod, node: { name: 'n' }, futureclaim: { name: 'x' } }, { new: [1] }))).toBe(
      '',
    );
  });
});

describe('flawsOf', () => {
  const part = (json: string): string => Buffer.from(json).toString('base64url');
  it('names each malformed part, with what is wrong and where', () => {
    const flaws = flawsOf(`${part('{"typ":"JWT"}')}.${part('{"a":1,"a":2,"b":1,"b":2}')}.ab+c`);
    expect(flaws.map(({ part: where, message }) => `${where}: ${message}`)).toEqual([
      'header: The header names no algorithm (alg).',
      'claims: The second part (claims) has the keys "a", "b" twice.',
      expect.stringContaining('signature: The signature has a "+" at character 3'),
    ]);
    expect(flaws[2]?.offset).toBe(
      part('{"typ":"JWT"}').length + part('{"a":1,"a":2,"b":1,"b":2}').length + 4,
    );
  });

  it('names the parts of what was cut short too', () => {
    expect(flawsOf(`${part('{"alg":"RS256"}')}.${part('{"iss":"x"')}`).map((flaw) => flaw.part)).toEqual([
      'whole',
      'claims',
    ]);
  });
});
