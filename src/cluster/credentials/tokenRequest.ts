import type { AuthenticationV1TokenRequest, V1BoundObjectReference } from '@kubernetes/client-node';
import { Problem } from '../../errors.ts';
import type { Bindable, RequestedToken, TokenRequestOptions } from '../api/credentials.ts';
import type { ServiceAccountInfo } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { classifyToken } from '../../token/classify.ts';
import { decodeToken } from '../../token/decode.ts';
import { field, text } from '../read/json.ts';
import { pathOf, SERVICE_ACCOUNTS } from '../read/kinds.ts';

/** See Cluster.requestToken. The ServiceAccount's uid goes along, so that none re-created under the name is taken for it. */
export async function requestToken(
  server: Server,
  { namespace, name, uid }: ServiceAccountInfo,
  { expirationSeconds, audiences, boundTo }: TokenRequestOptions,
  signal: AbortSignal,
): Promise<RequestedToken> {
  const answer = await server.succeed(
    {
      method: 'POST',
      path: `${pathOf(SERVICE_ACCOUNTS, namespace, name)}/token`,
      body: {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: { name, namespace, ...(uid !== '' && { uid }) },
        spec: {
          ...(expirationSeconds !== undefined && { expirationSeconds }),
          audiences: [...(audiences ?? [])],
          ...(boundTo && { boundObjectRef: boundObjectRef(boundTo) }),
        },
      } satisfies AuthenticationV1TokenRequest,
    },
    { verb: 'create', resource: 'serviceaccounts/token', namespace, name },
    signal,
  );
  const token = text(field(answer.body, 'status'), 'token');
  if (token === undefined)
    throw new Problem('refused', `The server's answer for ServiceAccount ${namespace}/${name} has no token.`);
  if (uid !== '' && !isOf(token, uid)) {
    throw new Problem(
      'conflict',
      `ServiceAccount ${namespace}/${name} was deleted and created again since it was chosen: its uid is not ${uid} any more. The token that the server issued for the new one was thrown away. Choose it again.`,
    );
  }
  return { token, warnings: answer.warnings };
}

/**
 * Servers mind the uid that goes along from 1.34 on (TokenRequestServiceAccountUIDValidation, kubernetes
 * pkg/features/kube_features.go); those before issue a token of whatever has the name.
 */
function isOf(token: string, uid: string): boolean {
  const decoded = decodeToken(token);
  const issued = decoded && classifyToken(decoded);
  return issued?.kind !== 'bound' || issued.serviceAccountUid === uid;
}

/** Without a uid, as where the object may not be read, the name alone binds. */
function boundObjectRef({
  kind,
  name,
  uid,
}: Pick<Bindable, 'kind' | 'name' | 'uid'>): V1BoundObjectReference {
  return { apiVersion: 'v1', kind, name, ...(uid !== '' && { uid }) };
}
