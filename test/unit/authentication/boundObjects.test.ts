import { expect, it } from 'vitest';
import { known, unknown } from '../../../src/authentication/evidence.ts';
import { bound, live, NOW, podBound, seen } from '../../support/texts/evidence.ts';
import { forbidden, going, gone, noClock, of, told, type Row } from '../../support/texts/told.ts';

const good = podBound();
const another = known(live('another'), 'get');
const ofSecret = bound({ secret: { name: 's', uid: 'u' } });
const ofNode = bound({ node: { name: 'n', uid: 'u' } });

it.each<Row>([
  ['is nothing', bound(), {}, 'passed: It is bound to no object.', {}, []],
  [
    'is a webhook',
    bound({ validatingwebhookconfiguration: { name: 'w', uid: 'u' } }),
    {},
    'cannot-tell: Whether the server accepts tokens bound to a ValidatingWebhookConfiguration is not known; hardly any does.',
    { causes: ['webhook-token'], needs: 'create tokenreviews', isSuspect: true },
    [],
  ],
  [
    'is a webhook of the other kind',
    bound({ mutatingwebhookconfiguration: { name: 'w', uid: 'u' } }),
    {},
    'cannot-tell: Whether the server accepts tokens bound to a MutatingWebhookConfiguration is not known; hardly any does.',
    { causes: ['webhook-token'], needs: 'create tokenreviews', isSuspect: true },
    [],
  ],
  [
    'is there',
    good,
    {},
    'passed: Pod kube-system/mycontroller-x7k2p is there, and the same.',
    {},
    ['UID in the token: pod-uid (the token)', 'live UID: pod-uid (get pods)'],
  ],
  [
    'cannot be seen, a Pod',
    good,
    { boundObject: forbidden },
    'cannot-tell: Pod kube-system/mycontroller-x7k2p could not be seen (forbidden to you).',
    { causes: ['pod-gone', 'pod-recreated', 'pod-terminating'], needs: 'get it' },
    ['UID in the token: pod-uid (the token)'],
  ],
  [
    'cannot be seen, a Secret',
    ofSecret,
    { boundObject: forbidden },
    'cannot-tell: Secret kube-system/s could not be seen (forbidden to you).',
    { causes: ['bound-secret-gone'], needs: 'get it' },
    ['UID in the token: u (the token)'],
  ],
  [
    'cannot be seen, a Node',
    ofNode,
    { boundObject: forbidden },
    'cannot-tell: Node n could not be seen (forbidden to you).',
    { causes: ['node-gone', 'node-binding-off'], needs: 'get it' },
    ['UID in the token: u (the token)'],
  ],
  [
    'is gone, a Pod',
    good,
    { boundObject: gone },
    'failed: There is no Pod kube-system/mycontroller-x7k2p.',
    { causes: ['pod-gone'], serverMessage: 'service account token has been invalidated' },
    ['UID in the token: pod-uid (the token)'],
  ],
  [
    'is gone, a Secret',
    ofSecret,
    { boundObject: gone },
    'failed: There is no Secret kube-system/s.',
    { causes: ['bound-secret-gone'], serverMessage: 'service account token has been invalidated' },
    ['UID in the token: u (the token)'],
  ],
  [
    'is gone, a Node',
    ofNode,
    { boundObject: gone },
    'failed: There is no Node n.',
    { causes: ['node-gone'], serverMessage: 'service account token has been invalidated' },
    ['UID in the token: u (the token)'],
  ],
  [
    'is another, a Pod',
    good,
    { boundObject: another },
    'failed: Pod kube-system/mycontroller-x7k2p is another one than when the token was issued.',
    {
      causes: ['pod-recreated'],
      serverMessage: 'pod UID (another) does not match service account pod ref claim (pod-uid)',
    },
    ['UID in the token: pod-uid (the token)', 'live UID: another (get)'],
  ],
  [
    'is another, a Secret',
    ofSecret,
    { boundObject: another },
    'failed: Secret kube-system/s is another one than when the token was issued.',
    {
      causes: ['bound-secret-gone'],
      serverMessage: 'secret UID (another) does not match service account secret ref claim (u)',
    },
    ['UID in the token: u (the token)', 'live UID: another (get)'],
  ],
  [
    'is another, a Node',
    ofNode,
    { boundObject: another },
    'failed: Node n is another one than when the token was issued.',
    {
      causes: ['node-gone'],
      serverMessage: 'node UID (another) does not match service account node ref claim (u)',
    },
    ['UID in the token: u (the token)', 'live UID: another (get)'],
  ],
  [
    'is another than one without a uid',
    bound({ node: { name: 'n' } }),
    { boundObject: another },
    'failed: Node n is another one than when the token was issued.',
    {
      causes: ['node-gone'],
      serverMessage: 'node UID (another) does not match service account node ref claim ()',
    },
    ['UID in the token: none (the token)', 'live UID: another (get)'],
  ],
  [
    'is going, a Pod',
    good,
    { boundObject: going('pod-uid', NOW - 61) },
    'failed: Pod kube-system/mycontroller-x7k2p is past its time of deletion.',
    { causes: ['pod-terminating'], serverMessage: 'service account token has been invalidated' },
    [
      'UID in the token: pod-uid (the token)',
      'live UID: pod-uid (get)',
      'deletionTimestamp: 1800000939 (2027-01-15T08:15:39Z) (get)',
    ],
  ],
  [
    'is going, a Secret',
    ofSecret,
    { boundObject: going('u', NOW - 61) },
    'failed: Secret kube-system/s is past its time of deletion.',
    { causes: ['bound-secret-gone'], serverMessage: 'service account token has been invalidated' },
    [
      'UID in the token: u (the token)',
      'live UID: u (get)',
      'deletionTimestamp: 1800000939 (2027-01-15T08:15:39Z) (get)',
    ],
  ],
  [
    'is going, within the leeway',
    good,
    { boundObject: going('pod-uid', NOW - 60) },
    'passed: Pod kube-system/mycontroller-x7k2p is there, and the same. It is being deleted, and the token is good until it is gone, or for 60 seconds after its time of deletion.',
    {},
    ['UID in the token: pod-uid (the token)', 'live UID: pod-uid (get)'],
  ],
  [
    'is going by this machine’s clock, within the leeway, a Pod',
    good,
    { ...noClock, boundObject: going('pod-uid', NOW - 60) },
    'cannot-tell: It is being deleted, and the server’s clock is not known (the cluster was not asked).',
    { causes: ['pod-terminating'], isSuspect: true },
    ['UID in the token: pod-uid (the token)', 'live UID: pod-uid (get)'],
  ],
  [
    'is going by this machine’s clock, within the leeway, a Node',
    ofNode,
    { ...noClock, boundObject: going('u', NOW - 60) },
    'cannot-tell: It is being deleted, and the server’s clock is not known (the cluster was not asked).',
    { causes: ['node-gone'], isSuspect: true },
    ['UID in the token: u (the token)', 'live UID: u (get)'],
  ],
  [
    'is a Node that the server looks at',
    ofNode,
    { boundObject: known(live('u'), 'get') },
    'passed: Node n is there, and the same.',
    {},
    ['UID in the token: u (the token)', 'live UID: u (get)'],
  ],
  [
    'is a Node that an old server does not look at by default',
    ofNode,
    { ...of(29), boundObject: known(live('u'), 'get') },
    'cannot-tell: Whether this server validates Node bindings is not known.',
    { causes: ['node-binding-off'], needs: 'create tokenreviews' },
    ['UID in the token: u (the token)', 'live UID: u (get)'],
  ],
  [
    'is a Node of a server whose version is not known',
    ofNode,
    { minorVersion: unknown('forbidden to you', 'get /version'), boundObject: known(live('u'), 'get') },
    'cannot-tell: Whether this server validates Node bindings is not known (forbidden to you).',
    { causes: ['node-binding-off'], needs: 'get /version' },
    ['UID in the token: u (the token)', 'live UID: u (get)'],
  ],
])('what a token is bound to that %s', async (_, token, more, found, rest, shown) => {
  expect(await told('boundObject', seen(await token, more))).toEqual({ found, ...rest, shown });
});
