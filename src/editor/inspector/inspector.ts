import * as vscode from 'vscode';
import { distributionOf } from '../../authentication/distribution.ts';
import { offlineEvidence, type Evidence } from '../../authentication/evidence.ts';
import type { Explanation } from '../../authentication/explanation.ts';
import { reportOf } from '../../authentication/report.ts';
import type { Cluster } from '../../cluster/api/cluster.ts';
import { commands } from '../../contributions.ts';
import { messageOf, Problem } from '../../errors.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { agreementToSend, insteadOf } from '../explain/agree.ts';
import { explainedNow, explainedOf } from '../explain/find.ts';
import type { Explained } from '../explain/explained.ts';
import { runOn } from '../subject/door.ts';
import type { Subject } from '../subject/subject.ts';
import {
  clusterOf,
  witnessFor,
  type InspectorServices,
  type OpenedWitness,
  type UnusedLogin,
} from '../subject/cluster.ts';
import { tellBriefly } from '../workbench/say.ts';
import { noteDone } from '../workbench/walkthrough.ts';
import { inspectorModel, tokenView } from '../../inspection/inspectorModel.ts';
import type { InspectorMessage, TokenView } from '../../inspection/protocol.ts';
import { searchOtherClusters } from './search.ts';

/** One inspector: explains its subject with what evidence there is, and shows that on its page. */
export class Inspector implements vscode.Disposable {
  readonly #services: InspectorServices;
  readonly #webview: vscode.Webview;
  readonly #renamed = new vscode.EventEmitter<Explained>();
  /** Fires when another subject has taken the place of the one before: the same as it is now. */
  readonly onDidChangeSubject = this.#renamed.event;
  #subject: Explained;
  readonly #extension: string;
  readonly #stop = new AbortController();
  #evidence: Evidence;
  /** The server of the subject's kubeconfig, once it was opened; else the selected context's is asked. */
  #witness: Promise<OpenedWitness> | undefined;
  #unused: UnusedLogin | undefined;
  /** Whether the selected context is asked all the same, as the person wants. */
  #asksSelected = false;
  /** Whether the person wants the cluster to be looked in, once that is allowed. */
  #wantsToLook = false;
  #asked: { readonly server: string; readonly context: string } | undefined;
  #isBusy = false;
  #problem: string | undefined;
  #searched: string | undefined;
  #compared: TokenView | undefined;
  #turn = 0;

  /** `extension` is its name and version, for reports. */
  constructor(services: InspectorServices, webview: vscode.Webview, subject: Explained, extension: string) {
    this.#services = services;
    this.#extension = extension;
    this.#webview = webview;
    this.#subject = subject;
    this.#evidence = offlineEvidence(subject.credential, subject.known);
  }

  dispose(): void {
    this.#stop.abort();
    this.#renamed.dispose();
    if (this.#witness) void disposeWhenOpen(this.#witness);
  }

  /** Goes on once the workspace is trusted: reads what it may now read, and looks in the cluster where that was wanted. */
  async goOn(): Promise<void> {
    await this.#read(this.#wantsToLook);
  }

  /** Takes the subject as it is now, as a command has just found it. */
  async take(subject: Explained): Promise<void> {
    const { credential, kubeconfig } = this.#subject;
    const isSame = credential === subject.credential && isSameKubeconfig(kubeconfig, subject.kubeconfig);
    this.#subject = subject;
    this.#renamed.fire(subject);
    if (!isSame) this.#forget();
    await this.#show(true);
  }

  /** Does what the page asks for. The page is not trusted further than these requests. */
  async answer(message: unknown): Promise<void> {
    if (!isRecord(message)) return;
    switch (message['type']) {
      case 'ready':
        await this.#show();
        return;
      case 'read':
        await this.#read(true);
        return;
      case 'own':
        this.#asksSelected = this.#unused?.context === this.#services.contexts?.selected?.name;
        this.#services.contexts?.askAgain();
        await this.#read(true);
        return;
      case 'send':
        await this.look(true);
        return;
      case 'copy':
        await this.#copy(redact(await this.#report()), 'Report copied, without the token.');
        return;
      case 'command':
        if (typeof message['text'] === 'string') await this.#copy(redact(message['text']), 'Command copied.');
        return;
      case 'compare':
        await this.#compare();
        return;
      case 'alone':
        this.#compared = undefined;
        await this.#show();
        return;
      case 'search':
        await this.#search();
        return;
      case 'trust':
        this.#wantsToLook = true;
        await vscode.commands.executeCommand('workbench.trust.manage');
        return;
      case 'action':
        await this.#run(message['action']);
    }
  }

  /** Gathers evidence in the cluster; sends the token itself only after the person has said yes. */
  async look(sendToken: boolean): Promise<void> {
    if (barredHere(this.#services)) {
      this.#wantsToLook = true;
      await this.#show();
      return;
    }
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#problem = undefined;
    const { credential, known, kubeconfig, program } = this.#subject;
    try {
      await this.#show();
      if (leadsNowhere(this.#evidence)) return;
      const cluster = await this.#cluster();
      this.#asked = { server: cluster.endpoint.server, context: cluster.context.name };
      const agreed = sendToken ? await agreementToSend(cluster, this.#subject) : undefined;
      if (sendToken && !agreed) return;
      const isInstead = insteadOf(this.#subject) !== undefined;
      const hasCertificate = known.sent?.known === true && known.sent.value.hasClientCertificate;
      this.#evidence = await cluster.gatherEvidence(
        credential,
        {
          known,
          sendToken: agreed,
          compareSecret: true,
          requestToken: sendToken && 'to-tell-why',
          ...(kubeconfig && (hasCertificate || isInstead) && { asSent: kubeconfig, program }),
          onEvidence: (evidence) => {
            this.#evidence = evidence;
            void this.#show();
          },
        },
        this.#stop.signal,
      );
      noteDone('hasExplained');
    } catch (error) {
      if (!Problem.is(error)) throw error;
      if (error.reason !== 'cancelled') this.#problem = redact(messageOf(error));
    } finally {
      this.#isBusy = false;
      await this.#show();
    }
  }

  /** Reads the subject again where it stands, the kubeconfig too, and what the cluster says of it where that is wanted. */
  async #read(looks: boolean): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#problem = undefined;
    let isRead = false;
    try {
      const fresh = await explainedNow(this.#services, this.#subject);
      if (fresh) this.#subject = fresh;
      if (fresh) this.#renamed.fire(fresh);
      this.#forget();
      isRead = true;
    } catch (error) {
      if (!Problem.is(error)) throw error;
      if (error.reason !== 'cancelled') this.#problem = redact(messageOf(error));
    } finally {
      this.#isBusy = false;
    }
    if (isRead && looks) await this.look(false);
    else await this.#show();
  }

  /** What was found out is no longer of the subject as it is. */
  #forget(): void {
    this.#evidence = offlineEvidence(this.#subject.credential, this.#subject.known);
    this.#asked = undefined;
    this.#searched = undefined;
    this.#unused = undefined;
    if (this.#witness) void disposeWhenOpen(this.#witness);
    this.#witness = undefined;
  }

  async #cluster(): Promise<Cluster> {
    const { kubeconfig } = this.#subject;
    if (!kubeconfig || this.#asksSelected) return await clusterOf(this.#services);
    const opening = (this.#witness ??= witnessFor(this.#services, kubeconfig));
    try {
      const { cluster, unused } = await opening;
      this.#unused = unused;
      return cluster;
    } catch (error) {
      this.#witness = undefined;
      throw error;
    }
  }

  async #copy(text: string, told: string): Promise<void> {
    await vscode.env.clipboard.writeText(text);
    tellBriefly(told, 3000);
  }

  async #compare(): Promise<void> {
    const other = await explainedOf(this.#services, undefined, 'compare');
    if (!other) return;
    const { explainAuthentication } = await import('../../authentication/explain.ts');
    const evidence = offlineEvidence(other.credential, other.known);
    const now = Math.floor(Date.now() / 1000);
    const explanation = await explainAuthentication(evidence, now);
    if (!explanation.token) {
      throw new Problem(
        'bad-input',
        `${other.name} has no token that can be decoded, so it cannot be compared.`,
      );
    }
    this.#compared = tokenView(explanation, evidence, other.name, now);
    await this.#show();
  }

  async #search(): Promise<void> {
    const found = await searchOtherClusters(this.#services, this.#subject.credential, this.#asked?.server);
    if (found === undefined) return;
    this.#searched = redact(found);
    await this.#show();
  }

  async #run(action: unknown): Promise<void> {
    const command = Object.entries(commands).find(([name]) => name === action);
    if (!command) return;
    if (command[1] === commands.regenerateKubeconfig) {
      await runOn(command[1], renewalOf(this.#subject));
      await this.#read(this.#asked !== undefined); // Another token may stand there now.
      return;
    }
    const { token } = await this.#explain();
    const account =
      token && token.kind !== 'other' && token.serviceAccountUid !== undefined
        ? { namespace: token.namespace, name: token.serviceAccount, uid: token.serviceAccountUid }
        : undefined;
    await runOn(command[1], account && { is: 'row', row: { kind: 'serviceAccount', info: account } });
  }

  async #explain(now = Math.floor(Date.now() / 1000)): Promise<Explanation> {
    const { explainAuthentication } = await import('../../authentication/explain.ts');
    return await explainAuthentication(this.#evidence, now);
  }

  /** As it was when the cluster was looked at: what a relative time in it is relative to stands in it. */
  async #report(): Promise<string> {
    const { serverTime, release } = this.#evidence;
    const at = serverTime.known ? serverTime.value.measuredAt : Math.floor(Date.now() / 1000);
    return reportOf(await this.#explain(at), {
      at,
      context: this.#asked?.context,
      release: release.known ? release.value : undefined,
      distribution: distributionOf(this.#evidence),
      extension: this.#extension,
    });
  }

  async #show(isAskedFor = false): Promise<void> {
    const turn = ++this.#turn;
    const explanation = await this.#explain();
    if (turn !== this.#turn || this.#stop.signal.aborted) return; // Newer evidence is on its way to the page.
    const model = inspectorModel(explanation, this.#evidence, {
      name: this.#subject.name,
      now: Math.floor(Date.now() / 1000),
      server: this.#server(),
      barred: barredHere(this.#services),
      canRenew: renewalOf(this.#subject) !== undefined,
      facts: this.#subject.facts ?? [],
      ended: this.#subject.whyEnded?.(),
      unused: this.#unused,
      isBusy: this.#isBusy,
      problem: this.#problem,
      searched: this.#searched,
      compared: this.#compared,
    });
    if (explanation.token) noteDone('hasInspected');
    const message: InspectorMessage = {
      view: 'explanation',
      model,
      origin: this.#subject.from,
      isAskedFor,
    };
    await this.#webview.postMessage(message);
  }

  /** The server that was asked, or would be. */
  #server(): string | undefined {
    if (!vscode.workspace.isTrusted || !this.#services.contexts) return undefined;
    const { entry } = this.#subject.known;
    if (this.#asked) return redact(this.#asked.server);
    return this.#subject.kubeconfig && entry?.known
      ? entry.value.server
      : this.#services.contexts.selected?.server;
  }
}

/** Why no cluster may be asked from this window. */
function barredHere({ contexts }: InspectorServices): 'restricted' | 'browser' | undefined {
  if (!contexts) return 'browser';
  return vscode.workspace.isTrusted ? undefined : 'restricted';
}

/** What `regenerateKubeconfig` is given to renew a token in the very file that it stands in; undefined where it stands in no kubeconfig of this disk. */
function renewalOf({ from, kubeconfig, credential }: Explained): Subject | undefined {
  if (!from || !kubeconfig || vscode.Uri.parse(from.uri, true).scheme !== 'file') return undefined;
  if (from.kind === 'place') {
    const { uri, line, character } = from;
    return { is: 'place', uri, line, character };
  }
  const stands = 'text' in kubeconfig && credential !== '' && kubeconfig.text.includes(credential);
  return stands ? { is: 'context', uri: from.uri, context: from.context } : undefined;
}

/** Whether there is no server to ask, as the kubeconfig leads to none. */
function leadsNowhere({ entry }: Evidence): boolean {
  return entry?.known === true && entry.value.problem !== undefined;
}

async function disposeWhenOpen(opening: Promise<OpenedWitness>): Promise<void> {
  const opened = await opening.catch(() => undefined); // Who asked was told why it could not be opened.
  opened?.cluster.dispose();
}

function isSameKubeconfig(one: Explained['kubeconfig'], other: Explained['kubeconfig']): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
