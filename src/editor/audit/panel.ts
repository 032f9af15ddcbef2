import { Worker } from 'node:worker_threads';
import * as vscode from 'vscode';
import { leastRoles } from '../../audit/leastRole.ts';
import { rolesYaml } from '../../audit/roleYaml.ts';
import type { AccountUse, AuditSummary } from '../../audit/summary.ts';
import type { AuditProgress, AuditRequest } from '../../files/auditReader.ts';
import { redact } from '../../redact.ts';
import { isRecord } from '../../token/decode.ts';
import { showError } from '../workbench/commands.ts';
import { writePage } from '../workbench/page.ts';
import type { Services } from '../workbench/services.ts';
import { modelOf, type Looked } from './model.ts';

interface Opened {
  readonly extensionUri: vscode.Uri;
  readonly name: string;
  readonly files: readonly vscode.Uri[];
}

const PAGE = { name: 'audit', title: 'Audit Log' } as const;
/** What was read is forgotten at once: more room for it would only be filled. */
const LIMITS = { maxYoungGenerationSizeMb: 16 } as const;

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
  leftOut: { accounts: 0, tokens: 0, refusals: 0 },
  answersWithToken: 0,
  hasTokenIds: false,
};

/** One audit log on screen: a thread reads it, and the page is told what was found so far. */
export class AuditPanel {
  readonly #services: Pick<Services, 'log'>;
  readonly #panel: vscode.WebviewPanel;
  readonly #opened: Opened;
  #worker: Worker | undefined;
  #summary = NOTHING;
  #isReady = false;
  #looked: Pick<Looked, 'filter' | 'account' | 'jti' | 'state'> = {
    filter: '',
    account: undefined,
    jti: undefined,
    state: 'reading',
  };

  constructor(services: Pick<Services, 'log'>, panel: vscode.WebviewPanel, opened: Opened) {
    this.#services = services;
    this.#panel = panel;
    this.#opened = opened;
    panel.webview.onDidReceiveMessage(async (message: unknown) => {
      try {
        await this.#answer(message);
      } catch (error) {
        await showError(services, error);
      }
    });
    panel.onDidDispose(() => {
      void this.#worker?.terminate();
    });
  }

  async open(): Promise<void> {
    this.#read();
    await writePage(this.#panel.webview, this.#opened.extensionUri, PAGE);
  }

  #read(): void {
    const paths = this.#opened.files.map(({ fsPath }) => fsPath);
    const wanted = this.#looked.jti === undefined ? [] : [this.#looked.jti];
    const workerData: AuditRequest = { paths, wanted };
    const program = vscode.Uri.joinPath(this.#opened.extensionUri, 'dist', 'auditReader.cjs').fsPath;
    const worker = new Worker(program, { workerData, resourceLimits: LIMITS });
    this.#worker = worker;
    this.#looked = { ...this.#looked, state: 'reading' };
    worker.on('message', ({ summary, hasEnded }: AuditProgress) => {
      if (this.#worker !== worker) return;
      this.#summary = summary;
      if (hasEnded) this.#end('read');
      this.#show();
    });
    worker.on('error', (error) => {
      if (this.#worker !== worker) return;
      this.#end('stopped');
      void showError(this.#services, error);
      this.#show();
    });
  }

  #end(state: 'read' | 'stopped'): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#looked = { ...this.#looked, state };
  }

  #show(): void {
    if (!this.#isReady) return;
    const now = Math.floor(Date.now() / 1000);
    const model = modelOf(this.#summary, { ...this.#looked, name: this.#opened.name, now });
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
        this.#looked = { ...this.#looked, account: text('account'), jti: undefined };
        break;
      case 'token':
        this.#looked = { ...this.#looked, jti: text('jti') };
        break;
      case 'role':
        await this.#scaffold(text('account'));
        return;
    }
    this.#show();
  }

  /** Whose text is a token's id is shown its trail. */
  #filter(filter: string): void {
    const token = this.#summary.tokens.find(({ jti }) => jti === filter.trim());
    this.#looked = {
      ...this.#looked,
      filter,
      ...(token ? { jti: token.jti, account: token.account } : {}),
    };
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
