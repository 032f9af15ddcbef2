/** Who says the words; what that means for a reader is said in words.ts. */
export type Speaker =
  /** A client that was refused, and knows no more than that. */
  | 'client'
  /** An API server, of a request that it refused, with its reason. */
  | 'server'
  /** An API server's audit log. */
  | 'audit'
  /** A network plugin on a Node, of a request with the plugin's own credential. */
  | 'network plugin'
  /** A server that had a token reviewed by the API server, and quotes it. */
  | 'istiod'
  | 'istio-csr'
  | 'Vault'
  | 'kube-rbac-proxy'
  | 'kubelet';

/** What happened. */
export type What =
  /** 401: no credential that the server accepts. */
  | 'refused'
  /** 401, with what the server found, or what it says of it to those who may ask. */
  | 'refused, with the reason'
  /** 403 for who sent no credential. */
  | 'nobody'
  /** The client does not trust who answers: nothing was sent. */
  | 'wrong authority'
  /** The server's own certificate is over: nothing was sent. */
  | 'old server'
  /** An API server calls a webhook whose certificate is over: no credential of the reader is refused. */
  | 'old webhook'
  /** Accepted, and marked in the audit log. */
  | 'accepted, and marked';

export interface Kind {
  readonly id: string;
  /** A text that is in the words, and hardly in others: it is looked for before anything else. */
  readonly needle: string;
  /** The words, with the needle in them, within one line. */
  readonly words: RegExp;
  /** What stands beside them in the line, where the words alone say too little of whose they are. */
  readonly beside?: RegExp;
  readonly unless?: RegExp;
  readonly who: Speaker;
  readonly what: What;
}

/** The head of a line of klog: severity, month and day, time (klog internal/buffer). */
const KLOG = /(?:^|[\s"|])[EWIF][01]\d[0-3]\d [0-2]\d:[0-5]\d:[0-5]\d\.\d{3,9}\s/;

/** A request to an API server, by what asks it or by what is asked. */
const OF_KUBERNETES =
  /Unable to connect to the server: |memcache\.go:|reflector\.go:|Kubernetes cluster unreachable: |\*v\d\w*\.[A-Z]|https:\/\/[^\s"\\/]{1,260}\/(?:apis?(?:[/?"\\]|$)|(?:version|healthz|readyz|livez|openapi\/v[23])["\\?])/;

const WEBHOOK = /failed (?:calling|to call) webhook/;

/**
 * The words by which clients and servers say 401 and its relatives. What comes first counts, where two kinds fit. A kind
 * that was seen in a run of the program says so, above it beside the source; the corpus in test/fixtures/refusals has those lines.
 */
export const KINDS: readonly Kind[] = [
  // kubectl pkg/cmd/util/helpers.go, StandardErrorMessage; seen: kubectl 1.37
  {
    id: 'kubectl',
    needle: 'You must be logged in to the server',
    words:
      /You must be logged in to the server(?: \((?:Unauthorized|the server has asked for the client to provide credentials(?: \([a-z]+ [^()]{1,80}\))?)\))?/,
    who: 'client',
    what: 'refused',
  },
  // apimachinery pkg/api/errors, NewGenericServerResponse; seen: kubectl 1.37, client-go 0.37. Helm, Argo CD and
  // Terraform say it too (hashicorp/terraform-provider-helm)
  {
    id: 'client-go',
    needle: 'has asked for the client to provide credentials',
    words: /the server has asked for the client to provide credentials/,
    who: 'client',
    what: 'refused',
  },
  // kubectl pkg/cmd/create/create_token.go; seen: kubectl 1.37
  {
    id: 'create-token',
    needle: 'nauthorized',
    words: /failed to create token: Unauthorized/,
    who: 'client',
    what: 'refused',
  },
  // istio security/pkg/k8s/tokenreview; istio/istio#51431
  {
    id: 'istiod-refused',
    needle: 'nauthorized',
    words: /failed to validate the JWT from cluster \\{0,3}"[^"\\]*\\{0,3}": Unauthorized/,
    who: 'istiod',
    what: 'refused',
  },
  // hashicorp/vault-plugin-auth-kubernetes token_review.go; hashicorp/vault#15430
  {
    id: 'vault-refused',
    needle: 'nauthorized',
    words: /lookup failed: service account unauthorized/,
    who: 'Vault',
    what: 'refused',
  },
  // projectcalico/calico libcalico-go/lib/errors; projectcalico/calico#9215, #5712
  {
    id: 'calico',
    needle: 'nauthorized',
    words: /connection is unauthorized: Unauthorized|ClusterInformation: connection is unauthorized/,
    who: 'network plugin',
    what: 'refused',
  },
  // containerd/go-cni (plugin type="…" failed (add)); easzlab/kubeasz#1332, projectcalico/calico#8903
  {
    id: 'cni',
    needle: 'nauthorized',
    words: /failed \((?:add|delete|check)\): (?:[^":(]*: )*Unauthorized/,
    who: 'network plugin',
    what: 'refused',
  },
  // k8snetworkplumbingwg/multus-cni pkg/k8sclient; projectcalico/calico#8903
  {
    id: 'cni-pod',
    needle: 'nauthorized',
    words: /error (?:getting|retrieving) pod(?:s?|info)(?: \S+)?: Unauthorized/,
    who: 'network plugin',
    what: 'refused',
  },
  // client-go tools/cache/reflector.go; seen: client-go 0.37
  {
    id: 'reflector',
    needle: 'nauthorized',
    words: /(?:list|watch) \*v\d\w*\.\w+: Unauthorized/,
    who: 'client',
    what: 'refused',
  },
  // apimachinery pkg/api/errors, NewUnauthorized, in a line of klog; seen: kube-controller-manager 1.37
  {
    id: 'klog',
    needle: 'nauthorized',
    words: /(?:: |=")Unauthorized(?=["\s]|$)/,
    beside: KLOG,
    who: 'client',
    what: 'refused',
  },
  // client-go transport/round_trippers.go; seen: kubectl -v=6 1.37
  {
    id: 'klog-response',
    needle: 'nauthorized',
    words: /status="401 Unauthorized"|401 Unauthorized in \d+ milliseconds/,
    beside: /round_trippers\.go:\d/,
    who: 'client',
    what: 'refused',
  },
  // sigs.k8s.io/controller-runtime pkg/internal/controller, Reconciler error, by zap and logr
  {
    id: 'controller-runtime',
    needle: 'nauthorized',
    words: /"err(?:or)?": ?"(?:[^"]*: )?Unauthorized"/,
    beside:
      /"controller(?:Kind|Group)?": ?"|"reconcileID": ?"|controller-runtime|unable to start manager|leaderelection/,
    who: 'client',
    what: 'refused',
  },
  // helm pkg/storage/driver/secrets.go
  {
    id: 'helm-storage',
    needle: 'nauthorized',
    words: /(?:list|create|get|query|update|delete): failed to [a-z ]*: Unauthorized/,
    who: 'client',
    what: 'refused',
  },
  // apimachinery pkg/apis/meta/v1, StatusReasonUnauthorized; seen: curl, kubectl -v=6, audit log
  {
    id: 'status',
    needle: 'nauthorized',
    words: /\\{0,3}"reason\\{0,3}": ?\\{0,3}"Unauthorized\\{0,3}"/,
    who: 'client',
    what: 'refused',
  },
  // kubernetes-client/java; kubernetes-client/java#783
  {
    id: 'java',
    needle: 'nauthorized',
    words: /io\.kubernetes\.client\.(?:openapi\.)?ApiException: (?:Message: )?Unauthorized/,
    who: 'client',
    what: 'refused',
  },
  // fabric8io/kubernetes-client OperationSupport; fabric8io/kubernetes-client#1161
  {
    id: 'fabric8',
    needle: 'nauthorized',
    words: /Message: Unauthorized/,
    beside: /Failure executing: [A-Z]{3,7} at: http/,
    who: 'client',
    what: 'refused',
  },
  // kube-rs kube-core ErrorResponse, as its Debug prints it
  {
    id: 'rust',
    needle: 'nauthorized',
    words: /reason: "Unauthorized", code: 401/,
    who: 'client',
    what: 'refused',
  },
  // kubernetes-client/csharp KubernetesClient
  {
    id: 'dotnet',
    needle: 'nauthorized',
    words: /k8s\.Autorest\.HttpOperationException: Operation returned an invalid status code 'Unauthorized'/,
    who: 'client',
    what: 'refused',
  },
  // kubernetes-client/python client/exceptions.py; seen: 37.0; older: openshift-restclient-python#314
  {
    id: 'python',
    needle: 'Exception: (401)',
    words: /kubernetes(?:_asyncio)?\.client\.(?:exceptions|rest)\.(?:Api|Unauthorized)Exception: \(401\)/,
    who: 'client',
    what: 'refused',
  },
  // kubernetes-client/javascript src/gen/apis/exception.ts; seen: 2.0
  {
    id: 'javascript',
    needle: 'HTTP-Code: 401',
    words: /(?:ApiException(?: \[Error\])?|Error): HTTP-Code: 401/,
    who: 'client',
    what: 'refused',
  },
  // brancz/kube-rbac-proxy pkg/filters/auth.go
  {
    id: 'kube-rbac-proxy-reason',
    needle: 'Unable to authenticate the request',
    words: /Unable to authenticate the request.*/,
    beside: /\sauth\.go:\d+\] /,
    who: 'kube-rbac-proxy',
    what: 'refused, with the reason',
  },
  // kubernetes pkg/kubelet/server/server.go
  {
    id: 'kubelet-reason',
    needle: 'Unable to authenticate the request',
    words: /Unable to authenticate the request.*/,
    beside: /\sserver\.go:\d+\] /,
    who: 'kubelet',
    what: 'refused, with the reason',
  },
  // apiserver pkg/endpoints/filters/authentication.go; seen: kube-apiserver 1.37; to 1.20: kyma-project/kyma#11190
  {
    id: 'server-reason',
    needle: 'Unable to authenticate the request',
    words: /Unable to authenticate the request.*/,
    beside: /err(?:or)?\\{0,3}"?[=:]|due to an error: /,
    who: 'server',
    what: 'refused, with the reason',
  },
  // istio security/pkg/k8s/tokenreview/k8sauthn.go; istio/istio#56145
  {
    id: 'istiod-reason',
    needle: 'invalid bearer token',
    words: /\[invalid bearer token(?:, [^\]\n]*)?\]?/,
    beside: /KubeJWTAuthenticator/,
    who: 'istiod',
    what: 'refused, with the reason',
  },
  // cert-manager/istio-csr pkg/server; cert-manager/istio-csr#501
  {
    id: 'istio-csr-reason',
    needle: 'invalid bearer token',
    words: /\[invalid bearer token(?:, [^\]\n]*)?\]?/,
    beside: /"caller": ?"server\/auth(?:enticate)?\.go|istio-csr/,
    who: 'istio-csr',
    what: 'refused, with the reason',
  },
  // hashicorp/vault-plugin-auth-kubernetes token_review.go; hashicorp/vault#16123
  {
    id: 'vault-reason',
    needle: 'invalid bearer token',
    words: /\[invalid bearer token(?:, [^\]\n]*)?\]?/,
    beside: /lookup failed: \[/,
    who: 'Vault',
    what: 'refused, with the reason',
  },
  // kubernetes pkg/registry/authentication/tokenreview/storage.go, status.error; seen: 1.37
  {
    id: 'review',
    needle: 'invalid bearer token',
    words: /\[invalid bearer token(?:, [^\]\n]*)?\]?/,
    who: 'server',
    what: 'refused, with the reason',
  },
  // The same of a token that no authenticator takes for its own; seen: 1.37
  {
    id: 'review-bare',
    needle: 'invalid bearer token',
    words: /invalid bearer token/,
    beside: /TokenReview|authentication\.k8s\.io/,
    who: 'server',
    what: 'refused, with the reason',
  },
  // apiserver pkg/endpoints/handlers/responsewriters/errors.go; seen: curl
  {
    id: 'anonymous',
    needle: 'system:anonymous',
    words: /User \\{0,3}"system:anonymous\\{0,3}" cannot [a-z]+/,
    who: 'client',
    what: 'nobody',
  },
  // apiserver pkg/endpoints/filters/authn_audit.go
  {
    id: 'audit-failed',
    needle: 'Authentication failed, ',
    words: /Authentication failed, (?:attempted: [\w\d-]+|no credentials provided)/,
    beside: /audit\.k8s\.io|"responseStatus"/,
    who: 'audit',
    what: 'refused',
  },
  // kubernetes pkg/serviceaccount/{claims,legacy}.go
  {
    id: 'audit-marked',
    needle: 'authentication.k8s.io/',
    words: /authentication\.k8s\.io\/(?:stale-token|legacy-token(?:-[a-z]+)*)/,
    beside: /audit\.k8s\.io|subject: |system:serviceaccount:|"annotations"/,
    who: 'audit',
    what: 'accepted, and marked',
  },
  // apiserver pkg/admission/plugin/webhook/errors
  {
    id: 'webhook-certificate',
    needle: 'certificate has expired',
    words: /x509: certificate has expired/,
    beside: WEBHOOK,
    who: 'server',
    what: 'old webhook',
  },
  // Go crypto/x509, as client-go passes it on
  {
    id: 'server-certificate',
    needle: 'certificate has expired',
    words: /x509: certificate has expired/,
    beside: OF_KUBERNETES,
    unless: WEBHOOK,
    who: 'client',
    what: 'old server',
  },
  // Go crypto/x509, as client-go passes it on; seen: kubectl 1.37, client-go 0.37
  {
    id: 'authority',
    needle: 'signed by unknown authority',
    words: /x509: certificate signed by unknown authority/,
    beside: OF_KUBERNETES,
    unless: WEBHOOK,
    who: 'client',
    what: 'wrong authority',
  },
];
