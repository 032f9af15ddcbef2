import { describe, expect, it } from 'vitest';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { describeToken } from '../../../src/token/describe.ts';
import { standingOf, worse } from '../../../src/token/standing.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

function classify(claims: object): Token {
  const decoded = decodeToken(jwt(claims));
  if (!decoded) throw new Error('the test built no token');
  return classifyToken(decoded);
}

const issued = 1_800_000_000;
const pod = { pod: { name: 'mycontroller-x7k2p', uid: 'u' } };
const plain = classify(boundClaims());
const ofPod = classify(boundClaims(pod));
const gone = 'its Pod is gone (seen in sandbox)';

describe('how a token stands', () => {
  it.each([
    ['a token that nothing is known against is valid', plain, undefined, 'valid'],
    ['a Pod’s token hangs on what cannot be seen', ofPod, undefined, 'depends'],
    [
      'a token for somebody else depends on him',
      classify(boundClaims({}, { aud: ['vault'] })),
      undefined,
      'depends',
    ],
    [
      'one for a cloud does too',
      classify(boundClaims({}, { aud: ['sts.amazonaws.com'] })),
      undefined,
      'depends',
    ],
    [
      'a token of kops is for its API server',
      classify(boundClaims({}, { aud: ['kubernetes.svc.default'] })),
      undefined,
      'valid',
    ],
    ['a token whose Pod is gone is gone, whatever its time says', ofPod, gone, 'gone'],
    ['a legacy token whose Secret is gone does not live for ever', classify(legacyClaims()), gone, 'gone'],
    ['a legacy token never expires', classify(legacyClaims()), undefined, 'never-expires'],
  ])('%s', (_, token, ended, standing) => {
    expect(standingOf(token, ended, issued + 60)).toBe(standing);
  });

  it('is expired where its time is over, as anybody can check', () => {
    expect(standingOf(ofPod, gone, issued + 7200)).toBe('expired');
  });

  it('on one line is as bad as the worst of them', () => {
    expect(worse('valid', 'expired')).toBe('expired');
    expect(worse('never-expires', 'valid')).toBe('never-expires');
    expect(worse('gone', 'never-expires')).toBe('gone');
    expect(worse('depends', 'valid')).toBe('depends');
  });
});

describe('what is told first', () => {
  const told = (token: Token, more: Partial<Parameters<typeof describeToken>[1]> = {}) =>
    describeToken(token, {
      now: issued + 60,
      encoding: 'raw',
      length: 1000,
      inKubeconfig: false,
      localTime: (seconds) => `local ${seconds}`,
      ...more,
    });
  const advice = (...given: Parameters<typeof told>): string[] =>
    told(...given).advice.map(({ text }) => text);

  it('is what the cluster says, where it is known', () => {
    expect(told(ofPod, { ended: gone, inKubeconfig: true })).toMatchObject({
      headline: `Pod-bound token of kube-system/mycontroller — ${gone}`,
      advice: [],
    });
  });

  it('leaves out what no longer can end it, once it has ended', () => {
    const legacy = classify(legacyClaims());
    const secret = (ended?: string) =>
      told(legacy, { ended }).rows.find(([label]) => label === 'Secret')?.[1];
    expect(secret()).toMatch(/deleting it revokes the token$/);
    expect(secret('its Secret is gone (seen in sandbox)')).toBe('kube-system/mycontroller-token');
    expect(told(ofPod, { ended: gone }).rows[0]?.[1]).not.toContain('ends with it');
    expect(advice(legacy, { ended: 'its Secret is gone' })).toEqual([
      'For another token, create a token Secret under a new name: the old name gives the same token.',
    ]);
  });

  it('is that a token is for somebody else', () => {
    expect(advice(classify(boundClaims({}, { aud: ['vault'] })))[0]).toMatch(
      /^It is for vault: an API server refuses/,
    );
    expect(advice(classify(boundClaims({}, { aud: ['api'] })))).toEqual([]);
    expect(advice(classify(boundClaims({}, { aud: ['a', 'b'] })))[0]).toContain('a, b');
  });

  it('is how it is encoded, before what is always so of its kind', () => {
    const legacy = classify(legacyClaims());
    expect(advice(legacy, { encoding: 'base64' })).toEqual([
      'Base64-encoded once here: decode it before sending it.',
      expect.stringMatching(/^To rotate it/),
    ]);
    expect(advice(legacy, { encoding: 'base64-twice' })[0]).toContain('encoded twice here: decode it twice');
    expect(advice(legacy, { encoding: 'base64', isWithin: true }).join()).not.toContain('decode');
  });

  it('says from when it is valid in every case', () => {
    const labels = told(plain).rows.map(([label]) => label);
    expect(labels).toEqual(['Bound to', 'Expires', 'Not\u00A0before', 'Audience', 'Token']);
  });
});
