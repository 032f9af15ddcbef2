import type { TreeNode } from '../../subject/row.ts';
import { access } from './access.ts';
import { commonRoles } from './commonRoles.ts';
import { endedTokens } from './endedTokens.ts';
import { group } from './group.ts';
import { issuedToken } from './issuedToken.ts';
import type { NodeOf, RowKind } from './kind.ts';
import { more } from './more.ts';
import { namespace } from './namespace.ts';
import { note } from './note.ts';
import { orphans } from './orphans.ts';
import { pod } from './pod.ts';
import { serviceAccount } from './serviceAccount.ts';
import { setting } from './setting.ts';
import { tokenSecret } from './tokenSecret.ts';

const KINDS: { readonly [K in TreeNode['kind']]: RowKind<NodeOf[K]> } = {
  access,
  commonRoles,
  endedTokens,
  group,
  issuedToken,
  more,
  namespace,
  note,
  orphans,
  pod,
  serviceAccount,
  setting,
  tokenSecret,
};

/** What tells rows of a kind from others. */
export function rowKind<K extends TreeNode['kind']>(kind: K): RowKind<NodeOf[K]> {
  return KINDS[kind];
}
