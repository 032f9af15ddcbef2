import type { V1Secret } from '@kubernetes/client-node';
import { FIELD_MANAGER } from './apply.ts';
import type { Bindable, Sentinel } from '../api/credentials.ts';
import type { ObjectRef } from '../api/objects.ts';
import type { Server } from '../connect/server.ts';
import { field, text } from '../read/json.ts';
import { metadataRequest, needOf, NODES, PODS, pathOf, SECRETS, type Kind } from '../read/kinds.ts';
import { podInfo, refOf } from '../read/objects.ts';
import { listAll } from '../read/pages.ts';

const KINDS: Readonly<Record<Bindable['kind'], Kind>> = { Pod: PODS, Secret: SECRETS, Node: NODES };
/** What `kubectl get secrets -l` finds them by. */
const SENTINEL_LABELS = {
  'app.kubernetes.io/managed-by': 'serviceaccount-tokens',
  'app.kubernetes.io/component': 'token-sentinel',
};

/** See Cluster.bindable. The server refuses Pods of other ServiceAccounts (kubernetes pkg/registry/core/serviceaccount/storage/token.go). */
export async function bindable(
  server: Server,
  kind: Bindable['kind'],
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly Bindable[]> {
  const where = kind === 'Node' ? undefined : namespace;
  if (kind !== 'Pod') {
    return await listAll(server, KINDS[kind], (object) => bindableOf(kind, object), signal, {
      namespace: where,
    });
  }
  const own = { ...PODS, fieldSelector: `spec.serviceAccountName=${name}` };
  const reduce = (object: unknown): Bindable => {
    const { phase, projectedTokens } = podInfo(object);
    const audiences = projectedTokens.flatMap(({ audience }) => audience ?? []);
    return { ...bindableOf(kind, object), note: phase, audiences };
  };
  return await listAll(server, own, reduce, signal, { namespace: where });
}

/** See Cluster.bindableNamed. */
export async function bindableNamed(
  server: Server,
  kind: Bindable['kind'],
  { namespace, name }: ObjectRef,
  signal: AbortSignal,
): Promise<Bindable> {
  const where = kind === 'Node' ? undefined : namespace;
  const need = needOf('get', KINDS[kind], where, name);
  const { body } = await server.succeed(metadataRequest(KINDS[kind], where, name), need, signal);
  return bindableOf(kind, body);
}

/** See Cluster.createSentinel. It belongs to its ServiceAccount, so that the garbage collector takes it away with that. */
export async function createSentinel(
  server: Server,
  { namespace, name, serviceAccount }: Sentinel,
  signal: AbortSignal,
): Promise<Bindable> {
  const { name: ownerName, uid } = serviceAccount;
  const body: V1Secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'Opaque',
    metadata: {
      name,
      namespace,
      labels: SENTINEL_LABELS,
      annotations: {
        'serviceaccount-tokens/service-account': ownerName,
        'serviceaccount-tokens/purpose':
          'Holds nothing. A token is bound to this Secret: deleting it ends the token within about 10 seconds.',
      },
      ...(uid !== '' && {
        ownerReferences: [{ apiVersion: 'v1', kind: 'ServiceAccount', name: ownerName, uid }],
      }),
    },
  };
  const query = { fieldManager: FIELD_MANAGER };
  const request = { method: 'POST', path: pathOf(SECRETS, namespace), query, body } as const;
  const answer = await server.succeed(request, needOf('create', SECRETS, namespace, name), signal);
  return bindableOf('Secret', answer.body);
}

function bindableOf(kind: Bindable['kind'], object: unknown): Bindable {
  const { name, uid } = refOf(object);
  const labels = field(field(object, 'metadata'), 'labels');
  const component = text(labels, 'app.kubernetes.io/component');
  const isSentinel = component === SENTINEL_LABELS['app.kubernetes.io/component'];
  return { kind, name, uid, note: isSentinel ? 'made for revocable tokens' : '', isSentinel };
}
