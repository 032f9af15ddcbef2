/** What Kubernetes itself fixes, each once, with its source. Rooms of any floor may read it; it reads none. */

/** The type of a token Secret (kubernetes pkg/apis/core/types.go). */
export const TOKEN_SECRET_TYPE = 'kubernetes.io/service-account-token';
/** The annotation of a token Secret that names its ServiceAccount (kubernetes pkg/apis/core/types.go). */
export const OWNER_ANNOTATION = 'kubernetes.io/service-account.name';
/** The annotation of a token Secret with its ServiceAccount's uid, which the token controller adds. */
export const OWNER_UID_ANNOTATION = 'kubernetes.io/service-account.uid';
/** The constant issuer of legacy tokens (kubernetes pkg/serviceaccount/legacy.go). */
export const LEGACY_ISSUER = 'kubernetes/serviceaccount';
/**
 * Where the API server mounts a token into every container (kubernetes plugin/pkg/admission/serviceaccount), and where
 * every client library looks for the Pod's own (client-go rest/config.go, InClusterConfig).
 */
export const DEFAULT_MOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
/** The shortest life that TokenRequest and a projected volume may ask for, in seconds (kubernetes pkg/apis/authentication/validation, pkg/apis/core/validation). */
export const SHORTEST_SECONDS = 600;
/** The longest, in seconds (the same). */
export const LONGEST_SECONDS = 2 ** 32;
/**
 * What a Pod's own token is asked for by admission and kubelet, in seconds: of exactly so many the API server makes more
 * for its own audience, a year as a rule (kubernetes pkg/registry/core/serviceaccount/storage/token.go).
 */
export const EXTENDED_SECONDS = 3607;
