import { describe, expect, it } from 'vitest';
import { refusalsIn } from '../../../src/refusal/find.ts';
import { meaningOf, type Meaning } from '../../../src/refusal/reason.ts';

/** Each kind and words that a line is found to say. */
const found = (line: string): string[] =>
  refusalsIn(line).map(({ kind, start, end }) => `${kind.id}: ${line.slice(start, end)}`);
const meaning = (line: string): Meaning => {
  const [first] = refusalsIn(line);
  if (!first) throw new Error(`Nothing was found in ${line}`);
  return meaningOf(line, first);
};
const KLOG = 'E1129 05:34:56.108005    8262 a.go:76] ';

describe('the words of a refusal are found as a whole', () => {
  it.each([
    ['error: You must be logged in to the server', 'kubectl: You must be logged in to the server'],
    [
      'You must be logged in to the server (the server has asked for the client to provide credentials (get pods)) x',
      'kubectl: You must be logged in to the server (the server has asked for the client to provide credentials (get pods))',
    ],
    ['You must be logged in to the server (x)', 'kubectl: You must be logged in to the server'],
    [
      'x failed to validate the JWT from cluster "a b": Unauthorized x',
      'istiod-refused: failed to validate the JWT from cluster "a b": Unauthorized',
    ],
    ['failed (delete): a: b: Unauthorized', 'cni: failed (delete): a: b: Unauthorized'],
    ['failed (check): Unauthorized', 'cni: failed (check): Unauthorized'],
    ['error retrieving pods ns/web: Unauthorized', 'cni-pod: error retrieving pods ns/web: Unauthorized'],
    ['error getting podinfo: Unauthorized', 'cni-pod: error getting podinfo: Unauthorized'],
    ['x watch *v1beta1.Pod: Unauthorized', 'reflector: watch *v1beta1.Pod: Unauthorized'],
    [`${KLOG}failed: Unauthorized`, 'klog: : Unauthorized'],
    [`${KLOG}"failed" err="Unauthorized"`, 'klog: ="Unauthorized'],
    [
      'round_trippers.go:553] GET x 401 Unauthorized in 123 milliseconds',
      'klog-response: 401 Unauthorized in 123 milliseconds',
    ],
    ['"err":"a: Unauthorized" "controllerKind":"x"', 'controller-runtime: "err":"a: Unauthorized"'],
    ['leaderelection "error":"Unauthorized"', 'controller-runtime: "error":"Unauthorized"'],
    ['update: failed to do this: Unauthorized', 'helm-storage: update: failed to do this: Unauthorized'],
    [String.raw`\"reason\": \"Unauthorized\"`, String.raw`status: \"reason\": \"Unauthorized\"`],
    ['Failure executing: POST at: https://a Message: Unauthorized.', 'fabric8: Message: Unauthorized'],
    ['Error: HTTP-Code: 401', 'javascript: Error: HTTP-Code: 401'],
    ['ApiException: HTTP-Code: 401', 'javascript: ApiException: HTTP-Code: 401'],
    [
      'kubernetes_asyncio.client.rest.UnauthorizedException: (401)',
      'python: kubernetes_asyncio.client.rest.UnauthorizedException: (401)',
    ],
    ['TokenReview: invalid bearer token and more', 'review-bare: invalid bearer token'],
    ['[invalid bearer token] x', 'review: [invalid bearer token]'],
    ['[invalid bearer token, cut', 'review: [invalid bearer token, cut'],
    ['User "system:anonymous" cannot list resource', 'anonymous: User "system:anonymous" cannot list'],
    [
      '"responseStatus" Authentication failed, attempted: x509-1 y',
      'audit-failed: Authentication failed, attempted: x509-1',
    ],
    [
      'audit.k8s.io Authentication failed, no credentials provided',
      'audit-failed: Authentication failed, no credentials provided',
    ],
    [
      '"annotations" authentication.k8s.io/legacy-token-manual-secret: x',
      'audit-marked: authentication.k8s.io/legacy-token-manual-secret',
    ],
    [
      'failed to call webhook: x509: certificate has expired or',
      'webhook-certificate: x509: certificate has expired',
    ],
    [
      'reflector.go:1: x509: certificate signed by unknown authority (',
      'authority: x509: certificate signed by unknown authority',
    ],
    [
      'Get "https://10.0.0.1:6443/api?x": x509: certificate has expired',
      'server-certificate: x509: certificate has expired',
    ],
  ])('in %s', (line, words) => {
    expect(found(line)).toEqual([words]);
  });

  it.each([
    'failed: Unauthorized',
    `${KLOG}failed: Unauthorizedly`,
    `${KLOG}Unauthorized`,
    'E2129 05:34:56.108005 1 a.go:1] a: Unauthorized',
    'E1129 05:34:56 1 a.go:1] a: Unauthorized',
    '401 Unauthorized in 4 milliseconds',
    'round_trippers.go:] 401 Unauthorized in 4 milliseconds',
    '"error":"Unauthorized"',
    'Message: Unauthorized',
    'Failure executing: Post at: https://a Message: Unauthorized',
    'remove: failed to do this: Unauthorized',
    'failed (remove): Unauthorized',
    'list *x1.Pod: Unauthorized',
    'invalid bearer token',
    'Authentication failed, attempted: bearer',
    'authentication.k8s.io/legacy-token',
    'authentication.k8s.io/other subject: x',
    'x509: certificate has expired',
    'Get "https://a.example/apix": x509: certificate has expired',
    'Get "https://a.example/versions": x509: certificate has expired',
    'failed calling webhook: x509: certificate signed by unknown authority reflector.go:1',
    'requests.HTTPException: (401)',
    'Unable to authenticate the request',
  ])('and not in %s', (line) => {
    expect(found(line)).toEqual([]);
  });
});

describe('what a refusal means', () => {
  it.each([
    [
      'failed to create token: Unauthorized',
      '401: the API server accepts none of the credentials of this request',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'Said by a client: it was refused, and is not told why. What it works on is no part of it.',
    ],
    [
      'User "system:anonymous" cannot get',
      '403 for system:anonymous: the request had no credential',
      'Fill in the token; look for a context without a user, and for a proxy that drops the Authorization header.',
      'Said by a client: it was refused, and is not told why. What it works on is no part of it.',
    ],
    [
      'reflector.go:1: x509: certificate signed by unknown authority',
      'The client does not trust who answers: no credential was sent',
      'Put the cluster’s own authority into certificate-authority-data, or look who answers at that address.',
      'Said by a client: it was refused, and is not told why. What it works on is no part of it.',
    ],
    [
      'reflector.go:1: x509: certificate has expired',
      'The server’s own certificate is over: no credential was sent, and this is no 401',
      'The server needs a new certificate, or one of the two clocks is wrong.',
      'Said by a client: it was refused, and is not told why. What it works on is no part of it.',
    ],
    [
      'failed calling webhook x509: certificate has expired',
      'The certificate of a webhook is over: the API server calls it, and no token of yours is refused',
      'Renew the webhook’s certificate.',
      'Said by an API server, or one that is built from it, of the request of some client.',
    ],
    [
      'subject: authentication.k8s.io/stale-token',
      'The token was accepted, and the server marks it in its audit log',
      'Tokens past their hour are to be read again from the file (stale-token); a token of a Secret is to be replaced by one of TokenRequest (legacy-token).',
      'Said by an API server’s audit log. A refused request has no user in it.',
    ],
    [
      'Unable to authenticate the request" err="[x509: certificate has expired or is not yet valid]"',
      '401: the client’s certificate has expired; the client sees a bare 401',
      'Renew the client certificate.',
      'Said by an API server, or one that is built from it, of the request of some client.',
    ],
    [
      'Unable to authenticate the request" err="[x509: certificate signed by unknown authority]"',
      '401: the client’s certificate is signed by an authority that this server does not trust for clients',
      'Use a certificate of this cluster’s own authority for clients, or look at --client-ca-file and the front proxy’s authority.',
      'Said by an API server, or one that is built from it, of the request of some client.',
    ],
    [
      'TokenReview invalid bearer token',
      '401: no authenticator of the server takes this credential for its own',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'Said by an API server, or one that is built from it, of the request of some client.',
    ],
    [
      'Unable to authenticate the request" err="[something new]"',
      '401, for a reason that is not known here',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'Said by an API server, or one that is built from it, of the request of some client.',
    ],
    [
      'connection is unauthorized: Unauthorized',
      '401: the API server accepts none of the credentials of this request',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'The refused credential is the network plugin’s own, in a kubeconfig on that Node (as under /etc/cni/net.d). The Pod that is named is a bystander.',
    ],
    [
      'lookup failed: service account unauthorized',
      '401: the API server accepts none of the credentials of this request',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'Said by Vault, which had a token reviewed by the API server: the token is that of whoever logs in, or Vault’s own as reviewer.',
    ],
    [
      'failed to validate the JWT from cluster "a": Unauthorized',
      '401: the API server accepts none of the credentials of this request',
      'Find the credential that was sent: Why Unauthorized? replays the server’s checks on it.',
      'Said by istiod, which had the token of a workload reviewed by the API server: it is the workload’s that is refused.',
    ],
  ])('is said in words: %s', (line, headline, advice, whose) => {
    expect(meaning(line)).toMatchObject({ headline, advice, whose });
  });

  it.each([
    ['istio-csr [invalid bearer token]', 'Said by istio-csr, which had the token of a workload reviewed'],
    [
      '\tauth.go:1] Unable to authenticate the request',
      'Said by kube-rbac-proxy, which had the token of its caller',
    ],
    ['\tserver.go:1] Unable to authenticate the request', 'Said by a kubelet, of a request to itself.'],
  ])('is said of whom: %s', (line, whose) => {
    expect(meaning(line).whose.startsWith(whose)).toBe(true);
  });

  it('is the likeliest cause, with how many others there are', () => {
    const of = (words: string): string =>
      meaning(`Unable to authenticate the request" err="[invalid bearer token, ${words}]"`).headline;
    expect(of('service account token has expired')).toBe('401: It has expired');
    expect(of('Token has been invalidated')).toMatch(/^401: .*, or another cause$/);
    expect(of('service account token has been invalidated')).toMatch(/^401: .*, or 3 other causes$/);
  });

  it.each([
    ['err="[a [b] c] d"', '[a [b] c]'],
    [String.raw`err="[a \"]\" b]"`, '[a "]" b]'],
    ['err="[a', undefined],
    ['err="a, b" x="c"', 'a, b'],
    ['error="a"', 'a'],
    [String.raw`error\":\"a`, 'a'],
    [String.raw`\"err\": \"open C:\\k: denied\",\"x\":1`, String.raw`open C:\\k: denied`],
    ['due to an error: a: b', 'a: b'],
    ['error: invalid bearer token\nerr="[a]"', 'invalid bearer token'],
  ])('is by the reason that stands in the line: %s', (rest, quoted) => {
    expect(meaning(`Unable to authenticate the request ${rest}`).quoted).toBe(quoted);
  });
});

describe('who is named beside a refusal', () => {
  const named = (rest: string): unknown => meaning(`failed to create token: Unauthorized ${rest}`).named;
  it.each([
    ['/etc/a,b;c/kubeconfig,', { kubeconfig: '/etc/a,b;c/kubeconfig' }],
    ['path=(/etc/kubernetes/kubelet.conf)', {}],
    ['path=(/etc/kubernetes/kubelet.conf', { kubeconfig: '/etc/kubernetes/kubelet.conf' }],
    [String.raw`C:\k\admin.conf`, { kubeconfig: String.raw`C:\k\admin.conf` }],
    ['/home/me/.kube/config:', { kubeconfig: '/home/me/.kube/config' }],
    ['/home/me/.kube/config.old', {}],
    ['/home/me/xkube/config', {}],
    ['etc/kubeconfig', {}],
    ['CC:/kubeconfig', {}],
    ['xJTI=a', {}],
    ['JTI=a-1_b.c', { id: 'a-1_b' }],
    ['system:serviceaccount:a-1:b.c-2', { serviceAccount: { namespace: 'a-1', name: 'b.c-2' } }],
    ['system:serviceaccount:a:b_c', {}],
    ['system:serviceaccount:A:b', {}],
  ])('is read of %s', (rest, names) => {
    expect(named(rest)).toEqual(names);
  });
});
