import type {
  AccessInfo,
  ObjectRef,
  PodInfo,
  ServiceAccountInfo,
  TokenSecretInfo,
} from '../../cluster/api.ts';
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

/** Whether a row of each kind has what names it, and what its menu needs. */
const IS_WHOLE: Readonly<Record<TreeNode['kind'], (row: Readonly<Record<string, unknown>>) => boolean>> = {
  namespace: ({ name }) => typeof name === 'string',
  orphans: ({ namespace }) => typeof namespace === 'string',
  serviceAccount: ({ info }) => isRef(info),
  group: ({ group, account }) => typeof group === 'string' && isRef(account),
  tokenSecret: ({ info }) => isOwned(info),
  pod: ({ info }) => isOwned(info),
  access: ({ account, info }) => isRef(account) && isRecord(info),
  commonRoles: ({ account }) => isRef(account),
  endedTokens: ({ account }) => isRef(account),
  issuedToken: (row) => entryIn(row) !== undefined,
  setting: ({ account }) => isRef(account),
  note: ({ id }) => typeof id === 'string',
  more: ({ level }) => typeof level === 'string',
};

function isRef(value: unknown): boolean {
  return isRecord(value) && typeof value['namespace'] === 'string' && typeof value['name'] === 'string';
}

function isOwned(value: unknown): boolean {
  return isRef(value) && isRecord(value) && [value['uid'], value['serviceAccount']].every(isText);
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** Whether a command's argument is a row of the tree, and not what a keybinding or another extension gave. */
export function isTreeNode(value: unknown): value is TreeNode {
  if (!isRecord(value)) return false;
  const { kind } = value;
  return typeof kind === 'string' && isKind(kind) && IS_WHOLE[kind](value);
}

function isKind(kind: string): kind is TreeNode['kind'] {
  return Object.hasOwn(IS_WHOLE, kind);
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
