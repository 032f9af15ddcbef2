import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { askInTurn } from '../../src/editor/workbench/ask.ts';
import { lookAt } from '../../src/editor/credentials/draft.ts';
import { askLocalFolder } from '../../src/editor/credentials/target.ts';
import { Problem } from '../../src/errors.ts';
import { scanWorkspace } from '../../src/editor/workspace/scan.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { gradesOf, inWorkspace } from './corpus.ts';
import { hoverOn, Memory } from './memory.ts';

const SCHEME = 'tokens-folder';

/** The window has two folders from the start (see `run.ts`), so that one more does not restart this host. */
describe('a workspace of several folders, one of which is on no disk', () => {
  const root = vscode.Uri.from({ scheme: SCHEME, path: '/' });
  const folders = (): readonly vscode.WorkspaceFolder[] => vscode.workspace.workspaceFolders ?? [];
  let provider: vscode.Disposable | undefined;

  const change = async (remove: number, ...add: { uri: vscode.Uri; name: string }[]): Promise<void> => {
    const changed = new Promise((resolve) => {
      const listening = vscode.workspace.onDidChangeWorkspaceFolders(() => {
        listening.dispose();
        resolve(undefined);
      });
    });
    assert.ok(vscode.workspace.updateWorkspaceFolders(2, remove, ...add));
    await changed;
  };

  before(async () => {
    assert.equal(folders().length, 2);
    const files = new Memory({ '/deploy/token.env': `TOKEN=${jwt(boundClaims())}\n` });
    provider = vscode.workspace.registerFileSystemProvider(SCHEME, files, { isReadonly: true });
    await change(0, { uri: root, name: 'virtual' });
  });
  after(async () => {
    await change(1);
    provider?.dispose();
  });

  it('has the tokens of every folder listed', async () => {
    const { tokens } = await scanWorkspace({
      folders: folders().map(({ uri }) => uri),
      includesIgnored: false,
      gradesOf,
      isTracked: async () => await Promise.resolve(false),
      cancelled: new vscode.CancellationTokenSource().token,
      onProgress: () => {},
    });
    const names = new Set(tokens.map(({ uri }) => vscode.workspace.getWorkspaceFolder(uri)?.name));
    assert.deepEqual(names, new Set(folders().map(({ name }) => name)));
    await vscode.commands.executeCommand('serviceAccountTokens.findTokens'); // The command itself, too.
  });

  it('has a hover on the tokens of every folder', async () => {
    const second = folders()[1]?.uri ?? root;
    for (const uri of [
      inWorkspace('corpus', 'tokens', 'bare.txt'),
      vscode.Uri.joinPath(second, 'second.env'),
      vscode.Uri.joinPath(root, 'deploy', 'token.env'),
    ]) {
      assert.match(await hoverOn(uri), /[Tt]oken of/, uri.toString());
    }
  });

  /** Opens a file, is asked for a folder to write a token into, and takes the one that is proposed. */
  async function proposedFor(uri: vscode.Uri): Promise<string | undefined> {
    await vscode.window.showTextDocument(uri);
    let folder: vscode.WorkspaceFolder | undefined;
    const answered = new AbortController();
    const asking = askInTurn('Which folder', [
      async (ask) => {
        folder = await askLocalFolder(ask);
      },
    ]).finally(() => {
      answered.abort();
    });
    const accepting = (async () => {
      for (; !answered.signal.aborted; await sleep(100)) {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
      }
    })();
    await Promise.all([asking, accepting]);
    return folder?.name;
  }

  it('has the folder of the open file proposed for a token, and none that is on no disk', async () => {
    const [first, second] = folders();
    assert.ok(first && second);
    const bare = inWorkspace('corpus', 'tokens', 'bare.txt');
    assert.equal(await proposedFor(bare), first.name);
    assert.equal(await proposedFor(vscode.Uri.joinPath(second.uri, 'second.env')), second.name);
    const virtual = vscode.Uri.joinPath(root, 'deploy', 'token.env');
    const isRefused = (error: unknown): boolean =>
      Problem.is(error, 'bad-input') && /is virtual|not on this machine’s disk/.test(error.message);
    await assert.rejects(proposedFor(virtual), isRefused);
    await assert.rejects(lookAt(virtual), isRefused);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
