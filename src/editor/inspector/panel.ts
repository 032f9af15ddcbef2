import * as vscode from 'vscode';
import { offlineEvidence, type Evidence } from '../../authentication/evidence.ts';
import type { Explanation } from '../../authentication/explain.ts';
import { reportOf } from '../../authentication/report.ts';
import type { Cluster } from '../../cluster/api.ts';
import { commands } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { showError } from '../commands.ts';
import type { Services } from '../services.ts';
import { inspectorModel } from './model.ts';

/** In a browser there are no contexts: the token alone is judged there. */
export type InspectorServices = Pick<Services, 'log'> & Partial<Pick<Services, 'contexts'>>;

/** The cluster of the selected context. Throws not-allowed-here where none may be asked, and what opening it throws. */
export async function clusterOf({ contexts }: InspectorServices): Promise<Cluster> {
  const only = 'only what the token itself says is judged.';
  if (!contexts) throw new Problem('not-allowed-here', `In a browser no cluster can be asked: ${only}`);
  if (!vscode.workspace.isTrusted) {
    throw new Problem('not-allowed-here', `In Restricted Mode no cluster is asked: ${only}`);
  }
  return await contexts.cluster();
}

/** Opens the inspector on a credential. The token stays in this process; the page is shown its claims only. */
export function openInspector(
  services: InspectorServices,
  extension: vscode.Uri,
  credential: string,
  options: { readonly looksInCluster: boolean },
): void {
  const media = vscode.Uri.joinPath(extension, 'dist', 'inspector');
  const panel = vscode.window.createWebviewPanel(
    'serviceAccountTokens.inspector',
    'Token Inspector',
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [media] },
  );
  const inspector = new Inspector(services, panel.webview, credential);
  const guarded = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      await showError(services, error);
    }
  };
  panel.webview.onDidReceiveMessage(async (message: unknown) => {
    await guarded(inspector.answer(message));
  });
  panel.onDidDispose(() => {
    inspector.dispose();
  });
  panel.webview.html = pageOf(panel.webview, media);
  if (options.looksInCluster) void guarded(inspector.look(false));
}

class Inspector {
  readonly #services: InspectorServices;
  readonly #webview: vscode.Webview;
  readonly #credential: string;
  readonly #stop = new AbortController();
  #evidence: Evidence;
  #isBusy = false;
  #problem: string | undefined;
  #turn = 0;

  constructor(services: InspectorServices, webview: vscode.Webview, credential: string) {
    this.#services = services;
    this.#webview = webview;
    this.#credential = credential;
    this.#evidence = offlineEvidence(credential);
  }

  dispose(): void {
    this.#stop.abort();
  }

  /** Does what the page asks for. The page is not trusted further than its six requests. */
  async answer(message: unknown): Promise<void> {
    if (!isRecord(message)) return;
    switch (message['type']) {
      case 'ready':
        await this.#show();
        return;
      case 'read':
        await this.look(false);
        return;
      case 'send':
        await this.look(true);
        return;
      case 'copy':
        await vscode.env.clipboard.writeText(redact(reportOf(await this.#explain())));
        vscode.window.setStatusBarMessage('Report copied, without the token.', 3000);
        return;
      case 'action': {
        const action = Object.entries(commands).find(([name]) => name === message['action']);
        if (action) await vscode.commands.executeCommand(action[1]);
      }
    }
  }

  /** Gathers evidence in the cluster; sends the token itself only after the person has said yes. */
  async look(sendToken: boolean): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#problem = undefined;
    try {
      await this.#show();
      const cluster = await clusterOf(this.#services);
      if (sendToken && !(await agreesToSend(cluster))) return;
      this.#evidence = await cluster.gatherEvidence(
        this.#credential,
        {
          sendToken,
          compareSecret: true,
          requestToken: false,
          onEvidence: (evidence) => {
            this.#evidence = evidence;
            void this.#show();
          },
        },
        this.#stop.signal,
      );
    } catch (error) {
      if (!Problem.is(error)) throw error;
      if (error.reason !== 'cancelled') this.#problem = redact(messageOf(error));
    } finally {
      this.#isBusy = false;
      await this.#show();
    }
  }

  async #explain(): Promise<Explanation> {
    const { explainAuthentication } = await import('../../authentication/explain.ts');
    return await explainAuthentication(this.#evidence, Math.floor(Date.now() / 1000));
  }

  async #show(): Promise<void> {
    const turn = ++this.#turn;
    const explanation = await this.#explain();
    if (turn !== this.#turn || this.#stop.signal.aborted) return; // Newer evidence is on its way to the page.
    const model = inspectorModel(explanation, {
      now: Math.floor(Date.now() / 1000),
      server: vscode.workspace.isTrusted ? this.#services.contexts?.selected?.server : undefined,
      isBusy: this.#isBusy,
      problem: this.#problem,
    });
    await this.#webview.postMessage(model);
  }
}

async function agreesToSend({ context, endpoint }: Cluster): Promise<boolean> {
  const send = 'Send Token';
  const detail = `It is sent to ${redact(endpoint.server)} (context ${context.name}) alone, as a TokenReview or, where you may not make one, as the token's own SelfSubjectReview. Send a token only to the cluster that it belongs to.`;
  const message = 'Send this token to the server, to hear its own word?';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, send)) === send;
}

function pageOf(webview: vscode.Webview, media: vscode.Uri): string {
  const nonce = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16)).join('');
  const file = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(media, name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Token Inspector</title>
<link rel="stylesheet" href="${file('inspector.css')}">
</head>
<body><main id="inspector"></main><script nonce="${nonce}" src="${file('inspector.js')}"></script></body>
</html>`;
}
