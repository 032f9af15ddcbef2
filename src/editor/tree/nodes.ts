import type {
  AccessInfo,
  ObjectRef,
  PodInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../../cluster/api.ts';
import type { IssuedToken } from '../../issued/entry.ts';

/** What hangs on a ServiceAccount, in the order in which it is shown. */
export type GroupKind = 'tokenSecrets' | 'pods' | 'access' | 'issuedTokens';

/** A row of the tree; commands of its context menu are given one. */
export type TreeNode =
  | { readonly kind: 'namespace'; readonly name: string }
  /** The token Secrets of a namespace whose ServiceAccount is missing. */
  | { readonly kind: 'orphans'; readonly namespace: string }
  | { readonly kind: 'serviceAccount'; readonly info: ServiceAccountInfo }
  | { readonly kind: 'group'; readonly group: GroupKind; readonly account: ServiceAccountInfo }
  | { readonly kind: 'tokenSecret'; readonly info: TokenSecretInfo }
  | { readonly kind: 'pod'; readonly info: PodInfo }
  | { readonly kind: 'access'; readonly account: ObjectRef; readonly info: AccessInfo }
  /** The roles that a ServiceAccount has as every other has them, where nothing in them stands out. */
  | { readonly kind: 'commonRoles'; readonly account: ServiceAccountInfo }
  /** The records of what was issued from here and has ended. */
  | { readonly kind: 'endedTokens'; readonly account: ServiceAccountInfo }
  /** A token that was issued from here. */
  | { readonly kind: 'issuedToken'; readonly entry: IssuedToken }
  /** Something that a ServiceAccount says of itself, e.g. that automount is off. */
  | {
      readonly kind: 'setting';
      readonly account: ObjectRef;
      readonly label: string;
      readonly description: string;
      readonly tooltip: string;
      readonly icon: string;
    }
  /** A line that says something and leads nowhere, e.g. what could not be listed. */
  | {
      readonly kind: 'note';
      readonly id: string;
      readonly label: string;
      readonly description: string;
      /** The whole of it in a sentence. */
      readonly text: string;
      readonly tooltip: string;
    }
  /** Stands for the rows of a level that are not shown yet. `level` is the id of the row they belong to. */
  | { readonly kind: 'more'; readonly level: string; readonly hidden: number };

/** Names a row for as long as its object keeps its name, so that selection and expansion outlive updates. */
export function nodeId(node: TreeNode): string {
  switch (node.kind) {
    case 'namespace':
      return `namespace/${node.name}`;
    case 'orphans':
      return `orphans/${node.namespace}`;
    case 'group':
      return `${node.group}/${pathOf(node.account)}`;
    case 'access': {
      const { binding, group } = node.info;
      return `access/${pathOf(node.account)}/${group ?? ''}/${pathOf(binding)}`;
    }
    case 'commonRoles':
      return `commonRoles/${pathOf(node.account)}`;
    case 'endedTokens':
      return `endedTokens/${pathOf(node.account)}`;
    case 'issuedToken':
      return `issuedToken/${node.entry.id}`;
    case 'setting':
      return `setting/${pathOf(node.account)}/${node.label}/${node.description}`;
    case 'note':
      return `note/${node.id}`;
    case 'more':
      return `more/${node.level}`;
    case 'serviceAccount':
    case 'tokenSecret':
    case 'pod':
      return `${node.kind}/${pathOf(node.info)}`;
  }
}

const KINDS: ReadonlySet<unknown> = new Set([
  'namespace',
  'orphans',
  'serviceAccount',
  'group',
  'tokenSecret',
  'pod',
  'access',
  'commonRoles',
  'endedTokens',
  'issuedToken',
  'setting',
  'note',
  'more',
] satisfies TreeNode['kind'][]);

/** Whether a command's argument is a row of the tree, and not what a keybinding or another extension gave. */
export function isTreeNode(value: unknown): value is TreeNode {
  return typeof value === 'object' && value !== null && 'kind' in value && KINDS.has(value.kind);
}

/** The ServiceAccount that a row stands for or belongs to. */
export function accountOfNode(node: TreeNode): ObjectRef | undefined {
  switch (node.kind) {
    case 'serviceAccount':
      return node.info;
    case 'group':
    case 'access':
    case 'commonRoles':
    case 'endedTokens':
    case 'setting':
      return node.account;
    case 'tokenSecret':
    case 'pod':
      return { namespace: node.info.namespace, name: node.info.serviceAccount };
    case 'issuedToken':
      return { namespace: node.entry.namespace, name: node.entry.serviceAccount };
    case 'namespace':
    case 'orphans':
    case 'note':
    case 'more':
      return undefined;
  }
}

function pathOf({ namespace, name }: ObjectRef): string {
  return `${namespace}/${name}`;
}
