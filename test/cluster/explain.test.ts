import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { explainAuthentication } from '../../src/authentication/explain.ts';
import type { StepId } from '../../src/authentication/step.ts';
import type { Explanation } from '../../src/authentication/explanation.ts';
import type { Cluster } from '../../src/cluster/api/cluster.ts';
import { explainOn, judge, reviewOn, tableOf, type Judged } from '../support/cluster/judge.ts';
import {
  account,
  boundTo,
  changed,
  create,
  NAMESPACE,
  now,
  openStage,
  pod,
  requested,
  send,
} from '../support/cluster/stage.ts';
import { cases, WAIT } from '../support/cluster/stagedCauses.ts';
import { Follower } from '../support/cluster/refusedCommand.ts';
import { elsewhere } from '../support/cluster/stagedElsewhere.ts';
import { sendingTo } from '../support/cluster/agreedSending.ts';

const { kubeconfig, kubectl, folder } = inject('controlPlane');
let admin: Cluster;
/** A person without any right: TokenReview is forbidden, and the token itself has to be asked. */
let nobody: Cluster;
const rows: Judged[] = [];

beforeAll(async () => {
  ({ admin, nobody } = await openStage(kubeconfig, folder));
});

afterAll(() => {
  admin.dispose();
  nobody.dispose();
  process.stdout.write(`\n${tableOf(rows)}\n${rows.length} cases\n`);
});

describe('the explanation agrees with the server itself', () => {
  const staged = new Map<string, string>();
  let others: Judged[] = [];
  beforeAll(async () => {
    for (const [name, stage] of cases) staged.set(name, await stage());
    const waited = sleep(WAIT);
    others = await elsewhere();
    await waited;
  });

  it.each(cases)('%s', async (...staging) => {
    const judged = await judge({ admin, nobody }, staging, staged.get(staging[0]) ?? '');
    rows.push(judged);
    expect(judged.differences).toEqual([]);
  });

  describe.skipIf(process.platform === 'win32')(
    'from the words that kubectl wrote and the line that ran it',
    () => {
      let commands: Follower;
      beforeAll(async () => {
        commands = await Follower.begin(kubectl, admin, folder);
      });

      it.each(cases.filter(([, , more]) => more?.isOnce !== true))('%s', async (name, _stage, more = {}) => {
        const token = (await more.late?.()) ?? staged.get(name) ?? '';
        const asks = more.asksReview === true ? sendingTo(admin, token) : {};
        const { line, links, explanation } = await commands.follow(token, asks);
        const server = await reviewOn(admin, token);
        expect([line, links.length > 0]).toEqual([line, !server.accepted]);
        const [{ outcome, causes }] = await explainOn(admin, token, asks);
        // Why a command was refused whose token is accepted is told of the command alone.
        const firstOf = (all: Explanation['causes']): string | undefined =>
          server.accepted ? undefined : all[0]?.id;
        expect([explanation.outcome, firstOf(explanation.causes)]).toEqual([outcome, firstOf(causes)]);
      });
    },
  );

  it('on a second control plane with the same issuer, two issuers, no anonymous requests, and a key that is rotated', () => {
    rows.push(...others);
    expect(others.length).toBeGreaterThan(5);
    expect(others.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });

  it('says what right is missing, and passes nothing unseen, for a person without rights', async () => {
    const [{ outcome, steps }] = await explainOn(nobody, staged.get('Pod gone') ?? '');
    expect(outcome).toBe('cannot-tell');
    expect(steps.find(({ id }) => id === 'boundObject')).toMatchObject({
      state: 'cannot-tell',
      needs: `get pods in ${NAMESPACE}`,
    });
    expect(steps.find(({ id }) => id === 'signature')?.state).toBe('passed'); // ServiceAccounts may read the keys.
  });

  it('asks nothing with names that are no names', async () => {
    const own = { namespace: '..', serviceaccount: { name: '../secrets', uid: 'u' } };
    const [{ steps }] = await explainOn(admin, await changed({ 'kubernetes.io': own }));
    expect(steps.find(({ id }) => id === 'serviceAccount')?.state).toBe('cannot-tell');
  });
});

describe('with each right taken away in turn', () => {
  /** What a person needs to see everything, and the check that only it can pass. */
  const rights: readonly (readonly [rule: object, step: StepId, needs: string])[] = [
    [
      { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] },
      'serviceAccount',
      'get serviceaccounts',
    ],
    [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }, 'boundObject', 'get pods'],
    [
      { apiGroups: [''], resources: ['serviceaccounts/token'], verbs: ['create'] },
      'audience',
      'create serviceaccounts/token',
    ],
  ];
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  let token = '';

  beforeAll(async () => {
    await account('partial');
    await pod('seen-in-part');
    token = await boundTo('Pod', 'seen-in-part');
    await send('POST', `${rbac}/clusterroles`, { metadata: { name: 'partial' }, rules: [] });
    await send('POST', `${rbac}/clusterrolebindings`, {
      metadata: { name: 'partial' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'partial' },
      subjects: [{ kind: 'ServiceAccount', name: 'nobody', namespace: NAMESPACE }],
    });
  });

  /** The states of all checks once the person has exactly these rights: the authorizer follows in a moment. */
  async function statesWith(has: readonly (typeof rights)[number][]): Promise<Record<string, string>> {
    await send('PATCH', `${rbac}/clusterroles/partial`, { rules: has.map(([rule]) => rule) });
    const wanted = new Set(has.map(([, step]) => step));
    for (let tries = 0; ; tries++) {
      const [{ steps }] = await explainOn(nobody, token);
      const states = Object.fromEntries(steps.map(({ id, state }) => [id, state]));
      const hasSettled = rights.every(([, step]) => (states[step] === 'passed') === wanted.has(step));
      if (hasSettled || tries > 30) return states;
      await sleep(100);
    }
  }

  it('passes all with all of them', async () => {
    const states = await statesWith(rights);
    expect(new Set(Object.values(states))).toEqual(new Set(['passed']));
  });

  it.each(rights)('%o: cannot tell the %s, and says that it needs %s', async (...right) => {
    const states = await statesWith(rights.filter(([rule]) => rule !== right[0]));
    const [, step, needs] = right;
    expect(Object.entries(states).filter(([, state]) => state !== 'passed')).toEqual([[step, 'cannot-tell']]);
    const [{ steps, outcome }] = await explainOn(nobody, token);
    expect(outcome).toBe('cannot-tell');
    expect(steps.find(({ id }) => id === step)?.needs).toBe(`${needs} in ${NAMESPACE}`);
  });

  it('finds a wrong audience by a token of its own, where the refusal has no reason', async () => {
    await statesWith(rights);
    const vault = await requested('default', { audiences: ['vault'] });
    const sent = (one: string) => ({ ...sendingTo(nobody, one), requestToken: 'to-tell-why' }) as const;
    const [{ outcome, causes, steps }, evidence] = await explainOn(nobody, vault, sent(vault));
    expect([evidence.review.known, evidence.whoAmI.known]).toEqual([false, true]);
    expect([outcome, causes[0]?.id]).toEqual(['refused', 'wrong-audience']);
    expect(steps.find(({ id }) => id === 'audience')?.serverMessage).toMatch(/^token audiences \["vault"\]/);
    const [, accepted] = await explainOn(nobody, token, sent(token));
    expect(accepted.apiAudiences.known).toBe(false); // Nothing is requested where nothing is left to tell.
  });

  it('says of a token Secret that cannot be filled why it is empty', async () => {
    await account('unfilled');
    const annotations = { 'kubernetes.io/service-account.name': 'unfilled' };
    const type = 'kubernetes.io/service-account-token';
    await create('secrets', 'unfilled', { type, immutable: true }, { annotations });
    const own = 'kubernetes.io/serviceaccount/';
    const claims = {
      iss: 'kubernetes/serviceaccount',
      sub: `system:serviceaccount:${NAMESPACE}:unfilled`,
      [`${own}namespace`]: NAMESPACE,
      [`${own}secret.name`]: 'unfilled',
      [`${own}service-account.name`]: 'unfilled',
    };
    const [{ outcome, headline, steps }] = await explainOn(admin, '', {
      known: { claims: { header: {}, claims } },
    });
    expect([outcome, headline]).toEqual(['refused', 'The token Secret was never filled']);
    expect(steps.find(({ state }) => state === 'failed')?.finding).toMatch(/is immutable/);
  });

  it('of a token that is not kept, says what can be said', async () => {
    const claims = {
      header: {},
      claims: JSON.parse(atob(token.split('.')[1] ?? '')) as Record<string, unknown>,
    };
    const evidence = await admin.gatherEvidence(
      '',
      { known: { claims }, ...sendingTo(admin, ''), compareSecret: true, requestToken: false },
      AbortSignal.timeout(20_000),
    );
    expect(evidence.review.known).toBe(false);
    const { steps } = await explainAuthentication(evidence, now());
    expect(steps.find(({ id }) => id === 'boundObject')?.state).toBe('passed');
    expect(steps.find(({ id }) => id === 'signature')?.state).toBe('cannot-tell');
  });
});
