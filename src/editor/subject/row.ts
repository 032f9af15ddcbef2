import type {
  AccessInfo,
  ObjectRef,
  PodInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../../cluster/api/objects.ts';
import { entryIn, type IssuedToken } from '../../issued/entry.ts';
import { isRecord } from '../../token/decode.ts';

/** What hangs on a ServiceAccount, in the order in which it is shown. */
export type GroupKind = 'tokenSecrets' | 'pods' | 'access' | 'issuedTokens';

/** A row of the ServiceAccounts view. */
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

type NodeOf<K extends TreeNode['kind']> = Extract<TreeNode, { readonly kind: K }>;

/** What of a row its commands need, whatever is known of its cluster. */
interface Kind<N extends TreeNode> {
  /** Names the row among those of its kind. */
  readonly id: (node: N) => string;
  /** Whether a row that somebody gave has what names it, and what its menu needs. */
  readonly isWhole: (row: Readonly<Record<string, unknown>>) => boolean;
  /** The ServiceAccount that it stands for or belongs to. */
  readonly account?: (node: N) => ObjectRef;
}

const ofAccount = {
  isWhole: ({ account }: Readonly<Record<string, unknown>>) => isRef(account),
  account: ({ account }: { readonly account: ObjectRef }) => account,
};
const ofObject = {
  id: ({ info }: { readonly info: ObjectRef }) => pathOf(info),
  isWhole: ({ info }: Readonly<Record<string, unknown>>) => isOwned(info),
  account: ({
    info,
  }: {
    readonly info: { readonly namespace: string; readonly serviceAccount: string };
  }) => ({
    namespace: info.namespace,
    name: info.serviceAccount,
  }),
};

const KINDS: { readonly [K in TreeNode['kind']]: Kind<NodeOf<K>> } = {
  namespace: { id: ({ name }) => name, isWhole: ({ name }) => isText(name) },
  orphans: { id: ({ namespace }) => namespace, isWhole: ({ namespace }) => isText(namespace) },
  serviceAccount: {
    id: ({ info }) => pathOf(info),
    isWhole: ({ info }) => isRef(info),
    account: ({ info }) => info,
  },
  group: {
    ...ofAccount,
    id: ({ group, account }) => `${group}/${pathOf(account)}`,
    isWhole: ({ group, account }) => isText(group) && isRef(account),
  },
  tokenSecret: ofObject,
  pod: ofObject,
  access: {
    ...ofAccount,
    id: ({ account, info: { binding, group } }) => `${pathOf(account)}/${group ?? ''}/${pathOf(binding)}`,
    isWhole: ({ account, info }) => isRef(account) && isRecord(info),
  },
  commonRoles: { ...ofAccount, id: ({ account }) => pathOf(account) },
  endedTokens: { ...ofAccount, id: ({ account }) => pathOf(account) },
  issuedToken: {
    id: ({ entry }) => entry.id,
    isWhole: (row) => entryIn(row) !== undefined,
    account: ({ entry }) => ({ namespace: entry.namespace, name: entry.serviceAccount }),
  },
  setting: {
    ...ofAccount,
    id: ({ account, label, description }) => `${pathOf(account)}/${label}/${description}`,
  },
  note: { id: ({ id }) => id, isWhole: ({ id }) => isText(id) },
  more: { id: ({ level }) => level, isWhole: ({ level }) => isText(level) },
};

function kindOf<K extends TreeNode['kind']>(kind: K): Kind<NodeOf<K>> {
  return KINDS[kind];
}

/** Names a row for as long as its object keeps its name, so that selection and expansion outlive updates. */
export function nodeId(node: TreeNode): string {
  // Groups have none before it: no two kinds of them have one name.
  return `${node.kind === 'group' ? '' : `${node.kind}/`}${kindOf(node.kind).id(node)}`;
}

/** The ServiceAccount that a row stands for or belongs to. */
export function accountOfNode(node: TreeNode): ObjectRef | undefined {
  return kindOf(node.kind).account?.(node);
}

/** Whether a command's argument is a row of the tree, and not what a keybinding or another extension gave. */
export function isTreeNode(value: unknown): value is TreeNode {
  if (!isRecord(value)) return false;
  const { kind } = value;
  return typeof kind === 'string' && isKind(kind) && KINDS[kind].isWhole(value);
}

function isKind(kind: string): kind is TreeNode['kind'] {
  return Object.hasOwn(KINDS, kind);
}

function isRef(value: unknown): boolean {
  return isRecord(value) && isText(value['namespace']) && isText(value['name']);
}

function isOwned(value: unknown): boolean {
  return isRef(value) && isRecord(value) && isText(value['uid']) && isText(value['serviceAccount']);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function pathOf({ namespace, name }: ObjectRef): string {
  return `${namespace}/${name}`;
}

/** The row of a token Secret of which no more is known. `uid` is empty where that is not known. */
export function tokenSecretRow(
  namespace: string,
  name: string,
  serviceAccount: string,
  uid: string,
): TreeNode {
  return {
    kind: 'tokenSecret',
    info: { namespace, name, uid, serviceAccount, lastUsed: undefined, invalidSince: undefined },
  };
}
