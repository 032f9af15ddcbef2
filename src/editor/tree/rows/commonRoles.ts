import { commonRoles as rolesOf } from '../groups.ts';
import { count } from '../../../inventory/inventory.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

/** The roles that a ServiceAccount has as every other has them, where nothing in them stands out. */
export const commonRoles: RowKind<NodeOf['commonRoles']> = {
  words: ({ account }, { inventory }) => ({
    label: 'As every ServiceAccount here',
    description: `${count(rolesOf(inventory, account).length, 'role')} through groups`,
    tooltip: [
      'Given to groups that every ServiceAccount of the namespace is in, as system:authenticated; nothing in them stands out.',
    ],
    icon: 'organization',
    spoken: '',
  }),
  children: ({ account }, { inventory }) => ({
    first: [],
    rows: rolesOf(inventory, account).map((info) => ({ kind: 'access', account, info })),
  }),
  parent: inGroup('access'),
};
