import { Problem } from '../../errors.ts';
import type { ObjectRef, TokenSecretManifest } from '../api.ts';
import type { Server } from '../connect/server.ts';
import { field, text } from '../read/json.ts';
import { needOf, PODS, pathOf, TOKEN_SECRETS, type Kind } from '../read/kinds.ts';

const TYPE = 'kubernetes.io/service-account-token';

/** See Cluster.createTokenSecret. */
export async function createTokenSecret(
  server: Server,
  { namespace, name, serviceAccount }: TokenSecretManifest,
  signal: AbortSignal,
): Promise<string> {
  const body = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: TYPE,
    metadata: { name, namespace, annotations: { 'kubernetes.io/service-account.name': serviceAccount } },
  };
  const request = { method: 'POST', path: pathOf(TOKEN_SECRETS, namespace), body } as const;
  const answer = await server.succeed(request, needOf('create', TOKEN_SECRETS, namespace, name), signal);
  return text(field(answer.body, 'metadata'), 'uid') ?? '';
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
  if (type !== TYPE) {
    throw new Problem(
      'refused',
      `Secret ${ref.namespace}/${ref.name} is of type ${type ?? 'unknown'}, not ${TYPE}.`,
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
  const body = {
    apiVersion: 'v1',
    kind: 'DeleteOptions',
    preconditions: { uid },
    ...(kind === PODS && { gracePeriodSeconds: 0 }),
  };
  const request = { method: 'DELETE', path: pathOf(kind, namespace, name), body } as const;
  await server.succeed(request, needOf('delete', kind, namespace, name), signal);
}
