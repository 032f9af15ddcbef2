import { describe, expect, it } from 'vitest';
import { known, unknown, UNNAMED, type Evidence, type Fact } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Step, StepId } from '../../../src/authentication/step.ts';
import { jwt } from '../../support/tokens.ts';
import { bound, legacy, live, NOW, podBound, seen, settings } from '../../support/texts/evidence.ts';

const good = await podBound();
const SELF = 'system:serviceaccount:kube-system:mycontroller';
const ACCOUNT = '11111111-2222-3333-4444-555555555555';
const hidden = unknown('forbidden to you', 'get pods in kube-system');
const whoAmI = (name: string | undefined): Partial<Evidence> => ({
  whoAmI: known(name, 'SelfSubjectReview'),
});
const refuses = (error?: string): Partial<Evidence> => ({
  review: known({ authenticated: false, username: undefined, error }, 'TokenReview'),
});
const accepts = (username: string | undefined = SELF): Partial<Evidence> => ({
  review: known({ authenticated: true, username, error: undefined }, 'TokenReview'),
});

async function judged(token: string, more: Partial<Evidence>) {
  const { steps, outcome, headline, causes, user } = await explainAuthentication(seen(token, more), NOW);
  const step = (id: StepId): Step | undefined => steps.find((one) => one.id === id);
  return { own: step('server'), step, steps, outcome, headline, user, causes: causes.map(({ id }) => id) };
}

const LOOK_AGAIN =
  'Each check passes here: look again; or one of several API servers has other keys, another issuer or another clock.';
const CONTRADICTED = ['signing-key-gone', 'issuer-dropped', 'not-yet-valid'];

describe('a server that was asked who the token is', () => {
  it.each([
    [undefined, '401 Unauthorized'],
    ['system:anonymous', 'system:anonymous'],
  ])('and answered %s refuses it, and does not say why', async (name, shown) => {
    const { own, outcome } = await judged(good, whoAmI(name));
    expect(outcome).toBe('refused');
    expect(own).toEqual({
      id: 'server',
      title: 'The server’s own word',
      state: 'failed',
      finding: `It refuses the token, and does not say why. ${LOOK_AGAIN}`,
      exhibits: [{ what: 'user', value: shown, origin: 'SelfSubjectReview' }],
      causes: CONTRADICTED,
    });
  });

  it('refuses it for what a check left open, where one is', async () => {
    const { own, outcome, causes, step } = await judged(good, {
      ...whoAmI(undefined),
      boundObject: hidden,
    });
    expect(own).toMatchObject({
      state: 'failed',
      finding: 'It refuses the token, and does not say why.',
      causes: [],
    });
    expect(step('boundObject')?.state).toBe('cannot-tell');
    expect(outcome).toBe('refused');
    expect(causes[0]).toBe('pod-gone');
  });

  it.each([
    [SELF, SELF],
    [UNNAMED, expect.stringMatching(/^accepted; who it is, the server does not say before /) as string],
  ])('and answered %j accepts it, which answers what was open', async (name, shown) => {
    const { own, step, outcome } = await judged(good, { ...whoAmI(name), boundObject: hidden });
    expect(outcome).toBe('accepted');
    expect(own).toMatchObject({
      state: 'passed',
      finding: 'It accepts the token.',
      exhibits: [{ what: 'user', value: shown, origin: 'SelfSubjectReview' }],
    });
    expect(step('boundObject')).toMatchObject({
      state: 'passed',
      finding: 'The server accepted the token.',
      exhibits: expect.arrayContaining([
        { what: 'server', value: 'The server accepted the token.', origin: 'SelfSubjectReview' },
      ]) as unknown,
    });
  });

  it.each([[UNNAMED], ['alice']])(
    'and takes another’s token for %s has another authenticator for it',
    async (name) => {
      const foreign = jwt({ iss: 'https://accounts.example.com', aud: 'x', sub: 'y', exp: NOW + 100 });
      const { headline, outcome, step } = await judged(foreign, whoAmI(name));
      expect(outcome).toBe('accepted');
      expect(headline).toBe(
        'The server accepts it, though a check of ServiceAccount tokens fails: another authenticator takes it for its own',
      );
      expect(step('issuer')?.state).toBe('failed');
      expect(step('signature')?.state).toBe('not-reached');
    },
  );

  it('was not asked where nothing is known of its answer', async () => {
    const { own, outcome } = await judged(good, { boundObject: hidden });
    expect([own, outcome]).toEqual([undefined, 'cannot-tell']);
  });
});

describe('a server that reviewed the token', () => {
  it.each([
    ['without a word', undefined, `It refuses the token. ${LOOK_AGAIN}`, 'none'],
    [
      'in words that nobody knows',
      'out of cheese',
      `It refuses the token, in words that are not known here. ${LOOK_AGAIN}`,
      'out of cheese',
    ],
  ])('and refuses it %s is quoted', async (_, error, finding, shown) => {
    const { own } = await judged(good, refuses(error));
    expect(own).toEqual({
      id: 'server',
      title: 'The server’s own word',
      state: 'failed',
      finding,
      exhibits: [{ what: 'status.error', value: shown, origin: 'TokenReview' }],
      causes: CONTRADICTED,
      ...(error !== undefined && { serverMessage: error }),
    });
  });

  it('and took the request for one without a token, says so', async () => {
    const { own, outcome } = await judged(good, accepts('system:anonymous'));
    expect(own).toMatchObject({
      state: 'failed',
      finding: 'It takes this for a request without any token.',
      exhibits: [{ what: 'status.error', value: 'none' }],
      causes: ['no-token'],
    });
    expect(outcome).toBe('refused');
  });

  it('and complains of a check is put to it: those before pass, those behind are not reached', async () => {
    const words = '[invalid bearer token, service account token has expired]';
    const { steps, own } = await judged(good, { ...refuses(words), keys: hidden, serviceAccount: hidden });
    const complaint = { what: 'status.error', value: words, origin: 'TokenReview' };
    expect(steps.map(({ id, state }) => [id, state])).toEqual([
      ['shape', 'passed'],
      ['issuer', 'passed'],
      ['signature', 'passed'],
      ['audience', 'passed'],
      ['time', 'failed'],
      ['serviceAccount', 'not-reached'],
      ['boundObject', 'not-reached'],
      ['server', 'failed'],
    ]);
    expect(steps[2]).toMatchObject({ finding: 'The server complained of a later check.' });
    expect(steps[2]?.exhibits.at(-1)).toEqual({
      what: 'server',
      value: 'The server complained of a later check.',
      origin: 'TokenReview',
    });
    expect(steps[4]).toMatchObject({
      finding: 'The server says that this check failed.',
      causes: ['expired'],
      serverMessage: 'service account token has expired',
    });
    expect(steps[4]?.exhibits.at(-1)).toEqual(complaint);
    expect(own).toMatchObject({ finding: 'It refuses the token.', exhibits: [complaint], causes: [] });
  });

  it('and says that it is not its own leaves it at what was found of its issuer here', async () => {
    const elsewhere = await bound({}, { iss: 'https://other' });
    const { step } = await judged(elsewhere, refuses('invalid bearer token'));
    expect(step('issuer')?.finding).not.toContain('No authenticator of the server');
    const { step: open } = await judged(good, { ...refuses('invalid bearer token'), boundObject: hidden });
    expect(open('issuer')).toMatchObject({
      state: 'failed',
      finding: 'No authenticator of the server takes it for its own, or accepts it.',
      serverMessage: 'invalid bearer token',
    });
  });
});

describe('a server that accepts what a check refuses', () => {
  const CACHED = /for at most about 10 seconds \(its cache\), though a check fails$/;
  const ELSEWHERE =
    /though a check fails here: another authenticator takes it for its own, or another of its API servers knows more$/;
  const lately = NOW - 75;
  const deleted = (uid: string, at: number | undefined): Fact<ReturnType<typeof live>> =>
    known(live(uid, { deletionTimestamp: at }), 'get');
  const gone = known(undefined, 'get');

  it.each<[string, Partial<Evidence>, Promise<string>, RegExp]>([
    ['whose time ended within its leeway and its cache’s', {}, podBound({ exp: lately }), CACHED],
    ['whose time ended a second before that', {}, podBound({ exp: lately - 1 }), ELSEWHERE],
    ['whose time is yet to come', {}, podBound({ nbf: NOW + 61 }), ELSEWHERE],
    ['whose Pod was deleted as lately', { boundObject: deleted('pod-uid', lately) }, podBound(), CACHED],
    [
      'whose Pod was deleted before that',
      { boundObject: deleted('pod-uid', lately - 1) },
      podBound(),
      ELSEWHERE,
    ],
    ['whose Pod is gone', { boundObject: gone }, podBound(), CACHED],
    [
      'whose ServiceAccount was deleted as lately',
      { serviceAccount: deleted(ACCOUNT, lately) },
      podBound(),
      CACHED,
    ],
    [
      'whose ServiceAccount was deleted before that',
      { serviceAccount: deleted(ACCOUNT, lately - 1) },
      podBound(),
      ELSEWHERE,
    ],
    ['whose Secret is gone', { boundObject: gone }, legacy(), CACHED],
    ['whose Secret holds another', { storedToken: known('different', 'get') }, legacy(), CACHED],
    [
      'whose Secret is marked invalid',
      { boundObject: known(live('s', { invalidSince: '2026-01-01' }), 'get') },
      legacy(),
      CACHED,
    ],
    ['that is for another audience', {}, podBound({ aud: ['vault'] }), ELSEWHERE],
  ])('says so of a token %s', async (_, more, token, line) => {
    const { headline, outcome, own, user } = await judged(await token, { ...accepts(), ...more });
    expect(headline).toMatch(line);
    expect(outcome).toBe('accepted');
    expect(own?.finding.startsWith('It accepts the token.')).toBe(true);
    expect(own?.finding.includes('What can have taken it for its own: ')).toBe(false);
    expect(user?.name).toBe(SELF);
  });

  it('may not look up legacy tokens at all, where its flags are not known', async () => {
    const { headline } = await judged(await legacy(), {
      ...accepts(),
      boundObject: gone,
      settings: unknown('forbidden to you', 'get /flagz'),
    });
    expect(headline).toContain('or as it looks up no legacy tokens (--service-account-lookup=false)');
    const { headline: ofPod } = await judged(good, {
      ...accepts(),
      boundObject: gone,
      settings: unknown('forbidden to you', 'get /flagz'),
    });
    expect(ofPod).toMatch(CACHED);
  });

  it('has others that can have taken it for their own, where it has them', async () => {
    const vault = await podBound({ aud: ['vault'] });
    const others = known(settings({ others: ['webhook'] }), 'GET /flagz');
    const { own } = await judged(vault, { ...accepts(), settings: others });
    expect(own?.finding).toMatch(
      /^It accepts the token\. What can have taken it for its own: a webhook \(.*\)\.$/,
    );
    const cached = await judged(good, { ...accepts(), boundObject: gone, settings: others });
    expect(cached.own?.finding).toBe('It accepts the token.');
  });

  it('took it for somebody else’s where it names another, and then no check of it passes', async () => {
    const { own, user, headline, step } = await judged(good, { ...accepts('jane'), boundObject: gone });
    expect(headline).toContain('another authenticator takes it for its own');
    expect(user).toBeUndefined();
    expect(own?.exhibits).toEqual([{ what: 'user', value: 'jane', origin: 'TokenReview' }]);
    expect(step('boundObject')?.state).toBe('failed');
    const open = await judged(good, { ...accepts('jane'), boundObject: hidden });
    expect(open.step('boundObject')).toMatchObject({
      state: 'passed',
      finding: 'Another authenticator of the server accepted the token.',
    });
    const unnamed = await judged(good, { ...accepts(UNNAMED), boundObject: gone });
    expect(unnamed.headline).toMatch(CACHED);
  });
});
