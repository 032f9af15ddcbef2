import * as vscode from 'vscode';
import type { ServiceAccountInfo } from '../../cluster/api.ts';
import { NO_FILTER, type Filter, type Inventory, type NamespaceGroup } from './inventory.ts';
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
  #groups: ReadonlyMap<string, NamespaceGroup> = new Map();

  get inventory(): Inventory | undefined {
    return this.#inventory;
  }

  get filter(): Filter {
    return this.#filter;
  }

  /** How many ServiceAccounts the filter leaves. */
  get shown(): number {
    return [...this.#groups.values()].reduce((sum, { accounts }) => sum + accounts.length, 0);
  }

  show(inventory: Inventory | undefined, filter: Filter = this.#filter): void {
    this.#inventory = inventory;
    this.#filter = filter;
    this.#groups = new Map(inventory?.namespaces(filter).map((group) => [group.name, group]));
    if (!inventory) this.#pages.clear();
    this.#changed.fire(undefined);
  }

  /** Makes sure that a ServiceAccount has a row, whatever the filter and however long its level, and gives that row. */
  pin(account: ServiceAccountInfo): TreeNode {
    const node: TreeNode = { kind: 'serviceAccount', info: account };
    const isShown = this.#groups.get(account.namespace)?.accounts.some(({ name }) => name === account.name);
    this.#pinned = nodeId(node);
    this.show(this.#inventory, isShown === true ? this.#filter : NO_FILTER);
    return node;
  }

  showMore(level: string): void {
    this.#pages.set(level, (this.#pages.get(level) ?? 1) + 1);
    this.#changed.fire(undefined);
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    if (!this.#inventory) return new vscode.TreeItem('');
    const accounts = node.kind === 'namespace' ? (this.#groups.get(node.name)?.accounts.length ?? 0) : 0;
    return treeItem(node, this.#inventory, accounts);
  }

  getChildren(node?: TreeNode): TreeNode[] {
    const inventory = this.#inventory;
    if (!inventory) return [];
    if (!node) {
      return this.#level(
        ROOT,
        [...this.#groups.keys()].map((name) => ({ kind: 'namespace', name })),
      );
    }
    const level = nodeId(node);
    if (node.kind === 'namespace') {
      const accounts = this.#groups.get(node.name)?.accounts ?? [];
      return this.#level(
        level,
        accounts.map((info) => ({ kind: 'serviceAccount', info })),
      );
    }
    if (node.kind !== 'serviceAccount') return [];
    return [
      ...notes(level, inventory),
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
        const info = this.#groups.get(namespace)?.accounts.find((account) => account.name === serviceAccount);
        return info && { kind: 'serviceAccount', info };
      }
      case 'namespace':
      case 'note':
      case 'more':
        return undefined;
    }
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

function notes(level: string, { tokenSecretsProblem, podsProblem }: Inventory): TreeNode[] {
  const note = (about: string, text: string | undefined): TreeNode[] =>
    text === undefined ? [] : [{ kind: 'note', id: `${level}/${about}`, text }];
  return [...note('tokenSecrets', tokenSecretsProblem), ...note('pods', podsProblem)];
}
