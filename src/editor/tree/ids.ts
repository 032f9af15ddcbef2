import { commands } from '../../contributions.ts';

/** Of read-only documents: an object of the cluster, and who may do what. */
export const MANIFEST_SCHEME = 'serviceaccount-manifest';
export const ACCESS_SCHEME = 'serviceaccount-access';

/** The commands of the view. */
export const treeCommandIds = [
  commands.refresh,
  commands.findServiceAccount,
  commands.filterServiceAccounts,
  commands.clearFilter,
  commands.sortServiceAccounts,
  commands.starNamespace,
  commands.unstarNamespace,
  commands.copyName,
  commands.openManifest,
  commands.openBinding,
  commands.showMore,
  commands.showAccess,
  commands.whoMay,
  commands.showReason,
] as const;

export type TreeCommand = (typeof treeCommandIds)[number];
