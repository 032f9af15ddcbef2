import type { NodeOf, RowKind } from './kind.ts';

export const note: RowKind<NodeOf['note']> = {
  words: ({ label, description, text, tooltip }) => ({
    label,
    description,
    tooltip: [text, tooltip],
    icon: 'warning',
    isWarning: true,
    spoken: '',
    sentence: text,
  }),
};
