import * as vscode from 'vscode';
import { commands } from '../../contributions.ts';
import { harmless } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { escapeMarkdown } from '../workbench/markdown.ts';
import type { Row } from './row.ts';
import { nodeId, type TreeNode } from '../subject/row.ts';
import type { Shown } from './rows/kind.ts';
import { rowKind } from './rows/kinds.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
/** In UTF-16 units. A ServiceAccount's whole name fits: 22 for `system:serviceaccount:`, then 63, a colon and 253. */
const MAX_LINE = 400;
/** A Pod may mount any number of tokens. */
const MAX_TIP_LINES = 12;

/** Builds the editor's item of a row. */
export function treeItem(node: TreeNode, all: Shown): vscode.TreeItem {
  const kind = rowKind(node.kind);
  const row = kind.words(node, all);
  const state = collapsibleState(node, all);
  const item = new vscode.TreeItem(shown(row.label), state);
  // The editor keeps a row closed that could not be opened before: a group's first row would stay unseen.
  item.id = node.kind === 'group' && state === None ? `${nodeId(node)}/none` : nodeId(node);
  item.contextValue = kind.menu?.(node, all) ?? node.kind;
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

function collapsibleState(node: TreeNode, shown: Shown): vscode.TreeItemCollapsibleState {
  const { children, opens } = rowKind(node.kind);
  if (!children) return None;
  const state = opens?.(node, shown) ?? 'closed';
  return state === 'empty' ? None : state === 'open' ? Expanded : Collapsed;
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
