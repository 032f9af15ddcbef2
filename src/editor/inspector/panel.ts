import * as vscode from 'vscode';
import { commands, views } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { said, words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { showError } from '../workbench/commands.ts';
import { writePage } from '../workbench/page.ts';
import { readOrigin, explainedAgain } from '../explain/find.ts';
import type { Explained } from '../explain/explained.ts';
import type { InspectorServices } from '../subject/cluster.ts';
import { showIcon } from '../workbench/newer.ts';
import { Inspector } from './inspector.ts';
import type { InspectorMessage } from '../../inspection/protocol.ts';

/** Where the page lies, and what a report names. */
export interface InspectorExtension extends Pick<vscode.Extension<unknown>, 'extensionUri'> {
  readonly packageJSON: unknown;
}

/** Opens the inspector on a subject. The token stays in this process; the page is shown its claims only. */
export function openInspector(
  services: InspectorServices,
  extension: InspectorExtension,
  subject: Explained,
  options: { readonly looksInCluster: boolean },
): void {
  const there = opened.get(keyOf(subject));
  if (there) there.panel.reveal();
  else waiting.get(titleOf(subject))?.dispose();
  const inspector =
    there?.inspector ??
    attach(
      services,
      extension,
      vscode.window.createWebviewPanel(views.inspector, titleOf(subject), vscode.ViewColumn.Active, {}),
      subject,
    );
  const show = async (): Promise<void> => {
    if (there) await inspector.take(subject);
    if (options.looksInCluster) await inspector.look(false);
  };
  void guarded(services, show());
}

interface Opened {
  readonly panel: vscode.WebviewPanel;
  readonly inspector: Inspector;
}

/** The inspectors that are open: one for a file and its entry, or for what else they are of. */
const opened = new Map<string, Opened>();
/** Those whose token has to be opened again after a reload, by their title. */
const waiting = new Map<string, vscode.WebviewPanel>();

/** Equal for the same token of a file, however it was pointed at. */
function keyOf({ from, kubeconfig, known, name }: Explained): string {
  if (!from) return name;
  const isSent = !known.sent?.known || known.sent.value.isThisToken !== false;
  const context = from.kind === 'kubeconfig' ? from.context : isSent ? kubeconfig?.context : undefined;
  if (context !== undefined) return JSON.stringify([from.uri, context]);
  return from.kind === 'place' ? JSON.stringify([from.uri, from.line, from.character]) : name;
}

/**
 * Brings an inspector back after a reload. What was stored is where the token was, never the token: it is read there
 * again, judged offline, and no cluster is asked before the person does.
 */
export async function restoreInspector(
  services: InspectorServices,
  extension: InspectorExtension,
  panel: vscode.WebviewPanel,
  state: unknown,
): Promise<void> {
  const origin = readOrigin(isRecord(state) ? state['origin'] : undefined);
  let problem = 'The token was not stored, and was in no file that it could be read from again.';
  try {
    const subject = origin && (await explainedAgain(services, origin));
    if (subject) {
      attach(services, extension, panel, subject);
      return;
    }
  } catch (error) {
    problem = Problem.is(error) ? redact(messageOf(error)) : 'The file that the token was in cannot be read.';
  }
  askToOpenAgain(services, extension, panel, problem);
}

function attach(
  services: InspectorServices,
  extension: InspectorExtension,
  panel: vscode.WebviewPanel,
  subject: Explained,
): Inspector {
  dress(panel);
  const inspector = new Inspector(services, panel.webview, subject, nameOf(extension));
  let key = '';
  const leave = (): void => {
    if (opened.get(key)?.panel === panel) opened.delete(key);
  };
  const enter = (as: Explained): void => {
    leave();
    key = keyOf(as);
    opened.set(key, { panel, inspector });
    panel.title = unlikeOthers(as, panel);
  };
  enter(subject);
  inspector.onDidChangeSubject(enter);
  panel.webview.onDidReceiveMessage(async (message: unknown) => {
    await guarded(services, inspector.answer(message));
  });
  const trusted = vscode.workspace.onDidGrantWorkspaceTrust(() => {
    void guarded(services, inspector.goOn());
  });
  panel.onDidDispose(() => {
    leave();
    trusted.dispose();
    inspector.dispose();
  });
  void guarded(services, writePage(panel.webview, extension.extensionUri, PAGE));
  return inspector;
}

function askToOpenAgain(
  services: InspectorServices,
  extension: InspectorExtension,
  panel: vscode.WebviewPanel,
  text: string,
): void {
  dress(panel);
  const { title } = panel;
  waiting.set(title, panel);
  panel.onDidDispose(() => {
    if (waiting.get(title) === panel) waiting.delete(title);
  });
  panel.webview.onDidReceiveMessage(async (message: unknown) => {
    if (!isRecord(message)) return;
    const answer: InspectorMessage = { view: 'reopen', text };
    if (message['type'] === 'ready') await panel.webview.postMessage(answer);
    if (message['type'] === 'reopen') {
      panel.dispose();
      await vscode.commands.executeCommand(commands.inspectToken);
    }
  });
  void guarded(services, writePage(panel.webview, extension.extensionUri, PAGE));
}

const PAGE = { name: 'inspector', title: 'Token Inspector' } as const;

function dress(panel: vscode.WebviewPanel): void {
  panel.webview.options = { enableScripts: true, localResourceRoots: [] };
  showIcon(panel, new vscode.ThemeIcon('key'));
}

function nameOf({ packageJSON: manifest }: InspectorExtension): string {
  const { name, version } = isRecord(manifest) ? manifest : {};
  return `${String(name)} ${String(version)}`;
}

function titleOf({ name }: Explained): string {
  return words`Token: ${name}`.text;
}

/** A title that no other inspector has: of another entry of the same file it says which. */
function unlikeOthers(subject: Explained, panel: vscode.WebviewPanel): string {
  const title = titleOf(subject);
  const isTaken = [...opened.values()].some((other) => other.panel !== panel && other.panel.title === title);
  const { from, kubeconfig } = subject;
  if (!isTaken || !from) return title;
  const entry = from.kind === 'place' ? `${from.line + 1}:${from.character + 1}` : from.context;
  return words`${said(title)} · ${kubeconfig?.context ?? entry}`.text;
}

async function guarded(services: InspectorServices, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    await showError(services, error);
  }
}
