import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { scanWorkspace } from '../../src/editor/workspace/scan.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { inWorkspace } from './corpus.ts';
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
});
