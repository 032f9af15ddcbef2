import type { NamedObject } from '../subject/subject.ts';
import { isRecord } from '../../token/decode.ts';

/** What a row of the Kubernetes extension's explorer stands for, as far as it can be explained. */
export type ExplorerRow =
  | { readonly kind: 'context'; readonly name: string }
  | { readonly kind: 'pod' | 'tokenSecret' | 'serviceAccount'; readonly info: NamedObject };

/** Its own rows, and ServiceAccounts, which others may add (`nodeSources.resourceFolder`), by the kind of a manifest. */
const KINDS: ReadonlyMap<unknown, 'pod' | 'tokenSecret' | 'serviceAccount'> = new Map([
  ['Pod', 'pod'],
  ['Secret', 'tokenSecret'],
  ['ServiceAccount', 'serviceAccount'],
]);

/**
 * Reads a node as the Kubernetes extension's API resolves it (vscode-kubernetes-tools-api, ts/cluster-explorer/v1);
 * undefined for what holds no token. `namespace`: that of its active context, as a row may name none.
 */
export function explorerRowOf(node: unknown, namespace: string): ExplorerRow | undefined {
  if (!isRecord(node) || typeof node['name'] !== 'string') return undefined;
  const { name, nodeType, resourceKind, metadata } = node;
  if (nodeType === 'context' || nodeType === 'context.inactive') return { kind: 'context', name };
  if (nodeType !== 'resource' || !isRecord(resourceKind)) return undefined;
  const kind = KINDS.get(resourceKind['manifestKind']);
  if (!kind) return undefined;
  const uid = isRecord(metadata) && typeof metadata['uid'] === 'string' ? metadata['uid'] : undefined;
  const own =
    typeof node['namespace'] === 'string' && node['namespace'] !== '' ? node['namespace'] : namespace;
  const info = { name, namespace: own, ...(uid !== undefined && { uid }) };
  return { kind, info };
}
