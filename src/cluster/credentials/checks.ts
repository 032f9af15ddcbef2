import type { V1SelfSubjectAccessReview } from '@kubernetes/client-node';
import { OWNER_UID_ANNOTATION } from '../../kubernetes.ts';
import { Problem, type Reason } from '../../errors.ts';
import type { TokenSecretManifest } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { field, text } from '../read/json.ts';
import { metadataRequest, SERVICE_ACCOUNTS, SECRETS, type Kind } from '../read/kinds.ts';

interface Seen {
  readonly is: 'there' | 'missing' | 'hidden';
  readonly object?: unknown;
}

/** What stands in the way of a token Secret, and why. */
interface Obstacle {
  readonly reason: Reason;
  readonly words: string;
}

/**
 * See Cluster.checkTokenSecret. The API server takes a token Secret whatever its ServiceAccount is; the token
 * controller then deletes it (kubernetes pkg/controller/serviceaccount/tokens_controller.go).
 */
export async function checkTokenSecret(
  server: Server,
  manifest: TokenSecretManifest,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { namespace, name, serviceAccount } = manifest;
  const [account, taken, mayCreate, mayRead] = await Promise.all([
    look(server, SERVICE_ACCOUNTS, namespace, serviceAccount, signal),
    look(server, SECRETS, namespace, name, signal),
    mayI(server, 'create', namespace, undefined, signal),
    mayI(server, 'get', namespace, name, signal),
  ]);
  const obstacles = [
    ...accountObstacles(server, manifest, account),
    ...(taken.is === 'there'
      ? [
          {
            reason: 'conflict',
            words: `The name is taken: there is a Secret ${namespace}/${name} already.`,
          } as const,
        ]
      : []),
    ...(mayCreate === false
      ? [{ reason: 'forbidden', words: `You may not create secrets in namespace ${namespace}.` } as const]
      : []),
  ];
  const [first] = obstacles;
  if (first) {
    const words = obstacles.map((one) => one.words).join(' ');
    throw new Problem(first.reason, `Secret ${namespace}/${name} was not created. ${words}`);
  }
  return [
    ...(account.is === 'hidden'
      ? [
          `Cannot tell whether ServiceAccount ${namespace}/${serviceAccount} exists: that needs get serviceaccounts.`,
        ]
      : []),
    ...(mayRead === false
      ? [
          `You may not read it back (get secrets in namespace ${namespace}): whether it is filled will not be seen.`,
        ]
      : []),
  ];
}

function accountObstacles(
  server: Server,
  { namespace, serviceAccount, object }: TokenSecretManifest,
  seen: Seen,
): readonly Obstacle[] {
  const owner = `ServiceAccount ${namespace}/${serviceAccount}`;
  if (seen.is === 'missing') {
    return [
      {
        reason: 'not-found',
        words: `There is no ${owner} in ${server.context.info.cluster}, and the token controller would delete the Secret at once. Create the ServiceAccount first.`,
      },
    ];
  }
  if (seen.is === 'hidden') return [];
  const metadata = field(seen.object, 'metadata');
  if (text(metadata, 'deletionTimestamp') !== undefined) {
    return [{ reason: 'conflict', words: `${owner} is being deleted, and its token Secrets with it.` }];
  }
  const named = text(field(field(object, 'metadata'), 'annotations'), OWNER_UID_ANNOTATION);
  const uid = text(metadata, 'uid');
  if (named === undefined || named === uid) return [];
  return [
    {
      reason: 'conflict',
      words: `Its annotation ${OWNER_UID_ANNOTATION} (${named}) is not the uid of ${owner} (${uid ?? 'none'}), and the token controller deletes such Secrets. Leave the annotation out.`,
    },
  ];
}

async function look(
  server: Server,
  kind: Kind,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Seen> {
  const { status, body } = await server.ask(metadataRequest(kind, namespace, name), signal);
  if (status === 200) return { is: 'there', object: body };
  if (status === 404 && field(body, 'details') !== undefined) return { is: 'missing' };
  if (status === 401) {
    throw new Problem(
      'unauthorized',
      `${server.context.endpoint.server} does not accept your credential (401).`,
    );
  }
  return { is: 'hidden' };
}

/** SelfSubjectAccessReview; undefined where the server does not tell. */
async function mayI(
  server: Server,
  verb: string,
  namespace: string,
  name: string | undefined,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const apiVersion = 'authorization.k8s.io/v1';
  const resourceAttributes = { namespace, verb, resource: 'secrets', ...(name !== undefined && { name }) };
  const request = {
    method: 'POST',
    path: `/apis/${apiVersion}/selfsubjectaccessreviews`,
    body: {
      apiVersion,
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    } satisfies V1SelfSubjectAccessReview,
  } as const;
  const { status, body } = await server.ask(request, signal);
  const allowed = status === 201 ? field(field(body, 'status'), 'allowed') : undefined;
  return typeof allowed === 'boolean' ? allowed : undefined;
}
