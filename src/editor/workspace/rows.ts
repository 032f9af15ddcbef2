import * as vscode from 'vscode';
import { kindInWords, ownerInWords, standingInWords } from '../../token/describe.ts';
import { lifeOf, nextPhase, type Life } from '../../token/life.ts';
import { standingOf } from '../../token/standing.ts';
import type { LineSeverity } from '../../since124/foundLines.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import { looks } from '../beside/looks.ts';
import { harmless, inLabel, words } from '../../harmless.ts';
import type { Scan, Unread, WorkspaceLine, WorkspaceToken } from './scan.ts';
import { grouped } from '../../es2024.ts';

/** How much harm a token could do where it is, the worst first, and so what to do; or how severe a line from before Kubernetes 1.24 is; `unread`: what nobody has looked into. */
export type Severity =
  | 'tracked'
  | 'never-expires'
  | 'soon'
  | 'live'
  | 'later'
  | 'gone'
  | 'expired'
  | OutdatedSeverity
  | 'unread';

type OutdatedSeverity = 'breaks' | 'may-break' | 'noted';

/** A row of the view. What menus hand to commands is a place, never the token. */
export type ScanNode =
  | { readonly kind: 'group'; readonly severity: Severity; readonly count: number }
  | {
      readonly kind: 'workspaceToken';
      readonly found: WorkspaceToken;
      readonly uri: string;
      readonly line: number;
      readonly character: number;
    }
  | {
      readonly kind: 'outdatedLine';
      readonly found: WorkspaceLine;
      readonly uri: string;
      readonly line: number;
      readonly character: number;
    }
  | { readonly kind: 'unread'; readonly unread: Unread }
  | { readonly kind: 'more'; readonly severity: Severity; readonly count: number };

/** The ServiceAccount tokens of a file that a server may take, in words for a tooltip, and how bad that is, as a theme's colour. */
export interface UsableTokens {
  readonly words: string;
  readonly color: string | undefined;
}

/** How bad each usable kind is in a file, the worst first. What is within its time is nothing to be alarmed by. */
const USABLE: readonly (readonly [severity: Severity, words: string, color: string | undefined])[] = [
  ['tracked', 'usable and tracked by git', 'list.errorForeground'],
  ['never-expires', 'never expiring', 'list.warningForeground'],
  ['soon', 'about to expire', 'list.warningForeground'],
  ['live', 'within its time', undefined],
];

/** No more rows of a group are shown: VS Code asks for all of a group at once. */
const MOST_ROWS = 1000;

/** How a line looks, and what its look says. */
const LINES: Readonly<
  Record<OutdatedSeverity, { readonly icon: string; readonly color: string; readonly inWords: string }>
> = {
  breaks: { icon: 'error', color: 'charts.red', inWords: 'Breaks since 1.24' },
  'may-break': { icon: 'warning', color: 'charts.yellow', inWords: 'Fails in time since 1.24' },
  noted: { icon: 'info', color: 'charts.blue', inWords: 'From before 1.24' },
};

const GROUPS: Readonly<
  Record<Severity, { readonly title: string; readonly icon: string; readonly color: string }>
> = {
  tracked: { title: 'Revoke or Rotate: Usable, in Git', icon: 'git-commit', color: 'charts.red' },
  'never-expires': {
    title: 'Replace: Never Expiring',
    icon: looks['never-expires'].icon,
    color: looks['never-expires'].color,
  },
  soon: { title: 'Renew: About to Expire', icon: looks.expiring.icon, color: looks.expiring.color },
  // Within their time is all that is known of most.
  live: { title: 'Leave: Within Their Time', icon: looks.depends.icon, color: looks.depends.color },
  later: {
    title: 'Leave: Not Valid Yet',
    icon: looks['not-yet-valid'].icon,
    color: looks['not-yet-valid'].color,
  },
  gone: { title: 'Renew or Remove: Ended', icon: looks.gone.icon, color: looks.gone.color },
  expired: { title: 'Renew or Remove: Expired', icon: looks.expired.icon, color: 'disabledForeground' },
  breaks: { title: 'Repair: Breaks Since 1.24', ...LINES.breaks },
  'may-break': { title: 'Look Into: Fails in Time Since 1.24', ...LINES['may-break'] },
  noted: { title: 'Note: From Before 1.24', ...LINES.noted },
  unread: { title: 'Not Read', icon: 'circle-slash', color: 'disabledForeground' },
};
const ORDER: readonly Severity[] = [
  'tracked',
  'never-expires',
  'soon',
  'breaks',
  'may-break',
  'gone',
  'expired',
  'live',
  'later',
  'noted',
  'unread',
];
const OF_LINES: Readonly<Record<LineSeverity, OutdatedSeverity>> = {
  error: 'breaks',
  warning: 'may-break',
  information: 'noted',
  hint: 'noted',
};

/** How severe it is that a token is where it is. */
function severityOf(
  { isTracked }: Pick<WorkspaceToken, 'isTracked'>,
  ended: string | undefined,
  { phase, leeway }: Life,
): Severity {
  const isOver = phase === 'expired' && leeway === undefined;
  if (isOver) return 'expired';
  if (ended !== undefined) return 'gone';
  if (isTracked === true) return 'tracked';
  if (phase === 'never-expires') return 'never-expires';
  // One that is over, too: the server takes it for what is left of a minute.
  if (phase === 'expiring' || phase === 'expired') return 'soon';
  return phase === 'not-yet-valid' || phase === 'issued-in-the-future' ? 'later' : 'live';
}

/** Turns what a scan found into rows, as of a moment. */
export class ScanRows {
  readonly #groups = new Map<Severity, ScanNode[]>();
  /** When a row next belongs into another group, seconds since the epoch. */
  readonly nextChange: number | undefined;
  readonly #live: LiveAccounts;
  readonly #now: number;
  readonly #soon: number;

  constructor(scan: Scan, live: LiveAccounts, now: number, soon: number) {
    this.#live = live;
    this.#now = now;
    this.#soon = soon;
    let next = Number.POSITIVE_INFINITY;
    const byPlace = scan.tokens.toSorted(
      (a, b) => compare(a.uri.path, b.uri.path) || a.range.start.compareTo(b.range.start),
    );
    for (const found of byPlace) {
      const { line, character } = found.range.start;
      this.#add(severityOf(found, live.whyEnded(found.token), lifeOf(found.token, now, soon)), {
        kind: 'workspaceToken',
        found,
        uri: found.uri.toString(),
        line,
        character,
      });
      next = Math.min(next, nextPhase(found.token, now, soon) ?? next);
    }
    const lines = scan.lines.toSorted(
      (a, b) =>
        compare(a.uri.path, b.uri.path) || a.found.line - b.found.line || a.found.column - b.found.column,
    );
    for (const found of lines) {
      const [line, character] = [found.found.line - 1, found.found.column - 1];
      this.#add(OF_LINES[found.found.severity], {
        kind: 'outdatedLine',
        found,
        uri: found.uri.toString(),
        line,
        character,
      });
    }
    for (const unread of scan.unread) this.#add('unread', { kind: 'unread', unread });
    this.nextChange = Number.isFinite(next) ? next : undefined;
  }

  /** How many tokens are of a severity. */
  count(severity: Severity): number {
    return this.#groups.get(severity)?.length ?? 0;
  }

  /** What of each file's tokens is usable, by its uri. */
  usable(): ReadonlyMap<string, UsableTokens> {
    const files = new Map<string, { readonly said: string[]; readonly color: string | undefined }>();
    for (const [severity, said, color] of USABLE) {
      const tokens = (this.#groups.get(severity) ?? [])
        .filter((node) => node.kind === 'workspaceToken')
        .filter(({ found }) => found.token.kind !== 'other');
      const inFiles = grouped(tokens, ({ uri }) => uri);
      for (const [uri, { length }] of inFiles) {
        const file = files.get(uri) ?? { said: [], color };
        file.said.push(`${length.toLocaleString('en')} ${said}`);
        files.set(uri, file);
      }
    }
    return new Map(
      [...files].map(([uri, { said, color }]) => [
        uri,
        { words: `Kubernetes ServiceAccount tokens found here: ${said.join(', ')}`, color },
      ]),
    );
  }

  /** The group of the worst lines from before Kubernetes 1.24. */
  worstOfLines(): ScanNode | undefined {
    return this.children().find((node) => node.kind === 'group' && isOutdated(node.severity));
  }

  children(node?: ScanNode): ScanNode[] {
    if (!node) {
      return ORDER.filter((severity) => this.count(severity) > 0).map((severity) => ({
        kind: 'group',
        severity,
        count: this.count(severity),
      }));
    }
    if (node.kind !== 'group') return [];
    const { severity } = node;
    const all = this.#groups.get(severity) ?? [];
    if (all.length <= MOST_ROWS) return all;
    return [...all.slice(0, MOST_ROWS), { kind: 'more', severity, count: all.length - MOST_ROWS }];
  }

  item(node: ScanNode): vscode.TreeItem {
    if (node.kind === 'group') return groupItem(node.severity, node.count);
    if (node.kind === 'unread') return unreadItem(node.unread);
    if (node.kind === 'outdatedLine') return lineItem(node.found, node.line, node.character);
    if (node.kind === 'more') return moreItem(node.severity, node.count);
    return this.#tokenItem(node.found);
  }

  #add(severity: Severity, node: ScanNode): void {
    const group = this.#groups.get(severity) ?? [];
    group.push(node);
    this.#groups.set(severity, group);
  }

  #tokenItem({ uri, range, token, encoding, isTracked }: WorkspaceToken): vscode.TreeItem {
    const kind = harmless(kindInWords(token), 80);
    const ended = this.#live.whyEnded(token);
    const life = harmless(standingInWords(token, ended, this.#now, this.#soon), 120);
    const line = range.start.line + 1;
    const path = vscode.workspace.asRelativePath(uri);
    const slash = path.lastIndexOf('/');
    const item = new vscode.TreeItem(inLabel(words`${path.slice(slash + 1)}:${line}`));
    item.id = `${uri.toString()}#${range.start.line},${range.start.character}`;
    const owner = harmless(ownerInWords(token), 80);
    item.description = words`${slash < 0 ? '' : `${path.slice(0, slash)} · `}${owner} · ${life}`.text;
    const place = words`${path}:${line}`.text;
    const times = encoding === 'base64-twice' ? ' twice' : '';
    const encoded = encoding === 'raw' ? '' : `\nBase64-encoded${times} there.`;
    const tracking = trackingInWords(isTracked);
    item.tooltip = `${kind}\n${life}\n${place}${encoded}${tracking && `\n${tracking}.`}`;
    const { icon, color } = looks[standingOf(token, ended, this.#now, this.#soon)];
    item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
    const isOver = ended !== undefined || lifeOf(token, this.#now, this.#soon).phase === 'expired';
    const canRevoke = token.kind !== 'other' && !isOver;
    item.contextValue = canRevoke ? 'workspaceToken living' : 'workspaceToken';
    item.accessibilityInformation = {
      label: `${kind}, ${life}, in ${place}${tracking && `. ${tracking}`}`,
    };
    // The whole token as the selection would scroll its line to the end of it.
    const selection = new vscode.Range(range.start, range.start);
    item.command = { command: 'vscode.open', title: 'Go to Token', arguments: [uri, { selection }] };
    return item;
  }
}

function isOutdated(severity: Severity): boolean {
  return Object.values<Severity>(OF_LINES).includes(severity);
}

function lineItem({ uri, found }: WorkspaceLine, line: number, character: number): vscode.TreeItem {
  const path = vscode.workspace.asRelativePath(uri);
  const slash = path.lastIndexOf('/');
  const item = new vscode.TreeItem(inLabel(words`${path.slice(slash + 1)}:${found.line}`));
  item.id = `${uri.toString()}#${line},${character} ${found.rule}`;
  const rule = found.rule.replaceAll('-', ' ');
  item.description = words`${rule}${slash < 0 ? '' : ` · ${path.slice(0, slash)}`}`.text;
  const place = words`${path}:${found.line}`.text;
  const message = harmless(found.message, 1000);
  item.tooltip = `${message}\n${place}`;
  item.contextValue = 'outdatedLine';
  const { icon, color, inWords } = LINES[OF_LINES[found.severity]];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: `${inWords}: ${rule}, in ${place}. ${message}` };
  const start = new vscode.Position(line, character);
  const selection = new vscode.Range(start, start);
  item.command = { command: 'vscode.open', title: 'Go to Line', arguments: [uri, { selection }] };
  return item;
}

function trackingInWords(isTracked: boolean | undefined): string {
  if (isTracked === undefined) return 'Whether git tracks this file cannot be told';
  return isTracked ? 'Git tracks this file' : '';
}

function groupItem(severity: Severity, count: number): vscode.TreeItem {
  const { title, icon, color } = GROUPS[severity];
  const isOpen = severity !== 'expired' && severity !== 'unread';
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(title, isOpen ? Expanded : Collapsed);
  item.id = severity;
  item.description = count.toLocaleString('en');
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.accessibilityInformation = { label: `${title}, ${count}` };
  return item;
}

function moreItem(severity: Severity, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(`… and ${count.toLocaleString('en')} more`);
  item.id = `more ${severity}`;
  return item;
}

function unreadItem({ uri, reason }: Unread): vscode.TreeItem {
  const item = new vscode.TreeItem(inLabel(vscode.workspace.asRelativePath(uri)));
  item.id = `unread ${uri.toString()}`;
  item.description = harmless(reason, 120);
  item.iconPath = new vscode.ThemeIcon('circle-slash');
  item.command = { command: 'vscode.open', title: 'Open', arguments: [uri] };
  return item;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
