import type { PodInfo, ServiceAccountInfo, TokenSecretInfo } from '../../cluster/api.ts';

/** A row of the tree; commands of its context menu are given one. */
export type TreeNode =
  | { readonly kind: 'namespace'; readonly name: string }
  | { readonly kind: 'serviceAccount'; readonly info: ServiceAccountInfo }
  | { readonly kind: 'tokenSecret'; readonly info: TokenSecretInfo }
  | { readonly kind: 'pod'; readonly info: PodInfo }
  /** A line that says something and leads nowhere, e.g. what could not be listed. */
  | { readonly kind: 'note'; readonly text: string; readonly id: string }
  /** Stands for the rows of a level that are not shown yet. `level` is the id of the row they belong to. */
  | { readonly kind: 'more'; readonly level: string; readonly hidden: number };

/** Names a row for as long as its object keeps its name, so that selection and expansion outlive updates. */
export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'namespace':
      return `namespace/${node.name}`;
    case 'note':
      return `note/${node.id}`;
    case 'more':
      return `more/${node.level}`;
    case 'serviceAccount':
    case 'tokenSecret':
    case 'pod':
      return `${node.kind}/${node.info.namespace}/${node.info.name}`;
  }
}

const KINDS: readonly unknown[] = [
  'namespace',
  'serviceAccount',
  'tokenSecret',
  'pod',
  'note',
  'more',
] satisfies TreeNode['kind'][];

/** Whether a command's argument is a row of the tree, and not what a keybinding or another extension gave. */
export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.includes(value.kind);
}
