import { readlink } from 'node:fs/promises';
import * as vscode from 'vscode';
import { commands, settings } from '../../contributions.ts';
import { words } from '../../harmless.ts';
import { redact } from '../../redact.ts';
import { readCommandLine } from '../../refusal/commandLine.ts';
import type { Shell, Value } from '../../refusal/shellWords.ts';
import type { What } from '../../refusal/table.ts';
import { runOn } from '../subject/door.ts';
import { chooseKubeconfig } from './choose.ts';
import type { InspectorServices } from '../subject/cluster.ts';
import { usualShell } from '../../files/system.ts';
import { shellNameOf } from '../workbench/newer.ts';
import { notify, pick } from '../workbench/say.ts';
import { Offer } from './offer.ts';
import { linesOf } from '../../refusal/terminalOutput.ts';
import { distinct, usesOf, type Place, type Use } from './used.ts';

export interface TerminalLink extends vscode.TerminalLink {
  readonly terminal: vscode.Terminal;
  readonly line: string;
}

/** A command that was refused, by what is known of it: never its token. */
export interface Failure {
  uses: readonly Use[];
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
    const usesIn = async (folder: vscode.Uri | undefined): Promise<readonly Use[]> =>
      usesOf(read.commands, await placeOf(terminal, folder, before));
    const { refusalsIn } = await import('../refusals/refusals.ts');
    let failure: Failure | undefined;
    for await (const lines of linesOf(output)) {
      for (const line of lines) {
        if (refusalsIn(line).every(({ kind }) => TOOLTIP[kind.what] === '')) continue;
        failure ??= this.#remember(terminal, await usesIn(cwd ?? terminal.shellIntegration?.cwd));
        if (failure.lines.size < MOST_LINES) failure.lines.add(keyOf(line));
      }
    }
    if (!failure) return;
    if (failure.uses.some(({ unknown }) => unknown)) {
      // VS Code 1.96 says where the first command of a terminal was run once it has ended.
      failure.uses = await usesIn(cwd ?? (read.moves ? undefined : terminal.shellIntegration?.cwd));
    }
    if (!isOffered()) return;
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
    const { files, context, claims } = use;
    await runOn(commands.explainToken, {
      is: 'command',
      files,
      ...(context !== undefined && { context }),
      ...(claims && { claims }),
    });
  }

  async #choose(uses: readonly Use[], isCertain: boolean): Promise<Use | undefined> {
    const known = uses.filter(({ unknown }) => !unknown);
    if (isCertain && known.length > 1 && known.length === uses.length) {
      const items = known.map((use) => ({ ...inWords(use), use }));
      return (await pick(items, { title: 'Why Unauthorized? Which command was refused?' }))?.use;
    }
    const file = await chooseKubeconfig(this.#services, known, uses.find(({ unknown }) => unknown)?.unknown);
    return file && { ...file, program: '', unknown: undefined, overrides: [] };
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

function shellOf(terminal: vscode.Terminal): Shell {
  const name = shellNameOf(terminal);
  if (name === 'pwsh') return 'powershell';
  if (name === 'cmd') return 'cmd';
  return name === undefined ? usualShell() : 'posix';
}

/** Where a line is run that a shell has begun. `before`: KUBECONFIG, as a command before has left it. */
async function placeOf(
  terminal: vscode.Terminal,
  cwd: vscode.Uri | undefined,
  before: Value | null | undefined,
): Promise<Place> {
  return {
    folder: cwd && (await isHere(terminal, cwd)) ? cwd.fsPath : undefined,
    variable: before === undefined ? variableOf(terminal) : before,
    isRoot: process.getuid?.() === 0,
  };
}

/**
 * Whether a shell's folder is on this machine. In a remote window VS Code 1.96 names each as one of the person's own machine
 * (vscode-local), also of a shell that runs here: that shell's process tells.
 */
async function isHere(terminal: vscode.Terminal, { scheme, path }: vscode.Uri): Promise<boolean> {
  if (scheme !== 'vscode-local') return scheme === 'file' || scheme === 'vscode-remote';
  const shell = await terminal.processId;
  const folder =
    shell === undefined ? undefined : await readlink(`/proc/${shell}/cwd`).catch(() => undefined);
  return folder === path;
}

/** KUBECONFIG, where the terminal was made with one. */
function variableOf({ creationOptions }: vscode.Terminal): Value | undefined {
  const text = 'env' in creationOptions ? creationOptions.env?.['KUBECONFIG'] : undefined;
  return typeof text === 'string' && text !== '' ? { text, isOpen: false } : undefined;
}
