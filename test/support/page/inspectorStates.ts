import { explainAuthentication } from '../../../src/authentication/explain.ts';
import { known, offlineEvidence, unknown, type Evidence } from '../../../src/authentication/evidence.ts';
import { inspectorModel, tokenView } from '../../../src/inspection/inspectorModel.ts';
import type { InspectorModel, TokenView } from '../../../src/inspection/protocol.ts';
import { bound, legacy, live, NOW, podBound, seen } from '../texts/evidence.ts';

const state = {
  now: NOW,
  name: 'mycontroller.kubeconfig:12',
  server: 'https://cluster.example:6443',
  isBusy: false,
  problem: undefined,
  searched: undefined,
  compared: undefined,
};
/** What the inspector shows of evidence. */
export const modelOf = async (
  evidence: Evidence,
  more: Partial<InspectorModel> = {},
  about: Pick<Parameters<typeof inspectorModel>[2], 'canRenew' | 'barred' | 'facts' | 'unused'> = {},
): Promise<InspectorModel> => ({
  ...inspectorModel(await explainAuthentication(evidence, NOW), evidence, { ...state, ...about }),
  ...more,
});
const viewOf = async (evidence: Evidence): Promise<TokenView> =>
  tokenView(await explainAuthentication(evidence, NOW), evidence, 'several-tokens.env:3', NOW);

const token = await podBound({ exp: NOW + 31_536_000 - 1000 });
const extended = await bound(
  {
    pod: { name: 'mycontroller-x7k2p', uid: 'pod-uid' },
    node: { name: 'node-1', uid: 'node-uid' },
    warnafter: NOW + 2607,
  },
  { exp: NOW + 31_536_000 - 1000 },
);
const account = live('11111111-2222-3333-4444-555555555555', { creationTimestamp: NOW - 90_000 });
const origin = 'GET /api/v1/namespaces/kube-system/pods/mycontroller-x7k2p';
const gone = seen(extended, {
  serviceAccount: known(account, 'GET /api/v1/…/mycontroller'),
  boundObject: known(undefined, origin),
  gateway: known(undefined, '/version'),
});
const oldLegacy = await legacy();
const inKubeconfig = {
  entry: known(
    {
      context: 'mycontroller@cluster',
      cluster: 'cluster',
      server: 'https://cluster.example:6443',
      user: 'mycontroller',
      problem: undefined,
      shadowed: [],
    },
    '/etc/cni/net.d/mycontroller.kubeconfig',
  ),
  sent: known(
    {
      kind: 'token' as const,
      source: 'user “mycontroller”, field token',
      isThisToken: true,
      hasClientCertificate: false,
      passedOver: [],
    },
    '/etc/cni/net.d/mycontroller.kubeconfig',
  ),
};
const open = unknown('forbidden to you', 'get pods in kube-system');

/** What the inspector's page can be like, by a name each; a text is what a page says whose token has to be opened again. */
export const states: Readonly<Record<string, InspectorModel | string>> = {
  refused: await modelOf(gone),
  offline: await modelOf(offlineEvidence(token)),
  busy: await modelOf(
    seen(token, {
      boundObject: unknown('the cluster was not asked'),
      keys: unknown('the cluster was not asked'),
    }),
    { isBusy: true },
  ),
  accepted: await modelOf(
    seen(token, {
      serviceAccount: known(account, 'GET'),
      boundObject: known(live('pod-uid', { creationTimestamp: NOW - 1100 }), origin),
    }),
  ),
  legacy: await modelOf(
    seen(oldLegacy, {
      boundObject: known(live('s', { creationTimestamp: NOW - 9e7, invalidSince: '2026-01-01' }), 'GET'),
    }),
  ),
  kubeconfig: await modelOf(
    seen(token, {
      entry: known(
        {
          context: 'ci',
          cluster: 'production',
          server: 'https://cluster.example:6443',
          user: 'deployer',
          problem: undefined,
          shadowed: ['user “deployer” of /home/me/.kube/other: that of /home/me/.kube/config comes first'],
        },
        '/home/me/.kube/config',
      ),
      sent: known(
        {
          kind: 'token',
          source: 'user “deployer”, field tokenFile (/var/run/token)',
          isThisToken: false,
          hasClientCertificate: false,
          passedOver: ['field token: a tokenFile that can be read comes first'],
        },
        '/home/me/.kube/config',
      ),
    }),
    { searched: 'It is from the cluster of your context “staging”.' },
  ),
  nothing: await modelOf(offlineEvidence('not a token'), {
    problem: 'In Restricted Mode no cluster is asked.',
  }),
  encrypted: await modelOf(offlineEvidence('eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d'), { name: 'Clipboard' }),
  malformed: await modelOf(offlineEvidence(token.slice(0, 300))),
  audience: await modelOf(
    seen(await bound({}, { aud: ['vault'] }), {
      apiAudiences: unknown('the server alone knows them', 'create tokenreviews'),
      gateway: known(undefined, '/version'),
    }),
  ),
  compared: await modelOf(gone, { compared: await viewOf(offlineEvidence(oldLegacy)) }),
  renewable: await modelOf(
    { ...gone, ...inKubeconfig },
    { name: 'host/etc/cni/net.d/mycontroller.kubeconfig' },
    { canRenew: true },
  ),
  sent: await modelOf(
    seen(token, {
      boundObject: known(undefined, origin),
      review: known(
        {
          authenticated: false,
          username: undefined,
          error: '[invalid bearer token, service account token has been invalidated]',
        },
        '/apis/authentication.k8s.io/v1/tokenreviews',
      ),
    }),
  ),
  pod: await modelOf(
    {
      ...seen(''),
      claims: {
        header: {},
        claims: {
          'kubernetes.io': {
            namespace: 'monitoring',
            serviceaccount: { name: 'metrics' },
            pod: { name: 'metrics-0', uid: 'pod-uid' },
          },
        },
      },
    },
    { name: 'Pod monitoring/metrics-0' },
    {
      facts: [
        'Running, on node node-1',
        'Projected token at /var/run/secrets/kubernetes.io/serviceaccount/token (for the API server, asked for 3607 s)',
      ],
    },
  ),
  unused: await modelOf(
    { ...seen(token, { boundObject: open }), ...inKubeconfig },
    {},
    { unused: { context: 'sandbox', why: 'it has the same address, but another certificate authority' } },
  ),
  restricted: await modelOf(offlineEvidence(token), { server: undefined }, { barred: 'restricted' }),
  untold: await modelOf(seen(token, { boundObject: open, gateway: known(undefined, '/version') })),
  reopen: 'The token was not stored, and was in no file that it could be read from again.',
};
