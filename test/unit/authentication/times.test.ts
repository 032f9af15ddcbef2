import { expect, it } from 'vitest';
import { known, unknown } from '../../../src/authentication/evidence.ts';
import { bound, live, NOW, podBound, seen, settings, signed } from '../../support/texts/evidence.ts';
import { ACCOUNTS, FLAGS, kept, noClock, noFlags, told, type Row } from '../../support/texts/told.ts';
import { boundClaims } from '../../support/tokens.ts';

const good = podBound();
const DAY = 86_400;
const EKS = 'https://oidc.eks.eu-central-1.amazonaws.com/id/A';

it.each<Row>([
  [
    'has come and is not over',
    good,
    {},
    'passed: It is within its time.',
    {},
    [
      'nbf: 1800000000 (2027-01-15T08:00:00Z) (the token)',
      'exp: 1800003600 (2027-01-15T09:00:00Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'has come by this machine’s clock alone',
    good,
    noClock,
    'cannot-tell: It is within its time by this machine’s clock; the server’s is not known (the cluster was not asked).',
    { causes: ['expired', 'not-yet-valid'] },
    [
      'nbf: 1800000000 (2027-01-15T08:00:00Z) (the token)',
      'exp: 1800003600 (2027-01-15T09:00:00Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)',
    ],
  ],
  [
    'is over',
    bound({}, { exp: NOW - 61 }),
    {},
    'failed: It expired 1 min 1 s ago.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over for as long as the leeway',
    bound({}, { exp: NOW - 60 }),
    {},
    'passed: It is within its time.',
    {},
    [
      'nbf: 1800000000 (2027-01-15T08:00:00Z) (the token)',
      'exp: 1800000940 (2027-01-15T08:15:40Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over by this machine’s clock',
    bound({}, { exp: NOW - 61 }),
    noClock,
    'failed: It expired 1 min 1 s ago by this machine’s clock.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)',
    ],
  ],
  [
    'is over, though the Pod lives',
    podBound({ exp: NOW - 61 }),
    {},
    'failed: It expired 1 min 1 s ago, and the Pod has been given new ones since.',
    { causes: ['stale-file'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over, and the Pod is another',
    podBound({ exp: NOW - 61 }),
    { boundObject: known(live('x'), 'get') },
    'failed: It expired 1 min 1 s ago.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over, and the Pod cannot be seen',
    podBound({ exp: NOW - 61 }),
    { boundObject: unknown('forbidden to you', 'get pods') },
    'failed: It expired 1 min 1 s ago.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over, though the Secret is there',
    bound({ secret: { name: 's', uid: 'u' } }, { exp: NOW - 61 }),
    { boundObject: known(live('u'), 'get') },
    'failed: It expired 1 min 1 s ago.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800000939 (2027-01-15T08:15:39Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'is over by the clock of a server that is ahead',
    bound({}, { exp: NOW }),
    { serverTime: known({ time: NOW + 100, measuredAt: NOW - 20 }, 'header Date') },
    'failed: It expired 2 min ago.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800001000 (2027-01-15T08:16:40Z) (the token)',
      'now: 1800001120 (2027-01-15T08:18:40Z) (header Date)',
    ],
  ],
  [
    'is over by its provider’s rule',
    bound({ warnafter: 5 }, { iss: EKS, iat: NOW - 91 * DAY, nbf: NOW - 91 * DAY, exp: NOW + 9000 }),
    { settings: known(settings({ issuers: [EKS] }), FLAGS) },
    'failed: It expired 1 d ago: Amazon EKS refuses it 90 days after it was issued, whatever exp says.',
    { causes: ['expired'], serverMessage: 'service account token has expired' },
    [
      'exp: 1800010000 (2027-01-15T10:46:40Z) (the token)',
      'end: 1799914600 (2027-01-14T08:16:40Z) (Amazon EKS refuses it 90 days after it was issued)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'has yet to come',
    bound({}, { nbf: NOW + 61 }),
    {},
    'failed: It becomes valid in 1 min 1 s.',
    { causes: ['not-yet-valid'], serverMessage: 'service account token is not valid yet' },
    [
      'nbf: 1800001061 (2027-01-15T08:17:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'has yet to come, within the leeway',
    bound({}, { nbf: NOW + 60 }),
    {},
    'passed: It is within its time.',
    {},
    [
      'nbf: 1800001060 (2027-01-15T08:17:40Z) (the token)',
      'exp: 1800003600 (2027-01-15T09:00:00Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'has yet to come by this machine’s clock',
    bound({}, { nbf: NOW + 61 }),
    noClock,
    'failed: It becomes valid in 1 min 1 s by this machine’s clock.',
    { causes: ['not-yet-valid'], serverMessage: 'service account token is not valid yet' },
    [
      'nbf: 1800001061 (2027-01-15T08:17:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)',
    ],
  ],
  [
    'began in the future',
    bound({}, { nbf: undefined, iat: NOW + 61 }),
    {},
    'failed: It was issued in the future: two clocks disagree.',
    { causes: ['not-yet-valid'], serverMessage: 'service account token is issued in the future' },
    [
      'iat: 1800001061 (2027-01-15T08:17:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'began in the future, within the leeway',
    bound({}, { nbf: undefined, iat: NOW + 60 }),
    {},
    'passed: It is within its time.',
    {},
    [
      'nbf: none (the token)',
      'exp: 1800003600 (2027-01-15T09:00:00Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'began in the future by this machine’s clock',
    bound({}, { nbf: undefined, iat: NOW + 61 }),
    noClock,
    'failed: It was issued in the future by this machine’s clock: two clocks disagree.',
    { causes: ['not-yet-valid'], serverMessage: 'service account token is issued in the future' },
    [
      'iat: 1800001061 (2027-01-15T08:17:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)',
    ],
  ],
  [
    'never ends',
    bound({}, { exp: undefined }),
    {},
    'passed: It is within its time.',
    {},
    [
      'nbf: 1800000000 (2027-01-15T08:00:00Z) (the token)',
      'exp: none (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'ends when is not kept',
    '',
    kept(boundClaims({}, { exp: undefined })),
    'cannot-tell: How long it lives is not kept; a Pod’s token is renewed again and again.',
    { causes: ['stale-file'] },
    [],
  ],
  [
    'of another party’s token is not over',
    signed({ iss: ACCOUNTS, exp: NOW + 1 }),
    noFlags,
    'passed: It has not expired.',
    {},
    [
      'exp: 1800001001 (2027-01-15T08:16:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'of another party’s token is over to the second',
    signed({ iss: ACCOUNTS, exp: NOW }),
    noFlags,
    'cannot-tell: It expired now, which OpenID providers’ tokens are refused for.',
    { causes: ['expired'], needs: 'create tokenreviews', isSuspect: true },
    [
      'exp: 1800001000 (2027-01-15T08:16:40Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'of another party’s token never ends',
    signed({ iss: ACCOUNTS }),
    { ...noFlags, ...noClock },
    'passed: It has not expired.',
    {},
    ['exp: none (the token)', 'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)'],
  ],
  [
    'of another party’s token is not over by this machine’s clock',
    signed({ iss: ACCOUNTS, exp: NOW + 1 }),
    { ...noFlags, ...noClock },
    'cannot-tell: It has not expired by this machine’s clock; the server’s is not known (the cluster was not asked).',
    { causes: ['expired'] },
    [
      'exp: 1800001001 (2027-01-15T08:16:41Z) (the token)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (this machine’s clock)',
    ],
  ],
])('a time that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('time', seen(await token, more))).toEqual({ found, ...rest, shown });
});
