/**
 * Row 18 of docs/targets.md: looks for every token that a test's cluster issued in all that the editor keeps, logs and
 * shows. What the cluster issued is known from its own audit log; the files of the workspace, which are to hold tokens,
 * are left out, and so is what VS Code itself backs up of an open document.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import type { Example } from '../../../sandbox/example.ts';
import { TokenBytes } from './tokenBytes.ts';

export const REPORTS = fileURLToPath(new URL('../../../out/leaks/', import.meta.url));

const IN_PAGE = fileURLToPath(new URL('inPage.mjs', import.meta.url));

const POLICY = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'RequestResponse', resources: [{ group: '', resources: ['secrets', 'serviceaccounts/token'] }] },
    { level: 'None' },
  ],
});
/** What VS Code keeps of a document by itself: hot exit, and its local history. */
const OWN_COPIES = /[/\\](?:Backups|History|CachedExtensionVSIXs)[/\\]/;

export interface LeakReport {
  readonly tokens: number;
  readonly places: number;
  readonly bytes: number;
  /** Where something was found; never what. */
  readonly found: readonly string[];
}

/** Watches an editor for tokens from its start to its end. */
export class LeakWatch {
  /** For kube-apiserver. */
  readonly apiServerArgs: readonly string[];
  readonly #folder: string;
  readonly #said = new Set<string>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.apiServerArgs = [
      `--audit-policy-file=${join(folder, 'policy.json')}`,
      `--audit-log-path=${join(folder, 'audit.log')}`,
    ];
  }

  static async begin(): Promise<LeakWatch> {
    const folder = await mkdtemp(join(tmpdir(), 'leaks-'));
    await writeFile(join(folder, 'policy.json'), POLICY);
    return new LeakWatch(folder);
  }

  /** Notes what a page asks for, logs and shows. To be called before anything is opened in it. */
  async watch(page: Page): Promise<void> {
    page.on('request', (request) => {
      this.#said.add(`request ${request.url()}`);
    });
    page.on('console', (message) => {
      this.#said.add(`console ${message.text()}`);
    });
    await page.exposeFunction('noteShown', (text: string) => {
      this.#said.add(`shown ${text}`);
    });
    await page.addInitScript({ path: IN_PAGE });
  }

  /**
   * Looks everywhere, and leaves the editor for that: nothing can be done in the page after. Throws where the audit log
   * lacks the token of a `kubeconfig`: then it would not see its leak either. `meant` are files outside the workspace that
   * are to hold tokens.
   */
  async check(
    name: string,
    { editor, workspace }: Example,
    page: Page,
    kubeconfig: string,
    meant: readonly string[] = [],
  ): Promise<LeakReport> {
    const tokens = await this.#issued();
    const known = /token: (\S+)/.exec(await readFile(kubeconfig, 'utf8'))?.[1] ?? '';
    if (!tokens.has(known)) throw new Error(`The audit log does not have the token of ${kubeconfig}.`);
    const found: string[] = [];
    let places = 0;
    let bytes = 0;
    const look = (where: string, text: string): void => {
      places += 1;
      bytes += text.length;
      if (tokens.indexIn(text) >= 0) found.push(where);
    };
    for await (const file of filesIn(editor.folder)) {
      const path = relative(editor.folder, file);
      if (file.startsWith(workspace) || OWN_COPIES.test(file) || isProgram(path)) continue;
      if (meant.includes(file)) continue;
      look(path, await readFile(file, 'latin1'));
    }
    // Leaving lets the editor write down what it keeps; the origin's storage is the same on any page of it.
    await page.goto(new URL('/version', page.url()).href);
    const stored = await page.evaluate<{ where: string; text: string }[]>('storedInBrowser()');
    for (const { where, text } of stored) {
      if (!OWN_COPIES.test(where)) look(`browser: ${where}`, text);
    }
    for (const said of this.#said) look(said.slice(0, 12), said);
    const report = { tokens: tokens.count, places, bytes, found };
    await mkdir(REPORTS, { recursive: true });
    await writeFile(join(REPORTS, `${name}.json`), JSON.stringify(report));
    return report;
  }

  async end(): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }

  /** Every token that the API server gave out or stored. */
  async #issued(): Promise<TokenBytes> {
    const tokens = new TokenBytes();
    const log = await readFile(join(this.#folder, 'audit.log'), 'utf8');
    for (const line of log.split('\n').filter(Boolean)) {
      for (const object of objectsOf(JSON.parse(line) as AuditEvent)) {
        if (object.status?.token !== undefined) tokens.add(object.status.token);
        if (object.data?.token !== undefined) tokens.add(Buffer.from(object.data.token, 'base64').toString());
      }
    }
    return tokens;
  }
}

interface Audited {
  readonly status?: { readonly token?: string };
  readonly data?: { readonly token?: string };
  readonly items?: readonly Audited[];
}
interface AuditEvent {
  readonly requestObject?: Audited;
  readonly responseObject?: Audited;
}

function objectsOf({ requestObject, responseObject }: AuditEvent): readonly Audited[] {
  return [requestObject, responseObject]
    .filter((object) => object !== undefined)
    .flatMap((object) => object.items ?? [object]);
}

/** The extension's own files and VS Code's are no place that anything is written to. */
function isProgram(path: string): boolean {
  return /^extensions[/\\].+[/\\]/.test(path);
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined); // A log that was just turned over, a socket.
    if (found?.isDirectory() === true) yield* filesIn(path);
    else if (found?.isFile() === true) yield path;
  }
}
