import { describe, expect, it } from 'vitest';
import { known, offlineEvidence } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import { inspectorModel } from '../../../src/inspection/inspectorModel.ts';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { describeToken, verdict } from '../../../src/token/describe.ts';
import { clusterOfIssuer } from '../../../src/token/foreign.ts';
import { lifeOf, nextPhase } from '../../../src/token/life.ts';
import { tokenStatus } from '../../../src/token/status.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';
import { NOW, podBound, seen, settings } from '../../support/texts/evidence.ts';

const DAY = 86_400;
const YEAR = 365 * DAY;
const issued = 1_800_000_000;
const EKS = 'https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const token = (claims: object, header: object = { alg: 'RS256' }): Token =>
  classifyToken({ header: header as Record<string, unknown>, claims: claims as Record<string, unknown> });
const extended = (iss: string, life = YEAR): Token =>
  token(
    boundClaims(
      { pod: { name: 'p', uid: 'u' }, warnafter: issued + 3607 },
      { iss, aud: ['https://kubernetes.default.svc'], exp: issued + life, iat: issued, nbf: issued },
    ),
  );
const adviceOf = (one: Token): string =>
  describeToken(one, {
    now: issued,
    encoding: 'raw',
    length: 900,
    inKubeconfig: false,
    localTime: String,
  })
    .advice.map(({ text }) => text)
    .join(' ');

describe('an extended token of Amazon EKS', () => {
  it('is over 90 days after it was issued, whatever exp says, and only there', () => {
    const at = issued + 90 * DAY;
    expect(tokenStatus(extended(EKS), at + 60)).toBe('within-its-time');
    expect(tokenStatus(extended(EKS), at + 61)).toBe('expired');
    expect(lifeOf(extended(EKS), at + 30)).toEqual({ phase: 'expired', leeway: 30 });
    expect(nextPhase(extended(EKS), at - 700)).toBe(at - 600);
    expect(verdict(extended(EKS), issued + 80 * DAY)).toMatch(/^expires in 10 d/);
    expect(tokenStatus(extended('https://other.example'), at + 61)).toBe('within-its-time');
    expect(tokenStatus(extended(EKS, 30 * DAY), issued + 31 * DAY)).toBe('expired');
  });

  it('ends there on the timeline', async () => {
    const times = { iss: EKS, exp: issued + YEAR, iat: issued, nbf: issued };
    const claims = { ...boundClaims({ pod: { name: 'p', uid: 'u' }, warnafter: issued + 3607 }), ...times };
    const evidence = offlineEvidence('', { claims: { header: {}, claims } });
    const { moments, lives } = inspectorModel(await explainAuthentication(evidence, issued), evidence, {
      now: issued,
      name: '',
      server: undefined,
      isBusy: false,
      problem: undefined,
      searched: undefined,
      compared: undefined,
    });
    expect(moments.at(-1)).toEqual({ label: 'Ends by its provider’s rule', at: issued + 90 * DAY });
    expect(lives.find(({ label }) => label === 'Token')?.to).toBe(issued + 90 * DAY);
  });

  it('says whose rule that is', () => {
    expect(adviceOf(extended(EKS))).toContain('Amazon EKS refuses it 90 days after it was issued');
    expect(adviceOf(extended(EKS))).not.toContain('year');
  });

  it('is explained so, and never to be accepted from a cache long after', async () => {
    const times = { exp: NOW + 200 * DAY, iat: NOW - 91 * DAY, nbf: NOW - 91 * DAY, iss: EKS };
    const own = {
      ...boundClaims({ pod: { name: 'p', uid: 'pod-uid' }, warnafter: NOW - 91 * DAY + 3607 }),
      ...times,
    };
    const issuer = {
      issuer: known(EKS, 'discovery'),
      settings: known(settings({ issuers: [EKS] }), '/flagz'),
    };
    const dead = seen(await podBound({ ...own }), issuer);
    const explained = await explainAuthentication(dead, NOW);
    expect(explained.outcome).toBe('refused');
    expect(explained.causes[0]?.id).toBe('stale-file');
    expect(explained.steps.find(({ id }) => id === 'time')?.finding).toMatch(/Amazon EKS refuses it 90 days/);
    const user = 'system:serviceaccount:kube-system:mycontroller';
    const accepts = known({ authenticated: true, username: user, error: undefined }, 'TokenReview');
    const { headline } = await explainAuthentication({ ...dead, review: accepts }, NOW);
    expect(headline).not.toMatch(/10 seconds/);
  });
});

it('an extension is told by the token’s own times', () => {
  expect(adviceOf(extended('https://other.example'))).toMatch(/^Extended to one year for old clients/);
  expect(adviceOf(extended('https://other.example', DAY))).toMatch(/^Extended to 1 d for old clients/);
});

it('only a token whose signature is not random comes back under the Secret’s old name', () => {
  expect(adviceOf(token(legacyClaims()))).toContain('the old name gives the same token');
  expect(adviceOf(token(legacyClaims(), { alg: 'ES256' }))).not.toContain('the same token');
});

it.each([
  'https://westeurope.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/1/',
  'https://oidc.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/',
])('knows an issuer of Azure: %s', (issuer) => {
  expect(clusterOfIssuer(issuer)).toBe('an Azure AKS cluster');
});
