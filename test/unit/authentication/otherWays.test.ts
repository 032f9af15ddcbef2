import { describe, expect, it } from 'vitest';
import {
  known,
  offlineEvidence,
  unknown,
  type Evidence,
  type ServerSettings,
} from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import { inspectorModel } from '../../../src/inspection/inspectorModel.ts';
import {
  bound,
  legacy,
  live,
  NOW,
  podBound,
  seen,
  settings,
  signed,
  stranger,
} from '../../support/texts/evidence.ts';
import { boundClaims } from '../../support/tokens.ts';

const SELF = 'system:serviceaccount:kube-system:mycontroller';
const noFlags: Partial<Evidence> = { settings: unknown('the server answered 404', 'get /flagz') };
const flags = (more: Partial<ServerSettings>): Partial<Evidence> => ({
  settings: known(settings(more), 'GET /flagz'),
});
const review = (authenticated: boolean, username?: string, error?: string): Partial<Evidence> => ({
  review: known({ authenticated, username, error }, 'TokenReview'),
});
const explain = async (token: string, ...more: readonly Partial<Evidence>[]): Promise<Explanation> =>
  await explainAuthentication(seen(token, Object.assign({}, ...more) as Partial<Evidence>), NOW);
const failing = ({ steps }: Explanation) => steps.find(({ state }) => state === 'failed');

const OPAQUE = [
  ['k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8', 'a token of Amazon EKS'],
  ['ya29.a0AfB_byExample', 'an access token of Google'],
  ['sha256~ZXhhbXBsZS1vZi1hbi1PcGVuU2hpZnQtdG9rZW4', 'a token of OpenShift'],
  ['kubeconfig-u-abcde:8xq5example', 'a token of Rancher'],
  ['token-x7k2p:8xq5example', 'a token of Rancher'],
  ['abcdef.0123456789abcdef', 'a bootstrap token by its shape'],
  ['some-opaque-token', 'does not begin like a JWT'],
  ['my-token-x7k2p:8xq5example', 'does not begin like a JWT'],
  ['token-x7k2p-8xq5example', 'does not begin like a JWT'],
  ['my-k8s-aws-v1.aHR0cHM6Ly9', 'does not begin like a JWT'],
  ['x-ya29.a0AfB_byExample', 'does not begin like a JWT'],
  ['xsha256~ZXhhbXBsZQ', 'does not begin like a JWT'],
  ['xabcdef.0123456789abcdef', 'does not begin like a JWT'],
] as const;

describe('a credential that is no JWT', () => {
  it.each(OPAQUE)('%s is called what it is, and not refused unseen', async (token, what) => {
    for (const evidence of [offlineEvidence(token), seen(token, noFlags)]) {
      const explanation = await explainAuthentication(evidence, NOW);
      expect([explanation.outcome, explanation.canBeAsked]).toEqual(['cannot-tell', true]);
      expect(explanation.headline).toMatch(/^This is not a ServiceAccount token; /);
      expect(explanation.steps[0]).toMatchObject({ state: 'cannot-tell', needs: 'create tokenreviews' });
      expect(explanation.steps[0]?.finding).toContain(what);
    }
  });

  it('is refused where the server’s flags name nobody who could accept it, and names who could', async () => {
    const [token] = OPAQUE[0];
    expect((await explain(token)).outcome).toBe('refused');
    expect((await explain(token, flags({ others: ['structured authentication'] }))).outcome).toBe('refused');
    const { outcome, steps } = await explain(token, flags({ others: ['webhook'] }));
    expect([outcome, steps[0]?.finding]).toEqual(['cannot-tell', expect.stringContaining('a webhook')]);
    const bootstrap = 'abcdef.0123456789abcdef';
    expect((await explain(bootstrap, flags({ others: ['bootstrap tokens'] }))).outcome).toBe('cannot-tell');
  });

  it('is what the server says, once it was asked', async () => {
    const [token] = OPAQUE[0];
    const accepted = await explain(token, noFlags, review(true, 'arn:aws:iam::1:user/alice'));
    expect([accepted.outcome, accepted.headline]).toEqual([
      'accepted',
      'The server accepts this token, by another authenticator than those of ServiceAccounts',
    ]);
    const refused = await explain(
      token,
      noFlags,
      review(false, undefined, '[invalid bearer token, unknown]'),
    );
    expect([refused.outcome, refused.causes[0]?.id]).toEqual(['refused', 'not-a-serviceaccount-token']);
    expect(failing(refused)?.serverMessage).toBe('invalid bearer token, unknown');
  });
});

describe('a JWT of another issuer', () => {
  const idToken = async (more: object = {}): Promise<string> =>
    await signed(
      { iss: 'https://accounts.example.com', sub: 'alice', exp: NOW + 600, ...more },
      { kid: 'x' },
    );
  const ofOtherCluster = async (): Promise<string> =>
    await signed(boundClaims({}, { iss: 'https://other' }), { kid: 'x' }, stranger.privateKey);

  it('without claims of a ServiceAccount may be an OpenID provider’s that the server trusts', async () => {
    const offline = await explainAuthentication(offlineEvidence(await idToken()), NOW);
    expect([offline.outcome, offline.headline]).toEqual([
      'cannot-tell',
      'This is not a ServiceAccount token; no cluster was asked',
    ]);
    const asked = await explain(await idToken(), noFlags);
    expect([asked.outcome, asked.causes[0]?.id]).toEqual(['cannot-tell', 'not-a-serviceaccount-token']);
    expect(asked.headline).toMatch(/another authenticator accepts it is not known$/);
  });

  it('is refused where the provider of the flags is another, and nobody else is asked', async () => {
    const others = ['OpenID provider'] as const;
    const of = async (openIdIssuer: string) =>
      (await explain(await idToken(), flags({ others, openIdIssuer }))).outcome;
    expect(await of('https://login.example.com')).toBe('refused');
    expect(await of('https://accounts.example.com')).toBe('cannot-tell');
  });

  it('is suspected to have expired where it has', async () => {
    const { outcome, headline } = await explain(await idToken({ exp: NOW - 100 }), noFlags);
    expect([outcome, headline]).toEqual(['cannot-tell', 'Probably it has expired']);
  });

  it('of another cluster is probably refused, unless this one was told to trust that', async () => {
    const token = await ofOtherCluster();
    const open = await explain(token, noFlags);
    expect([open.outcome, open.headline]).toEqual([
      'cannot-tell',
      'Probably the token is from another cluster',
    ]);
    expect(open.steps.find(({ id }) => id === 'signature')?.state).toBe('not-reached');
    const shown = { now: NOW, name: 'a.yaml:1', server: 'https://cluster.example', isBusy: false };
    const none = { problem: undefined, searched: undefined, compared: undefined };
    // Its own cluster can be looked for by its keys, without sending it.
    expect(inspectorModel(open, seen(token, noFlags), { ...shown, ...none }).canSearch).toBe(true);
    expect((await explain(token)).outcome).toBe('refused');
    const trusted = await explain(token, noFlags, review(true, 'second:alice'));
    expect([trusted.outcome, trusted.user]).toEqual(['accepted', undefined]);
    expect(trusted.headline).toMatch(/by another authenticator/);
    const error = '[invalid bearer token, oidc: verify token: oidc: token is expired (Token Expiry: x)]';
    const refused = await explain(token, noFlags, review(false, undefined, error));
    expect([refused.outcome, refused.causes[0]?.id]).toEqual(['refused', 'other-cluster']);
  });
});

describe('a token that the server accepts though a check fails here', () => {
  const gone: Partial<Evidence> = { boundObject: known(undefined, 'get') };
  it('is in its cache only where that can be', async () => {
    const good = await podBound();
    const said = async (token: string, ...more: readonly Partial<Evidence>[]) =>
      (await explain(token, review(true, SELF), ...more)).headline;
    expect(await said(good, gone)).toMatch(/at most about 10 seconds \(its cache\)/);
    const going = (ago: number) => ({
      boundObject: known(live('pod-uid', { deletionTimestamp: NOW - ago }), 'get'),
    });
    expect(await said(good, going(65))).toMatch(/10 seconds/);
    expect(await said(good, going(3600))).toMatch(/another authenticator.* or another of its API servers/);
    const forged = await signed(boundClaims(), {}, stranger.privateKey);
    expect(await said(forged)).not.toMatch(/10 seconds/);
    expect(await said(await bound({}, { exp: NOW - 3600 }))).not.toMatch(/10 seconds/);
    expect(await said(await bound({}, { aud: ['vault'] }))).not.toMatch(/10 seconds/);
  });

  it('has another authenticator where it is taken for somebody else', async () => {
    const alice = review(true, 'alice');
    const { headline, outcome, steps } = await explain(await podBound(), gone, noFlags, alice);
    expect([outcome, headline]).toEqual([
      'accepted',
      'The server accepts it, though a check of ServiceAccount tokens fails: another authenticator takes it for its own',
    ]);
    expect(steps.at(-1)?.finding).toContain('What can have taken it for its own: a token file');
    const others = flags({ others: ['structured authentication', 'webhook'] });
    // An issuer of an AuthenticationConfiguration is none of the server's own.
    expect((await explain(await podBound(), gone, others, alice)).steps.at(-1)?.finding).toBe(
      'It accepts the token. What can have taken it for its own: a webhook (--authentication-token-webhook-config-file).',
    );
  });

  it('is perhaps not looked up, where it is a legacy one', async () => {
    const token = await legacy();
    expect((await explain(token, gone, noFlags, review(true, SELF))).headline).toMatch(
      /its cache, for at most about 10 seconds, or as it looks up no legacy tokens/,
    );
    expect((await explain(token, gone, flags({ looksUpLegacy: false }))).outcome).toBe('accepted');
  });

  it('cannot be told of a legacy one before the server is heard, where its flags are not known', async () => {
    const token = await legacy();
    const unsent = await explain(token, gone, noFlags);
    expect([unsent.outcome, unsent.headline]).toEqual([
      'cannot-tell',
      'Probably its token Secret was deleted',
    ]);
    expect(unsent.causes[0]?.id).toBe('token-secret-gone');
    const secret = unsent.steps.find(({ id }) => id === 'secret');
    expect(secret).toMatchObject({ state: 'cannot-tell', needs: 'create tokenreviews' });
    expect(secret?.finding).toMatch(/Only a server with --service-account-lookup=false does not look/);
    expect(unsent.steps.find(({ id }) => id === 'serviceAccount')?.state).toBe('not-reached');
    const alone = await explain(token, gone, noFlags, { whoAmI: known(undefined, 'SelfSubjectReview') });
    expect([alone.outcome, alone.headline, failing(alone)?.finding]).toEqual([
      'refused',
      'Its token Secret was deleted',
      'There is no Secret kube-system/mycontroller-token.',
    ]);
    expect((await explain(token, gone, flags({}))).outcome).toBe('refused');
  });
});

describe('a bound token of the issuer of legacy tokens', () => {
  const LEGACY = 'kubernetes/serviceaccount';
  const of = async (more: object = {}): Promise<string> => await bound({}, { iss: LEGACY, ...more });
  const both = flags({ issuers: ['https://kubernetes.default.svc.cluster.local', LEGACY] });

  it('is accepted where that is an issuer of the server, and cannot be told where its issuers are not known', async () => {
    expect((await explain(await of(), both)).outcome).toBe('accepted');
    expect((await explain(await of(), noFlags)).outcome).toBe('cannot-tell');
    const dropped = await explain(await of());
    expect([dropped.causes[0]?.id, failing(dropped)?.serverMessage]).toEqual([
      'issuer-dropped',
      'namespace claim is missing',
    ]);
  });

  it('is refused in the words of both authenticators', async () => {
    const token = await of({ exp: NOW - 100 });
    const words = 'namespace claim is missing, service account token has expired';
    expect(failing(await explain(token, both))?.serverMessage).toBe(words);
    const heard = await explain(token, noFlags, review(false, undefined, `[invalid bearer token, ${words}]`));
    expect([heard.causes[0]?.id, failing(heard)?.serverMessage]).toEqual(['expired', words]);
    const alone = '[invalid bearer token, namespace claim is missing]';
    const one = await explain(await of(), noFlags, review(false, undefined, alone));
    expect([one.causes[0]?.id, failing(one)?.id]).toEqual(['issuer-dropped', 'issuer']);
  });
});

describe('an audience', () => {
  const hidden: Partial<Evidence> = { apiAudiences: unknown('forbidden', 'create serviceaccounts/token') };
  const suspicion = async (aud: readonly string[], iss: string): Promise<boolean | undefined> => {
    const { steps } = await explain(await bound({}, { aud, iss }), hidden, noFlags, {
      issuer: known(iss, 'discovery'),
    });
    return steps.find(({ id }) => id === 'audience')?.isSuspect ?? false;
  };

  it.each([
    ['kops', ['kubernetes.svc.default'], 'https://oidc.example.com/kops'],
    ['RKE1', ['unknown'], 'rke'],
    ['Gardener', ['kubernetes', 'gardener'], 'https://api.example.com'],
    ['Istio of old', ['api', 'istio-ca'], 'kubernetes/serviceaccount'],
    [
      'kubeadm',
      ['https://kubernetes.default.svc.cluster.local'],
      'https://kubernetes.default.svc.cluster.local',
    ],
  ])('of %s rouses no suspicion', async (_of, aud, iss) => {
    expect(await suspicion(aud, iss)).toBe(false);
  });

  it.each([[['sts.amazonaws.com']], [['vault']], [['api://AzureADTokenExchange']], [['istio-ca']]])(
    'that no API server has does: %s',
    async (aud) => {
      expect(await suspicion(aud, 'https://kubernetes.default.svc.cluster.local')).toBe(true);
    },
  );

  it('is judged by what is known of the server, whatever it is called', async () => {
    const odd = await bound({}, { aud: ['vault'] });
    expect((await explain(odd, { apiAudiences: known(['vault'], 'TokenRequest') })).outcome).toBe('accepted');
  });
});

it('tells of a Pod’s token the Node with its uid, as the server does', async () => {
  const token = await bound({ pod: { name: 'p', uid: 'pod-uid' }, node: { name: 'n', uid: 'node-uid' } });
  expect((await explain(token)).user?.extra).toMatchObject({
    'authentication.kubernetes.io/node-name': 'n',
    'authentication.kubernetes.io/node-uid': 'node-uid',
  });
});
