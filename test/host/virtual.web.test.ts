/** Runs in Node's extension host and in the browser's: it uses what both have. */
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import { scanWorkspace } from '../../src/editor/workspace/scan.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { gradesOf, inWorkspace } from './corpus.ts';
import { hoverOn, Memory } from './memory.ts';

const SCHEME = 'tokens-virtual';
const line = `TOKEN=${jwt(boundClaims())}\n`;

function check(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

describe('a folder that is on no disk', () => {
  const at = (path: string): vscode.Uri => vscode.Uri.from({ scheme: SCHEME, path });
  let provider: vscode.Disposable | undefined;
  before(() => {
    const files = {
      '/repo/.gitignore': 'ignored/\n',
      '/repo/ci/token.env': line,
      '/repo/ignored/token.env': line,
      '/repo/plain.txt': 'nothing\n',
      '/repo/expired.env': `TOKEN=${jwt(boundClaims({}, { iat: 1e9, nbf: 1e9, exp: 1e9 + 3600 }))}\n`,
    };
    provider = vscode.workspace.registerFileSystemProvider(SCHEME, new Memory(files), { isReadonly: true });
  });
  after(() => {
    provider?.dispose();
  });

  it('is looked through beside one on disk, each with its own .gitignore', async () => {
    const { tokens, unread, ignored } = await scanWorkspace({
      folders: [inWorkspace('corpus', 'tokens'), at('/repo')],
      includesIgnored: false,
      gradesOf,
      isTracked: async () => await Promise.resolve(false),
      cancelled: new vscode.CancellationTokenSource().token,
      onProgress: () => {},
    });
    const found = tokens.filter(({ uri }) => uri.scheme === SCHEME).map(({ uri }) => uri.path);
    check(found.join() === '/repo/expired.env,/repo/ci/token.env', `found in ${found.join()}`);
    check(tokens.length > 1, 'nothing was found on disk');
    check(ignored === 1 && unread.length === 0, `${ignored} ignored, ${unread.length} not read`);
  });

  it('has a hover on its tokens', async () => {
    const text = await hoverOn(at('/repo/ci/token.env'));
    check(text.includes('Bound token of'), text);
  });

  it('has no problems where it cannot be changed and is not what is worked on, as the other side of a comparison', async () => {
    const uri = at('/repo/expired.env');
    const document = await vscode.workspace.openTextDocument(uri);
    const own = await vscode.workspace.openTextDocument({ content: document.getText() });
    const deadline = Date.now() + 20_000;
    while (vscode.languages.getDiagnostics(own.uri).length === 0) {
      check(Date.now() < deadline, 'the same text of ones own has no problem');
      await new Promise((resolve) => {
        setTimeout(resolve, 25);
      });
    }
    check(vscode.languages.getDiagnostics(uri).length === 0, 'it has a problem');
  });
});
