import * as vscode from 'vscode';
import { commands, contextKeys, WORKSPACE_VIEW, type ScanState } from '../../contributions.ts';
import { Problem } from '../../errors.ts';
import { Alarm } from '../workbench/alarm.ts';
import { registerCommand } from '../subject/door.ts';
import type { TokenPlace } from '../subject/subject.ts';
import type { GitTracking } from '../git/tracking.ts';
import type { Services } from '../workbench/services.ts';
import { soonSetting } from '../workbench/soon.ts';
import { withCancel } from '../workbench/say.ts';
import type { LiveAccounts } from '../workbench/liveAccounts.ts';
import type { FileMarks } from './fileMarks.ts';
import type { ScanNode, ScanRows } from './rows.ts';
import type { Scan, ScanOptions } from './scan.ts';
import type * as scanning from './scanning.ts';

/** While a scan goes on, the rows are drawn again after so long, in milliseconds. */
const REDRAW = 250;

interface ScanListeners extends Pick<ScanOptions, 'gradesOf' | 'onDisk'> {
  /** Is told of the files with tokens. */
  readonly onDidFind: (uris: readonly vscode.Uri[]) => void;
}

/** The view "Tokens in This Workspace" and its commands. It reads files when it is asked to, and sends nothing. */
export function registerWorkspaceTokens(
  services: Pick<Services, 'log'>,
  git: GitTracking,
  live: LiveAccounts,
  listeners: ScanListeners,
): vscode.Disposable {
  const view = new WorkspaceTokens(git, live, listeners);
  return vscode.Disposable.from(
    view,
    live.onDidChange(() => {
      view.redraw();
    }),
    registerCommand(services, commands.findTokens, [], async () => {
      await view.scan(false);
    }),
    registerCommand(services, commands.findTokensEverywhere, [], async () => {
      await view.scan(true);
    }),
    registerCommand(services, commands.findOutdatedLines, [], async () => {
      await view.scan(false);
      await view.revealLines();
    }),
    registerCommand(services, commands.exportOutdatedLines, [], async () => {
      await view.exportLines();
    }),
    registerCommand(services, commands.showFixes, ['place'], async (place) => {
      if (place) await showFixes(place);
    }),
  );
}

class WorkspaceTokens implements vscode.TreeDataProvider<ScanNode>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #git: GitTracking;
  readonly #view: vscode.TreeView<ScanNode>;
  readonly #live: LiveAccounts;
  readonly #listeners: ScanListeners;
  #rows: ScanRows | undefined;
  /** What the rows are of. */
  #scan: Scan | undefined;
  #includesIgnored = false;
  #scanning: typeof scanning | undefined;
  readonly #alarm = new Alarm();
  /** From the first look on. */
  #marks: FileMarks | undefined;
  #running: vscode.CancellationTokenSource | undefined;
  #drawn = 0;

  constructor(git: GitTracking, live: LiveAccounts, listeners: ScanListeners) {
    this.#listeners = listeners;
    this.#git = git;
    this.#live = live;
    this.#view = vscode.window.createTreeView(WORKSPACE_VIEW, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  getTreeItem(node: ScanNode): vscode.TreeItem {
    return this.#rows?.item(node) ?? new vscode.TreeItem('');
  }

  getChildren(node?: ScanNode): ScanNode[] {
    return this.#rows?.children(node) ?? [];
  }

  /** Rows have groups above them alone, which stand in none. */
  getParent(): undefined {
    return undefined;
  }

  /** Goes to the worst of the lines from before Kubernetes 1.24. */
  async revealLines(): Promise<void> {
    const group = this.#rows?.worstOfLines();
    if (group) await this.#view.reveal(group, { select: true, focus: true, expand: true });
  }

  /** Looks anew, and opens what was found of lines as a document that is not saved, so that it is the person's to keep. */
  async exportLines(): Promise<void> {
    const scan = await this.scan(this.#includesIgnored);
    if (!scan || scan.isStopped) return;
    const { printed } = await import('../../since124/door.ts');
    const found = scan.lines.map((line) => line.found);
    const content = printed(found, 'sarif');
    const document = await vscode.workspace.openTextDocument({ language: 'json', content });
    await vscode.window.showTextDocument(document);
  }

  /**
   * Looks through the workspace's folders; a scan that is still going on is given up for this one. Returns what it came to;
   * undefined where it was given up.
   */
  async scan(includesIgnored: boolean): Promise<Scan | undefined> {
    const folders = vscode.workspace.workspaceFolders?.map(({ uri }) => uri) ?? [];
    if (folders.length === 0) {
      throw new Problem('bad-input', 'No folder is open to look for tokens in. Open one, and try again.');
    }
    this.#running?.cancel();
    const running = new vscode.CancellationTokenSource();
    this.#running = running;
    this.#includesIgnored = includesIgnored;
    await vscode.commands.executeCommand(`${WORKSPACE_VIEW}.focus`);
    await setState('running');
    try {
      const scan = await withCancel('Looking for tokens in this workspace', async (signal, report) => {
        signal.addEventListener('abort', () => {
          running.cancel();
        });
        this.#scanning ??= await import('./scanning.ts');
        return await this.#scanning.scanWorkspace({
          folders,
          includesIgnored,
          isTracked: async (uri) => await this.#git.isTracked(uri),
          gradesOf: this.#listeners.gradesOf,
          cancelled: running.token,
          onDisk: this.#listeners.onDisk,
          onProgress: (found) => {
            report(inFiles(found));
            if (this.#running === running && performance.now() - this.#drawn > REDRAW) this.#draw(found);
          },
        });
      });
      if (this.#running !== running) return undefined;
      this.#draw(scan);
      this.#listeners.onDidFind(scan.tokens.map(({ uri }) => uri));
      this.#view.message = summary(scan, includesIgnored);
      await setState(scan.tokens.length + scan.lines.length + scan.unread.length > 0 ? 'found' : 'none');
      return scan;
    } finally {
      if (this.#running === running) this.#running = undefined;
      running.dispose();
    }
  }

  /** Draws the rows again: something else is known of their tokens. */
  redraw(): void {
    if (this.#scan) this.#draw(this.#scan);
  }

  #draw(scan: Scan): void {
    if (!this.#scanning) return;
    this.#marks ??= new this.#scanning.FileMarks();
    const isNew = scan !== this.#scan;
    this.#scan = scan;
    this.#drawn = performance.now();
    const rows = new this.#scanning.ScanRows(scan, this.#live, Math.floor(Date.now() / 1000), soonSetting());
    this.#rows = rows;
    this.#marks.show(rows.usable(), isNew);
    const tracked = rows.count('tracked');
    this.#view.badge =
      tracked === 0
        ? undefined
        : { value: tracked, tooltip: `${count(tracked, 'usable token')} in files that git tracks` };
    this.#changed.fire(undefined);
    this.#alarm.set(rows.nextChange, () => {
      this.#draw(scan);
    });
  }

  dispose(): void {
    this.#alarm.dispose();
    this.#marks?.dispose();
    this.#running?.cancel();
    vscode.Disposable.from(this.#view, this.#changed).dispose();
  }
}

/** How long problems of a file that is opened may take, in milliseconds: then there are none. */
const PATIENCE = 3000;

/** Goes to the token of a row, and opens the menu of what puts right what is wrong with it. */
async function showFixes(place: TokenPlace): Promise<void> {
  const uri = vscode.Uri.parse(place.uri, true);
  const document = await vscode.workspace.openTextDocument(uri);
  const at = document.validatePosition(new vscode.Position(place.line, place.character));
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  const hasProblem = (): boolean =>
    vscode.languages.getDiagnostics(uri).some(({ range }) => range.contains(at));
  if (!hasProblem()) await problemsOf(uri);
  await vscode.commands.executeCommand('editor.action.quickFix');
}

/** Waits until a file's problems are others, or for as long as they may take. */
async function problemsOf(uri: vscode.Uri): Promise<void> {
  await new Promise<void>((resolve) => {
    const changes = vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      if (uris.some((one) => one.toString() === uri.toString())) end();
    });
    const timer = setTimeout(end, PATIENCE);
    function end(): void {
      clearTimeout(timer);
      changes.dispose();
      resolve();
    }
  });
}

async function setState(state: ScanState): Promise<void> {
  await vscode.commands.executeCommand('setContext', contextKeys.scan, state);
}

function inFiles({ files, tokens, lines }: Scan): string {
  const holders = new Set(tokens.map(({ uri }) => uri.toString())).size;
  const outdated = lines.length > 0 ? `, ${count(lines.length, 'line')} from before 1.24` : '';
  return `${count(tokens.length, 'token')} in ${count(holders, 'file')}${outdated}, ${count(files, 'file')} read`;
}

function summary(scan: Scan, includesIgnored: boolean): string {
  const { unread, unlisted, binaries, ignored, isStopped } = scan;
  const left = [
    ...(ignored > 0 ? [`${count(ignored, 'entry', 'entries')} of .gitignore`] : []),
    ...(binaries > 0 ? [count(binaries, 'binary file')] : []),
    ...(unlisted > 0
      ? [`${count(unlisted, 'token or file', 'tokens and files')} beyond the first 10,000`]
      : []),
    ...(unread.length > 0 ? [`${count(unread.length, 'file')} not read, below`] : []),
  ];
  return [
    isStopped
      ? `Stopped: ${inFiles(scan)} so far.`
      : `${inFiles(scan)}${includesIgnored ? ', ignored ones too' : ''}.`,
    ...(left.length > 0 ? [`Left out: ${left.join(', ')}.`] : []),
  ].join(' ');
}

function count(number: number, one: string, more = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : more}`;
}
