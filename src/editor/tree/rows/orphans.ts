import type { NodeOf, RowKind } from './kind.ts';

/** The token Secrets of a namespace whose ServiceAccount is missing. */
export const orphans: RowKind<NodeOf['orphans']> = {
  words: ({ namespace }, { inventory, choices }) => ({
    label: 'Orphaned token Secrets',
    description: inventory.orphans(namespace, choices).length.toLocaleString('en'),
    tooltip: [
      'The ServiceAccount that they name is missing. Their tokens are refused, and the token controller deletes them.',
    ],
    icon: 'warning',
    isWarning: true,
    spoken: '',
  }),
  children: ({ namespace }, { inventory, choices }) => ({
    first: [],
    rows: inventory.orphans(namespace, choices).map((info) => ({ kind: 'tokenSecret', info })),
  }),
  parent: ({ namespace }) => ({ kind: 'namespace', name: namespace }),
};
