import type { NodeOf, RowKind } from './kind.ts';

export const more: RowKind<NodeOf['more']> = {
  words: ({ hidden }) => ({
    label: `Show more (${hidden.toLocaleString('en')} not shown)`,
    description: '',
    tooltip: ['Shows the next rows. Find ServiceAccount… reaches any of them by typing.'],
    icon: 'ellipsis',
    spoken: '',
  }),
};
