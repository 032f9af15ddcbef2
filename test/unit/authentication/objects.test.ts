import { expect, it } from 'vitest';
import { known, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { bound, legacy, live, NOW, podBound, seen, settings } from '../../support/texts/evidence.ts';
import {
  FLAGS,
  forbidden,
  going,
  gone,
  kept,
  noClock,
  noFlags,
  of,
  told,
  type Row,
} from '../../support/texts/told.ts';
import { boundClaims } from '../../support/tokens.ts';

const good = podBound();
const UID = '11111111-2222-3333-4444-555555555555';
const SELF = 'system:serviceaccount:kube-system:mycontroller';
const another = known(live('another'), 'get');
const marked = known(live('s', { invalidSince: '2026-01-01' }), 'get');
const accepted: Partial<Evidence> = {
  review: known({ authenticated: true, username: SELF, error: undefined }, 'TokenReview'),
};

it.each<Row>([
  [
    'is there',
    good,
    {},
    'passed: ServiceAccount kube-system/mycontroller is there, and the same.',
    {},
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get serviceaccounts)',
    ],
  ],
  [
    'cannot be seen',
    good,
    { serviceAccount: forbidden },
    'cannot-tell: ServiceAccount kube-system/mycontroller could not be seen (forbidden to you).',
    {
      causes: ['serviceaccount-gone', 'serviceaccount-recreated', 'serviceaccount-terminating'],
      needs: 'get it',
    },
    ['UID in the token: 11111111-2222-3333-4444-555555555555 (the token)'],
  ],
  [
    'cannot be seen, of a legacy token',
    legacy(),
    { serviceAccount: forbidden },
    'cannot-tell: ServiceAccount kube-system/mycontroller could not be seen (forbidden to you).',
    {
      causes: ['serviceaccount-gone', 'legacy-serviceaccount-recreated', 'serviceaccount-terminating'],
      needs: 'get it',
    },
    ['UID in the token: 11111111-2222-3333-4444-555555555555 (the token)'],
  ],
  [
    'is gone',
    good,
    { serviceAccount: gone },
    'failed: There is no ServiceAccount kube-system/mycontroller.',
    { causes: ['serviceaccount-gone'], serverMessage: 'serviceaccounts "mycontroller" not found' },
    ['UID in the token: 11111111-2222-3333-4444-555555555555 (the token)'],
  ],
  [
    'is another',
    good,
    { serviceAccount: another },
    'failed: ServiceAccount kube-system/mycontroller is another one than when the token was issued.',
    {
      causes: ['serviceaccount-recreated'],
      serverMessage:
        'service account UID (another) does not match claim (11111111-2222-3333-4444-555555555555)',
    },
    ['UID in the token: 11111111-2222-3333-4444-555555555555 (the token)', 'live UID: another (get)'],
  ],
  [
    'is another, of a legacy token',
    legacy(),
    { serviceAccount: another },
    'failed: ServiceAccount kube-system/mycontroller is another one than when the token was issued.',
    {
      causes: ['legacy-serviceaccount-recreated'],
      serverMessage:
        'ServiceAccount UID (another) does not match claim (11111111-2222-3333-4444-555555555555)',
    },
    ['UID in the token: 11111111-2222-3333-4444-555555555555 (the token)', 'live UID: another (get)'],
  ],
  [
    'is another than none',
    bound({ serviceaccount: { name: 'mycontroller' } }),
    {},
    'failed: ServiceAccount kube-system/mycontroller is another one than when the token was issued.',
    {
      causes: ['serviceaccount-recreated'],
      serverMessage: 'service account UID (11111111-2222-3333-4444-555555555555) does not match claim ()',
    },
    [
      'UID in the token: none (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get serviceaccounts)',
    ],
  ],
  [
    'is going, within the leeway',
    good,
    { serviceAccount: going(UID, NOW - 60) },
    'passed: ServiceAccount kube-system/mycontroller is there, and the same.',
    {},
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get)',
    ],
  ],
  [
    'is going',
    good,
    { serviceAccount: going(UID, NOW - 61) },
    'failed: ServiceAccount kube-system/mycontroller is being deleted.',
    {
      causes: ['serviceaccount-terminating'],
      serverMessage: 'service account kube-system/mycontroller has been deleted',
    },
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get)',
      'deletionTimestamp: 1800000939 (2027-01-15T08:15:39Z) (get)',
    ],
  ],
  [
    'is going, of a legacy token',
    legacy(),
    { serviceAccount: going(UID, NOW + 30) },
    'failed: ServiceAccount kube-system/mycontroller is being deleted.',
    {
      causes: ['serviceaccount-terminating'],
      serverMessage: 'ServiceAccount kube-system/mycontroller has been deleted',
    },
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get)',
      'deletionTimestamp: 1800001030 (2027-01-15T08:17:10Z) (get)',
    ],
  ],
  [
    'is going and another, of a legacy token',
    legacy(),
    { serviceAccount: going('another', NOW + 30) },
    'failed: ServiceAccount kube-system/mycontroller is being deleted.',
    {
      causes: ['serviceaccount-terminating'],
      serverMessage: 'ServiceAccount kube-system/mycontroller has been deleted',
    },
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: another (get)',
      'deletionTimestamp: 1800001030 (2027-01-15T08:17:10Z) (get)',
    ],
  ],
  [
    'is going by this machine’s clock, within the leeway',
    good,
    { ...noClock, serviceAccount: going(UID, NOW - 60) },
    'cannot-tell: It is being deleted, and the server’s clock is not known (the cluster was not asked).',
    { causes: ['serviceaccount-terminating'], isSuspect: true },
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get)',
    ],
  ],
  [
    'is going by this machine’s clock',
    good,
    { ...noClock, serviceAccount: going(UID, NOW - 61) },
    'failed: ServiceAccount kube-system/mycontroller is being deleted.',
    {
      causes: ['serviceaccount-terminating'],
      serverMessage: 'service account kube-system/mycontroller has been deleted',
    },
    [
      'UID in the token: 11111111-2222-3333-4444-555555555555 (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get)',
      'deletionTimestamp: 1800000939 (2027-01-15T08:15:39Z) (get)',
    ],
  ],
  [
    'is perhaps the one of then, as far as is kept',
    '',
    kept(boundClaims({ serviceaccount: { name: 'mycontroller' } })),
    'cannot-tell: ServiceAccount kube-system/mycontroller is there; whether it is the one of then is not known.',
    { causes: ['serviceaccount-recreated'] },
    [
      'UID in the token: none (the token)',
      'live UID: 11111111-2222-3333-4444-555555555555 (get serviceaccounts)',
    ],
  ],
  [
    'is going, as far as is kept, of an old server',
    '',
    {
      ...kept(boundClaims({ serviceaccount: { name: 'mycontroller' } })),
      ...of(28),
      serviceAccount: going('another', NOW - 61),
    },
    'failed: ServiceAccount kube-system/mycontroller is being deleted.',
    {
      causes: ['serviceaccount-terminating'],
      serverMessage: 'service account kube-system/mycontroller has been deleted',
    },
    [
      'UID in the token: none (the token)',
      'live UID: another (get)',
      'deletionTimestamp: 1800000939 (2027-01-15T08:15:39Z) (get)',
    ],
  ],
  [
    'is going, as far as is kept',
    '',
    {
      ...kept(boundClaims({ serviceaccount: { name: 'mycontroller' } })),
      ...of(29),
      serviceAccount: going('another', NOW - 61),
    },
    'cannot-tell: ServiceAccount kube-system/mycontroller is there; whether it is the one of then is not known.',
    { causes: ['serviceaccount-recreated'] },
    ['UID in the token: none (the token)', 'live UID: another (get)'],
  ],
])('a ServiceAccount that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('serviceAccount', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  [
    'is there',
    legacy(),
    {},
    'passed: Secret kube-system/mycontroller-token is there.',
    {},
    ['secret.name: mycontroller-token (the token)', 'live UID: pod-uid (get pods)'],
  ],
  [
    'cannot be seen',
    legacy(),
    { boundObject: forbidden },
    'cannot-tell: Secret kube-system/mycontroller-token could not be seen (forbidden to you).',
    { causes: ['token-secret-gone'], needs: 'get it' },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is gone',
    legacy(),
    { boundObject: gone },
    'failed: There is no Secret kube-system/mycontroller-token.',
    { causes: ['token-secret-gone'], serverMessage: 'Token has been invalidated' },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is gone with its ServiceAccount',
    legacy(),
    { boundObject: gone, serviceAccount: gone },
    'failed: There is no Secret kube-system/mycontroller-token, and no ServiceAccount kube-system/mycontroller: the token controller deletes its token Secrets with it.',
    { causes: ['token-secret-gone'], serverMessage: 'Token has been invalidated' },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is going',
    legacy(),
    { boundObject: going('s', NOW + 30) },
    'failed: Secret kube-system/mycontroller-token is being deleted.',
    { causes: ['token-secret-gone'], serverMessage: 'Token has been invalidated' },
    ['secret.name: mycontroller-token (the token)', 'live UID: s (get)'],
  ],
  [
    'is gone, where the server may not look',
    legacy(),
    { ...noFlags, boundObject: gone },
    'cannot-tell: There is no Secret kube-system/mycontroller-token. Only a server with --service-account-lookup=false does not look, and accepts it; a TokenReview tells.',
    { causes: ['token-secret-gone'], needs: 'create tokenreviews', isSuspect: true },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is gone, though the server accepts the token and may not look',
    legacy(),
    { ...noFlags, ...accepted, boundObject: gone },
    'failed: There is no Secret kube-system/mycontroller-token. Only a server with --service-account-lookup=false does not look, and accepts it.',
    { causes: ['token-secret-gone'], serverMessage: 'Token has been invalidated' },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is gone, as the server that may not look refuses it',
    legacy(),
    { ...noFlags, whoAmI: known(undefined, 'SelfSubjectReview'), boundObject: gone },
    'failed: There is no Secret kube-system/mycontroller-token.',
    { causes: ['token-secret-gone'], serverMessage: 'Token has been invalidated' },
    ['secret.name: mycontroller-token (the token)'],
  ],
  [
    'is gone, though nobody looks',
    legacy(),
    { boundObject: gone, settings: known(settings({ looksUpLegacy: false }), FLAGS) },
    'passed: The server does not look: it runs with --service-account-lookup=false.',
    {},
    [],
  ],
])('a token Secret that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('secret', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  ['is the same', legacy(), {}, 'passed: The Secret has this token, byte for byte.', {}, []],
  [
    'was not compared',
    legacy(),
    { storedToken: forbidden },
    'cannot-tell: The Secret’s own copy was not compared (forbidden to you).',
    { causes: ['stored-token-differs'], needs: 'get it' },
    [],
  ],
  [
    'is another',
    legacy(),
    { storedToken: known('different', 'get secrets') },
    'failed: The Secret has another token.',
    { causes: ['stored-token-differs'], serverMessage: "Token does not match server's copy" },
    ['data.token: another token (get secrets)'],
  ],
  [
    'is empty',
    legacy(),
    { storedToken: known('empty', 'get secrets') },
    'failed: The Secret has no token.',
    { causes: ['never-filled'], serverMessage: "Token does not match server's copy" },
    ['data.token: empty (get secrets)'],
  ],
  [
    'is empty and stays so',
    legacy(),
    { storedToken: known('empty and immutable', 'get secrets') },
    'failed: The Secret has no token, and is immutable: the token controller cannot fill it.',
    { causes: ['never-filled'], serverMessage: "Token does not match server's copy" },
    ['data.token: empty (get secrets)', 'immutable: true (get secrets)'],
  ],
])('the copy in a Secret that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('storedToken', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  ['is not marked', legacy(), {}, 'passed: The Secret is not marked invalid.', {}, []],
  [
    'could not be seen',
    legacy(),
    { boundObject: forbidden },
    'cannot-tell: Whether the Secret is marked invalid could not be seen (forbidden to you).',
    { causes: ['marked-invalid'], needs: 'get it' },
    [],
  ],
  [
    'is marked invalid',
    legacy(),
    { boundObject: marked },
    'failed: Secret kube-system/mycontroller-token is marked invalid since 2026-01-01.',
    {
      causes: ['marked-invalid'],
      serverMessage:
        "the token in secret kube-system/mycontroller-token for service account kube-system/mycontroller has been marked invalid. Use tokens from the TokenRequest API or manually created secret-based tokens, or remove the 'kubernetes.io/legacy-token-invalid-since' label from the secret to temporarily allow use of this token",
    },
    ['kubernetes.io/legacy-token-invalid-since: 2026-01-01 (get)'],
  ],
  [
    'is marked invalid, of an old server',
    legacy(),
    { ...of(28), boundObject: marked },
    'passed: The Secret is marked invalid, which servers refuse from Kubernetes 1.29 on; this one is older.',
    {},
    ['kubernetes.io/legacy-token-invalid-since: 2026-01-01 (get)'],
  ],
  [
    'is marked invalid, of a server whose version is not known',
    legacy(),
    { minorVersion: unknown('forbidden to you', 'get /version'), boundObject: marked },
    'cannot-tell: The Secret is marked invalid; whether this server minds depends on its version (forbidden to you).',
    { causes: ['marked-invalid'], needs: 'get /version', isSuspect: true },
    ['kubernetes.io/legacy-token-invalid-since: 2026-01-01 (get)'],
  ],
])('a Secret that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('marked', seen(await token, more))).toEqual({ found, ...rest, shown });
});
