import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';
import type { Agreement, ContextInfo } from '../../cluster/api/contexts.ts';
import type { ClusterEndpoint } from '../../kubeconfig/buildKubeconfig.ts';
import { Problem } from '../../errors.ts';
import { checkPath } from '../../files/named.ts';
import { exact, joined, words } from '../../harmless.ts';
import { commandLine, commandLines, type CredentialProgram } from '../../kubeconfig/credentialProgram.ts';
import { ask, decide, pickMany } from '../workbench/say.ts';
import { destinationInWords } from '../../kubeconfig/sameDestination.ts';
import { tilde } from './source.ts';

const ALLOWED = 'allowedPrograms';
/** A command line beyond this many characters may be cut by a dialog: it is shown in a document of its own. */
const LONGEST_IN_DIALOG = 1200;
/** The list that asks covers the first lines of the editor. */
const BELOW_THE_QUESTION = '\n'.repeat(5);
const RUN = 'Run It';
const SEND = 'Send It';
/** Of the document that shows one. In no file: VS Code backs those up that are, and its arguments can hold a secret. */
const SCHEME = 'serviceaccount-program';

/** A yes, by the hash of what it was said to; arguments are not kept, as they can hold a secret. */
interface Allowed {
  readonly key: string;
  readonly context: string;
  readonly server: string;
  readonly program: string;
}

/** An agreement to what needs none. */
const NOTHING: Agreement = { terms: '' };

/**
 * Which credential programs (exec, auth-provider) may run and which tokenFiles be sent, and to where: asked about once
 * each, remembered for this user, and revocable. A yes is to the terms of a context, so that it is worth nothing once
 * anything about them is another.
 */
export class Agreements {
  readonly #memory: vscode.Memento;
  /** What was answered with no since the window opened. */
  readonly #refused = new Set<string>();

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /**
   * The person's agreement to what a context does to get its credential, and where that goes. Asks where they have not
   * agreed yet to these terms in this kubeconfig; undefined where they do not. Without a question where the context runs
   * nothing and reads no tokenFile, or reads it for a kubeconfig that is their own (`isOwn`).
   */
  async agree(context: ContextInfo, isOwn: boolean): Promise<Agreement | undefined> {
    const { terms, program, tokenFile, endpoint } = context;
    if (terms === undefined || !endpoint) return NOTHING;
    if (!program && isOwn) return { terms };
    const key = createHash('sha256')
      .update(JSON.stringify([context.file, terms]))
      .digest('hex');
    const allowed = this.#allowed();
    if (allowed.some((one) => one.key === key)) return { terms };
    if (this.#refused.has(key)) return undefined;
    const isAgreed = program
      ? await askToRun(context, program, endpoint)
      : await askToSend(context, tokenFile ?? '', endpoint);
    if (!isAgreed) {
      this.#refused.add(key);
      return undefined;
    }
    const what = program ? `${program.kind}: ${program.name}` : `tokenFile: ${tokenFile ?? ''}`;
    const yes: Allowed = { key, context: context.name, server: context.server, program: what };
    await this.#memory.update(ALLOWED, [...allowed, yes]);
    return { terms };
  }

  /** Asks once more about what was answered with no. */
  askAgain(): void {
    this.#refused.clear();
  }

  /** Lets the person choose programs that are to be asked about again. Returns whether any is. */
  async forget(): Promise<boolean> {
    const allowed = this.#allowed();
    if (allowed.length === 0) {
      throw new Problem(
        'bad-input',
        'You have allowed no credential program to run: there is none to forget.',
      );
    }
    const picked = await pickMany(
      allowed.map((one) => ({
        key: one.key,
        label: one.program,
        description: one.context,
        detail: one.server,
      })),
      {
        title: 'Allowed Credential Programs',
        placeHolder: 'Which should you be asked about again?',
      },
    );
    if (!picked || picked.length === 0) return false;
    const keys = new Set(picked.map(({ key }) => key));
    await this.#memory.update(
      ALLOWED,
      allowed.filter(({ key }) => !keys.has(key)),
    );
    return true;
  }

  #allowed(): readonly Allowed[] {
    return this.#memory.get<readonly Allowed[]>(ALLOWED, []).filter((one) => typeof one === 'object');
  }
}

/** Shows all that would run, and asks. Nothing is masked: what hides from the person could run unseen. */
async function askToRun(
  { name, file }: ContextInfo,
  program: CredentialProgram,
  endpoint: ClusterEndpoint,
): Promise<boolean> {
  const line = commandLine(program);
  const question = words`Run a program to get the credential of the context "${name}"?`;
  const own = await inWorkspace(program);
  const why = joined(
    [
      ...(own === undefined
        ? []
        : [
            words`${own} is a file of this workspace. Your yes is to this command line, whatever is in that file later.`,
          ]),
      words`What it prints is sent to ${destinationInWords(endpoint)}.`,
      words`${tilde(file)} names it. You are asked once for this command line and this server.`,
    ],
    '\n\n',
  );
  if (line.length <= LONGEST_IN_DIALOG) {
    const detail = joined([exact(line), why], '\n\n');
    return (await ask({ question, detail, first: 'Don’t Run', acts: [RUN] })) === RUN;
  }
  const first = 'Show It First';
  const length = words`Its command line has ${line.length.toLocaleString('en')} characters, too many for this dialog.`;
  const detail = joined([length, why], '\n\n');
  if ((await ask({ question, detail, first, acts: [] })) !== first) return false;
  await using _shown = await show(program);
  return await decide({ question, leave: 'Don’t Run', act: RUN });
}

/** A kubeconfig from elsewhere may name any file of this machine, whose content would be sent to its server. */
async function askToSend(
  { file }: ContextInfo,
  tokenFile: string,
  endpoint: ClusterEndpoint,
): Promise<boolean> {
  const question = words`Send the content of ${tilde(tokenFile)} to ${endpoint.server}?`;
  const detail = joined(
    [
      words`It goes to ${destinationInWords(endpoint)}.`,
      words`${tilde(file)} names that file as the one with its token (tokenFile). You are asked once for this file and this server.`,
    ],
    '\n\n',
  );
  return (await ask({ question, detail, first: 'Don’t Send', acts: [SEND] })) === SEND;
}

/** The word of a command line that is a file of this workspace: whoever can change the folder can change what runs. */
async function inWorkspace({ name, args }: CredentialProgram): Promise<string | undefined> {
  const real = async (path: string): Promise<string> => {
    try {
      checkPath(path);
      return await realpath(path);
    } catch {
      return ''; // It is not there, or elsewhere.
    }
  };
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  const roots = await Promise.all(folders.map(async ({ uri }) => join(await real(uri.fsPath), '/')));
  for (const word of [name, ...args].filter(isAbsolute)) {
    const path = await real(word);
    if (path !== '' && roots.some((root) => path.startsWith(root))) return word;
  }
  return undefined;
}

/** Shows a command line in a read-only document until it is disposed of. */
async function show(program: CredentialProgram): Promise<AsyncDisposable> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => BELOW_THE_QUESTION + commandLines(program).join('\n'),
  });
  const uri = vscode.Uri.from({ scheme: SCHEME, path: '/What would run', query: crypto.randomUUID() });
  await vscode.window.showTextDocument(uri, { preview: true });
  return {
    async [Symbol.asyncDispose]() {
      const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: all }) => all);
      const isOfIt = ({ input }: vscode.Tab): boolean =>
        input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
      await vscode.window.tabGroups.close(tabs.filter(isOfIt), true);
      provider.dispose();
    },
  };
}
