import type { NodeOf, RowKind } from './kind.ts';

export const setting: RowKind<NodeOf['setting']> = {
  words: ({ label, description, tooltip, icon }) => ({
    label,
    description,
    tooltip: [`${label}: ${description}`, tooltip],
    icon,
    spoken: '',
  }),
  parent: (_, of) => of && { kind: 'serviceAccount', info: of.account },
  name: ({ description }) => description,
};
