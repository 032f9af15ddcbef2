import { OWNER_ANNOTATION, OWNER_UID_ANNOTATION } from '../../kubernetes.ts';
import type {
  PodInfo,
  RoleInfo,
  ServiceAccountInfo,
  ServiceAccountSettings,
  TokenSecretInfo,
  TokenSecretKey,
} from '../api/objects.ts';
import { field, list, record, text, texts } from './json.ts';
import { secretsOfPod } from './podSecrets.ts';
import { withoutTrailing } from '../../trailing.ts';

const ENFORCE_MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';
/** What admission takes for true: Go's strconv.ParseBool. */
const TRUE = /^(?:1|t|T|true|TRUE|True)$/;
/** The annotations by which clouds give a ServiceAccount an identity of theirs. */
const CLOUDS = [
  ['EKS', 'eks.amazonaws.com/role-arn'],
  ['GKE', 'iam.gke.io/gcp-service-account'],
  ['Azure', 'azure.workload.identity/client-id'],
] as const;
const CREATED_BY = 'kubernetes.io/created-by';
/** The controller of OpenShift that makes pull Secrets from token Secrets (openshift-controller-manager create_dockercfg_secrets.go). */
const FOR_PULLS = 'openshift.io/create-dockercfg-secrets';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const TOKEN_SECRET_KEYS: readonly TokenSecretKey[] = ['ca.crt', 'namespace', 'token'];
const NONE: readonly TokenSecretKey[] = [];
/** What a serviceAccountToken projection lives for where it says nothing (kubernetes pkg/apis/core/v1/defaults.go). */
const DEFAULT_EXPIRATION = 3600;

/** Picks what is needed of a ServiceAccount; all the rest (managedFields, other annotations) is dropped here. */
export function serviceAccountInfo(object: unknown): ServiceAccountInfo {
  const settings = settingsOf(object);
  const info = { ...refOf(object), created: createdOf(object) };
  return settings ? { ...info, settings } : info; // There may be 100,000 without.
}

function settingsOf(object: unknown): ServiceAccountSettings | undefined {
  const annotations = field(field(object, 'metadata'), 'annotations');
  const automount = field(object, 'automountServiceAccountToken');
  const settings: ServiceAccountSettings = {
    automount: typeof automount === 'boolean' ? automount : undefined,
    imagePullSecrets: namesIn(object, 'imagePullSecrets'),
    secrets: namesIn(object, 'secrets'),
    enforcesMountable: TRUE.test(text(annotations, ENFORCE_MOUNTABLE) ?? ''),
    identities: CLOUDS.flatMap(([cloud, key]) => {
      const identity = text(annotations, key);
      return identity === undefined ? [] : [{ cloud, identity }];
    }),
  };
  const { imagePullSecrets, secrets, enforcesMountable, identities } = settings;
  const isPlain =
    settings.automount === undefined &&
    !enforcesMountable &&
    imagePullSecrets.length + secrets.length + identities.length === 0;
  return isPlain ? undefined : settings;
}

/** The names in a list of references. */
function namesIn(object: unknown, key: string): readonly string[] {
  return list(object, key).flatMap((reference) => text(reference, 'name') ?? []);
}

/** Picks what is needed of a token Secret's metadata; kubectl's last-applied-configuration, which can hold data, is dropped here. */
export function tokenSecretInfo(object: unknown): TokenSecretInfo {
  const metadata = field(object, 'metadata');
  const labels = field(metadata, 'labels');
  const filled = filledKeys(object);
  const annotations = field(metadata, 'annotations');
  return {
    ...refOf(object),
    serviceAccount: text(annotations, OWNER_ANNOTATION) ?? '',
    serviceAccountUid: text(annotations, OWNER_UID_ANNOTATION),
    lastUsed: text(labels, LAST_USED),
    invalidSince: text(labels, INVALID_SINCE),
    missing: filled && missingKeys(filled),
    created: createdOf(object),
    ...(text(annotations, CREATED_BY) === FOR_PULLS && { isForPulls: true }),
  };
}

/** Picks what is needed of a Pod. */
export function podInfo(object: unknown): PodInfo {
  const spec = field(object, 'spec');
  const automount = field(spec, 'automountServiceAccountToken');
  return {
    ...refOf(object),
    serviceAccount: text(spec, 'serviceAccountName') ?? 'default',
    phase: text(field(object, 'status'), 'phase') ?? 'Unknown',
    node: text(spec, 'nodeName'),
    automount: typeof automount === 'boolean' ? automount : undefined,
    secrets: secretsOfPod(spec),
    projectedTokens: projectedTokens(spec),
  };
}

/**
 * Which keys of a Secret have been set, from its metadata alone: managedFields name the keys and never hold a value.
 * Undefined where the metadata has no managedFields.
 */
export function filledKeys(object: unknown): readonly TokenSecretKey[] | undefined {
  const managers = list(field(object, 'metadata'), 'managedFields');
  if (managers.length === 0) return undefined;
  const set = managers.map((manager) => field(field(manager, 'fieldsV1'), 'f:data'));
  return TOKEN_SECRET_KEYS.filter((key) => set.some((data) => field(data, `f:${key}`) !== undefined));
}

/** Which keys of a whole Secret hold something. */
export function keysWithData(secret: unknown): readonly TokenSecretKey[] {
  const data = field(secret, 'data');
  return TOKEN_SECRET_KEYS.filter((key) => text(data, key) !== undefined);
}

/** Whether someone has ever set `immutable`, from metadata alone. */
export function mentionsImmutable(object: unknown): boolean {
  return list(field(object, 'metadata'), 'managedFields').some(
    (manager) => field(field(manager, 'fieldsV1'), 'f:immutable') !== undefined,
  );
}

/** The keys that are not there. */
export function missingKeys(filled: readonly TokenSecretKey[]): readonly TokenSecretKey[] {
  if (filled.length === TOKEN_SECRET_KEYS.length) return NONE; // One for all: there are many rows.
  return TOKEN_SECRET_KEYS.filter((key) => !filled.includes(key));
}

/** Namespace (empty for cluster-wide objects), name and uid of any object. */
export function refOf(object: unknown): ServiceAccountInfo {
  const metadata = field(object, 'metadata');
  return {
    namespace: text(metadata, 'namespace') ?? '',
    name: text(metadata, 'name') ?? '',
    uid: text(metadata, 'uid') ?? '',
  };
}

/** metadata.creationTimestamp in seconds since the epoch. */
function createdOf(object: unknown): number | undefined {
  const created = Date.parse(text(field(object, 'metadata'), 'creationTimestamp') ?? '') / 1000;
  return Number.isNaN(created) ? undefined : created;
}

/** Picks the rules of a Role or ClusterRole; of an aggregated one they are what the controller has put together. */
export function roleInfo(object: unknown): RoleInfo {
  const selectors = list(field(object, 'aggregationRule'), 'clusterRoleSelectors').map(selectorInWords);
  return {
    ...refOf(object),
    rules: list(object, 'rules').map((rule) => ({
      verbs: texts(rule, 'verbs'),
      apiGroups: texts(rule, 'apiGroups'),
      resources: texts(rule, 'resources'),
      resourceNames: texts(rule, 'resourceNames'),
      nonResourceURLs: texts(rule, 'nonResourceURLs'),
    })),
    ...(selectors.length > 0 && { aggregatedFrom: selectors }),
  };
}

/** A label selector as kubectl writes it. */
function selectorInWords(selector: unknown): string {
  const labels = Object.entries(record(field(selector, 'matchLabels'))).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const expressions = list(selector, 'matchExpressions').map((expression) => {
    const key = text(expression, 'key') ?? '';
    const operator = text(expression, 'operator');
    if (operator === 'Exists') return key;
    if (operator === 'DoesNotExist') return `!${key}`;
    return `${key} ${operator === 'NotIn' ? 'notin' : 'in'} (${texts(expression, 'values').join(',')})`;
  });
  return [...labels, ...expressions].join(',');
}

/** The tokens that the Pod's volumes hold, at the paths where its containers see them. */
function projectedTokens(spec: unknown): PodInfo['projectedTokens'] {
  const mounts = [...list(spec, 'initContainers'), ...list(spec, 'containers')].flatMap((container) =>
    list(container, 'volumeMounts'),
  );
  return list(spec, 'volumes').flatMap((volume) => {
    const name = text(volume, 'name');
    const mount = mounts.find((candidate) => text(candidate, 'name') === name);
    const path = text(mount, 'mountPath');
    const folder = path && withoutTrailing(path, '/');
    return list(field(volume, 'projected'), 'sources').flatMap((source) => {
      const token = field(source, 'serviceAccountToken');
      if (token === undefined || folder === undefined) return [];
      const seconds = field(token, 'expirationSeconds');
      return [
        {
          path: `${folder}/${text(token, 'path') ?? ''}`,
          audience: text(token, 'audience'),
          expirationSeconds: typeof seconds === 'number' ? seconds : DEFAULT_EXPIRATION,
        },
      ];
    });
  });
}
