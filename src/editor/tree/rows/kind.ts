import type { ServiceAccountInfo } from '../../../cluster/api/objects.ts';
import type { TreeNode } from '../../subject/row.ts';
import type { Choices } from '../../../inventory/choices.ts';
import type { Inventory } from '../../../inventory/inventory.ts';
import type { Row } from '../row.ts';

/** The kinds of rows, each with what it is a row of. */
export type NodeOf = { readonly [K in TreeNode['kind']]: Extract<TreeNode, { readonly kind: K }> };

/** What is shown, and by which choices. */
export interface Shown {
  readonly inventory: Inventory;
  readonly choices: Choices;
}

/** The ServiceAccount of a row, where it is one of the cluster's. */
export interface Belonging {
  readonly account: ServiceAccountInfo;
  readonly inventory: Inventory;
}

export interface Children {
  /** What stands first, however many there are. */
  readonly first: readonly TreeNode[];
  /** What is shown a page at a time. */
  readonly rows: readonly TreeNode[];
}

/** All that tells one kind of row from another. Its id and its ServiceAccount are in subject/row.ts, as commands need them. */
export interface RowKind<N extends TreeNode> {
  readonly words: (node: N, shown: Shown) => Row;
  /** The context value that menus ask for, beginning with the kind; the kind alone where absent. */
  readonly menu?: (node: N, shown: Shown) => string;
  /** The rows under it; it has none where absent. */
  readonly children?: (node: N, shown: Shown) => Children;
  /** Whether it shows its rows at once, or has none now; it is closed where absent. */
  readonly opens?: (node: N, shown: Shown) => 'open' | 'closed' | 'empty';
  /** The row that it lies under. */
  readonly parent?: (node: N, of: Belonging | undefined) => TreeNode | undefined;
  /** What "Copy Name" copies. */
  readonly name?: (node: N) => string;
  /** The path of its object at the API server. */
  readonly path?: (node: N) => string;
}

/** The group of a ServiceAccount that a row lies in. */
export function inGroup(
  group: NodeOf['group']['group'],
): (_: TreeNode, of: Belonging | undefined) => TreeNode | undefined {
  return (_, of) => of && { kind: 'group', group, account: of.account };
}
