import { TOKEN_SECRET_TYPE } from '../../kubernetes.ts';
import type { Need } from '../connect/answerProblems.ts';
import type { ClusterRequest } from '../api/cluster.ts';
import { BINDING, POD, PROTOBUF, ROLE } from './shapes.ts';
import type { Shape } from './wire.ts';

/** A kind of object that is listed and watched, and how little of it is asked for. */
export interface Kind {
  readonly group: '' | 'rbac.authorization.k8s.io';
  /** As RBAC spells it. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** Each may be some kilobytes: fewer are asked for at once. */
  readonly isBig?: boolean;
  /** Only the metadata crosses the wire. */
  readonly metadataOnly: boolean;
  readonly fieldSelector?: string;
  /** What is read of each in a list, which is then asked for in protobuf; JSON where absent. */
  readonly shape?: Shape;
}

/**
 * ServiceAccounts whole: they hold names and no data, and beside the metadata only what the tree shows (automount,
 * imagePullSecrets, secrets); 500 are 80 kB, and 111 kB as metadata, which repeats its kind in each.
 */
export const SERVICE_ACCOUNTS: Kind = {
  group: '',
  resource: 'serviceaccounts',
  namespaced: true,
  metadataOnly: false,
};

/** Token Secrets by their type; their data stays on the server. */
export const TOKEN_SECRETS: Kind = {
  group: '',
  resource: 'secrets',
  namespaced: true,
  metadataOnly: true,
  fieldSelector: `type=${TOKEN_SECRET_TYPE}`,
};

/** Secrets of every type, by their metadata. */
export const SECRETS: Kind = { group: '', resource: 'secrets', namespaced: true, metadataOnly: true };

export const NODES: Kind = { group: '', resource: 'nodes', namespaced: false, metadataOnly: true };

/** Pods need their spec: the ServiceAccount and the volumes are there. */
export const PODS: Kind = {
  group: '',
  resource: 'pods',
  namespaced: true,
  metadataOnly: false,
  isBig: true,
  shape: POD,
};

/** Bindings are needed whole: role and subjects are beside the metadata. */
export const ROLE_BINDINGS: Kind = {
  group: 'rbac.authorization.k8s.io',
  resource: 'rolebindings',
  namespaced: true,
  metadataOnly: false,
  shape: BINDING,
};
export const CLUSTER_ROLE_BINDINGS: Kind = {
  ...ROLE_BINDINGS,
  resource: 'clusterrolebindings',
  namespaced: false,
};

export const ROLES: Kind = { ...ROLE_BINDINGS, resource: 'roles', shape: ROLE };
export const CLUSTER_ROLES: Kind = {
  ...CLUSTER_ROLE_BINDINGS,
  resource: 'clusterroles',
  shape: ROLE,
};

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

/** The path of a collection, or of one object in it. `namespace` undefined: all of them. */
export function pathOf(kind: Kind, namespace: string | undefined, name?: string): string {
  const root = kind.group === '' ? '/api/v1' : `/apis/${kind.group}/v1`;
  const scope = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${root}${scope}/${kind.resource}${name === undefined ? '' : `/${encodeURIComponent(name)}`}`;
}

/** A request for a page of a list. */
export function listRequest(
  kind: Kind,
  namespace: string | undefined,
  query: ClusterRequest['query'],
): ClusterRequest {
  return {
    path: pathOf(kind, namespace),
    query: { ...query, fieldSelector: kind.fieldSelector },
    ...(kind.metadataOnly && { accept: METADATA_LIST }),
    // What knows no protobuf, as a proxy of its own kind, answers in JSON.
    ...(kind.shape && { accept: `${PROTOBUF}, application/json` }),
  };
}

/** A request to watch a list. */
export function watchRequest(
  kind: Kind,
  namespace: string | undefined,
  query: ClusterRequest['query'],
): ClusterRequest {
  return {
    path: pathOf(kind, namespace),
    query: { fieldSelector: kind.fieldSelector, ...query, watch: true, allowWatchBookmarks: true },
    ...(kind.metadataOnly && { accept: METADATA }),
  };
}

/** A request for one object's metadata. */
export function metadataRequest(kind: Kind, namespace: string | undefined, name: string): ClusterRequest {
  return { path: pathOf(kind, namespace, name), accept: METADATA };
}

export function needOf(verb: string, kind: Kind, namespace: string | undefined, name?: string): Need {
  return { verb, resource: kind.resource, namespace, ...(name !== undefined && { name }) };
}
