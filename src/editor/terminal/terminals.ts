import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { words, type Words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { readCommandLine, type ClientCommand } from '../../refusal/commandLine.ts';
import type { Shell, Value } from '../../refusal/shellWords.ts';
import type { What } from '../../refusal/table.ts';
import { decodeToken } from '../../token/decode.ts';
import type { CommandUse } from '../explain/argument.ts';
import { chooseKubeconfig } from './choose.ts';
import type { InspectorServices } from '../explain/witness.ts';
import { notify, pick } from '../workbench/say.ts';
import type { Use } from './use.ts';
import { Offer } from './offer.ts';
import { linesOf } from './output.ts';

export interface TerminalLink extends vscode.TerminalLink {
  readonly terminal: vscode.Terminal;
  readonly line: string;
}

/** A command that was refused, by what is known of it: never its token. */
export interface Failure {
  readonly uses: readonly Use[];
  /** The lines in which it was said, masked. */
  readonly lines: Set<string>;
}

/** A terminal's failures that are remembered, and lines of one. */
const MOST_FAILURES = 50;
const MOST_LINES = 200;

const TOOLTIP: Readonly<Record<What, string>> = {
  refused: 'Why Unauthorized?',
  'refused, with the reason': 'Why Unauthorized?',
  nobody: 'Why Unauthorized? No credential was sent.',
  'wrong authority': 'Why does this kubeconfig fail? It does not trust who answers.',
  'old server': 'Why does this kubeconfig fail? The server’s own certificate is over.',
  'old webhook': '',
  'accepted, and marked': '',
};

/** What is known of terminals: which commands were refused there. */
export class Terminals implements vscode.Disposable {
  readonly #services: InspectorServices;
  readonly #offer = new Offer();
  readonly #failures = new WeakMap<vscode.Terminal, Failure[]>();
  /** KUBECONFIG, where a command of the shell has set it. */
  readonly #exported = new WeakMap<vscode.Terminal, Value | null>();

  constructor(services: InspectorServices) {
    this.#services = services;
  }

  dispose(): void {
    this.#offer.dispose();
  }

  async linksIn({ line, terminal }: vscode.TerminalLinkContext): Promise<TerminalLink[]> {
    const { refusalsIn } = await import('../refusals/refusals.ts');
    return refusalsIn(line).flatMap(({ start, end, kind }) => {
      const tooltip = TOOLTIP[kind.what];
      return tooltip === '' ? [] : [{ startIndex: start, length: end - start, tooltip, terminal, line }];
    });
  }

  /** Explains what was refused where a link is: by the command that wrote it, else by a kubeconfig of the person's choice. */
  async follow({ terminal, line }: TerminalLink): Promise<void> {
    this.#offer.hide();
    const known = (this.#failures.get(terminal) ?? []).toReversed();
    const own = known.filter(({ lines }) => lines.has(keyOf(line)));
    await this.#explain(distinct((own.length > 0 ? own : known).flatMap(({ uses }) => uses)), own.length > 0);
  }

  /** Reads what a command writes, and remembers it where it is refused. Settles when it has ended. */
  async watch(
    terminal: vscode.Terminal,
    { commandLine, cwd }: vscode.TerminalShellExecution,
    output: AsyncIterable<string>,
  ): Promise<void> {
    this.#offer.hide();
    const read = readCommandLine(commandLine.value, shellOf(terminal));
    const before = this.#exported.get(terminal);
    if (read.exported !== undefined) this.#exported.set(terminal, read.exported);
    const { refusalsIn } = await import('../refusals/refusals.ts');
    let failure: Failure | undefined;
    for await (const lines of linesOf(output)) {
      for (const line of lines) {
        if (refusalsIn(line).every(({ kind }) => TOOLTIP[kind.what] === '')) continue;
        failure ??= this.#remember(terminal, usesOf(read.commands, { terminal, cwd, before }));
        if (failure.lines.size < MOST_LINES) failure.lines.add(keyOf(line));
      }
    }
    if (!failure || !isOffered()) return;
    const { uses } = failure;
    this.#offer.show(uses, async () => {
      await this.#explain(uses, true);
    });
  }

  #remember(terminal: vscode.Terminal, uses: readonly Use[]): Failure {
    const failures = this.#failures.get(terminal) ?? [];
    const failure = { uses, lines: new Set<string>() };
    failures.push(failure);
    if (failures.length > MOST_FAILURES) failures.shift();
    this.#failures.set(terminal, failures);
    return failure;
  }

  /** `isCertain`: one of these wrote the line. */
  async #explain(uses: readonly Use[], isCertain: boolean): Promise<void> {
    const [only, second] = uses;
    const use =
      isCertain && only && !second && !only.unknown
        ? only
        : ((await this.#choose(uses, isCertain)) ?? undefined);
    if (!use) return;
    if (use.overrides.length > 0) {
      void notify.information(
        words`The command also has ${use.overrides.join(', ')}, which changes what is sent, or where to. What is explained is its kubeconfig and context.`,
      );
    }
    const { kind, files, context, claims } = use;
    const argument: CommandUse = {
      kind,
      files,
      ...(context !== undefined && { context }),
      ...(claims && { claims }),
    };
    await vscode.commands.executeCommand(commands.explainToken, argument);
  }

  async #choose(uses: readonly Use[], isCertain: boolean): Promise<Use | undefined> {
    const known = uses.filter(({ unknown }) => !unknown);
    if (isCertain && known.length > 1 && known.length === uses.length) {
      const items = known.map((use) => ({ ...inWords(use), use }));
      return (await pick(items, { title: 'Why Unauthorized? Which command was refused?' }))?.use;
    }
    const file = await chooseKubeconfig(this.#services, known, uses.find(({ unknown }) => unknown)?.unknown);
    return file && { ...file, kind: 'command', program: '', unknown: undefined, overrides: [] };
  }
}

function inWords({ program, files, context }: Use): { label: string; description: string; detail: string } {
  return {
    label: files?.map((file) => vscode.workspace.asRelativePath(file)).join(', ') ?? 'Your own kubeconfig',
    description: context === undefined ? '' : `context ${context}`,
    detail: program,
  };
}

function isOffered(): boolean {
  return vscode.workspace.getConfiguration().get<unknown>(settings.offerInTerminal) !== false;
}

function keyOf(line: string): string {
  return redact(line.trimEnd().slice(0, 4000));
}

function distinct(uses: readonly Use[]): readonly Use[] {
  const seen = new Set<string>();
  return uses.filter(({ files, context, claims }) => {
    const key = JSON.stringify([files, context, claims]);
    return !seen.has(key) && Boolean(seen.add(key));
  });
}

function shellOf({ state }: vscode.Terminal): Shell {
  if (state.shell === 'pwsh') return 'powershell';
  if (state.shell === 'cmd') return 'cmd';
  return state.shell === undefined && process.platform === 'win32' ? 'powershell' : 'posix';
}

interface Place {
  readonly terminal: vscode.Terminal;
  readonly cwd: vscode.Uri | undefined;
  /** KUBECONFIG as the shell had it before. */
  readonly before: Value | null | undefined;
}

/** What the commands of a line used; clients of Kubernetes, where there are any. */
function usesOf(all: readonly ClientCommand[], place: Place): readonly Use[] {
  const clients = all.filter(
    ({ program }) => !/^(?:cd|grep|echo|cat|jq|yq|tee|less|head|tail|sed|awk)$/.test(program),
  );
  const named = clients.filter(({ kubeconfig, context, token }) => kubeconfig ?? context ?? token);
  const chosen = named.length > 0 ? named : clients.slice(-1);
  const uses = (chosen.length > 0 ? chosen : [undefined]).map((one) => useOf(one, place));
  return distinct(uses);
}

function useOf(command: ClientCommand | undefined, place: Place): Use {
  const { context, token, overrides = [], program = '' } = command ?? {};
  const claims = token && decodeToken(token.text)?.claims;
  const open = [context, token].find((one) => one?.isOpen === true);
  return {
    kind: 'command',
    program,
    overrides,
    ...(claims && { claims }),
    ...(context && { context: context.text }),
    ...(open ? { files: undefined, unknown: onlyShell(open) } : filesOf(command, place)),
  };
}

const onlyShell = ({ text }: Value): Words => words`What ${text} stands for is known to the shell alone.`;

/** The files of the kubeconfig that a command used, or why they are not known. */
function filesOf(command: ClientCommand | undefined, place: Place): Pick<Use, 'files' | 'unknown'> {
  const isSudo = command?.isSudo === true;
  const ofShell = isSudo ? undefined : (place.before ?? variableOf(place.terminal));
  const named = command?.kubeconfig ?? command?.variable ?? ofShell;
  if (named?.isOpen === true) return { files: undefined, unknown: onlyShell(named) };
  const list =
    named === undefined ? [] : named === command?.kubeconfig ? [named.text] : named.text.split(delimiter);
  const paths = list.filter((path) => path !== '').map((path) => path.replace(/^~(?=$|[/\\])/, homedir()));
  if (paths.length > 0) return inFolder(paths, place.cwd);
  return ofNone(command);
}

/** What is used where neither the command nor its shell names a file. */
function ofNone(command: ClientCommand | undefined): Pick<Use, 'files' | 'unknown'> {
  const { isSudo = false, isClient = false, program = '' } = command ?? {};
  if (isSudo) {
    return process.getuid?.() === 0
      ? { files: [join(homedir(), '.kube', 'config')], unknown: undefined }
      : { files: undefined, unknown: words`By sudo it was another person’s kubeconfig.` };
  }
  const unknown = isClient ? undefined : words`Which kubeconfig ${program} used is not known.`;
  return { files: undefined, unknown };
}

function inFolder(paths: readonly string[], cwd: vscode.Uri | undefined): Pick<Use, 'files' | 'unknown'> {
  const isHere = cwd?.scheme === 'file' || cwd?.scheme === 'vscode-remote';
  if (!isHere && !paths.every((path) => isAbsolute(path))) {
    return { files: undefined, unknown: words`The folder that ${paths.join(', ')} is in is not known.` };
  }
  return { files: paths.map((path) => resolve(isHere ? cwd.fsPath : '', path)), unknown: undefined };
}

/** KUBECONFIG, where the terminal was made with one. */
function variableOf({ creationOptions }: vscode.Terminal): Value | undefined {
  const text = 'env' in creationOptions ? creationOptions.env?.['KUBECONFIG'] : undefined;
  return typeof text === 'string' && text !== '' ? { text, isOpen: false } : undefined;
}
