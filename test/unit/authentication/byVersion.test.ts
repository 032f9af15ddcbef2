import { describe, expect, it } from 'vitest';
import { known, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Step } from '../../../src/authentication/step.ts';
import {
  bound,
  keyId,
  legacy,
  live,
  NOW,
  podBound,
  publicJwk,
  seen,
  signed,
  stranger,
} from '../../support/texts/evidence.ts';
import { boundClaims } from '../../support/tokens.ts';

const of = (minor: number): Partial<Evidence> => ({ minorVersion: known(minor, 'GET /version') });
const unsaid: Partial<Evidence> = { minorVersion: unknown('forbidden to you', 'get /version') };
const refusing = (error: string): Partial<Evidence> => ({
  review: known({ authenticated: false, username: undefined, error }, 'TokenReview'),
});
const noKeys: Partial<Evidence> = { keys: unknown('forbidden to you', 'get /openid/v1/jwks') };
const another: Partial<Evidence> = { serviceAccount: known(live('another-uid'), 'get') };

async function explained(token: string, ...more: readonly Partial<Evidence>[]) {
  const evidence = seen(token, Object.assign({}, ...more) as Partial<Evidence>);
  const { steps, causes, outcome } = await explainAuthentication(evidence, NOW);
  const step = (id: Step['id']): Step | undefined => steps.find((one) => one.id === id);
  return { step, causes: causes.map(({ id }) => id), outcome };
}

describe('a token whose key is not the cluster’s', () => {
  const elsewhere = async (): Promise<string> =>
    await signed(
      boundClaims({ pod: { name: 'mycontroller-x7k2p', uid: 'pod-uid' } }),
      { kid: 'x' },
      stranger.privateKey,
    );

  it.each([
    [30, 'square/go-jose: error in cryptographic primitive'],
    [31, 'invalid signature, no keys found'],
    [37, 'invalid signature, no keys found'],
  ])('is refused by a server of 1.%s with "%s"', async (minor, words) => {
    const { step, causes } = await explained(await elsewhere(), of(minor), another);
    expect(step('signature')?.serverMessage).toBe(words);
    expect(causes[0]).toBe('other-cluster-same-issuer');
  });

  const words = '[invalid bearer token, square/go-jose: error in cryptographic primitive]';
  it('is not called changed where an old server’s words are all that is known', async () => {
    const { causes } = await explained(await elsewhere(), of(28), another, noKeys, refusing(words));
    expect(causes).toEqual(expect.arrayContaining(['other-cluster-same-issuer', 'bad-signature']));
    expect(causes[0]).toBe('other-cluster-same-issuer');
  });

  it('is of this cluster where it has the uid of the ServiceAccount that is here', async () => {
    const { causes } = await explained(await elsewhere(), of(28), noKeys, refusing(words));
    expect(causes[0]).toBe('signing-key-gone');
    expect(causes).not.toContain('other-cluster-same-issuer');
  });

  it('is called changed where the server has the key that it names', async () => {
    const changed = await signed(boundClaims(), { kid: keyId }, stranger.privateKey);
    const { causes } = await explained(changed, of(32), noKeys, refusing(words));
    expect(causes[0]).toBe('bad-signature');
  });
});

describe('a signature', () => {
  it('by a key of another name fits up to 1.30, where every key is tried', async () => {
    const renamed: Partial<Evidence> = { keys: known([{ ...publicJwk, kid: 'another' }], 'GET') };
    const token = await podBound();
    const state = async (minor: number) =>
      (await explained(token, of(minor), renamed)).step('signature')?.state;
    expect([await state(30), await state(31)]).toEqual(['passed', 'cannot-tell']);
  });

  it('that does not fit is told in the words of the version', async () => {
    const changed = await signed(boundClaims(), { kid: keyId }, stranger.privateKey);
    const said = async (minor: number) =>
      (await explained(changed, of(minor))).step('signature')?.serverMessage;
    expect([await said(32), await said(33)]).toEqual([
      'square/go-jose: error in cryptographic primitive',
      'go-jose/go-jose: error in cryptographic primitive',
    ]);
  });
});

it('a token that was issued in the future is refused from 1.27 on', async () => {
  const token = await bound({}, { nbf: NOW, iat: NOW + 90 });
  const state = async (minor: number) => (await explained(token, of(minor))).step('time');
  expect(await state(26)).toMatchObject({ state: 'passed' });
  expect(await state(27)).toMatchObject({
    state: 'failed',
    serverMessage: 'service account token is issued in the future',
  });
});

it('a token that is marked invalid is refused from 1.29 on', async () => {
  const token = await legacy();
  const marked: Partial<Evidence> = {
    boundObject: known(live('s', { invalidSince: '2026-01-01' }), 'get secrets'),
  };
  const judged = async (more: Partial<Evidence>) => {
    const { step, outcome } = await explained(token, marked, more);
    return [step('marked')?.state, outcome];
  };
  expect(await judged(of(28))).toEqual(['passed', 'accepted']);
  expect(await judged(of(29))).toEqual(['failed', 'refused']);
  expect(await judged(unsaid)).toEqual(['cannot-tell', 'cannot-tell']);
});

it('what was made again and is going is told by its deletion up to 1.28, and by its uid from 1.29 on', async () => {
  const going = known(live('another', { deletionTimestamp: NOW - 61 }), 'get');
  const token = await podBound();
  const said = async (minor: number, more: Partial<Evidence>, id: Step['id']) =>
    (await explained(token, of(minor), more)).step(id)?.serverMessage;
  const account = { serviceAccount: going };
  expect(await said(28, account, 'serviceAccount')).toMatch(/has been deleted$/);
  expect(await said(29, account, 'serviceAccount')).toMatch(/^service account UID \(another\)/);
  const pod = { boundObject: going };
  expect(await said(28, pod, 'boundObject')).toBe('service account token has been invalidated');
  expect(await said(29, pod, 'boundObject')).toMatch(/^pod UID \(another\)/);
});
