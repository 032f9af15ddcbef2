import * as vscode from 'vscode';
import type { LiveChange, ServiceAccountInfo } from '../../cluster/api.ts';
import { SHOW_ALL, withoutFilter, type Choices } from './filter.ts';
import { commonRoles, endedTokens, groupsOf, isCommon, rowsOfGroup } from './groups.ts';
import type { Inventory } from './inventory.ts';
import { accountOfNode, nodeId, type GroupKind, type TreeNode } from '../subject/row.ts';
import { hasEnded } from './issuedRow.ts';
import { treeItem } from './rows.ts';
import { settingsOf } from './settings.ts';

/** Rows that a level shows at once. */
const PAGE = 500;
const ROOT = '';
/** Of more namespaces at once the whole tree is drawn anew. */
const MOST_REDRAWN = 50;

/** Turns an inventory into rows. Knows no cluster: it shows what it is given. */
export class ServiceAccountTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #changed = new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #pages = new Map<string, number>();
  /** The rows of namespaces that the editor was given: it tells them apart by identity. */
  #namespaces = new Map<string, TreeNode>();
  /** How many namespaces there were when the editor was given them, those beyond the page included. */
  #size = 0;
  /** The row that was searched for: shown though its level is long. */
  #pinned: string | undefined;
  #inventory: Inventory | undefined;
  #choices: Choices = SHOW_ALL;

  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** Shows an inventory as it is now; undefined shows nothing. */
  show(inventory: Inventory | undefined, choices: Choices = this.#choices): void {
    this.#inventory = inventory;
    this.#choices = choices;
    if (!inventory) this.#pages.clear();
    this.#changed.fire(undefined);
  }

  /** Draws again what a change concerns, and nothing else. */
  update(inventory: Inventory, change: LiveChange): void {
    const isAnother = inventory !== this.#inventory;
    const nodes = namespaceNodes(inventory, this.#choices);
    const before = [...this.#namespaces.keys()];
    const after = this.#level(ROOT, nodes).flatMap((node) => (node.kind === 'namespace' ? node.name : []));
    const isSameList =
      nodes.length === this.#size &&
      before.length === after.length &&
      before.every((name, index) => name === after[index]);
    if (isAnother || change.states || change.access || !isSameList || change.namespaces.size > MOST_REDRAWN) {
      this.show(inventory);
      return;
    }
    const rows = [...change.namespaces].flatMap((name) => this.#namespaces.get(name) ?? []);
    if (rows.length > 0) this.#changed.fire(rows);
  }

  /** The rows of namespaces that are shown, those alone that the choices leave something of. */
  shownNamespaces(): readonly TreeNode[] {
    return this.getChildren().filter(({ kind }) => kind === 'namespace');
  }

  /** Makes sure that a ServiceAccount has a row, whatever the filter and however long its level, and gives that row. */
  pin(account: ServiceAccountInfo): TreeNode {
    const node: TreeNode = { kind: 'serviceAccount', info: account };
    this.#pinned = nodeId(node);
    const isShown = this.#inventory?.accounts(account.namespace, this.#choices).some(isCalled(account));
    this.show(this.#inventory, isShown === true ? this.#choices : withoutFilter(this.#choices));
    return node;
  }

  showMore(level: string): void {
    this.#pages.set(level, (this.#pages.get(level) ?? 1) + 1);
    this.#changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    return this.#inventory ? treeItem(node, this.#inventory, this.#choices) : new vscode.TreeItem('');
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const inventory = this.#inventory;
    if (!inventory) return [];
    if (!node) return this.#root(inventory);
    const level = nodeId(node);
    switch (node.kind) {
      case 'namespace': {
        inventory.followAccess(); // A row says where its ServiceAccount may do everything,
        inventory.followPods(node.name, false); // and how many Pods it has.
        const accounts = inventory.accounts(node.name, this.#choices);
        const hasOrphans = inventory.orphans(node.name, this.#choices).length > 0;
        return [
          ...(hasOrphans ? [{ kind: 'orphans', namespace: node.name } as const] : []),
          ...this.#level(
            level,
            accounts.map((info) => ({ kind: 'serviceAccount', info })),
          ),
        ];
      }
      case 'orphans': {
        const orphans = inventory.orphans(node.namespace, this.#choices);
        return this.#level(
          level,
          orphans.map((info) => ({ kind: 'tokenSecret', info })),
        );
      }
      case 'serviceAccount': {
        const account = inventory.account(node.info) ?? node.info;
        return [...groupsOf(account), ...settingsOf(account)];
      }
      case 'group': {
        const { notes, rows } = rowsOfGroup(inventory, node);
        return [...notes, ...this.#level(level, rows)];
      }
      case 'commonRoles': {
        const { account } = node;
        const roles = commonRoles(inventory, account);
        return this.#level(
          level,
          roles.map((info) => ({ kind: 'access', account, info })),
        );
      }
      case 'endedTokens':
        return this.#level(
          level,
          endedTokens(inventory, node.account).map((entry) => ({ kind: 'issuedToken', entry })),
        );
      case 'tokenSecret':
      case 'pod':
      case 'access':
      case 'issuedToken':
      case 'setting':
      case 'note':
      case 'more':
        return [];
    }
  }

  getParent(node: TreeNode): TreeNode | undefined {
    if (node.kind === 'serviceAccount') return this.#namespace(node.info.namespace);
    if (node.kind === 'orphans') return this.#namespace(node.namespace);
    const ref = accountOfNode(node);
    const account = ref && this.#inventory?.account(ref);
    if (node.kind === 'tokenSecret' && !account) return { kind: 'orphans', namespace: node.info.namespace };
    if (!account || !this.#inventory) return undefined;
    return parentOf(node, account, this.#inventory);
  }

  #root(inventory: Inventory): TreeNode[] {
    const all = namespaceNodes(inventory, this.#choices);
    this.#size = all.length;
    const nodes = this.#level(ROOT, all).map((node) =>
      node.kind === 'namespace' ? this.#namespace(node.name) : node,
    );
    this.#namespaces = new Map(
      nodes.flatMap((node) => (node.kind === 'namespace' ? [[node.name, node] as const] : [])),
    );
    return nodes;
  }

  #namespace(name: string): TreeNode {
    return this.#namespaces.get(name) ?? { kind: 'namespace', name };
  }

  #level(level: string, nodes: readonly TreeNode[]): TreeNode[] {
    const limit = PAGE * (this.#pages.get(level) ?? 1);
    if (nodes.length <= limit) return [...nodes];
    const rest = nodes.slice(limit);
    const pinned = rest.filter((node) => this.#isPinned(node));
    const hidden = rest.length - pinned.length;
    const more: TreeNode[] = hidden > 0 ? [{ kind: 'more', level, hidden }] : [];
    return [...nodes.slice(0, limit), ...pinned, ...more];
  }

  #isPinned(node: TreeNode): boolean {
    if (this.#pinned === undefined) return false;
    if (node.kind === 'namespace') return this.#pinned.startsWith(`serviceAccount/${node.name}/`);
    return nodeId(node) === this.#pinned;
  }
}

function namespaceNodes(inventory: Inventory, choices: Choices): TreeNode[] {
  return inventory.namespaces(choices).map((name) => ({ kind: 'namespace', name }));
}

function isCalled({ name }: ServiceAccountInfo): (account: ServiceAccountInfo) => boolean {
  return (account) => account.name === name;
}

/** The row that a ServiceAccount's row lies under. */
function parentOf(node: TreeNode, account: ServiceAccountInfo, inventory: Inventory): TreeNode | undefined {
  const inGroup = (group: GroupKind): TreeNode => ({ kind: 'group', group, account });
  switch (node.kind) {
    case 'tokenSecret':
      return inGroup('tokenSecrets');
    case 'pod':
      return inGroup('pods');
    case 'access':
      return isCommon(inventory, account, node.info) ? { kind: 'commonRoles', account } : inGroup('access');
    case 'issuedToken':
      return hasEnded(node.entry, inventory) ? { kind: 'endedTokens', account } : inGroup('issuedTokens');
    case 'commonRoles':
      return inGroup('access');
    case 'endedTokens':
      return inGroup('issuedTokens');
    case 'group':
    case 'setting':
      return { kind: 'serviceAccount', info: account };
    case 'namespace':
    case 'orphans':
    case 'serviceAccount':
    case 'note':
    case 'more':
      return undefined;
  }
}
