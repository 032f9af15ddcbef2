import * as vscode from 'vscode';
import type { LiveChange } from '../../cluster/api/live.ts';
import type { ServiceAccountInfo } from '../../cluster/api/objects.ts';
import { SHOW_ALL, withoutFilter, type Choices } from '../../inventory/choices.ts';
import type { Inventory } from '../../inventory/inventory.ts';
import { accountOfNode, nodeId, type TreeNode } from '../subject/row.ts';
import { treeItem } from './rows.ts';
import { rowKind } from './rows/kinds.ts';

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
    return this.#inventory
      ? treeItem(node, { inventory: this.#inventory, choices: this.#choices })
      : new vscode.TreeItem('');
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const inventory = this.#inventory;
    if (!inventory) return [];
    if (!node) return this.#root(inventory);
    const children = rowKind(node.kind).children?.(node, { inventory, choices: this.#choices });
    return children ? [...children.first, ...this.#level(nodeId(node), children.rows)] : [];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    const inventory = this.#inventory;
    const ref = accountOfNode(node);
    const account = ref && inventory?.account(ref);
    const parent = rowKind(node.kind).parent?.(node, inventory && account && { account, inventory });
    return parent?.kind === 'namespace' ? this.#namespace(parent.name) : parent;
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
