import { Worker, type ResourceLimits } from 'node:worker_threads';
import * as vscode from 'vscode';
import { leastRoles } from '../../audit/leastRole.ts';
import { unpacked } from '../../audit/pack.ts';
import { rolesYaml } from '../../audit/roleYaml.ts';
import type { AccountUse, AuditSummary } from '../../audit/summary.ts';
import { commands } from '../../contributions.ts';
import type { TreeNode } from '../subject/row.ts';
import { AUDIT_LIMITS, isOutOfMemory, MORE_LIMITS } from '../../files/auditLimits.ts';
import type { AuditProgress, AuditRequest } from '../../files/auditReader.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { showError } from '../workbench/commands.ts';
import type { OpenLog, SoughtToken } from '../workbench/openLogs.ts';
import { writePage } from '../workbench/page.ts';
import type { Services } from '../workbench/services.ts';
import { modelOf, type Looked } from './model.ts';

interface Opened {
  readonly extensionUri: vscode.Uri;
  readonly name: string;
  readonly files: readonly vscode.Uri[];
  /** What is looked for in it. */
  readonly sought?: SoughtToken | undefined;
}

/** The id of a token is a UUID (kubernetes pkg/serviceaccount/claims.go). */
const ID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

const PAGE = { name: 'audit', title: 'Audit Log' } as const;

const NOTHING: AuditSummary = {
  files: [],
  requests: { count: 0, first: 0, last: 0 },
  byAccounts: 0,
  lines: 0,
  broken: 0,
  firstBroken: [],
  others: 0,
  levels: [],
  accounts: [],
  tokens: [],
  refusals: [],
  leftOut: { accounts: 0, tokens: 0, refusals: 0, secrets: 0 },
  answersWithToken: 0,
  hasTokenIds: false,
};

/** One audit log on screen: a thread reads it, and the page is told what was found so far. */
export class AuditPanel implements OpenLog {
  readonly #services: Pick<Services, 'log' | 'logs'>;
  readonly #panel: vscode.WebviewPanel;
  readonly #opened: Opened;
  #worker: Worker | undefined;
  #summary = NOTHING;
  /** The id of the token that is counted whatever is left out. */
  #wanted: string | undefined;
  #isReady = false;
  #looked: Pick<Looked, 'filter' | 'account' | 'token' | 'state'> = {
    filter: '',
    account: undefined,
    token: undefined,
    state: 'reading',
  };

  constructor(services: Pick<Services, 'log' | 'logs'>, panel: vscode.WebviewPanel, opened: Opened) {
    this.#services = services;
    this.#panel = panel;
    this.#opened = opened;
    services.logs.put(this);
    if (opened.sought) this.#look(opened.sought);
    panel.onDidChangeViewState(() => {
      if (panel.active) services.logs.put(this);
    });
    panel.webview.onDidReceiveMessage(async (message: unknown) => {
      try {
        await this.#answer(message);
      } catch (error) {
        await showError(services, error);
      }
    });
    panel.onDidDispose(() => {
      void this.#worker?.terminate();
      services.logs.close(this);
    });
  }

  get name(): string {
    return this.#opened.name;
  }

  get summary(): AuditSummary {
    return this.#summary;
  }

  trace(token: SoughtToken): void {
    this.#look(token);
    if (!this.#isWhole(token) && this.#looked.state !== 'reading') this.#read();
    this.#panel.reveal();
    this.#show();
  }

  /** Of what was left out for a while not all is counted. */
  #isWhole({ jti }: SoughtToken): boolean {
    const { leftOut, tokens } = this.#summary;
    if (leftOut.tokens === 0 || jti === undefined || jti === this.#wanted) return true;
    return tokens.find((one) => one.jti === jti)?.isPart === false;
  }

  #look(token: SoughtToken): void {
    const known = this.#summary.tokens.find(({ jti }) => jti === token.jti);
    const isOfAccount = token.jti === undefined && token.secret === undefined;
    this.#looked = {
      ...this.#looked,
      account: known?.account ?? token.account,
      token: isOfAccount ? undefined : token,
    };
  }

  async open(): Promise<void> {
    this.#read();
    await writePage(this.#panel.webview, this.#opened.extensionUri, PAGE);
  }

  #read(resourceLimits: ResourceLimits = AUDIT_LIMITS): void {
    const paths = this.#opened.files.map(({ fsPath }) => fsPath);
    this.#wanted = this.#looked.token?.jti;
    const wanted = this.#wanted === undefined ? [] : [this.#wanted];
    const workerData: AuditRequest = { paths, wanted };
    const program = vscode.Uri.joinPath(this.#opened.extensionUri, 'dist', 'auditReader.cjs').fsPath;
    const worker = new Worker(program, { workerData, resourceLimits });
    this.#worker = worker;
    this.#looked = { ...this.#looked, state: 'reading' };
    worker.on('message', ({ summary, hasEnded }: AuditProgress) => {
      if (this.#worker !== worker) return;
      this.#summary = unpacked(summary);
      if (hasEnded) this.#end('read');
      this.#show();
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      if (isOutOfMemory(error) && resourceLimits !== MORE_LIMITS) {
        this.#read(MORE_LIMITS);
        return;
      }
      this.#end('stopped');
      void showError(this.#services, error);
      this.#show();
    });
  }

  #end(state: 'read' | 'stopped'): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#looked = { ...this.#looked, state };
    const { token } = this.#looked;
    // Whose token it is that was asked for by its id alone is known now.
    if (token) this.#look(token);
    if (token && state === 'read' && !this.#isWhole(token)) this.#read();
    this.#services.logs.read();
  }

  #show(): void {
    if (!this.#isReady) return;
    const now = Math.floor(Date.now() / 1000);
    const model = modelOf(this.#summary, {
      ...this.#looked,
      name: this.#opened.name,
      now,
      canCompare: vscode.workspace.isTrusted,
    });
    // Somebody may have put a token where names are.
    const masked: unknown = JSON.parse(JSON.stringify(model), (_, value: unknown) =>
      typeof value === 'string' ? redact(value) : value,
    );
    void this.#panel.webview.postMessage({ view: 'audit', model: masked });
  }

  async #answer(message: unknown): Promise<void> {
    if (!isRecord(message)) return;
    const text = (name: string): string | undefined => {
      const value = message[name];
      return typeof value === 'string' ? value : undefined;
    };
    switch (message['type']) {
      case 'ready':
        this.#isReady = true;
        break;
      case 'stop':
        this.#end('stopped');
        break;
      case 'again':
        this.#read();
        break;
      case 'filter':
        this.#filter(text('text') ?? '');
        break;
      case 'account':
        this.#looked = { ...this.#looked, account: text('account'), token: undefined };
        break;
      case 'token':
        this.trace({ account: this.#looked.account, jti: text('jti'), secret: undefined });
        return;
      case 'role':
        await this.#scaffold(text('account'));
        return;
      case 'access':
        await showAccess(text('account') ?? '');
        return;
    }
    this.#show();
  }

  /** Whose text is a token's id is shown its trail. */
  #filter(filter: string): void {
    this.#looked = { ...this.#looked, filter };
    const jti = filter.trim();
    const isKnown = this.#summary.tokens.some((token) => token.jti === jti);
    if (isKnown || ID.test(jti)) this.trace({ account: undefined, jti, secret: undefined });
  }

  async #scaffold(name: string | undefined): Promise<void> {
    const account = this.#summary.accounts.find((one) => nameOf(one) === name);
    if (!account) return;
    const content = redact(rolesYaml(account, leastRoles(account), this.#summary));
    const document = await vscode.workspace.openTextDocument({ language: 'yaml', content });
    await vscode.window.showTextDocument(document, vscode.ViewColumn.Beside);
  }
}

const nameOf = ({ namespace, name }: AccountUse): string => `${namespace}/${name}`;

/** What it may do today, in the cluster that is selected. */
async function showAccess(account: string): Promise<void> {
  const [namespace = '', name = ''] = account.split('/');
  const row: TreeNode = { kind: 'serviceAccount', info: { namespace, name, uid: '' } };
  await vscode.commands.executeCommand(commands.showAccess, row);
}
