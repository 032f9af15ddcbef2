import * as vscode from 'vscode';
import type { PodInfo, TokenSecretInfo } from '../../cluster/api.ts';
import { commands } from '../../contributions.ts';
import { redact } from '../../redact.ts';
import { count, summary, type Inventory } from './inventory.ts';
import { nodeId, type TreeNode } from './nodes.ts';

const { Collapsed, None } = vscode.TreeItemCollapsibleState;

/** What a row looks like, and what a screen reader says of it. */
export interface Row {
  readonly label: string;
  readonly description: string;
  /** Lines of plain text: names in a cluster are a stranger's. */
  readonly tooltip: readonly string[];
  readonly icon: string;
  /** The kind of row as a screen reader says it; nothing where the label is a sentence. */
  readonly spoken: string;
  /** What a screen reader says in place of a description that is a bare number. */
  readonly spokenDescription?: string;
}

/** Builds the editor's item of a row. `accounts` counts the ServiceAccounts that a namespace shows. */
export function treeItem(node: TreeNode, inventory: Inventory, accounts: number): vscode.TreeItem {
  const row = rowOf(node, inventory, accounts);
  const hasChildren =
    node.kind === 'namespace' || (node.kind === 'serviceAccount' && isOpenable(node, inventory));
  const item = new vscode.TreeItem(redact(row.label), hasChildren ? Collapsed : None);
  item.id = nodeId(node);
  item.contextValue = node.kind;
  item.description = redact(row.description);
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.icon === 'warning' ? new vscode.ThemeColor('list.warningForeground') : undefined,
  );
  item.tooltip = plainMarkdown(row.tooltip);
  const spoken = [row.spoken, row.label].filter(Boolean).join(' ');
  item.accessibilityInformation = {
    label: redact(
      [spoken, row.spokenDescription ?? row.description].filter(Boolean).join(', ').replaceAll(' · ', ', '),
    ),
  };
  if (node.kind === 'more') {
    item.command = { command: commands.showMore, title: 'Show More', arguments: [node] };
  }
  return item;
}

function isOpenable({ info }: TreeNode & { kind: 'serviceAccount' }, inventory: Inventory): boolean {
  return (
    inventory.tokenSecrets(info).length > 0 ||
    inventory.pods(info).length > 0 ||
    typeof inventory.known('tokenSecrets', info.namespace) === 'object' ||
    typeof inventory.known('pods', info.namespace) === 'object'
  );
}

function rowOf(node: TreeNode, inventory: Inventory, accounts: number): Row {
  switch (node.kind) {
    case 'namespace':
      return {
        label: node.name,
        description: accounts.toLocaleString('en'),
        tooltip: [`Namespace ${node.name}`, count(accounts, 'ServiceAccount')],
        icon: 'symbol-namespace',
        spoken: 'Namespace',
        spokenDescription: count(accounts, 'ServiceAccount'),
      };
    case 'serviceAccount': {
      const description = summary(inventory, node.info);
      return {
        label: node.info.name,
        description,
        tooltip: [`system:serviceaccount:${node.info.namespace}:${node.info.name}`, description],
        icon: 'account',
        spoken: 'ServiceAccount',
      };
    }
    case 'tokenSecret':
      return tokenSecretRow(node.info);
    case 'pod':
      return podRow(node.info);
    case 'note':
      return { label: node.text, description: '', tooltip: [node.text], icon: 'warning', spoken: '' };
    case 'more':
      return {
        label: `Show more (${node.hidden.toLocaleString('en')} not shown)`,
        description: '',
        tooltip: ['Shows the next rows. Find ServiceAccount… reaches any of them by typing.'],
        icon: 'ellipsis',
        spoken: '',
      };
  }
}

function tokenSecretRow(secret: TokenSecretInfo): Row {
  const use = secret.lastUsed === undefined ? 'no use recorded' : `last used ${secret.lastUsed}`;
  const missing = secret.missing ?? [];
  const waiting = missing.length > 0 ? [`waiting for ${missing.join(', ')}`] : [];
  const invalid = secret.invalidSince === undefined ? [] : [`marked invalid since ${secret.invalidSince}`];
  return {
    label: secret.name,
    description: [...invalid, ...waiting, ...(waiting.length > 0 ? [] : [use])].join(' · '),
    tooltip: [
      `Token Secret ${secret.namespace}/${secret.name}`,
      ...(waiting.length > 0 ? [`The token controller has still to fill: ${missing.join(', ')}.`] : []),
      use,
      secret.invalidSince === undefined
        ? 'Its token has no end: it is valid until this Secret is deleted.'
        : `The API server refuses its token since ${secret.invalidSince} (label kubernetes.io/legacy-token-invalid-since).`,
    ],
    icon: invalid.length > 0 ? 'warning' : waiting.length > 0 ? 'watch' : 'key',
    spoken: 'Token Secret',
  };
}

function podRow(pod: PodInfo): Row {
  const mounts = pod.projectedTokens.map(
    ({ path, audience, expirationSeconds }) =>
      `${path} (${audience === undefined ? '' : `audience ${audience}, `}${expirationSeconds} s)`,
  );
  return {
    label: pod.name,
    description: [pod.phase, ...(mounts.length === 0 ? ['automount off'] : mounts)].join(' · '),
    tooltip: [
      `Pod ${pod.namespace}/${pod.name}`,
      `Phase ${pod.phase}`,
      ...(mounts.length === 0
        ? ['No token is projected into it: automount is off.']
        : mounts.map((mount) => `Token at ${mount}`)),
      ...(mounts.length === 0 ? [] : ['These tokens are bound to the Pod, and end with it.']),
    ],
    icon: 'package',
    spoken: 'Pod',
  };
}

function plainMarkdown(lines: readonly string[]): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  for (const [index, line] of lines.entries()) {
    if (index > 0) text.appendMarkdown('\n\n');
    text.appendText(redact(line));
  }
  return text;
}
