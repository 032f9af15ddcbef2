import { endedTokens as ended } from '../groups.ts';
import { inGroup, type NodeOf, type RowKind } from './kind.ts';

/** The records of what was issued from here and has ended. */
export const endedTokens: RowKind<NodeOf['endedTokens']> = {
  words: ({ account }, { inventory }) => ({
    label: 'Ended',
    description: ended(inventory, account).length.toLocaleString('en'),
    tooltip: ['Expired, revoked, or gone with what they were bound to. Their records go after 30 days.'],
    icon: 'history',
    spoken: '',
  }),
  children: ({ account }, { inventory }) => ({
    first: [],
    rows: ended(inventory, account).map((entry) => ({ kind: 'issuedToken', entry })),
  }),
  parent: inGroup('issuedTokens'),
};
