import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { ServiceAccountInfo } from '../../cluster/api.ts';
import { commands } from '../../contributions.ts';
import { harmless } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { escapeMarkdown } from '../workbench/markdown.ts';
import type { IssuedToken } from '../../issued/entry.ts';
import type { Row } from './row.ts';
import { issuedContext, issuedRow } from './issuedRow.ts';
import type { Choices } from './filter.ts';
import { commonRoles, endedTokens, groupInWords, GROUPS, rowsOfGroup } from './groups.ts';
import { count, podsUnseen, summary, type Inventory } from './inventory.ts';
import { nodeId, type TreeNode } from '../subject/row.ts';
import { accessRow, podRow, tokenSecretRow } from './objectRows.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
/** A group of more rows stays closed until it is asked for. */
const MOST_OPEN = 20;
/** In UTF-16 units. A ServiceAccount's whole name fits: 22 for `system:serviceaccount:`, then 63, a colon and 253. */
const MAX_LINE = 400;
/** A Pod may mount any number of tokens. */
const MAX_TIP_LINES = 12;

/** Builds the editor's item of a row. */
export function treeItem(node: TreeNode, inventory: Inventory, choices: Choices): vscode.TreeItem {
  const row = rowOf(node, inventory, choices);
  const state = collapsibleState(node, inventory);
  const item = new vscode.TreeItem(shown(row.label), state);
  // The editor keeps a row closed that could not be opened before: a group's first row would stay unseen.
  item.id = node.kind === 'group' && state === None ? `${nodeId(node)}/none` : nodeId(node);
  item.contextValue = contextValue(node, choices, inventory);
  item.description = shown(row.description);
  item.iconPath = new vscode.ThemeIcon(
    row.icon,
    row.isWarning === true ? new vscode.ThemeColor('list.warningForeground') : undefined,
  );
  item.tooltip = plainMarkdown(whole(row));
  item.accessibilityInformation = { label: shown(row.sentence ?? spoken(row)) };
  if (node.kind === 'more') {
    item.command = { command: commands.showMore, title: 'Show More', arguments: [node] };
  }
  return item;
}

/** The lines of a tooltip, with what of the row they do not say: the editor cuts a row off at the view's edge. */
function whole({ label, description, tooltip, isWhole = false }: Row): readonly string[] {
  if (isWhole) return tooltip;
  const told = tooltip.join('\n').toLowerCase();
  const parts = [label, ...description.split(' · ')];
  const left = parts.filter((part) => !told.includes(part.toLowerCase()));
  return left.length === 0 ? tooltip : [...tooltip.slice(0, 1), left.join(' · '), ...tooltip.slice(1)];
}

function spoken({ spoken, label, spokenDescription, description }: Row): string {
  return [[spoken, label].filter(Boolean).join(' '), spokenDescription ?? description]
    .filter(Boolean)
    .join(', ')
    .replaceAll(' · ', ', ');
}

function collapsibleState(node: TreeNode, inventory: Inventory): vscode.TreeItemCollapsibleState {
  switch (node.kind) {
    case 'namespace':
    case 'serviceAccount':
    case 'orphans':
    case 'commonRoles':
    case 'endedTokens':
      return Collapsed;
    case 'group': {
      const { notes, rows } = rowsOfGroup(inventory, node);
      if (notes.length + rows.length === 0) return None;
      return GROUPS[node.group].isOpen && rows.length <= MOST_OPEN ? Expanded : Collapsed;
    }
    case 'tokenSecret':
    case 'pod':
    case 'access':
    case 'issuedToken':
    case 'setting':
    case 'note':
    case 'more':
      return None;
  }
}

/** What the menus of package.json ask for. */
function contextValue(node: TreeNode, { starred }: Choices, inventory: Inventory): string {
  if (node.kind === 'issuedToken') return issuedContext(node.entry, inventory);
  if (node.kind === 'namespace') return starred.includes(node.name) ? 'namespace starred' : 'namespace plain';
  return node.kind === 'group' ? `group ${node.group}` : node.kind;
}

function rowOf(node: TreeNode, inventory: Inventory, choices: Choices): Row {
  switch (node.kind) {
    case 'namespace': {
      const accounts = inventory.countIn(node.name, choices);
      const isStarred = choices.starred.includes(node.name);
      return {
        label: node.name,
        description: accounts.toLocaleString('en'),
        tooltip: [`Namespace ${node.name}`, count(accounts, 'ServiceAccount')],
        icon: isStarred ? 'star-full' : 'symbol-namespace',
        spoken: isStarred ? 'Starred namespace' : 'Namespace',
        spokenDescription: count(accounts, 'ServiceAccount'),
      };
    }
    case 'orphans': {
      const orphans = inventory.orphans(node.namespace, choices).length;
      return {
        label: 'Orphaned token Secrets',
        description: orphans.toLocaleString('en'),
        tooltip: [
          'The ServiceAccount that they name is missing. Their tokens are refused, and the token controller deletes them.',
        ],
        icon: 'warning',
        isWarning: true,
        spoken: '',
      };
    }
    case 'serviceAccount': {
      const mayDoEverything = inventory.mayDoEverything(node.info) !== undefined;
      const isLeftOut = inventory.known('pods', node.info.namespace) === 'unasked';
      const description = [
        summary(inventory, node.info),
        podsUnseen(inventory, node.info),
        sortedBy(node.info, inventory, choices),
      ]
        .filter(Boolean)
        .join(' · ');
      return {
        label: node.info.name,
        description,
        tooltip: [
          `system:serviceaccount:${node.info.namespace}:${node.info.name}`,
          description,
          ...(isLeftOut
            ? ['Pods are looked at in the 20 namespaces that were opened last. Open it to look here.']
            : []),
        ],
        // A shape beside the colour, which a theme of high contrast has none of.
        icon: mayDoEverything ? 'warning' : 'account',
        isWarning: mayDoEverything,
        spoken: 'ServiceAccount',
      };
    }
    case 'group': {
      const { label, icon, tooltip, isWarning } = GROUPS[node.group];
      const standsOut = isWarning?.(inventory, node.account) === true;
      return {
        label,
        description: groupInWords(inventory, node),
        tooltip: [tooltip],
        icon: standsOut ? 'warning' : icon,
        isWarning: standsOut,
        spoken: '',
      };
    }
    case 'tokenSecret':
      return tokenSecretRow(node.info, inventory);
    case 'pod':
      return podRow(node.info, inventory);
    case 'access':
      return accessRow(node.account, node.info, inventory);
    case 'commonRoles':
      return {
        label: 'As every ServiceAccount here',
        description: `${count(commonRoles(inventory, node.account).length, 'role')} through groups`,
        tooltip: [
          'Given to groups that every ServiceAccount of the namespace is in, as system:authenticated; nothing in them stands out.',
        ],
        icon: 'organization',
        spoken: '',
      };
    case 'endedTokens':
      return {
        label: 'Ended',
        description: endedTokens(inventory, node.account).length.toLocaleString('en'),
        tooltip: ['Expired, revoked, or gone with what they were bound to. Their records go after 30 days.'],
        icon: 'history',
        spoken: '',
      };
    case 'issuedToken':
      return issuedRow(node.entry, inventory, placeOf(node.entry), isOneOfSeveral(node.entry, inventory));
    case 'setting': {
      const { label, description, tooltip, icon } = node;
      return { label, description, tooltip: [`${label}: ${description}`, tooltip], icon, spoken: '' };
    }
    case 'note':
      return {
        label: node.label,
        description: node.description,
        tooltip: [node.text, node.tooltip],
        icon: 'warning',
        isWarning: true,
        spoken: '',
        sentence: node.text,
      };
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

/** Whether other records of the ServiceAccount bear the same name. */
function isOneOfSeveral(entry: IssuedToken, inventory: Inventory): boolean {
  const account = inventory.account({ namespace: entry.namespace, name: entry.serviceAccount });
  if (!account) return false;
  const place = placeOf(entry);
  return inventory.issued(account).some((one) => one.id !== entry.id && placeOf(one) === place);
}

function placeOf({ file, form }: IssuedToken): string {
  if (file === undefined) return form === 'clipboard' ? 'Clipboard' : 'No file';
  const path = vscode.workspace.asRelativePath(file);
  return path === file ? basename(file) : path;
}

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

/** A stranger's text as a row shows it. */
function shown(text: string): string {
  return harmless(redact(text), MAX_LINE);
}

function plainMarkdown(tooltip: readonly string[]): vscode.MarkdownString {
  const lines = tooltip.filter(Boolean);
  const left = lines.length - MAX_TIP_LINES;
  const told =
    left > 0 ? [...lines.slice(0, MAX_TIP_LINES), `… and ${left.toLocaleString('en')} more`] : lines;
  return new vscode.MarkdownString(told.map((line) => escapeMarkdown(redact(line), MAX_LINE)).join('\n\n'));
}
