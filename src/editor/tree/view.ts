import * as vscode from 'vscode';
import { contextKeys } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { joined, said, words } from '../../harmless.ts';
import { ShownTokens } from '../ledger/shown.ts';
import type { Services } from '../workbench/services.ts';
import { treeCommands } from './treeCommands.ts';
import type { TreeParts } from './parts.ts';
import { filterInWords, SHOW_ALL, showsAll } from '../../inventory/choices.ts';
import { count, type Inventory } from '../../inventory/inventory.ts';
import { Following } from './following.ts';
import { manifestAt } from './manifest.ts';
import { doubtsAbout } from './needs.ts';
import { accountOfNode, type TreeNode } from '../subject/row.ts';
import { podWords } from './rows/pod.ts';
import { ServiceAccountTree } from './provider.ts';
import { Remembered } from './remembered.ts';

/** How many ServiceAccounts of any namespace other features are given. */
const MOST_NAMED = 500;

/** What the view shows, and what its commands and documents do. */
export interface OpenedTree extends vscode.Disposable {
  readonly rows: ServiceAccountTree;
  readonly run: ReturnType<typeof treeCommands>;
  /** Fires when what a ServiceAccount may do may be another. */
  readonly onDidChangeAccess: vscode.Event<void>;
  /** The text of a read-only document. Each throws a Problem. */
  readonly manifestAt: (uri: vscode.Uri, signal: AbortSignal) => Promise<string>;
  readonly accessAt: (uri: vscode.Uri, signal: AbortSignal) => Promise<string>;
}

/** Fills the ServiceAccounts view. Sends nothing before it is visible, or a command or a document asks. */
export function openTree(
  services: Services,
  memory: vscode.Memento,
  view: vscode.TreeView<TreeNode>,
): OpenedTree {
  const { contexts, live } = services;
  const tree = new ServiceAccountTree();
  const remembered = new Remembered(memory);
  const issued = new ShownTokens(services);
  const following = new Following(services, tree, remembered, issued);
  tellDocuments(live, tree, following, issued);
  let watched: vscode.Disposable | undefined;
  let isFiltered = false;

  const describe = (): void => {
    const { selected } = contexts;
    view.description = selected ? words`${selected.name} · ${selected.cluster}`.text : '';
    const message = messageOf(tree, following);
    // The editor counts it as a change of the rows, and draws at most every 200 ms (extHostTreeViews.ts).
    if ((view.message ?? '') !== message) view.message = message;
    if (isFiltered === showsAll(tree.choices)) {
      isFiltered = !isFiltered;
      void vscode.commands.executeCommand('setContext', contextKeys.isFiltered, isFiltered);
    }
  };

  const visibilityChanged = (): void => {
    watched?.dispose();
    watched = view.visible ? contexts.follow() : undefined;
    following.setVisible(view.visible);
  };
  const startOver = (): void => {
    following.startOver();
    live.checkAgain();
    describe();
  };

  /** The rows, loaded first where there are none yet. */
  const loaded = async (): Promise<Inventory> => {
    if (!tree.inventory) await following.refresh();
    if (tree.inventory) return tree.inventory;
    await contexts.cluster(); // Says why, in the words of what is wrong.
    throw new Problem('refused', following.problem ?? 'ServiceAccounts could not be listed.');
  };

  const parts: TreeParts = { services, tree, remembered, following, view, loaded, describe };
  visibilityChanged();
  const ending = vscode.Disposable.from(
    following,
    issued,
    {
      dispose() {
        watched?.dispose();
      },
    },
    view.onDidChangeVisibility(visibilityChanged),
    podsOfOpened(view, tree),
    following.onDidChange(describe),
    following.onDidChange(() => {
      live.checkAgain();
    }),
    issued.onDidChange(() => {
      if (tree.inventory) tree.show(tree.inventory);
      live.checkAgain();
    }),
    contexts.onDidChange(startOver),
    vscode.workspace.onDidGrantWorkspaceTrust(startOver),
  );
  return {
    rows: tree,
    run: treeCommands(parts),
    onDidChangeAccess: following.onDidChange,
    manifestAt: async (uri, signal) => await manifestAt(services, uri, signal),
    async accessAt(uri, signal) {
      const { documentAt } = await import('./access/access.ts');
      return await documentAt(parts, uri, signal);
    },
    dispose() {
      ending.dispose();
    },
  };
}

/** What is said above the rows: what could not be seen, what is old, and what the filter leaves out. */
function messageOf({ inventory, choices }: ServiceAccountTree, { note, problem }: Following): string {
  if (!inventory) return '';
  const filter = filterInWords(choices);
  return joined(
    [
      ...(note === undefined ? [] : [said(note)]),
      ...(problem === undefined ? [] : [words`Not up to date: ${said(problem)}`]),
      ...(filter === ''
        ? []
        : [
            words`${inventory.count(choices).toLocaleString('en')} of ${count(inventory.count(), 'ServiceAccount')}: ${filter}`,
            ...doubtsAbout(inventory, choices).map((doubt) => words`There may be more: ${said(doubt)}.`),
          ]),
    ],
    '\n',
  ).text;
}

/** Lets open documents know what the tree knows. */
function tellDocuments(
  live: Services['live'],
  tree: ServiceAccountTree,
  following: Following,
  issued: ShownTokens,
): void {
  live.comeFrom({
    accounts: (namespace) =>
      namespace === undefined
        ? tree.inventory?.search('', MOST_NAMED)
        : tree.inventory?.accounts(namespace, SHOW_ALL),
    whyEnded: (token, carrier) => following.ends?.whyEnded(token, carrier) ?? issued.whyKnown(token),
    aboutPod: (ref) => {
      const { inventory } = tree;
      const pod = inventory?.pod(ref);
      return inventory && pod && podWords(pod, inventory).tooltip.slice(1);
    },
  });
}

/** How long the Pods of a namespace that was closed are still followed, in milliseconds: it may be opened again. */
const LINGER_CLOSED = 30_000;

/** Has the Pods of what a person opens followed, before those of what was opened longer ago, and ends that as it is closed. */
function podsOfOpened(view: vscode.TreeView<TreeNode>, tree: ServiceAccountTree): vscode.Disposable {
  const closed = new Map<string, NodeJS.Timeout>();
  const stay = (namespace: string): void => {
    clearTimeout(closed.get(namespace));
    closed.delete(namespace);
  };
  return vscode.Disposable.from(
    view.onDidExpandElement(({ element }) => {
      const namespace = element.kind === 'namespace' ? element.name : accountOfNode(element)?.namespace;
      if (namespace === undefined) return;
      stay(namespace);
      tree.inventory?.followPods(namespace, true);
    }),
    view.onDidCollapseElement(({ element }) => {
      if (element.kind !== 'namespace') return;
      const { name } = element;
      stay(name);
      const leave = (): void => {
        closed.delete(name);
        tree.inventory?.leavePods(name);
      };
      closed.set(name, setTimeout(leave, LINGER_CLOSED));
    }),
    {
      dispose() {
        for (const timer of closed.values()) clearTimeout(timer);
      },
    },
  );
}
