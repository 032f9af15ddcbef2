import { OWNER_UID_ANNOTATION } from '../../kubernetes.ts';
import type {
  Listed,
  ObjectRef,
  PodUse,
  SecretInfo,
  SecretMention,
  ServiceAccountUse,
  Uses,
  UsesOptions,
} from '../api/objects.ts';
import { Problem } from '../../errors.ts';
import type { Server } from '../connect/server.ts';
import { field, list, record, text } from '../read/json.ts';
import {
  metadataRequest,
  needOf,
  PODS,
  pathOf,
  SERVICE_ACCOUNTS,
  TOKEN_SECRETS,
  type Kind,
} from '../read/kinds.ts';
import { refOf, tokenSecretInfo } from '../read/objects.ts';
import { listAll } from '../read/pages.ts';

/** Whole ServiceAccounts: the Secrets that they list are beside the metadata. They hold names, and no token. */
const WHOLE_SERVICE_ACCOUNTS: Kind = { ...SERVICE_ACCOUNTS, metadataOnly: false };

/** See Cluster.uses. */
export async function readUses(
  server: Server,
  namespace: string | undefined,
  signal: AbortSignal,
  { keeps, onPods }: UsesOptions = {},
): Promise<Uses> {
  const [pods, serviceAccounts] = await Promise.all([
    listed(async () => await listAll(server, PODS, podUse, signal, { namespace, keeps, onPage: onPods })),
    listed(async () => await listAll(server, WHOLE_SERVICE_ACCOUNTS, accountUse, signal, { namespace })),
  ]);
  return { pods, serviceAccounts };
}

async function listed<T>(ask: () => Promise<readonly T[]>): Promise<Listed<T>> {
  try {
    return { items: await ask(), problem: undefined };
  } catch (error) {
    if (!Problem.is(error, 'forbidden')) throw error;
    return { items: [], problem: error.message };
  }
}

/** See Cluster.secret. */
export async function readSecretInfo(
  server: Server,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<SecretInfo> {
  const need = needOf('get', TOKEN_SECRETS, namespace, name);
  const { body } = await server.succeed(metadataRequest(TOKEN_SECRETS, namespace, name), need, signal);
  return {
    ...tokenSecretInfo(body),
    serviceAccountUid: text(field(field(body, 'metadata'), 'annotations'), OWNER_UID_ANNOTATION),
    keys: dataKeys(body),
  };
}

/** See Cluster.pod. */
export async function readPodUse(
  server: Server,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<PodUse> {
  const need = needOf('get', PODS, namespace, name);
  return podUse((await server.succeed({ path: pathOf(PODS, namespace, name) }, need, signal)).body);
}

/** The keys that were ever set in a Secret's data, from its metadata alone: managedFields name them, never a value. */
function dataKeys(object: unknown): readonly string[] {
  const keys = list(field(object, 'metadata'), 'managedFields').flatMap((manager) =>
    Object.keys(record(field(field(manager, 'fieldsV1'), 'f:data'))),
  );
  return [...new Set(keys)].filter((key) => key.startsWith('f:')).map((key) => key.slice(2));
}

/** Picks what is needed of a Pod: which Secrets it names, and who makes it again. */
export function podUse(object: unknown): PodUse {
  const spec = field(object, 'spec');
  const owner = list(field(object, 'metadata'), 'ownerReferences').find(
    (one) => field(one, 'controller') === true,
  );
  const grace = field(spec, 'terminationGracePeriodSeconds');
  return {
    ...refOf(object),
    serviceAccount: text(spec, 'serviceAccountName') ?? 'default',
    owner: owner === undefined ? undefined : `${text(owner, 'kind') ?? ''} ${text(owner, 'name') ?? ''}`,
    graceSeconds: typeof grace === 'number' ? grace : 30,
    secrets: mentionsOf(spec),
  };
}

function accountUse(object: unknown): ServiceAccountUse {
  return {
    ...refOf(object),
    secrets: [
      ...names(list(object, 'secrets')).map((name): SecretMention => ({ name, how: 'secrets' })),
      ...names(list(object, 'imagePullSecrets')).map((name): SecretMention => ({
        name,
        how: 'imagePullSecrets',
      })),
    ],
  };
}

/** The Secrets that a Pod's spec names; the token cleaner spares those (kubernetes pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go). */
function mentionsOf(spec: unknown): readonly SecretMention[] {
  const containers = ['initContainers', 'containers', 'ephemeralContainers'].flatMap((key) =>
    list(spec, key),
  );
  const found: readonly (readonly [SecretMention['how'], readonly (string | undefined)[]])[] = [
    ['volume', list(spec, 'volumes').flatMap(secretsOfVolume)],
    [
      'env',
      containers.flatMap((container) =>
        list(container, 'env').map((env) => text(field(field(env, 'valueFrom'), 'secretKeyRef'), 'name')),
      ),
    ],
    [
      'envFrom',
      containers.flatMap((container) =>
        list(container, 'envFrom').map((env) => text(field(env, 'secretRef'), 'name')),
      ),
    ],
    ['imagePullSecrets', names(list(spec, 'imagePullSecrets'))],
  ];
  return found.flatMap(([how, secrets]) =>
    [...new Set(secrets)].filter((name) => name !== undefined).map((name): SecretMention => ({ name, how })),
  );
}

/** By every way in which a kind of volume names one: secret, projected, and those of storage drivers. */
function secretsOfVolume(volume: unknown): readonly (string | undefined)[] {
  const sources = Object.values(record(volume));
  const projected = sources.flatMap((source) => list(source, 'sources'));
  return [
    ...sources.flatMap((source) => [
      text(source, 'secretName'),
      text(field(source, 'secretRef'), 'name'),
      text(field(source, 'nodePublishSecretRef'), 'name'),
    ]),
    ...projected.map((source) => text(field(source, 'secret'), 'name')),
  ];
}

function names(references: readonly unknown[]): readonly string[] {
  return references.map((one) => text(one, 'name')).filter((name) => name !== undefined);
}
