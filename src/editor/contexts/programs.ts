import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ContextInfo } from '../../cluster/api.ts';
import { Problem } from '../../errors.ts';
import { exact, joined, words } from '../../harmless.ts';
import { commandLine, commandLines, type CredentialProgram } from '../../kubeconfig/program.ts';
import { ask, notify, pickMany } from '../say.ts';

const ALLOWED = 'allowedPrograms';
/** A command line beyond this many characters may be cut by a dialog: it is shown in a document of its own. */
const LONGEST_IN_DIALOG = 1200;
const RUN = 'Run It';
/** Of the document that shows one. In no file: VS Code backs those up that are, and its arguments can hold a secret. */
const SCHEME = 'serviceaccount-program';

/** A yes, by the hash of what it was said to; arguments are not kept, as they can hold a secret. */
interface Allowed {
  readonly key: string;
  readonly context: string;
  readonly server: string;
  readonly program: string;
}

/** Which credential programs (exec, auth-provider) may run: asked about once each, remembered for this user, and revocable. */
export class AllowedPrograms {
  readonly #memory: vscode.Memento;
  /** What was answered with no since the window opened. */
  readonly #refused = new Set<string>();

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /**
   * Whether the program of a context may run. Asks where the person was not asked yet about this command line for this
   * server and this kubeconfig. Always true where the context runs nothing.
   */
  async mayRun(context: ContextInfo): Promise<boolean> {
    const { program } = context;
    if (!program) return true;
    const { kind, name, args, env } = program;
    const key = createHash('sha256')
      .update(JSON.stringify([context.file, context.server, kind, name, args, env]))
      .digest('hex');
    const allowed = this.#allowed();
    if (allowed.some((one) => one.key === key)) return true;
    if (this.#refused.has(key)) return false;
    if (!(await askToRun(context, program))) {
      this.#refused.add(key);
      return false;
    }
    const yes: Allowed = { key, context: context.name, server: context.server, program: `${kind}: ${name}` };
    await this.#memory.update(ALLOWED, [...allowed, yes]);
    return true;
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
        placeHolder: 'Which are to be asked about again?',
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
async function askToRun({ name, file, server }: ContextInfo, program: CredentialProgram): Promise<boolean> {
  const line = commandLine(program);
  const question = words`Run a program to get the credential of the context "${name}"?`;
  const why = words`${file} names it, for ${server}. You are asked once for this command line.`;
  if (line.length <= LONGEST_IN_DIALOG) {
    const detail = joined([exact(line), why], '\n\n');
    return (await ask({ question, detail, first: 'Do Not Run It', acts: [RUN] })) === RUN;
  }
  const first = 'Show It First';
  const length = words`Its command line has ${line.length.toLocaleString('en')} characters, too many for this dialog.`;
  const detail = joined([length, why], '\n\n');
  if ((await ask({ question, detail, first, acts: [] })) !== first) return false;
  await using _shown = await show(program);
  return (await notify.warning(words`${question} It is in the editor now.`, RUN)) === RUN;
}

/** Shows a command line in a read-only document until it is disposed of. */
async function show(program: CredentialProgram): Promise<AsyncDisposable> {
  const provider = vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
    provideTextDocumentContent: () => commandLines(program).join('\n'),
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
