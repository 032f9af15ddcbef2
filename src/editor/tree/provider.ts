import * as vscode from 'vscode';
import type { ObjectRef, ServiceAccountInfo } from '../../cluster/api.ts';
import { NO_FILTER, type Filter, type Inventory } from './inventory.ts';
import { nodeId, type TreeNode } from './nodes.ts';
import { treeItem } from './rows.ts';

/** Rows that a level shows at once. */
const PAGE = 500;
const ROOT = '';

/** Turns an inventory into rows. Knows no cluster: it shows what it is given. */
export class ServiceAccountTree implements vscode.TreeDataProvider<TreeNode> {
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #pages = new Map<string, number>();
  /** The row that was searched for: shown though its level is long. */
  #pinned: string | undefined;
  #inventory: Inventory | undefined;
  #filter: Filter = NO_FILTER;

  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** Shows an inventory as it is now; undefined shows nothing. */
  show(inventory: Inventory | undefined, filter: Filter = this.#filter): void {
    this.#inventory = inventory;
    this.#filter = filter;
    if (!inventory) this.#pages.clear();
    this.#changed.fire(undefined);
  }

  /** Makes sure that a ServiceAccount has a row, whatever the filter and however long its level, and gives that row. */
  pin(account: ServiceAccountInfo): TreeNode {
    const node: TreeNode = { kind: 'serviceAccount', info: account };
    this.#pinned = nodeId(node);
    this.show(this.#inventory, this.#find(account) ? this.#filter : NO_FILTER);
    return node;
  }

  showMore(level: string): void {
    this.#pages.set(level, (this.#pages.get(level) ?? 1) + 1);
    this.#changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (!this.#inventory) return new vscode.TreeItem('');
    const accounts = node.kind === 'namespace' ? this.#inventory.countIn(node.name, this.#filter) : 0;
    return treeItem(node, this.#inventory, accounts);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const inventory = this.#inventory;
    if (!inventory) return [];
    if (!node) {
      const names = inventory.namespaces(this.#filter);
      return this.#level(
        ROOT,
        names.map((name) => ({ kind: 'namespace', name })),
      );
    }
    const level = nodeId(node);
    if (node.kind === 'namespace') {
      const accounts = inventory.accounts(node.name, this.#filter);
      return this.#level(
        level,
        accounts.map((info) => ({ kind: 'serviceAccount', info })),
      );
    }
    if (node.kind !== 'serviceAccount') return [];
    return [
      ...notes(level, node.info.namespace, inventory),
      ...this.#level(level, [
        ...inventory.tokenSecrets(node.info).map((info): TreeNode => ({ kind: 'tokenSecret', info })),
        ...inventory.pods(node.info).map((info): TreeNode => ({ kind: 'pod', info })),
      ]),
    ];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    switch (node.kind) {
      case 'serviceAccount':
        return { kind: 'namespace', name: node.info.namespace };
      case 'tokenSecret':
      case 'pod': {
        const { namespace, serviceAccount } = node.info;
        const info = this.#find({ namespace, name: serviceAccount });
        return info && { kind: 'serviceAccount', info };
      }
      case 'namespace':
      case 'note':
      case 'more':
        return undefined;
    }
  }

  #find({ namespace, name }: ObjectRef): ServiceAccountInfo | undefined {
    return this.#inventory?.accounts(namespace, this.#filter).find((account) => account.name === name);
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

/** What may not be listed here, and what that needs. */
function notes(level: string, namespace: string, inventory: Inventory): TreeNode[] {
  return (['tokenSecrets', 'pods'] as const).flatMap((kind): TreeNode[] => {
    const known = inventory.known(kind, namespace);
    return typeof known === 'string' ? [] : [{ kind: 'note', id: `${level}/${kind}`, text: known.forbidden }];
  });
}
