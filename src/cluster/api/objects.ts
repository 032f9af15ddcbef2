import type { PolicyRule } from '../../authorization/rules.ts';
import type { Problem } from '../../errors.ts';

export interface ObjectRef {
  readonly namespace: string;
  readonly name: string;
}

export interface ServiceAccountInfo extends ObjectRef {
  readonly uid: string;
  /** metadata.creationTimestamp, in seconds since the epoch. */
  readonly created?: number | undefined;
  /** Undefined where nothing of it is set, as for most. */
  readonly settings?: ServiceAccountSettings | undefined;
}

/** What a ServiceAccount says beyond its name. */
export interface ServiceAccountSettings {
  /** automountServiceAccountToken; undefined: not set, which means true. */
  readonly automount: boolean | undefined;
  readonly imagePullSecrets: readonly string[];
  /** The names in `.secrets`: what makes a token Secret count as auto-generated, and what enforceMountable allows. */
  readonly secrets: readonly string[];
  /** Annotation kubernetes.io/enforce-mountable-secrets. */
  readonly enforcesMountable: boolean;
  /** Identities of clouds that its annotations name. */
  readonly identities: readonly { readonly cloud: 'EKS' | 'GKE' | 'Azure'; readonly identity: string }[];
}

/** A Secret of type kubernetes.io/service-account-token, known by its metadata only: no token crosses the wire. */
export interface TokenSecretInfo extends ObjectRef {
  readonly uid: string;
  /** Annotation kubernetes.io/service-account.name. */
  readonly serviceAccount: string;
  /** Annotation kubernetes.io/service-account.uid; the token controller fills it in. */
  readonly serviceAccountUid?: string | undefined;
  /** Label kubernetes.io/legacy-token-last-used, YYYY-MM-DD. */
  readonly lastUsed: string | undefined;
  /** Label kubernetes.io/legacy-token-invalid-since, YYYY-MM-DD. */
  readonly invalidSince: string | undefined;
  /** The keys that the token controller has still to fill; undefined where the metadata does not tell. */
  readonly missing?: readonly TokenSecretKey[] | undefined;
  /** metadata.creationTimestamp, in seconds since the epoch. */
  readonly created?: number | undefined;
  /** OpenShift made it for a pull Secret (`…-dockercfg-…`), which goes with it. */
  readonly isForPulls?: true;
}

export interface PodInfo extends ObjectRef {
  readonly uid: string;
  readonly serviceAccount: string;
  /** Pending, Running, Succeeded, Failed or Unknown. */
  readonly phase: string;
  /** The node it was scheduled to. */
  readonly node?: string | undefined;
  /** spec.automountServiceAccountToken; undefined: the ServiceAccount decides. */
  readonly automount?: boolean | undefined;
  /** Secrets that it names, and the folder in which a container sees one; undefined: not as a file. */
  readonly secrets?: readonly { readonly name: string; readonly folder: string | undefined }[];
  /** How the Pod gets its token: the projected volumes it mounts; empty where automount is off. */
  readonly projectedTokens: readonly {
    readonly path: string;
    readonly audience: string | undefined;
    readonly expirationSeconds: number;
  }[];
}

/** A Secret by its metadata: whose token it holds, if any, and what else is in it. */
export interface SecretInfo extends TokenSecretInfo {
  /** Annotation kubernetes.io/service-account.uid. */
  readonly serviceAccountUid: string | undefined;
  /** The keys of its data, as far as the metadata tells. */
  readonly keys: readonly string[];
}

/** That something names a Secret: a Pod by its spec, or a ServiceAccount in a list of its own. */
export interface SecretMention {
  readonly name: string;
  readonly how: 'volume' | 'env' | 'envFrom' | 'imagePullSecrets' | 'secrets';
}

/** A Pod as one who uses things that are about to be deleted. */
export interface PodUse extends ObjectRef {
  readonly uid: string;
  readonly serviceAccount: string;
  /** The controller that makes it again when it is gone, e.g. `DaemonSet mycontroller`. */
  readonly owner: string | undefined;
  /** How long its containers are given to end, in seconds. */
  readonly graceSeconds: number;
  readonly secrets: readonly SecretMention[];
}

export interface ServiceAccountUse extends ServiceAccountInfo {
  readonly secrets: readonly SecretMention[];
}

/** Who names Secrets; a `problem` where they could not all be looked at. */
export interface Uses {
  readonly pods: Listed<PodUse>;
  readonly serviceAccounts: Listed<ServiceAccountUse>;
}

/** What a kind of object looked like when it was listed; `problem` where the server did not let us see it. */
export interface Listed<T> {
  readonly items: readonly T[];
  readonly problem: string | undefined;
}

/** How Pods are looked through: page by page, of which only what is wanted is kept. */
export interface UsesOptions {
  /** Whether a Pod is wanted; each where absent. */
  readonly keeps?: ((pod: PodUse) => boolean) | undefined;
  /** Told after each page how many were looked at, and of how many in all, where the server says that. */
  readonly onPods?: ((looked: number, all: number | undefined) => void) | undefined;
}

export interface Snapshot {
  readonly serviceAccounts: readonly ServiceAccountInfo[];
  readonly tokenSecrets: Listed<TokenSecretInfo>;
}

export type TokenSecretKey = 'ca.crt' | 'namespace' | 'token';

export interface TokenSecretManifest extends ObjectRef {
  readonly serviceAccount: string;
  /** The whole manifest where there is one, so that its labels and annotations are kept. */
  readonly object?: Readonly<Record<string, unknown>>;
}

/** An object of a manifest, of a kind that is scaffolded here. */
export interface ManifestObject extends ObjectRef {
  readonly kind: 'Secret' | 'ServiceAccount' | 'Role' | 'RoleBinding';
  /** The whole object as the manifest has it. */
  readonly object: Readonly<Record<string, unknown>>;
}

/** A field that another has set, and who. */
export interface FieldConflict {
  /** As the server spells it: `.metadata.labels.team`. */
  readonly path: string;
  /** Undefined where the field is older than the server's record of that. */
  readonly manager: string | undefined;
}

/**
 * What applying would do. Objects are without managedFields, last-applied-configuration and what else the server alone
 * sets; the values of Secrets are masked before they get here.
 */
export interface ApplyPlan {
  /** As it is in the cluster; undefined where it is not there, or not to be seen. */
  readonly live: Readonly<Record<string, unknown>> | undefined;
  /** As it would be, fields of others taken over; undefined where the server refuses. */
  readonly applied: Readonly<Record<string, unknown>> | undefined;
  /** Why the server refuses. */
  readonly problem: Problem | undefined;
  readonly conflicts: readonly FieldConflict[];
  /** It can be created only, as the right to patch is missing. */
  readonly create: boolean;
  /** Whether applying would change nothing. */
  readonly isSame: boolean;
  readonly warnings: readonly string[];
}

export interface ApplyOptions {
  /** Take over the fields that others own. */
  readonly force: boolean;
  /** Create it by POST, which needs no right to patch. */
  readonly create: boolean;
}

export interface AppliedObject {
  readonly uid: string;
  readonly warnings: readonly string[];
}

/** What an API server says of itself. */
export interface ServerVersion {
  readonly major: number;
  readonly minor: number;
  /** `v1.37.2` */
  readonly name: string;
}

/** A RoleBinding, or where its namespace is empty a ClusterRoleBinding, with the subjects that can be ServiceAccounts. */
export interface BindingInfo extends ObjectRef {
  readonly uid: string;
  readonly role: AccessInfo['role'];
  /** User names as RBAC compares them: `system:serviceaccount:<namespace>:<name>`. */
  readonly users: readonly string[];
  /** Groups that ServiceAccounts are in. */
  readonly groups: readonly string[];
}

/** A Role, or where its namespace is empty a ClusterRole. */
export interface RoleInfo extends ObjectRef {
  readonly uid: string;
  readonly rules: readonly PolicyRule[];
  /** Label selectors of the ClusterRoles whose rules the controller copies into this one; undefined where its rules are its own. */
  readonly aggregatedFrom?: readonly string[];
}

/** A role that a ServiceAccount has. */
export interface AccessInfo {
  readonly role: { readonly kind: 'Role' | 'ClusterRole'; readonly name: string };
  /** The RoleBinding, or where its namespace is empty the ClusterRoleBinding, that gives it. */
  readonly binding: ObjectRef;
  /** Undefined where it is given to the ServiceAccount itself; else the group, e.g. `system:serviceaccounts`. */
  readonly group: string | undefined;
}
