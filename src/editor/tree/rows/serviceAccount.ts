import { seenInFull, seenInWords } from '../../../audit/seen.ts';
import type { ServiceAccountInfo } from '../../../cluster/api/objects.ts';
import type { Choices } from '../../../inventory/choices.ts';
import { groupsOf } from '../groups.ts';
import { podsUnseen, summary, type Inventory } from '../../../inventory/inventory.ts';
import { objectPath } from '../objectPath.ts';
import { settingsOf } from '../settings.ts';
import type { NodeOf, RowKind } from './kind.ts';

export const serviceAccount: RowKind<NodeOf['serviceAccount']> = {
  words: ({ info }, { inventory, choices }) => {
    const mayDoEverything = inventory.mayDoEverything(info) !== undefined;
    const isLeftOut = inventory.known('pods', info.namespace) === 'unasked';
    const seen = inventory.seen(info);
    const now = Math.floor(Date.now() / 1000);
    // What one has opened a log for comes first: a side bar cuts off what is last.
    const description = [
      seen === undefined ? '' : seenInWords(seen.use, now),
      summary(inventory, info),
      podsUnseen(inventory, info),
      sortedBy(info, inventory, choices),
    ]
      .filter(Boolean)
      .join(' · ');
    return {
      label: info.name,
      description,
      tooltip: [
        `system:serviceaccount:${info.namespace}:${info.name}`,
        description,
        ...(seen === undefined ? [] : [`In ${seen.log}: ${seenInFull(seen.use, now)}.`]),
        ...(isLeftOut
          ? ['Pods are looked at in the 20 namespaces that were opened last. Open it to look here.']
          : []),
      ],
      // A shape beside the colour, which a theme of high contrast has none of.
      icon: mayDoEverything ? 'warning' : 'account',
      isWarning: mayDoEverything,
      spoken: 'ServiceAccount',
    };
  },
  children: ({ info }, { inventory }) => {
    const account = inventory.account(info) ?? info;
    return { first: [...groupsOf(account), ...settingsOf(account)], rows: [] };
  },
  parent: ({ info }) => ({ kind: 'namespace', name: info.namespace }),
  name: ({ info }) => info.name,
  path: ({ info }) => objectPath(info.namespace, 'serviceaccounts', info.name),
};

/** What the order goes by, where that is not to be seen otherwise. */
function sortedBy(account: ServiceAccountInfo, inventory: Inventory, { sort }: Choices): string {
  switch (sort) {
    case 'name':
      return '';
    case 'newest':
      return account.created === undefined
        ? ''
        : `created ${new Date(account.created * 1000).toISOString().slice(0, 10)}`;
    case 'last-used': {
      const used = inventory.lastUsed(account);
      return used === undefined ? '' : `last used ${used}`;
    }
  }
}
