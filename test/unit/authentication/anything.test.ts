import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, unknown, type Evidence, type Fact } from '../../../src/authentication/evidence.ts';
import { explainAuthentication } from '../../../src/authentication/explain.ts';
import type { Explanation } from '../../../src/authentication/explanation.ts';
import type { Certificate } from '../../../src/kubeconfig/certificate.ts';
import { reportOf } from '../../../src/authentication/report.ts';
import { decodeToken } from '../../../src/token/decode.ts';
import { bound, legacy, live, NOW, podBound, publicJwk, seen, signed } from '../../support/texts/evidence.ts';
import { boundClaims } from '../../support/tokens.ts';

const tokens = await Promise.all([
  podBound(),
  podBound({ exp: NOW - 61 }),
  legacy(),
  bound(),
  bound({ secret: { name: 's', uid: 'u' } }),
  bound({ node: { name: 'n', uid: 'u' } }),
  bound({ mutatingwebhookconfiguration: { name: 'w', uid: 'u' } }),
  bound({}, { aud: ['vault'] }),
  signed(boundClaims({}, { iss: 'https://other' }), { kid: 'x' }),
  signed({ iss: 'https://accounts.example.com' }),
  signed({ iss: 'kubernetes/serviceaccount' }),
]);
const part = (json: unknown): string => Buffer.from(JSON.stringify(json) ?? '').toString('base64url');

const anyToken = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...tokens) },
  fc
    .tuple(fc.constantFrom(...tokens), fc.nat(900), fc.nat(900), fc.string())
    .map(([token, from, length, put]) => token.slice(0, from) + put + token.slice(from + length)),
  fc
    .tuple(fc.jsonValue(), fc.jsonValue(), fc.base64String())
    .map(([header, claims, signature]) => `${part(header)}.${part(claims)}.${signature}`),
  fc
    .dictionary(
      fc.constantFrom(
        'iss',
        'sub',
        'aud',
        'exp',
        'nbf',
        'iat',
        'kubernetes.io',
        'kubernetes.io/serviceaccount/namespace',
      ),
      fc.jsonValue(),
    )
    .map((claims) => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`),
  fc.string({ unit: 'binary' }),
);
const anyUser = fc.option(fc.constantFrom('system:anonymous', 'kubernetes-admin', 'x'), { nil: undefined });
const anyTime = fc.oneof(fc.integer({ min: NOW - 400, max: NOW + 400 }), fc.double());
const anyLive = fc.option(
  fc
    .record({
      uid: fc.constantFrom('pod-uid', 'u', '11111111-2222-3333-4444-555555555555', 'another'),
      deletionTimestamp: fc.option(anyTime, { nil: undefined }),
      invalidSince: fc.option(fc.string(), { nil: undefined }),
    })
    .map(({ uid, ...more }) => live(uid, more)),
  { nil: undefined },
);
const fact = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Fact<T>> =>
  fc.oneof(
    value.map((one) => known(one, 'GET')),
    fc.constantFrom(unknown('forbidden to you', 'get pods in x'), unknown('the cluster was not asked')),
  );
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined });

const anyCertificate: fc.Arbitrary<Certificate> = fc.record({
  commonName: optional(fc.string({ minLength: 1 })),
  organizations: fc.array(fc.string()),
  issuer: fc.string(),
  notBefore: fc.integer({ min: NOW - 100, max: NOW + 100 }),
  notAfter: fc.integer({ min: NOW - 100, max: NOW + 100 }),
  isAuthority: fc.boolean(),
  isForClients: fc.boolean(),
  fingerprint: fc.string(),
});

const anyEvidence: fc.Arbitrary<Evidence> = fc.record({
  credential: fc.oneof({ arbitrary: anyToken, weight: 3 }, fc.constant('')),
  claims: fc.option(
    anyToken.map((token) => decodeToken(token)),
    { nil: undefined, freq: 4 },
  ),
  entry: optional(
    fact(
      fc.record({
        context: fc.string(),
        cluster: fc.string(),
        server: fc.string(),
        user: fc.string(),
        problem: optional(fc.string()),
        shadowed: fc.array(fc.string()),
      }),
    ),
  ),
  sent: optional(
    fact(
      fc.record({
        kind: fc.constantFrom('token', 'certificate', 'basic', 'nothing'),
        source: fc.string(),
        isThisToken: fc.constantFrom(true, false, undefined),
        hasClientCertificate: fc.boolean(),
        certificate: optional(anyCertificate),
        isOfClusterAuthority: fc.constantFrom(true, false, undefined),
        passedOver: fc.array(fc.string()),
      }),
    ),
  ),
  serverTime: fact(fc.record({ time: anyTime, measuredAt: fc.constant(NOW) })),
  issuer: fact(fc.constantFrom('https://kubernetes.default.svc.cluster.local', 'https://x', '')),
  keys: fact(
    fc.array(fc.oneof(fc.constant(publicJwk), fc.dictionary(fc.string(), fc.jsonValue())), { maxLength: 2 }),
  ),
  apiAudiences: fact(fc.array(fc.constantFrom('https://kubernetes.default.svc.cluster.local', 'x'))),
  settings: fact(
    fc.record({
      issuers: fc.subarray([
        'https://kubernetes.default.svc.cluster.local',
        'kubernetes/serviceaccount',
        'x',
      ]),
      audiences: fc.subarray(['https://kubernetes.default.svc.cluster.local', 'x']),
      looksUpLegacy: fc.boolean(),
      others: fc.subarray([
        'token file',
        'bootstrap tokens',
        'OpenID provider',
        'structured authentication',
        'webhook',
      ] as const),
      openIdIssuer: optional(fc.constantFrom('https://accounts.example.com', 'x')),
    }),
  ),
  minorVersion: fact(fc.integer()),
  release: fact(fc.string()),
  serviceAccount: fact(anyLive),
  boundObject: fact(anyLive),
  storedToken: fact(fc.constantFrom('same', 'different', 'empty', 'empty and immutable')),
  review: fact(
    fc.record({
      authenticated: fc.boolean(),
      username: anyUser,
      error: optional(
        fc.oneof(
          fc.string({ minLength: 1 }),
          fc.constantFrom(
            'invalid bearer token',
            '[invalid bearer token, invalid signature, no keys found]',
            '[invalid bearer token, service account token has been invalidated]',
            '[invalid bearer token, Token has been invalidated]',
          ),
        ),
      ),
    }),
  ),
  whoAmI: fact(anyUser),
  whoAmIAsSent: fact(anyUser),
  clientAuthority: fact(fc.boolean()),
  gateway: fact(optional(fc.string())),
});

/** What does not hold of an explanation that must hold of each. */
function wrongWith({ outcome, steps, causes, headline }: Explanation): string[] {
  const has = (wanted: string): boolean => steps.some(({ state }) => state === wanted);
  const isClear = steps.every(({ state }) => state === 'passed');
  const hasServersWord = steps.some(({ id, state }) => id === 'server' && state === 'passed');
  const failed = steps.findIndex(({ state }) => state === 'failed');
  const after = failed < 0 ? [] : steps.slice(failed + 1);
  const rules: readonly (readonly [what: string, isWrong: boolean])[] = [
    ['accepted by checks that do not all pass', outcome === 'accepted' && !isClear && !hasServersWord],
    [
      'a first line that hides what the server outweighs',
      outcome === 'accepted' && !isClear && headline === 'The server accepts this token',
    ],
    [
      'a first line that has the server say what it was not asked',
      !hasServersWord && headline.startsWith('The server accepts'),
    ],
    ['not accepted, and nothing that it can be', outcome !== 'accepted' && causes.length === 0],
    ['refused without a failed check', outcome === 'refused' && !has('failed')],
    ['a failed check that is not told', outcome === 'cannot-tell' && has('failed')],
    [
      'a check reached after the failed one',
      outcome === 'refused' && after.some(({ id, state }) => state !== 'not-reached' && id !== 'server'),
    ],
    ['no first line', !/^[A-Z]./.test(headline)],
    ['a check without a name', steps.some(({ title }) => !/^\p{Lu}./u.test(title))],
    // What is wrong with an entry is said in the words of whoever followed it.
    [
      'a check that says nothing',
      steps.some(
        ({ id, state, finding }) =>
          !/^["\p{Lu}].*\.$/su.test(finding) && (id !== 'entry' || state !== 'failed'),
      ),
    ],
    [
      'a failed check in no words of a server',
      steps.some(({ id, serverMessage }) => id !== 'server' && serverMessage === ''),
    ],
    [
      'something seen that has no name or comes from nowhere',
      steps.some(({ exhibits }) => exhibits.some(({ what, origin }) => what === '' || origin === '')),
    ],
  ];
  return rules.flatMap(([what, isWrong]) => (isWrong ? [what] : []));
}

describe('whatever the token, and whatever is known of it', () => {
  it('explains it: accepts nothing unseen or failed, and names what it can be where it is not accepted', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvidence, async (evidence) => {
        const explanation = await explainAuthentication(evidence, NOW);
        expect(wrongWith(explanation)).toEqual([]);
        expect(reportOf(explanation)).toContain('## ');
      }),
      { numRuns: 800 },
    );
  });

  it('and so where all but a little is in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tokens),
        anyEvidence,
        fc.subarray(
          [
            'serverTime',
            'issuer',
            'keys',
            'settings',
            'apiAudiences',
            'serviceAccount',
            'boundObject',
            'review',
            'sent',
            'whoAmI',
          ],
          { maxLength: 3 },
        ),
        async (token, evidence, changed) => {
          const changes = Object.entries(evidence).filter(([name]) => changed.includes(name));
          const explanation = await explainAuthentication(seen(token, Object.fromEntries(changes)), NOW);
          expect(wrongWith(explanation)).toEqual([]);
        },
      ),
      { numRuns: 400 },
    );
  });
});
