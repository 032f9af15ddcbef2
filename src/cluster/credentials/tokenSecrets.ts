import type { V1Secret } from '@kubernetes/client-node';
import { OWNER_ANNOTATION, TOKEN_SECRET_TYPE } from '../../kubernetes.ts';
import { Problem } from '../../errors.ts';
import type { ObjectRef, ServiceAccountInfo, TokenSecretInfo, TokenSecretManifest } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { field, record, text } from '../read/json.ts';
import {
  metadataRequest,
  needOf,
  pathOf,
  SERVICE_ACCOUNTS,
  TOKEN_SECRETS,
  type Kind,
} from '../read/kinds.ts';
import { serviceAccountInfo, tokenSecretInfo } from '../read/objects.ts';
import { listAll } from '../read/pages.ts';
import { FIELD_MANAGER } from './apply.ts';
import { write } from './writing.ts';

/** See Cluster.createTokenSecret. */
export async function createTokenSecret(
  server: Server,
  { namespace, name, serviceAccount, object }: TokenSecretManifest,
  signal: AbortSignal,
): Promise<string> {
  const annotations = { [OWNER_ANNOTATION]: serviceAccount };
  const body = object
    ? { ...object, metadata: { ...record(field(object, 'metadata')), namespace } }
    : ({
        apiVersion: 'v1',
        kind: 'Secret',
        type: TOKEN_SECRET_TYPE,
        metadata: { name, namespace, annotations },
      } satisfies V1Secret);
  const query = { fieldManager: FIELD_MANAGER };
  const request = { method: 'POST', path: pathOf(TOKEN_SECRETS, namespace), query, body } as const;
  const answer = await write(server, request, needOf('create', TOKEN_SECRETS, namespace, name), signal);
  return text(field(answer.body, 'metadata'), 'uid') ?? '';
}

/** See Cluster.tokenSecretsOf. */
export async function tokenSecretsOf(
  server: Server,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly TokenSecretInfo[]> {
  const all = await listAll(server, TOKEN_SECRETS, tokenSecretInfo, signal, { namespace });
  return all.filter(({ serviceAccount }) => serviceAccount === name);
}

/** See Cluster.serviceAccount. */
export async function readServiceAccount(
  server: Server,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<ServiceAccountInfo & { readonly isTerminating: boolean }> {
  const need = needOf('get', SERVICE_ACCOUNTS, namespace, name);
  const { body } = await server.succeed(metadataRequest(SERVICE_ACCOUNTS, namespace, name), need, signal);
  const isTerminating = text(field(body, 'metadata'), 'deletionTimestamp') !== undefined;
  return { ...serviceAccountInfo(body), isTerminating };
}

/** See Cluster.serviceAccounts. */
export async function listServiceAccounts(
  server: Server,
  signal: AbortSignal,
): Promise<readonly ServiceAccountInfo[]> {
  try {
    return await listAll(server, SERVICE_ACCOUNTS, serviceAccountInfo, signal);
  } catch (error) {
    if (!Problem.is(error, 'forbidden')) throw error;
    return await listAll(server, SERVICE_ACCOUNTS, serviceAccountInfo, signal, {
      namespace: server.context.info.namespace,
    });
  }
}

/** Reads a Secret with its data. The one place that does, besides following an unfilled one. */
export async function readSecret(
  server: Server,
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<unknown> {
  const need = needOf('get', TOKEN_SECRETS, namespace, name);
  return (await server.succeed({ path: pathOf(TOKEN_SECRETS, namespace, name) }, need, signal)).body;
}

/** See Cluster.readSecretToken. */
export async function readSecretToken(server: Server, ref: ObjectRef, signal: AbortSignal): Promise<string> {
  const secret = await readSecret(server, ref, signal);
  const type = text(secret, 'type');
  if (type !== TOKEN_SECRET_TYPE) {
    throw new Problem(
      'refused',
      `Secret ${ref.namespace}/${ref.name} is of type ${type ?? 'unknown'}, not ${TOKEN_SECRET_TYPE}.`,
    );
  }
  const data = text(field(secret, 'data'), 'token');
  if (data === undefined) {
    throw new Problem(
      'not-found',
      `Secret ${ref.namespace}/${ref.name} has no token: the token controller has not filled it.`,
    );
  }
  return Buffer.from(data, 'base64').toString('utf8');
}

/** Deletes exactly the object with this uid. Throws conflict where another has taken its name. */
export async function deleteExactly(
  server: Server,
  kind: Kind,
  { namespace, name, uid }: ObjectRef & { readonly uid: string },
  signal: AbortSignal,
): Promise<void> {
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid } };
  const request = { method: 'DELETE', path: pathOf(kind, namespace, name), body } as const;
  await server.succeed(request, needOf('delete', kind, namespace, name), signal);
}
