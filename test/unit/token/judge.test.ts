import { describe, expect, it } from 'vitest';
import { classifyToken, type Token } from '../../../src/token/classify.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { describeToken } from '../../../src/token/describe.ts';
import { tokenStatus } from '../../../src/token/status.ts';
import { boundClaims, jwt, legacyClaims } from '../../support/tokens.ts';

function classify(claims: object): Token {
  const decoded = decodeToken(jwt(claims));
  if (!decoded) throw new Error('the test built no token');
  return classifyToken(decoded);
}

const pod = {
  pod: { name: 'mycontroller-x7k2p', uid: 'pod-uid' },
  node: { name: 'node-1', uid: 'node-uid' },
};
const issued = 1_800_000_000;
const describeAt = (token: Token, now: number, inKubeconfig = false): ReturnType<typeof describeToken> =>
  describeToken(token, {
    now,
    encoding: 'raw',
    length: 1000,
    inKubeconfig,
    localTime: (seconds) => `local ${seconds}`,
  });

describe('classifyToken', () => {
  it('recognises a legacy token by its issuer and claims', () => {
    expect(classify(legacyClaims())).toMatchObject({
      kind: 'legacy',
      namespace: 'kube-system',
      serviceAccount: 'mycontroller',
      secret: 'mycontroller-token',
      expires: undefined,
    });
  });

  it('recognises a Pod-bound token, with its node as information only', () => {
    expect(classify(boundClaims(pod))).toMatchObject({
      kind: 'bound',
      binding: { kind: 'Pod', name: 'mycontroller-x7k2p', uid: 'pod-uid' },
      node: 'node-1',
    });
  });

  it('recognises tokens bound to a Secret, to a Node, and to nothing', () => {
    expect(classify(boundClaims({ secret: { name: 's', uid: 'u' } }))).toMatchObject({
      binding: { kind: 'Secret' },
    });
    expect(classify(boundClaims({ node: { name: 'n' } }))).toMatchObject({
      binding: { kind: 'Node', uid: undefined },
    });
    expect(classify(boundClaims())).toMatchObject({ kind: 'bound', binding: undefined });
  });

  it('takes any other JWT for what it is', () => {
    expect(classify({ iss: 'https://accounts.example.com', sub: 'alice', aud: 'web' })).toMatchObject({
      kind: 'other',
      subject: 'alice',
      audiences: ['web'],
    });
  });

  it('truncates fractional times as the API server does', () => {
    expect(classify(boundClaims({}, { exp: 12.9 })).expires).toBe(12);
  });
});

describe('tokenStatus', () => {
  it('gives the API server’s 60 seconds of leeway at either end', () => {
    const token = classify(boundClaims());
    expect(tokenStatus(token, issued - 61)).toBe('not-yet-valid');
    expect(tokenStatus(token, issued - 60)).toBe('within-its-time');
    expect(tokenStatus(token, issued + 3600 + 60)).toBe('within-its-time');
    expect(tokenStatus(token, issued + 3600 + 61)).toBe('expired');
  });

  it('never lets a legacy token expire, whatever claims it carries', () => {
    expect(tokenStatus(classify(legacyClaims({ exp: 1, nbf: 4_000_000_000 })), issued)).toBe('no-expiry');
  });
});

describe('describeToken', () => {
  it('says kind, owner and verdict in the first line', () => {
    const { headline } = describeAt(classify(boundClaims(pod)), issued + 1080);
    expect(headline).toBe('Pod-bound token of kube-system/mycontroller — expires in 42 min, or with its Pod');
  });

  it('warns of a Pod’s token in a kubeconfig, and only there', () => {
    const token = classify(boundClaims(pod));
    expect(
      describeAt(token, issued, true)
        .advice.map(({ text }) => text)
        .join(),
    ).toContain('stops working when the Pod is deleted');
    expect(describeAt(token, issued, false).advice).toEqual([]);
  });
});
