import { after, afterEach, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { parse } from 'yaml';
import { eventually } from '../../sandbox/eventually.ts';
import { floor } from '../../scripts/floor.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { asAdmin, leftOf, NOTHING, openAs, openedTab, type LeftTerminal } from './terminals.ts';

const kubectl = process.env['KUBECTL'] ?? '';

describe('a command that was refused in a terminal', () => {
  let folder = '';
  let terminal: vscode.Terminal;

  /** A kubeconfig for the real server, with a token that it refuses. */
  async function refusedKubeconfig(name: string): Promise<void> {
    const { clusters } = parse(await readFile(process.env['KUBECONFIG'] ?? '', 'utf8')) as {
      readonly clusters: readonly { readonly cluster: object }[];
    };
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'c',
      clusters: [{ name: 'c', cluster: clusters[0]?.cluster }],
      users: [{ name: 'u', user: { token: jwt(boundClaims()) } }],
      contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    };
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), JSON.stringify(config), { mode: 0o600 });
  }

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'refused-'));
    await writeFile(join(folder, 'other'), JSON.stringify({ apiVersion: 'v1', kind: 'Config' }));
    terminal = vscode.window.createTerminal({
      shellPath: 'bash',
      cwd: folder,
      env: { PATH: [dirname(kubectl), process.env['PATH']].join(delimiter) },
    });
    terminal.show();
    await eventually('the shell to tell of its commands', () => terminal.shellIntegration);
    // VS Code 1.96 starts no extension for a terminal; any file that is open does.
    if (vscode.version.startsWith(`${floor.vscode}.`)) {
      await vscode.window.showTextDocument(vscode.Uri.file(join(folder, 'other')));
    }
  });
  after(async () => {
    terminal.dispose();
    await rm(folder, { recursive: true });
  });

  /** Runs a line, and settles once something that it ran has ended: of several lines the shell makes commands of its own. */
  async function run(line: string): Promise<void> {
    let ended: string | undefined;
    const ending = vscode.window.onDidEndTerminalShellExecution(({ execution }) => {
      ended = execution.commandLine.value;
    });
    terminal.sendText(line);
    await eventually(`this to end: ${line}`, () => ended);
    ending.dispose();
  }

  /** Waits until the offer in the status bar, of the last command, opens an inspector of this title. */
  async function offered(title: RegExp): Promise<void> {
    let seen: string | undefined = 'no offer';
    const opens = async (): Promise<true | undefined> => {
      const ids = await vscode.commands.getCommands(true);
      if (!ids.includes('serviceAccountTokens.explainLastFailure')) return undefined;
      seen = await openedTab(async () => {
        await vscode.commands.executeCommand('serviceAccountTokens.explainLastFailure');
      });
      return seen !== undefined && title.test(seen) ? true : undefined;
    };
    await eventually(`the offer to open ${String(title)}`, opens, () => seen);
  }

  for (const [name, line] of [
    ['plain', 'kubectl --kubeconfig plain get pods'],
    ['lines', 'kubectl \\\n  --kubeconfig lines \\\n  get pods'],
    ['exported', 'export KUBECONFIG=exported; kubectl get pods; unset KUBECONFIG'],
    ['deep/moved', 'cd deep && kubectl --kubeconfig moved get pods; cd ..'],
    ['second', `KUBECONFIG=other${delimiter}second kubectl get pods`],
    ['piped', 'kubectl --kubeconfig piped get pods 2>&1 | cat'],
  ] as const) {
    it(`leads from the offer to its own kubeconfig: ${line}`, async () => {
      await refusedKubeconfig(name);
      await run(line);
      await offered(new RegExp(`^Token: .*\\b${basename(name)}\\b`));
    });
  }

  it('is no offer where it was not refused', async () => {
    await refusedKubeconfig('refused');
    await run('kubectl --kubeconfig refused get pods');
    await offered(/\brefused\b/);
    await run('kubectl version --client');
    await run('echo Unauthorized');
    // The command of the offer is about the last failure alone, and nothing was refused since.
    await offered(/\brefused\b/);
  });
});

describe('a terminal as a ServiceAccount', () => {
  const shells: vscode.Terminal[] = [];
  afterEach(() => {
    for (const shell of shells) shell.dispose();
  });

  it('has a private kubeconfig that is it, and leaves nothing once it is closed', async () => {
    await asAdmin('create', 'serviceaccount', 'terminal-closed');
    const { terminal, file, copy } = await openAs('default', 'terminal-closed');
    shells.push(terminal);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.equal((await stat(dirname(file))).mode & 0o777, 0o700);
    const left = { file, copy, account: 'terminal-closed' };
    assert.deepEqual(await leftOf(left), {
      files: [basename(file), 'record.json'],
      secrets: 1,
      hasShell: true,
      isRefused: false,
    });
    terminal.dispose();
    await eventually('nothing to be left', async () => isNothing(await leftOf(left)));
  });

  it('leaves nothing after its window has died, once another has started', async () => {
    const left = JSON.parse(await readFile(process.env['LEFT_TERMINAL'] ?? '', 'utf8')) as LeftTerminal;
    await eventually('the next window to end it', async () => isNothing(await leftOf(left)));
  });
});

function isNothing(left: object): boolean {
  return JSON.stringify(left) === JSON.stringify(NOTHING);
}
