import { expect, it } from 'vitest';
import {
  known,
  UNNAMED,
  type Entry,
  type Evidence,
  type Sent,
} from '../../../src/authentication/evidence.ts';
import { janesCertificate, NOW, podBound, seen } from '../../support/texts/evidence.ts';
import { forbidden, noClock, told, type Row } from '../../support/texts/told.ts';

const good = podBound();
const REVIEW = 'SelfSubjectReview';
const SELF = 'system:serviceaccount:kube-system:mycontroller';
const entry: Entry = {
  context: 'ci',
  cluster: 'ci',
  server: 'https://ci.example',
  user: 'ci',
  problem: undefined,
  shadowed: [],
};
const certificate = janesCertificate(NOW);
const sends = (sent: Partial<Sent>): Partial<Evidence> => ({
  sent: known(
    {
      kind: 'token',
      source: 'user “ci”, field token',
      isThisToken: true,
      hasClientCertificate: false,
      passedOver: [],
      ...sent,
    },
    'a.yaml',
  ),
});

it.each<Row>([
  [
    'leads to a server',
    good,
    { entry: known(entry, 'a.yaml') },
    'passed: Context “ci” sends user “ci” to https://ci.example.',
    {},
    ['context: ci (a.yaml)', 'cluster “ci”: https://ci.example (a.yaml)', 'user: ci (a.yaml)'],
  ],
  [
    'leads there for nobody',
    good,
    { entry: known({ ...entry, user: '' }, 'a.yaml') },
    'passed: Context “ci” sends user “” to https://ci.example.',
    {},
    ['context: ci (a.yaml)', 'cluster “ci”: https://ci.example (a.yaml)', 'user: none (a.yaml)'],
  ],
  [
    'hides others',
    good,
    { entry: known({ ...entry, shadowed: ['user “ci” of b.yaml', 'context “ci” of b.yaml'] }, 'a.yaml') },
    'passed: Context “ci” sends user “ci” to https://ci.example. An entry of the same name in a later file does not count.',
    {},
    [
      'context: ci (a.yaml)',
      'cluster “ci”: https://ci.example (a.yaml)',
      'user: ci (a.yaml)',
      'passed over: user “ci” of b.yaml (a.yaml)',
      'passed over: context “ci” of b.yaml (a.yaml)',
    ],
  ],
  [
    'leads nowhere',
    good,
    { entry: known({ ...entry, problem: 'There is no context “x”.' }, 'a.yaml') },
    'failed: There is no context “x”.',
    { causes: ['another-credential'], serverMessage: 'none: no such request is made' },
    ['context: ci (a.yaml)', 'cluster “ci”: https://ci.example (a.yaml)', 'user: ci (a.yaml)'],
  ],
  [
    'could not be followed',
    good,
    { entry: forbidden },
    'cannot-tell: The kubeconfig could not be followed (forbidden to you).',
    { causes: ['another-credential'], needs: 'get it' },
    [],
  ],
])('an entry of a kubeconfig that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('entry', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  [
    'is this token',
    good,
    sends({}),
    'passed: This token is what is sent (user “ci”, field token).',
    {},
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is this token, and passes others over',
    good,
    sends({ passedOver: ['field token', 'exec'] }),
    'passed: This token is what is sent (user “ci”, field token).',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'passed over: field token (a.yaml)',
      'passed over: exec (a.yaml)',
    ],
  ],
  [
    'is nothing',
    good,
    sends({ kind: 'nothing', source: 'user “ci” has no credential' }),
    'failed: No credential is sent: user “ci” has no credential.',
    { causes: ['no-token'], serverMessage: 'none: the request is anonymous' },
    ['credential: user “ci” has no credential (a.yaml)'],
  ],
  [
    'is a password',
    good,
    sends({ kind: 'basic' }),
    'failed: A user name and a password are sent, which no API server since 1.19 looks at: to it the request is anonymous.',
    { causes: ['another-credential'], serverMessage: 'none: the request is anonymous' },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is a certificate',
    good,
    sends({ kind: 'certificate' }),
    'failed: A client certificate is sent, and no token.',
    { causes: ['another-credential'], serverMessage: 'none: no token was sent' },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'could not be read',
    good,
    sends({ isThisToken: undefined }),
    'cannot-tell: The credential that is sent could not be read.',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is another token',
    good,
    sends({ isThisToken: false }),
    'failed: Another credential is sent: user “ci”, field token.',
    { causes: ['another-credential'], serverMessage: 'that of the other credential' },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is not known',
    good,
    { sent: forbidden },
    'cannot-tell: What the client sends is not known (forbidden to you).',
    { causes: ['another-credential'], needs: 'get it' },
    [],
  ],
  [
    'may be a certificate beside the token',
    good,
    sends({ hasClientCertificate: true }),
    'cannot-tell: A client certificate is sent beside the token: where the server accepts it, the token is never looked at (the cluster was not asked).',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is refused as a certificate, whose time is over, beside the token',
    good,
    sends({ hasClientCertificate: true, certificate: { ...certificate, notAfter: NOW - 1 } }),
    'passed: The client certificate beside it is refused, and the token counts: It expired 1 s ago.',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'from: 1799997400 (2027-01-15T07:16:40Z) (the certificate)',
      'until: 1800000999 (2027-01-15T08:16:39Z) (the certificate)',
      'now: 1800001000 (2027-01-15T08:16:40Z) (header Date)',
    ],
  ],
  [
    'may be a certificate whose time is over by this machine’s clock',
    good,
    {
      ...sends({ hasClientCertificate: true, certificate: { ...certificate, notAfter: NOW - 1 } }),
      ...noClock,
    },
    'cannot-tell: A client certificate is sent beside the token: where the server accepts it, the token is never looked at (the cluster was not asked).',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'may be a certificate whose time is not over',
    good,
    sends({ hasClientCertificate: true, certificate }),
    'cannot-tell: A client certificate is sent beside the token: where the server accepts it, the token is never looked at (the cluster was not asked).',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is a certificate that is refused beside the token',
    good,
    { ...sends({ hasClientCertificate: true }), whoAmIAsSent: known(undefined, REVIEW) },
    'passed: The client certificate beside it is not accepted: the token counts.',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'user by certificate and token: 401 Unauthorized (SelfSubjectReview)',
    ],
  ],
  [
    'is a certificate or the token, of the same user',
    good,
    { ...sends({ hasClientCertificate: true }), whoAmIAsSent: known(SELF, REVIEW) },
    'passed: The server takes the sender for the token’s ServiceAccount.',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'user by certificate and token: system:serviceaccount:kube-system:mycontroller (SelfSubjectReview)',
    ],
  ],
  [
    'is a certificate that is accepted beside the token',
    good,
    { ...sends({ hasClientCertificate: true }), whoAmIAsSent: known('jane', REVIEW) },
    'failed: The client certificate beside it is accepted as jane: the token is never looked at.',
    { causes: ['another-credential'], serverMessage: 'none: the certificate is judged first' },
    [
      'credential: user “ci”, field token (a.yaml)',
      'user by certificate and token: jane (SelfSubjectReview)',
    ],
  ],
  [
    'is accepted, and the server does not say as whom',
    good,
    { ...sends({ hasClientCertificate: true }), whoAmIAsSent: known(UNNAMED, REVIEW) },
    'cannot-tell: The server accepts the sender, and does not say whether for the client certificate beside the token or for the token.',
    { causes: ['another-credential'] },
    [
      'credential: user “ci”, field token (a.yaml)',
      'user by certificate and token: accepted; who it is, the server does not say before 1.28 (SelfSubjectReview)',
    ],
  ],
  [
    'is accepted so, though the token alone is refused',
    good,
    {
      ...sends({ hasClientCertificate: true }),
      whoAmIAsSent: known(UNNAMED, REVIEW),
      whoAmI: known(undefined, REVIEW),
    },
    'failed: The client certificate beside it is accepted, as the server refuses the token alone: the token is never looked at.',
    { causes: ['another-credential'], serverMessage: 'none: the certificate is judged first' },
    [
      'credential: user “ci”, field token (a.yaml)',
      'user by certificate and token: accepted; who it is, the server does not say before 1.28 (SelfSubjectReview)',
    ],
  ],
  [
    'is a certificate alone',
    '',
    sends({ kind: 'certificate', certificate, passedOver: ['exec'] }),
    'passed: A client certificate is sent, and no token (user “ci”, field token).',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'passed over: exec (a.yaml)',
      'user (CN): jane (the certificate)',
      'groups (O): team, ops (the certificate)',
      'issuer: kubernetes (the certificate)',
      'from: 1799997400 (2027-01-15T07:16:40Z) (the certificate)',
      'until: 1800004600 (2027-01-15T09:16:40Z) (the certificate)',
    ],
  ],
  [
    'is a certificate of nobody, alone',
    '',
    sends({ kind: 'certificate', certificate: { ...certificate, commonName: undefined, organizations: [] } }),
    'passed: A client certificate is sent, and no token (user “ci”, field token).',
    {},
    [
      'credential: user “ci”, field token (a.yaml)',
      'user (CN): none (the certificate)',
      'groups (O): none (the certificate)',
      'issuer: kubernetes (the certificate)',
      'from: 1799997400 (2027-01-15T07:16:40Z) (the certificate)',
      'until: 1800004600 (2027-01-15T09:16:40Z) (the certificate)',
    ],
  ],
  [
    'is a certificate alone that could not be read',
    '',
    sends({ kind: 'certificate' }),
    'cannot-tell: The credential that is sent could not be read.',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is given by a program that was not run',
    '',
    sends({ kind: 'token', isThisToken: undefined }),
    'cannot-tell: Its program was not run, and what it gives is not known.',
    { causes: ['another-credential'] },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is a password alone, where an API server answers',
    '',
    { ...sends({ kind: 'basic' }), gateway: known(undefined, '/version') },
    'failed: A user name and a password are sent, which no API server since 1.19 looks at: to it the request is anonymous.',
    { causes: ['no-token'], serverMessage: 'none: the request is anonymous' },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is a password alone, where something may stand before the API server',
    '',
    sends({ kind: 'basic' }),
    'cannot-tell: A user name and a password are sent, which no API server since 1.19 looks at: to it the request is anonymous.',
    { causes: ['no-token', 'gateway'], isSuspect: true },
    ['credential: user “ci”, field token (a.yaml)'],
  ],
  [
    'is nothing alone, to an API server',
    '',
    { ...sends({ kind: 'nothing', source: 'user “ci” has no credential' }), entry: known(entry, 'a.yaml') },
    'failed: No credential is sent: user “ci” has no credential.',
    { causes: ['no-token'], serverMessage: 'none: the request is anonymous' },
    ['credential: user “ci” has no credential (a.yaml)'],
  ],
  [
    'is nothing alone, to what may add a credential',
    '',
    {
      ...sends({ kind: 'nothing', source: 'user “ci” has no credential' }),
      entry: known({ ...entry, server: 'http://127.0.0.1:8001' }, 'a.yaml'),
    },
    'cannot-tell: No credential is sent: user “ci” has no credential.',
    { causes: ['no-token'], isSuspect: true },
    ['credential: user “ci” has no credential (a.yaml)'],
  ],
  [
    'is nothing alone, wherever it goes',
    '',
    sends({ kind: 'nothing', source: 'user “ci” has no credential' }),
    'failed: No credential is sent: user “ci” has no credential.',
    { causes: ['no-token'], serverMessage: 'none: the request is anonymous' },
    ['credential: user “ci” has no credential (a.yaml)'],
  ],
])('what is sent that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('sent', seen(await token, more))).toEqual({ found, ...rest, shown });
});

it.each<Row>([
  [
    'is an API server’s',
    good,
    { gateway: known(undefined, '/version') },
    'passed: A Kubernetes API server answers.',
    {},
    ['answered: in the API’s own form (/version)'],
  ],
  [
    'is another program’s',
    good,
    { gateway: known('nginx', '/version') },
    'failed: Something that is no API server answered in its place.',
    { causes: ['gateway'], serverMessage: 'none: it was not asked' },
    ['answered by: nginx (/version)'],
  ],
])('an answer that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('answers', seen(await token, more))).toEqual({ found, ...rest, shown });
});
