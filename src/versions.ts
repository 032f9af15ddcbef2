/**
 * From which minor version of Kubernetes 1 something holds: by default, where a feature gate decides. Every statement
 * that depends on a server's version goes by this table, and a test holds docs/ to it. Sources are of
 * kubernetes/kubernetes, read in the releases on either side.
 */
const table = {
  /** LegacyServiceAccountTokenNoAutoGeneration (pkg/features/kube_features.go). */
  'no token Secrets by itself': 24,
  /** LegacyServiceAccountTokenTracking (pkg/features/kube_features.go): the label legacy-token-last-used. */
  'notes uses': 27,
  /** LegacyServiceAccountTokenCleanUp (pkg/features/kube_features.go). */
  'cleans up legacy tokens': 29,
  /** The same gate, in pkg/serviceaccount/legacy.go: the label legacy-token-invalid-since. */
  'refuses what is marked invalid': 29,
  /** pkg/serviceaccount/claims.go; the go-jose 2.2.2 of before (go.mod) does not look at `iat`. */
  'judges iat': 27,
  /** pkg/serviceaccount/claims.go, of what a bound token names. */
  'judges uid before deletion': 29,
  /** pkg/serviceaccount/jwt.go: keys are chosen by `kid`; before, every key is tried. */
  'chooses keys by kid': 31,
  /** ServiceAccountTokenJTI and ServiceAccountTokenPodNodeInfo (pkg/features/kube_features.go). */
  'names jti and Node in tokens': 30,
  /** ServiceAccountTokenNodeBinding (pkg/features/kube_features.go). */
  'binds tokens to Nodes': 31,
  /** ServiceAccountTokenNodeBindingValidation (pkg/features/kube_features.go), which can still be turned off. */
  'validates Node bindings by default': 30,
  /** The same, locked on. */
  'validates Node bindings': 32,
  /** pkg/registry/authentication/rest/storage_authentication.go: v1; the alpha and beta before are off by default. */
  'serves SelfSubjectReview': 28,
  /** pkg/registry/core/serviceaccount/strategy.go: it warns. */
  'deprecates enforce-mountable-secrets': 32,
  /** ConstrainedImpersonation (apiserver pkg/features/kube_features.go). */
  'impersonates within limits': 36,
  /** AuthorizePodWebsocketUpgradeCreatePermission (pkg/features/kube_features.go): connecting to exec and attach by GET. */
  'wants create to connect': 35,
  /** AnonymousAuthConfigurableEndpoints (apiserver pkg/features/kube_features.go): `anonymous.conditions`. */
  'limits anonymous requests to paths': 32,
  /** ComponentFlagz (component-base zpages/features/kube_features.go): GET /flagz, off by default from 1.32 on. */
  'tells its flags': 36,
  /** go.mod: gopkg.in/go-jose in the place of gopkg.in/square/go-jose, whose errors begin with their name. */
  'says go-jose/go-jose': 33,
} as const satisfies Record<string, number>;

export type Behaviour = keyof typeof table;

/** Everything that the table states. */
export function allBehaviours(): readonly string[] {
  return Object.keys(table);
}

/** Whether a server of a minor version does something; undefined where its version is not known. */
export function does(minor: number | undefined, behaviour: Behaviour): boolean | undefined {
  return minor === undefined ? undefined : minor >= table[behaviour];
}

/** From which version on, in words: `1.27`. */
export function since(behaviour: Behaviour): string {
  return `1.${table[behaviour]}`;
}

/** The last version before, in words: `1.26`. */
export function upTo(behaviour: Behaviour): string {
  return `1.${table[behaviour] - 1}`;
}
