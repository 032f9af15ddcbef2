import { markInWords, markMeaning } from '../../../authorization/ruleParts.ts';
import { aggregationInWords } from '../../../authorization/words.ts';
import type { AccessInfo, ObjectRef } from '../../../cluster/api/objects.ts';
import { isCommon } from '../groups.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import { rbacPath } from '../objectPath.ts';
import type { Row } from '../row.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

export const access: RowKind<NodeOf['access']> = {
  words: ({ account, info }, { inventory }) => accessWords(account, info, inventory),
  parent: (node, of) =>
    of && isCommon(of.inventory, of.account, node.info)
      ? { kind: 'commonRoles', account: of.account }
      : inGroup('access')(node, of),
  name: ({ info }) => info.role.name,
  path: ({ info: { role, binding } }) =>
    role.kind === 'Role'
      ? rbacPath(binding.namespace, 'roles', role.name)
      : rbacPath('', 'clusterroles', role.name),
};

/** A role that a ServiceAccount has: what stands out, where it holds, and what gives it. */
function accessWords(account: ObjectRef, given: AccessInfo, inventory: Inventory): Row {
  const { role, binding, group } = given;
  const isEverywhere = binding.namespace === '';
  const scope = isEverywhere ? 'everywhere' : `in ${binding.namespace}`;
  const by = isEverywhere ? `ClusterRoleBinding ${binding.name}` : `RoleBinding ${binding.name}`;
  const found = inventory.marks(account, given);
  const marks = found.map(markInWords);
  const unseen = unseenInWords(given, inventory);
  const seen = inventory.role(given);
  const from = typeof seen === 'string' ? undefined : seen.aggregatedFrom;
  return {
    label: role.name,
    description: [
      ...marks,
      ...(unseen === undefined ? [] : [unseen]),
      scope,
      `by ${by}`,
      ...(group === undefined ? [] : [`as ${group}`]),
    ].join(' · '),
    tooltip: [
      `${role.kind} ${role.name}`,
      `Given by ${isEverywhere ? `ClusterRoleBinding ${binding.name}` : `RoleBinding ${binding.namespace}/${binding.name}`}: ${isEverywhere ? 'in every namespace' : `in namespace ${binding.namespace}`}.`,
      ...(group === undefined ? [] : [`Given to the group ${group}, which this ServiceAccount is in.`]),
      ...(marks.length === 0 ? [] : [`Stands out: ${marks.join(', ')}.`]),
      ...found.map(markMeaning),
      ...(unseen === undefined ? [] : [`${unseen[0]?.toUpperCase() ?? ''}${unseen.slice(1)}.`]),
      ...(from ? [aggregationInWords(from)] : []),
    ],
    icon: marks.length > 0 ? 'warning' : 'shield',
    isWarning: marks.length > 0,
    spoken: role.kind,
  };
}

function unseenInWords(given: AccessInfo, inventory: Inventory): string | undefined {
  const seen = inventory.role(given);
  if (seen === 'missing') return 'the role is missing: gives nothing';
  if (seen !== 'forbidden') return undefined;
  const resource =
    given.role.kind === 'Role' ? `roles in namespace ${given.binding.namespace}` : 'clusterroles';
  return `rules not seen: needs list and watch on ${resource}`;
}
