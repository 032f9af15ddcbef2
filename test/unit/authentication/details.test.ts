import { describe, expect, it } from 'vitest';
import type { CauseId } from '../../../src/authentication/causes.ts';
import { known, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Step, StepId } from '../../../src/authentication/step.ts';
import { bound, legacy, live, NOW, podBound, seen, signed } from '../../support/texts/evidence.ts';
import { boundClaims } from '../../support/tokens.ts';

const explain = async (evidence: Evidence): Promise<Explanation> =>
  await explainAuthentication(evidence, NOW);
const step = async (id: StepId, evidence: Evidence): Promise<Step | undefined> =>
  (await explain(evidence)).steps.find((one) => one.id === id);
const good = await podBound();
const node = async (): Promise<string> => await bound({ node: { name: 'node-1', uid: 'node-uid' } });
const UID = '11111111-2222-3333-4444-555555555555';
const JTI = 'JTI=6d0d5ed4-7d6c-4bd1-b8a3-9f9a6f6d8b0e';
const unasked = unknown('the cluster was not asked');

describe('what is said of a token', () => {
  it.each([
    [podBound(), { 'credential-id': JTI, 'pod-name': 'mycontroller-x7k2p', 'pod-uid': 'pod-uid' }],
    [
      bound({ pod: { name: 'p' }, node: { name: 'n', uid: 'u' } }, { jti: undefined }),
      { 'pod-name': 'p', 'node-name': 'n', 'node-uid': 'u' },
    ],
    [node(), { 'credential-id': JTI, 'node-name': 'node-1', 'node-uid': 'node-uid' }],
    [bound({ secret: { name: 's', uid: 'u' } }, { jti: 'j' }), { 'credential-id': 'JTI=j' }],
    [legacy(), {}],
  ])('says what the server knows of its bearer beside the name: case %#', async (token, extra) => {
    const { user } = await explain(seen(await token));
    const prefixed = Object.entries(extra).map(([name, value]) => [
      `authentication.kubernetes.io/${name}`,
      value,
    ]);
    expect(user?.extra).toEqual(Object.fromEntries(prefixed));
    expect(user?.uid).toBe(UID);
  });

  it('cannot tell whether a ServiceAccount is the one of then, of a token whose claims are known in part', async () => {
    const { 'kubernetes.io': own, ...claims } = boundClaims() as Record<string, object>;
    const kept = { ...own, serviceaccount: { name: 'mycontroller' } };
    const partly = { header: {}, claims: { ...claims, 'kubernetes.io': kept } };
    expect(await step('serviceAccount', { ...seen(''), claims: partly })).toMatchObject({
      state: 'cannot-tell',
      causes: ['serviceaccount-recreated'],
      finding:
        'ServiceAccount kube-system/mycontroller is there; whether it is the one of then is not known.',
    });
    const whole = { header: {}, claims: { ...claims, 'kubernetes.io': own } };
    expect(await step('serviceAccount', { ...seen(''), claims: whole })).toMatchObject({ state: 'passed' });
    // A token in hand that names no uid is refused.
    const without = await bound({ serviceaccount: { name: 'mycontroller' } });
    expect(await step('serviceAccount', seen(without))).toMatchObject({ state: 'failed' });
  });

  it('cannot tell how long a token lives whose end is not kept, and may be read from a stale file', async () => {
    const claims = { header: {}, claims: boundClaims({}, { exp: undefined }) as Record<string, unknown> };
    expect(await step('time', { ...seen(''), claims })).toMatchObject({
      state: 'cannot-tell',
      causes: ['stale-file'],
      finding: 'How long it lives is not kept; a Pod’s token is renewed again and again.',
    });
    // A token in hand without an end is another matter.
    expect(await step('time', seen(await bound({}, { exp: undefined })))).toMatchObject({ state: 'passed' });
  });

  it('names both ends of a token’s time where only this machine’s clock is known', async () => {
    expect(await step('time', seen(good, { serverTime: unasked }))).toMatchObject({
      state: 'cannot-tell',
      causes: ['expired', 'not-yet-valid'],
    });
  });

  it.each<[StepId, CauseId, Promise<string>, string, 'serviceAccount' | 'boundObject']>([
    ['boundObject', 'pod-terminating', podBound(), 'pod-uid', 'boundObject'],
    ['boundObject', 'bound-secret-gone', bound({ secret: { name: 's', uid: 'u' } }), 'u', 'boundObject'],
    ['boundObject', 'node-gone', node(), 'node-uid', 'boundObject'],
    ['serviceAccount', 'serviceaccount-terminating', podBound(), UID, 'serviceAccount'],
  ])(
    'suspects at the check %s that it is %s, where the server’s clock is not known',
    async (id, cause, token, uid, fact) => {
      const deleted = known(live(uid, { deletionTimestamp: NOW }), 'get');
      expect(await step(id, seen(await token, { [fact]: deleted, serverTime: unasked }))).toMatchObject({
        state: 'cannot-tell',
        causes: [cause],
        finding: 'It is being deleted, and the server’s clock is not known (the cluster was not asked).',
      });
      expect(await step(id, seen(await token, { [fact]: deleted }))).toMatchObject({ state: 'passed' });
    },
  );

  it.each([
    ['different', 'another token'],
    ['empty', 'empty'],
  ] as const)('shows what a Secret holds that is %s', async (value, shown) => {
    const token = await legacy();
    const judged = await step('storedToken', seen(token, { storedToken: known(value, 'get secrets') }));
    expect(judged?.exhibits.find(({ what }) => what === 'data.token')?.value).toBe(shown);
  });

  it('judges a token of the legacy issuer by the claims of a legacy one, and by no time', async () => {
    const token = await signed({ iss: 'kubernetes/serviceaccount', exp: NOW - 61 });
    const { steps, causes } = await explain(seen(token));
    expect(steps.map(({ id }) => id)).not.toContain('time');
    expect(steps.find(({ state }) => state === 'failed')).toMatchObject({
      id: 'claims',
      serverMessage: 'sub claim is missing',
    });
    expect(causes[0]?.id).toBe('not-a-serviceaccount-token');
  });

  it.each([good.replace(/.$/, '~'), `${good.slice(0, 40)}%${good.slice(41)}`, `${good}=`])(
    'takes a token with a character that none has for a wrapped one: case %#',
    async (token) => {
      const { steps } = await explain(seen(token));
      expect(steps.find(({ state }) => state === 'failed')).toMatchObject({
        id: 'shape',
        causes: ['wrapped'],
        finding: 'There are characters in it that no token has.',
      });
    },
  );
});
