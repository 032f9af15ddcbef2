import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CauseId } from '../../../src/authentication/causes.ts';
import {
  known,
  offlineEvidence,
  unknown,
  UNNAMED,
  type Entry,
  type Evidence,
  type Fact,
  type Sent,
} from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { StepId } from '../../../src/authentication/step.ts';
import { decodeToken } from '../../../src/token/decode.ts';
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
import { boundClaims, legacyClaims } from '../../support/tokens.ts';

const explain = async (evidence: Evidence, now = NOW): Promise<Explanation> =>
  await explainAuthentication(evidence, now);
const good = await podBound();
const goodLegacy = await legacy();
const gone = known(undefined, 'get');
const review = (error: string): Partial<Evidence> => ({
  review: known({ authenticated: false, username: undefined, error }, 'TokenReview'),
});
const otherUid = known(live('another-uid'), 'get');
const node = async (): Promise<string> => await bound({ node: { name: 'node-1', uid: 'node-uid' } });
const past = NOW - 61;
const sends = (sent: Partial<Sent>, more: Partial<Evidence> = {}): Evidence =>
  seen(good, {
    sent: known(
      {
        kind: 'token',
        source: 'user "ci", field token',
        isThisToken: true,
        hasClientCertificate: false,
        passedOver: [],
        ...sent,
      },
      'kubeconfig',
    ),
    ...more,
  });
const entry = (problem?: string): Entry => ({
  context: 'ci',
  cluster: 'ci',
  server: 'https://ci.example',
  user: 'ci',
  problem,
  shadowed: [],
});

describe('explainAuthentication', () => {
  it.each([
    ['Pod-bound', podBound()],
    ['legacy', legacy()],
    ['unbound', bound()],
    ['without an audience', bound({}, { aud: undefined })],
    ['without a key id', signed(boundClaims(), { kid: undefined })],
  ])('accepts a %s token when every check passes', async (_name, token) => {
    const { outcome, steps, user } = await explain(seen(await token));
    expect(steps.filter(({ state }) => state !== 'passed')).toEqual([]);
    expect(outcome).toBe('accepted');
    expect(user?.name).toBe('system:serviceaccount:kube-system:mycontroller');
  });

  const causes: [CauseId, StepId, Evidence | Promise<Evidence>][] = [
    ['no-token', 'shape', seen(' \n')],
    ['still-base64', 'shape', seen(btoa(good))],
    ['wrapped', 'shape', seen(`"${good}"`)],
    ['wrapped', 'shape', seen(`Bearer ${good}`)],
    ['wrapped', 'shape', seen(`${good.slice(0, 80)}\n${good.slice(80)}`)],
    ['wrapped', 'shape', seen(JSON.stringify({ token: good }))],
    ['truncated', 'shape', seen(good.slice(0, 300))],
    ['truncated', 'shape', seen(good.slice(0, good.lastIndexOf('.') + 1))],
    ['bad-signature', 'signature', seen(good.slice(0, -30))],
    ['not-a-serviceaccount-token', 'shape', seen('eyJhbGciOiJSU0EifQ.a.b.c.d')],
    ['not-a-serviceaccount-token', 'shape', seen('abcdef.0123456789abcdef')],
    [
      'not-a-serviceaccount-token',
      'issuer',
      signed({ iss: 'https://accounts.example.com' }).then((token) => seen(token)),
    ],
    [
      'other-cluster',
      'issuer',
      signed(boundClaims({}, { iss: 'https://other' }), { kid: 'x' }).then((token) => seen(token)),
    ],
    [
      'issuer-dropped',
      'issuer',
      bound({}, { iss: 'https://old' }).then((token) => seen(token, review('invalid bearer token'))),
    ],
    ['not-a-serviceaccount-token', 'signature', bound({}, { exp: String(NOW) }).then((token) => seen(token))],
    [
      'other-cluster-same-issuer',
      'signature',
      signed(boundClaims(), { kid: 'x' }, stranger.privateKey).then((token) =>
        seen(token, { serviceAccount: otherUid }),
      ),
    ],
    [
      'signing-key-gone',
      'signature',
      signed(boundClaims(), { kid: 'x' }, stranger.privateKey).then((token) => seen(token)),
    ],
    [
      'bad-signature',
      'signature',
      signed(boundClaims(), {}, stranger.privateKey).then((token) => seen(token)),
    ],
    ['expired', 'time', bound({}, { exp: past }).then((token) => seen(token))],
    ['stale-file', 'time', podBound({ exp: past }).then((token) => seen(token))],
    ['not-yet-valid', 'time', podBound({ nbf: NOW + 61 }).then((token) => seen(token))],
    ['not-yet-valid', 'time', podBound({ iat: NOW + 61, nbf: NOW }).then((token) => seen(token))],
    ['wrong-audience', 'audience', podBound({ aud: ['vault'], exp: past }).then((token) => seen(token))],
    ['serviceaccount-gone', 'serviceAccount', seen(good, { serviceAccount: gone })],
    ['serviceaccount-recreated', 'serviceAccount', seen(good, { serviceAccount: otherUid })],
    [
      'serviceaccount-terminating',
      'serviceAccount',
      seen(good, {
        serviceAccount: known(
          live('11111111-2222-3333-4444-555555555555', { deletionTimestamp: past }),
          'get',
        ),
      }),
    ],
    ['pod-gone', 'boundObject', seen(good, { boundObject: gone })],
    ['pod-recreated', 'boundObject', seen(good, { boundObject: otherUid })],
    [
      'pod-terminating',
      'boundObject',
      seen(good, { boundObject: known(live('pod-uid', { deletionTimestamp: past }), 'get') }),
    ],
    [
      'bound-secret-gone',
      'boundObject',
      bound({ secret: { name: 's', uid: 'u' } }).then((token) => seen(token, { boundObject: gone })),
    ],
    [
      'bound-secret-gone',
      'boundObject',
      bound({ secret: { name: 's', uid: 'u' } }).then((token) => seen(token, { boundObject: otherUid })),
    ],
    ['node-gone', 'boundObject', node().then((token) => seen(token, { boundObject: otherUid }))],
    [
      'node-binding-off',
      'boundObject',
      node().then((token) =>
        seen(token, {
          boundObject: known(live('node-uid'), 'get'),
          ...review(
            '[invalid bearer token, token is bound to a Node object but the ServiceAccountTokenNodeBindingValidation feature gate is disabled]',
          ),
        }),
      ),
    ],
    [
      'webhook-token',
      'boundObject',
      bound({ validatingwebhookconfiguration: { name: 'w', uid: 'u' } }).then((token) =>
        seen(
          token,
          review(
            '[invalid bearer token, feature gate "APIServerWebhookAuthenticationToken" is disabled, but token is webhook bound]',
          ),
        ),
      ),
    ],
    ['token-secret-gone', 'secret', seen(goodLegacy, { boundObject: gone })],
    [
      'token-secret-gone',
      'secret',
      seen(goodLegacy, { boundObject: known(live('s', { deletionTimestamp: NOW + 30 }), 'get') }),
    ],
    [
      'stored-token-differs',
      'storedToken',
      seen(goodLegacy, { storedToken: known('different', 'get secrets') }),
    ],
    ['never-filled', 'storedToken', seen(goodLegacy, { storedToken: known('empty', 'get secrets') })],
    [
      'marked-invalid',
      'marked',
      seen(goodLegacy, { boundObject: known(live('s', { invalidSince: '2026-01-01' }), 'get') }),
    ],
    ['legacy-serviceaccount-recreated', 'serviceAccount', seen(goodLegacy, { serviceAccount: otherUid })],
    [
      'not-a-serviceaccount-token',
      'claims',
      signed(legacyClaims({ sub: 'system:serviceaccount:a:b' })).then((token) => seen(token)),
    ],
    ['no-token', 'sent', sends({ kind: 'nothing', source: 'user "ci" has no credential' })],
    ['another-credential', 'sent', sends({ isThisToken: false, source: 'user "ci", field tokenFile' })],
    ['another-credential', 'sent', sends({ kind: 'certificate' })],
    ['another-credential', 'sent', sends({ kind: 'basic' })],
    [
      'another-credential',
      'sent',
      sends({ hasClientCertificate: true }, { whoAmIAsSent: known('kubernetes-admin', 'SelfSubjectReview') }),
    ],
    [
      'another-credential',
      'sent',
      sends(
        { hasClientCertificate: true },
        { whoAmIAsSent: known(UNNAMED, 'GET /version'), whoAmI: known(undefined, 'GET /version') },
      ),
    ],
    ['another-credential', 'entry', seen(good, { entry: known(entry('There is no context.'), 'file') })],
    ['gateway', 'answers', seen(good, { gateway: known('nginx', 'header Server') })],
  ];
  it.each(causes)('finds the cause %s at the check %s', async (cause, step, evidence) => {
    const explanation = await explain(await evidence);
    const failing = explanation.steps.find(({ state }) => state === 'failed');
    expect([explanation.outcome, explanation.causes[0]?.id, failing?.id]).toEqual(['refused', cause, step]);
    expect(failing?.serverMessage).toMatch(/./);
    const after = explanation.steps.slice(explanation.steps.findIndex(({ state }) => state === 'failed') + 1);
    expect(after.every(({ state, id }) => state === 'not-reached' || id === 'server')).toBe(true);
  });

  it('gives 60 seconds of leeway by the server’s clock, not by this machine’s', async () => {
    const token = await bound({}, { exp: NOW });
    const at = async (time: number): Promise<string> =>
      (await explain(seen(token, { serverTime: known({ time, measuredAt: NOW }, 'Date') }))).outcome;
    expect([await at(NOW + 59), await at(NOW + 60), await at(NOW + 61)]).toEqual([
      'accepted',
      'accepted',
      'refused',
    ]);
  });

  it('cannot tell which of a token and a certificate beside it counts, until the server was asked', async () => {
    const user = 'system:serviceaccount:kube-system:mycontroller';
    const beside = async (whoAmIAsSent?: Fact<string | undefined>): Promise<Explanation> =>
      await explain(
        sends({ hasClientCertificate: true }, whoAmIAsSent === undefined ? {} : { whoAmIAsSent }),
      );
    const open = await beside();
    expect([open.steps[0]?.state, open.outcome]).toEqual(['cannot-tell', 'cannot-tell']);
    expect(open.causes[0]?.id).toBe('another-credential');
    expect((await beside(known(user, 'SelfSubjectReview'))).outcome).toBe('accepted');
    expect((await beside(known(undefined, 'SelfSubjectReview'))).steps[0]?.state).toBe('passed');
  });

  it('leaves an issuer open that is not the first of a cluster whose key fits', async () => {
    const noFlags = { settings: unknown('forbidden to you', 'get /flagz') };
    const second = await explain(seen(await bound({}, { iss: 'https://second' }), noFlags));
    expect(second.outcome).toBe('cannot-tell');
    expect(second.causes[0]?.id).toBe('issuer-dropped');
  });

  it('leaves the signature open where an external signer may keep keys to itself', async () => {
    const token = await signed(boundClaims(), { kid: 'x' }, stranger.privateKey);
    const external = await explain(seen(token, { keys: known([{ ...publicJwk, kid: 'named' }], 'jwks') }));
    expect(external.steps.find(({ id }) => id === 'signature')?.state).toBe('cannot-tell');
  });

  it('judges a token that is not kept by what it said, and passes neither its shape nor its signature', async () => {
    const claims = decodeToken(good);
    const { steps, causes, outcome } = await explain({
      ...seen('', { boundObject: gone }),
      claims,
    });
    const states = Object.fromEntries(steps.map(({ id, state }) => [id, state]));
    expect(states).toMatchObject({ shape: 'cannot-tell', signature: 'cannot-tell', boundObject: 'failed' });
    expect([outcome, causes[0]?.id]).toEqual(['refused', 'pod-gone']);
  });

  it('names what can still go wrong beside a good token, where it is not known what is sent', async () => {
    const { outcome, causes } = await explain(seen(good));
    expect(outcome).toBe('accepted');
    expect(causes.map(({ id }) => id)).toEqual(['another-credential', 'gateway', 'no-token']);
    expect((await explain(sends({}))).causes).toEqual([]);
  });

  it('lets the server’s word on the token settle nothing about what is sent', async () => {
    const accepts = known({ authenticated: true, username: 'x', error: undefined }, 'TokenReview');
    const { outcome, steps } = await explain(sends({ isThisToken: false }, { review: accepts }));
    expect(outcome).toBe('refused');
    expect(steps.slice(1).every(({ state }) => state === 'not-reached')).toBe(true);
    const open = await explain(sends({ isThisToken: undefined }, { review: accepts }));
    expect(open.steps[0]?.state).toBe('cannot-tell');
    expect(open.headline).toContain('not known');
  });

  it('says what right would tell, and never that a check passed, where a read is forbidden', async () => {
    const { outcome, steps, causes } = await explain(
      seen(good, { boundObject: unknown('forbidden', 'get pods in kube-system') }),
    );
    expect(outcome).toBe('cannot-tell');
    expect(steps.at(-1)).toMatchObject({ state: 'cannot-tell', needs: 'get pods in kube-system' });
    expect(causes.map(({ id }) => id).slice(0, 2)).toEqual(['pod-gone', 'pod-recreated']);
  });

  it('takes TokenReview’s system:anonymous for a refusal', async () => {
    const anonymous = known(
      { authenticated: true, username: 'system:anonymous', error: undefined },
      'TokenReview',
    );
    expect((await explain(seen(good, { review: anonymous }))).outcome).toBe('refused');
  });

  it('lets the server’s complaint settle the checks before it', async () => {
    const { steps, causes } = await explain({
      ...offlineEvidence(good),
      ...review('[invalid bearer token, service account token has been invalidated]'),
    });
    expect(steps.map(({ state }) => state)).toEqual([
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'passed',
      'failed',
      'failed',
    ]);
    expect(causes.map(({ id }) => id)).toEqual(['pod-gone', 'pod-terminating']);
  });

  it('passes no check whose evidence was taken away', async () => {
    const needed: Readonly<Partial<Record<StepId, readonly (keyof Evidence)[]>>> = {
      issuer: ['issuer'],
      signature: ['keys'],
      audience: ['apiAudiences'],
      time: ['serverTime'],
      serviceAccount: ['serviceAccount'],
      boundObject: ['boundObject'],
      secret: ['boundObject'],
      storedToken: ['storedToken'],
      marked: ['boundObject'],
    };
    const constant = new Set<StepId>(['issuer', 'audience', 'time']); // of a legacy token, which names none of these
    const facts = [
      'issuer',
      'keys',
      'apiAudiences',
      'serverTime',
      'serviceAccount',
      'boundObject',
      'storedToken',
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(good, goodLegacy), fc.subarray([...facts]), async (token, missing) => {
        // The server's flags name its issuers too.
        const all = missing.includes('issuer') ? [...missing, 'settings'] : missing;
        const taken = Object.fromEntries(all.map((fact) => [fact, unknown('taken away')]));
        const { steps, outcome } = await explain(seen(token, taken));
        for (const { id, state } of steps) {
          if (token === goodLegacy && constant.has(id)) continue;
          const isSeen = (needed[id] ?? []).every((fact) => !missing.some((one) => one === fact));
          expect([id, state]).toEqual([id, isSeen ? 'passed' : 'cannot-tell']);
        }
        const matters = missing.filter((fact) => token === goodLegacy || fact !== 'storedToken');
        const isLegacysOwn = (fact: string): boolean =>
          token === goodLegacy && /issuer|Audiences|Time/.test(fact);
        const isComplete = matters.every((fact) => isLegacysOwn(fact));
        expect(outcome).toBe(isComplete ? 'accepted' : 'cannot-tell');
      }),
      { numRuns: 100 },
    );
  });

  it('repeats no part of the token', async () => {
    const signature = good.slice(good.lastIndexOf('.') + 1);
    for (const credential of [good, btoa(good), `Bearer ${good}`]) {
      const { decoded: _decoded, ...shown } = await explain(seen(credential));
      expect(JSON.stringify(shown)).not.toContain(signature);
      expect(JSON.stringify(shown)).not.toContain(good.slice(0, 40));
    }
  });

  it('verifies no forged token', async () => {
    const [header = '', claims = '', signature = ''] = good.split('.');
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const anyHeader = fc.record({
      alg: fc.constantFrom('none', 'None', 'HS256', 'HS512', 'RS256', 'PS256', 'ES256', 'ES512', 'EdDSA', ''),
      kid: fc.constantFrom(keyId, undefined, ''),
      jwk: fc.constantFrom(undefined, publicJwk),
      jku: fc.constantFrom(undefined, 'https://evil.example/jwks'),
    });
    await fc.assert(
      fc.asyncProperty(anyHeader, fc.uint8Array({ maxLength: 300 }), fc.nat(), async (forged, bytes, at) => {
        const place = at % (signature.length - 1);
        const flipped = signature[place] === 'A' ? 'B' : 'A';
        for (const token of [
          `${encode(forged)}.${claims}.${Buffer.from(bytes).toString('base64url')}`,
          `${encode({ ...forged, x: 1 })}.${claims}.${signature}`,
          `${header}.${encode(boundClaims({}, { jti: 'forged' }))}.${signature}`,
          `${header}.${claims}.${signature.slice(0, place)}${flipped}${signature.slice(place + 1)}`,
        ]) {
          const { steps } = await explain(seen(token));
          expect(steps.find(({ id }) => id === 'signature')?.state).not.toBe('passed');
        }
      }),
      { numRuns: 200 },
    );
  });
});
