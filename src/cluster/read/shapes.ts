import { Problem } from '../../errors.ts';
import { partsOf, readMessage, Unread, type Field, type Part, type Shape } from './wire.ts';

/** What an API server gives in place of JSON where it is asked to (apimachinery pkg/runtime/serializer/protobuf). */
export const PROTOBUF = 'application/vnd.kubernetes.protobuf';
/** Its first bytes; a runtime.Unknown follows. */
const MAGIC = Buffer.from('k8s\0', 'latin1');

const text = (name: string): Field => ({ as: 'text', name });
const number = (name: string): Field => ({ as: 'number', name });
const flag = (name: string): Field => ({ as: 'flag', name });
const message = (name: string, of: Shape): Field => ({ as: 'message', name, of });
const messages = (name: string, of: Shape): Field => ({ as: 'messages', name, of });
const embedded = (of: Shape): Field => ({ as: 'embedded', of });

// The numbers are those of k8s.io/api/core/v1 and k8s.io/apimachinery/pkg/apis/meta/v1, generated.proto, of 1.37: a
// number is never given to another field.
const METADATA: Shape = {
  1: text('name'),
  3: text('namespace'),
  5: text('uid'),
  6: text('resourceVersion'),
  8: { as: 'time', name: 'creationTimestamp' },
  13: messages('ownerReferences', { 1: text('kind'), 3: text('name'), 6: flag('controller') }),
};
const NAMED: Shape = { 1: text('name') };
const secretRefAt = (field: number): Shape => ({ [field]: message('secretRef', NAMED) });
const SELECTED: Shape = { 1: embedded(NAMED) };
const VOLUME_SOURCE: Shape = {
  6: message('secret', { 1: text('secretName') }),
  8: message('iscsi', secretRefAt(10)),
  11: message('rbd', secretRefAt(7)),
  12: message('flexVolume', secretRefAt(3)),
  14: message('cephfs', secretRefAt(5)),
  18: message('azureFile', { 1: text('secretName') }),
  25: message('scaleIO', secretRefAt(3)),
  26: message('projected', {
    1: messages('sources', {
      1: message('secret', SELECTED),
      4: message('serviceAccountToken', {
        1: text('audience'),
        2: number('expirationSeconds'),
        3: text('path'),
      }),
    }),
  }),
  27: message('storageos', secretRefAt(5)),
  28: message('csi', { 5: message('nodePublishSecretRef', NAMED) }),
};
const CONTAINER: Shape = {
  7: messages('env', { 3: message('valueFrom', { 4: message('secretKeyRef', SELECTED) }) }),
  9: messages('volumeMounts', { 1: text('name'), 3: text('mountPath') }),
  19: messages('envFrom', { 3: message('secretRef', SELECTED) }),
};
/** What is needed of a Pod: the rest, most of its bytes, is skipped. */
export const POD: Shape = {
  1: message('metadata', METADATA),
  2: message('spec', {
    1: messages('volumes', { 1: text('name'), 2: embedded(VOLUME_SOURCE) }),
    2: messages('containers', CONTAINER),
    4: number('terminationGracePeriodSeconds'),
    8: text('serviceAccountName'),
    10: text('nodeName'),
    15: messages('imagePullSecrets', NAMED),
    20: messages('initContainers', CONTAINER),
    21: flag('automountServiceAccountToken'),
    34: messages('ephemeralContainers', { 1: embedded(CONTAINER) }),
  }),
  3: message('status', { 1: text('phase') }),
};
const LIST_METADATA: Shape = {
  2: text('resourceVersion'),
  3: text('continue'),
  4: number('remainingItemCount'),
};

const LABELS: Field = { as: 'map', name: 'matchLabels' };
const texts = (name: string): Field => ({ as: 'texts', name });

// k8s.io/api/rbac/v1, generated.proto.
/** A RoleBinding or ClusterRoleBinding. */
export const BINDING: Shape = {
  1: message('metadata', METADATA),
  2: messages('subjects', { 1: text('kind'), 3: text('name'), 4: text('namespace') }),
  3: message('roleRef', { 2: text('kind'), 3: text('name') }),
};
/** A Role or ClusterRole. */
export const ROLE: Shape = {
  1: message('metadata', METADATA),
  2: messages('rules', {
    1: texts('verbs'),
    2: texts('apiGroups'),
    3: texts('resources'),
    4: texts('resourceNames'),
    5: texts('nonResourceURLs'),
  }),
  3: message('aggregationRule', {
    1: messages('clusterRoleSelectors', {
      1: LABELS,
      2: messages('matchExpressions', { 1: text('key'), 2: text('operator'), 3: texts('values') }),
    }),
  }),
};
const STATUS: Shape = {
  2: text('status'),
  3: text('message'),
  4: text('reason'),
  5: message('details', { 5: number('retryAfterSeconds') }),
  6: number('code'),
};

/** Whether an answer of this type is protobuf. */
export const isProtobuf = (contentType: unknown): boolean =>
  typeof contentType === 'string' && contentType.split(';')[0]?.trim() === PROTOBUF;

/**
 * Reads an answer in protobuf as JSON would have it: a Status, or a list whose objects have this shape. Of a list the
 * objects are read one by one, as they are asked for. Throws `refused` where it is neither.
 */
export function readProtobuf(bytes: Buffer, shape: Shape, isList: boolean): unknown {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw noList();
  const { raw, type } = unknownIn(bytes);
  if (!raw) throw noList();
  if (!isList) return { ...type, ...readMessage(bytes, STATUS, raw.start, raw.end) };
  const parts = [...partsOf(bytes, raw.start, raw.end)];
  const metadata = parts.find(({ field }) => field === 1);
  return {
    metadata: metadata && readMessage(bytes, LIST_METADATA, metadata.start, metadata.end),
    items: parts
      .filter(({ field }) => field === 2)
      .map(({ start, end }) => new Unread(() => readMessage(bytes, shape, start, end))),
  };
}

/** The runtime.Unknown around every object (apimachinery pkg/runtime/generated.proto). */
function unknownIn(bytes: Buffer): { readonly raw: Part | undefined; readonly type: object } {
  const parts = [...partsOf(bytes, MAGIC.length)];
  const typed = parts.find(({ field }) => field === 1);
  return {
    raw: parts.find(({ field }) => field === 2),
    type: typed ? readMessage(bytes, { 1: text('apiVersion'), 2: text('kind') }, typed.start, typed.end) : {},
  };
}

function noList(): Problem {
  return new Problem('refused', 'The answer is no list in protobuf: it is no API server.');
}
