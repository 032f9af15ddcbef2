import { objectPath } from '../objectPath.ts';
import { count } from '../../../inventory/inventory.ts';
import type { NodeOf, RowKind } from './kind.ts';

export const namespace: RowKind<NodeOf['namespace']> = {
  words: (node, { inventory, choices }) => {
    const accounts = inventory.countIn(node.name, choices);
    const isStarred = choices.starred.includes(node.name);
    return {
      label: node.name,
      description: accounts.toLocaleString('en'),
      tooltip: [`Namespace ${node.name}`, count(accounts, 'ServiceAccount')],
      icon: isStarred ? 'star-full' : 'symbol-namespace',
      spoken: isStarred ? 'Starred namespace' : 'Namespace',
      spokenDescription: count(accounts, 'ServiceAccount'),
    };
  },
  menu: ({ name }, { choices }) => (choices.starred.includes(name) ? 'namespace starred' : 'namespace plain'),
  children: ({ name }, { inventory, choices }) => {
    inventory.followAccess(); // A row says where its ServiceAccount may do everything,
    inventory.followPods(name, false); // and how many Pods it has.
    const accounts = inventory.accounts(name, choices);
    const hasOrphans = inventory.orphans(name, choices).length > 0;
    return {
      first: hasOrphans ? [{ kind: 'orphans', namespace: name }] : [],
      rows: accounts.map((info) => ({ kind: 'serviceAccount', info })),
    };
  },
  name: ({ name }) => name,
  path: ({ name }) => objectPath('', 'namespaces', name),
};
