import type { AccessKind, LiveKind } from '../../cluster/api/live.ts';
import type { Choices, Only } from '../../inventory/choices.ts';
import { count, type Inventory } from '../../inventory/inventory.ts';
import type { TreeNode } from '../subject/row.ts';
import { notesUses } from '../../inventory/tokenUse.ts';
import { since } from '../../versions.ts';

/** A kind as people call it, and as RBAC does. */
const KINDS: Readonly<Record<LiveKind | AccessKind, readonly [string, string]>> = {
  serviceAccounts: ['ServiceAccounts', 'serviceaccounts'],
  tokenSecrets: ['Token Secrets', 'secrets'],
  pods: ['Pods', 'pods'],
  roleBindings: ['RoleBindings', 'rolebindings'],
  clusterRoleBindings: ['ClusterRoleBindings', 'clusterrolebindings'],
  roles: ['Roles', 'roles'],
  clusterRoles: ['ClusterRoles', 'clusterroles'],
};

/** What could not be seen of a kind, and the right that it needs; undefined where it is or will be seen. No namespace: in any. */
export function needOf(
  inventory: Inventory,
  kind: LiveKind | AccessKind,
  namespace: string | undefined,
): Omit<TreeNode & { readonly kind: 'note' }, 'kind' | 'id'> | undefined {
  const isClusterWide = kind === 'clusterRoleBindings' || kind === 'clusterRoles';
  const known = inventory.known(kind, isClusterWide ? undefined : namespace);
  if (typeof known === 'string') return undefined;
  const [name, resource] = KINDS[kind];
  const where = isClusterWide
    ? 'in the cluster'
    : namespace === undefined
      ? 'in every namespace'
      : `in namespace ${namespace}`;
  return {
    label: `Needs list and watch on ${resource}`,
    description: where,
    text: `${name} cannot be seen: needs list and watch on ${resource} ${where}`,
    tooltip: known.forbidden,
  };
}

/** What has to be seen for a filter to tell what it leaves. */
const GOES_BY: Readonly<Record<Only, readonly (LiveKind | AccessKind)[]>> = {
  'with-token-secret': ['tokenSecrets'],
  'without-token-secret': ['tokenSecrets'],
  'never-used': ['tokenSecrets'],
  'cluster-admin': ['clusterRoleBindings', 'clusterRoles'],
  expiring: ['tokenSecrets'],
};

/** Why a filter may leave out what it should show, in words each; empty where all is known that it goes by. */
export function doubtsAbout(inventory: Inventory, { only }: Choices): readonly string[] {
  const kinds = [...new Set(only.flatMap((one) => GOES_BY[one]))];
  const isOfUse = only.includes('never-used') && notesUses(inventory.noted()) === false;
  const unseen = kinds.flatMap((kind) => {
    if (inventory.known(kind, undefined) === 'not yet') return `${KINDS[kind][0]} are still being read`;
    return needOf(inventory, kind, undefined)?.text ?? [];
  });
  const isOfPods = only.includes('expiring');
  const undecided = isOfPods ? inventory.undecided().length : 0;
  const ofPods = [
    ...(undecided > 0
      ? [`Whether Pods name ${count(undecided, 'token Secret')} was not looked at: filter again to look`]
      : []),
    ...(isOfPods && inventory.unseenPods !== undefined ? [inventory.unseenPods] : []),
  ];
  const notNoted = `This API server notes no uses, which Kubernetes does from ${since('notes uses')} on`;
  return [...unseen, ...ofPods, ...(isOfUse ? [notNoted] : [])];
}

/** A row for each kind that could not be seen. */
export function notesOn(
  inventory: Inventory,
  level: string,
  kinds: readonly (LiveKind | AccessKind)[],
  namespace: string,
): TreeNode[] {
  return kinds.flatMap((kind): TreeNode[] => {
    const need = needOf(inventory, kind, namespace);
    if (!need) return [];
    return [Object.assign(need, { kind: 'note' as const, id: `${level}/${kind}` })];
  });
}
