import type { AccessKind, LiveKind } from '../../cluster/api/live.ts';
import type { AccessInfo, ServiceAccountInfo } from '../../cluster/api/objects.ts';
import { markInWords } from '../../authorization/ruleParts.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import { hasEnded, issuedInWords } from './issuedRow.ts';
import { count, type Inventory } from '../../inventory/inventory.ts';
import { notesOn } from './needs.ts';
import { nodeId, type GroupKind, type TreeNode } from '../subject/row.ts';

/** What hangs on a ServiceAccount, and how it is told. */
interface Group {
  readonly label: string;
  readonly icon: string;
  /** Whether it shows its rows as soon as its ServiceAccount does. */
  readonly isOpen: boolean;
  readonly tooltip: string;
  /** What has to be seen for its rows to be all. */
  readonly kinds: readonly (LiveKind | AccessKind)[];
  readonly rows: (inventory: Inventory, account: ServiceAccountInfo) => readonly TreeNode[];
  /** In a few words. */
  readonly summary: (inventory: Inventory, account: ServiceAccountInfo) => string;
  /** Whether something in it needs a second look; nothing does where it is absent. */
  readonly isWarning?: (inventory: Inventory, account: ServiceAccountInfo) => boolean;
}

export const GROUPS: Readonly<Record<GroupKind, Group>> = {
  tokenSecrets: {
    label: 'Token Secrets',
    icon: 'lock',
    isOpen: true,
    tooltip:
      'Secrets of type kubernetes.io/service-account-token that name this ServiceAccount, by their metadata.',
    kinds: ['tokenSecrets'],
    rows: (inventory, account) =>
      inventory.tokenSecrets(account).map((info): TreeNode => ({ kind: 'tokenSecret', info })),
    summary: (inventory, account) => number(inventory.tokenSecrets(account).length),
  },
  pods: {
    label: 'Pods',
    icon: 'package',
    isOpen: true,
    tooltip: 'Pods that run as this ServiceAccount. Their tokens end with them.',
    kinds: ['pods'],
    rows: (inventory, account) => inventory.pods(account).map((info): TreeNode => ({ kind: 'pod', info })),
    summary: (inventory, account) => number(inventory.pods(account).length),
  },
  access: {
    label: 'Access',
    icon: 'shield',
    isOpen: false,
    tooltip: 'Roles that bindings give to this ServiceAccount, by its name or through its groups.',
    kinds: ['clusterRoleBindings', 'roleBindings', 'clusterRoles', 'roles'],
    rows: (inventory, account) => {
      const all = inventory.access(account);
      const own = all.filter((info) => !isCommon(inventory, account, info));
      const rows = own.map((info): TreeNode => ({ kind: 'access', account, info }));
      return own.length === all.length ? rows : [...rows, { kind: 'commonRoles', account }];
    },
    summary: accessInWords,
    isWarning: (inventory, account) => inventory.accountMarks(account).length > 0,
  },
  issuedTokens: {
    label: 'Issued tokens',
    icon: 'history',
    isOpen: true,
    tooltip:
      'Tokens that were issued from this machine, by their metadata. The tokens themselves are not stored.',
    kinds: [],
    rows: (inventory, account) => {
      const all = inventory.issued(account);
      const living = all.filter((entry) => !hasEnded(entry, inventory));
      const rows = living.map((entry): TreeNode => ({ kind: 'issuedToken', entry }));
      return living.length === all.length ? rows : [...rows, { kind: 'endedTokens', account }];
    },
    summary: (inventory, account) => issuedInWords(inventory.issued(account), inventory),
  },
};

/** The roles that a ServiceAccount has through its groups, as every other has, where nothing in them stands out. */
export function commonRoles(inventory: Inventory, account: ServiceAccountInfo): readonly AccessInfo[] {
  return inventory.access(account).filter((info) => isCommon(inventory, account, info));
}

/** Whether a role is one that every ServiceAccount of the namespace has, and that stands out by nothing. */
export function isCommon(inventory: Inventory, account: ServiceAccountInfo, info: AccessInfo): boolean {
  return info.group !== undefined && inventory.marks(account, info).length === 0;
}

/** What was issued for a ServiceAccount and has ended. */
export function endedTokens(inventory: Inventory, account: ServiceAccountInfo): readonly IssuedToken[] {
  return inventory.issued(account).filter((entry) => hasEnded(entry, inventory));
}

/** The groups of a ServiceAccount, as rows. */
export function groupsOf(account: ServiceAccountInfo): TreeNode[] {
  return (['tokenSecrets', 'pods', 'access', 'issuedTokens'] as const).map((group) => ({
    kind: 'group',
    group,
    account,
  }));
}

/** The rows of a group: first what could not be seen. */
export function rowsOfGroup(
  inventory: Inventory,
  { group, account }: TreeNode & { readonly kind: 'group' },
): { readonly notes: readonly TreeNode[]; readonly rows: readonly TreeNode[] } {
  const level = nodeId({ kind: 'group', group, account });
  return {
    notes: notesOn(inventory, level, GROUPS[group].kinds, account.namespace),
    rows: GROUPS[group].rows(inventory, account),
  };
}

/** What a group holds in a few words; what could not be seen is never counted as none. */
export function groupInWords(
  inventory: Inventory,
  { group, account }: TreeNode & { readonly kind: 'group' },
): string {
  const { kinds, summary } = GROUPS[group];
  const known = kinds.map((kind) => inventory.known(kind, account.namespace));
  const words = summary(inventory, account);
  if (known.some((one) => typeof one === 'object')) {
    return words === 'none' ? 'cannot tell' : `${words}, perhaps more`;
  }
  if (known.includes('unasked')) return 'not looked at yet';
  return known.includes('not yet') ? 'loading…' : words;
}

function number(items: number): string {
  return items === 0 ? 'none' : items.toLocaleString('en');
}

function accessInWords(inventory: Inventory, account: ServiceAccountInfo): string {
  const all = inventory.access(account);
  const own = all.filter(({ group }) => group === undefined).length;
  const byGroup = all.length - own;
  const marks = inventory.accountMarks(account);
  if (all.length === 0) return 'none';
  return [
    ...marks.map(markInWords),
    own === 0 ? 'no role of its own' : count(own, 'role'),
    ...(byGroup === 0 ? [] : [`${byGroup} through groups`]),
  ].join(' · ');
}
