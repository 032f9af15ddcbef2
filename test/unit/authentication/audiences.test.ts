import { expect, it } from 'vitest';
import { unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { bound, legacy, podBound, seen, signed } from '../../support/texts/evidence.ts';
import { kept, OWN, told, type Row } from '../../support/texts/told.ts';
import { boundClaims, legacyClaims } from '../../support/tokens.ts';

const good = podBound();
const PREFIX = 'kubernetes.io/serviceaccount/';
const noAudiences: Partial<Evidence> = {
  apiAudiences: unknown('forbidden to you', 'create serviceaccounts/token'),
};

it.each<Row>([
  [
    'is this API’s',
    good,
    {},
    'passed: It is for this API.',
    {},
    [
      'aud: https://kubernetes.default.svc.cluster.local (the token)',
      'API audiences: https://kubernetes.default.svc.cluster.local (TokenRequest)',
    ],
  ],
  [
    'is one of several',
    bound({}, { aud: ['vault', OWN] }),
    {},
    'passed: It is for this API.',
    {},
    [
      'aud: vault, https://kubernetes.default.svc.cluster.local (the token)',
      'API audiences: https://kubernetes.default.svc.cluster.local (TokenRequest)',
    ],
  ],
  [
    'is not there',
    bound({}, { aud: undefined }),
    {},
    'passed: It names no audience, and is taken as one for the API.',
    {},
    ['aud: none (the token)'],
  ],
  [
    'is not kept',
    '',
    kept(boundClaims({}, { aud: undefined })),
    'cannot-tell: Its audiences are not kept.',
    { causes: ['wrong-audience'] },
    [],
  ],
  [
    'is somebody else’s',
    bound({}, { aud: ['vault', 'a"b'] }),
    {},
    'failed: It is for somebody else than this API.',
    {
      causes: ['wrong-audience'],
      serverMessage:
        'token audiences ["vault" "a\\"b"] is invalid for the target audiences ["https://kubernetes.default.svc.cluster.local"]',
    },
    [
      'aud: vault, a"b (the token)',
      'API audiences: https://kubernetes.default.svc.cluster.local (TokenRequest)',
    ],
  ],
  [
    'is the issuer’s name, where this API’s are not known',
    good,
    noAudiences,
    'cannot-tell: It is for the issuer’s name, which is the API’s audience unless the server was told otherwise (forbidden to you).',
    { causes: ['wrong-audience'], needs: 'create serviceaccounts/token' },
    ['aud: https://kubernetes.default.svc.cluster.local (the token)'],
  ],
  [
    'is a usual one, where this API’s are not known',
    bound({}, { aud: ['api'] }),
    noAudiences,
    'cannot-tell: The audiences of this API server are not known (forbidden to you).',
    { causes: ['wrong-audience'], needs: 'create serviceaccounts/token' },
    ['aud: api (the token)'],
  ],
  [
    'is an unusual one, where this API’s are not known',
    bound({}, { aud: ['vault'] }),
    noAudiences,
    'cannot-tell: It is not for an audience that API servers usually have, as its issuer’s name; those of this one are not known (forbidden to you).',
    { causes: ['wrong-audience'], needs: 'create serviceaccounts/token', isSuspect: true },
    ['aud: vault (the token)'],
  ],
])('an audience that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('audience', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  ['agree', legacy(), {}, 'passed: It has the claims of a legacy token, and they agree.', {}, []],
  [
    'lack the subject',
    legacy({ sub: undefined }),
    {},
    'failed: It lacks the claim sub, which every legacy token has.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'sub claim is missing' },
    [],
  ],
  [
    'lack the namespace',
    legacy({ [`${PREFIX}namespace`]: 5 }),
    {},
    'failed: It lacks the claim namespace, which every legacy token has.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'namespace claim is missing' },
    [],
  ],
  [
    'lack the Secret',
    legacy({ [`${PREFIX}secret.name`]: '' }),
    {},
    'failed: It lacks the claim secretName, which every legacy token has.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'secretName claim is missing' },
    [],
  ],
  [
    'lack the name',
    legacy({ [`${PREFIX}service-account.name`]: '' }),
    {},
    'failed: It lacks the claim serviceAccountName, which every legacy token has.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'serviceAccountName claim is missing' },
    [],
  ],
  [
    'lack the uid',
    legacy({ [`${PREFIX}service-account.uid`]: undefined }),
    {},
    'failed: It lacks the claim serviceAccountUID, which every legacy token has.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'serviceAccountUID claim is missing' },
    [],
  ],
  [
    'disagree',
    legacy({ sub: 'system:serviceaccount:a:b' }),
    {},
    'failed: Its subject is not its ServiceAccount.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'sub claim is invalid' },
    [],
  ],
  [
    'are all that is kept',
    '',
    kept(legacyClaims()),
    'cannot-tell: The token itself is not kept; what it says is taken from where it is known.',
    {},
    [],
  ],
  [
    'are none',
    signed({ iss: OWN }),
    {},
    'failed: It has no claims of a ServiceAccount.',
    { causes: ['not-a-serviceaccount-token'], serverMessage: 'invalid bearer token' },
    [],
  ],
])('claims of a legacy token that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('claims', seen(await token, more))).toEqual({ found, ...rest, shown });
});
