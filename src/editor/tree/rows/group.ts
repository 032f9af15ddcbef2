import { groupInWords, GROUPS, rowsOfGroup } from '../groups.ts';
import type { NodeOf, RowKind } from './kind.ts';

/** A group of more rows stays closed until it is asked for. */
const MOST_OPEN = 20;

export const group: RowKind<NodeOf['group']> = {
  words: (node, { inventory }) => {
    const { label, icon, tooltip, isWarning } = GROUPS[node.group];
    const standsOut = isWarning?.(inventory, node.account) === true;
    return {
      label,
      description: groupInWords(inventory, node),
      tooltip: [tooltip],
      icon: standsOut ? 'warning' : icon,
      isWarning: standsOut,
      spoken: '',
    };
  },
  menu: (node) => `group ${node.group}`,
  children: (node, { inventory }) => {
    const { notes, rows } = rowsOfGroup(inventory, node);
    return { first: notes, rows };
  },
  opens: (node, { inventory }) => {
    const { notes, rows } = rowsOfGroup(inventory, node);
    if (notes.length + rows.length === 0) return 'empty';
    return GROUPS[node.group].isOpen && rows.length <= MOST_OPEN ? 'open' : 'closed';
  },
  parent: (_, of) => of && { kind: 'serviceAccount', info: of.account },
};
