/** What lies in a folder cannot lead out of it, and cannot stop who looks at it. */
import { after, before, describe, it } from 'mocha';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { changeOf, makeChanges, wholeFile } from '../../src/editor/credentials/changes.ts';
import { scanWorkspace, type Scan } from '../../src/editor/workspace/scan.ts';
import { Problem } from '../../src/errors.ts';
import { boundClaims, jwt } from '../support/tokens.ts';
import { gradesOf, inWorkspace } from './corpus.ts';

const { token: never } = new vscode.CancellationTokenSource();

describe('a hostile folder', () => {
  const folder = inWorkspace('hostile').fsPath;
  let outside: string;
  const uri = (...path: string[]): vscode.Uri => vscode.Uri.file(join(folder, ...path));

  before(() => {
    outside = mkdtempSync(join(tmpdir(), 'outside-'));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(outside, 'theirs.env'), `TOKEN=${jwt(boundClaims())}\n`);
    writeFileSync(join(outside, 'theirs.yaml'), 'kind: A\n');
    symlinkSync(join(outside, 'new.yaml'), join(folder, 'dangling.yaml'));
    symlinkSync(join(outside, 'new'), join(folder, 'dangling'));
    symlinkSync(join(outside, 'theirs.yaml'), join(folder, 'linked.yaml'));
    symlinkSync(join(outside, 'theirs.env'), join(folder, 'linked.env'));
    symlinkSync(outside, join(folder, 'folder'));
    writeFileSync(join(folder, 'own.env'), `TOKEN=${jwt(boundClaims())}\n`);
    symlinkSync('own.env', join(folder, 'inside.env'));
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    rmSync(folder, { recursive: true });
    rmSync(outside, { recursive: true });
  });

  const refused = (writing: Promise<unknown>): Promise<void> =>
    assert.rejects(
      writing,
      (error) =>
        Problem.is(error, 'bad-input') &&
        /is a symbolic link to .*nothing is written through it/.test(error.message),
    );

  it('cannot have a manifest written through a link: to nothing, to a file, or in a folder elsewhere', async () => {
    await refused(wholeFile(uri('dangling.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('dangling', 'one.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('folder', 'one.yaml'), 'kind: B\n'));
    await refused(wholeFile(uri('linked.yaml'), 'kind: B\n'));
    await refused(changeOf(uri('linked.yaml'), () => [{ start: 0, end: 0, text: '# ours\n' }]));
    assert.deepEqual(readdirSync(outside).toSorted(), ['theirs.env', 'theirs.yaml']);
    assert.equal(readFileSync(join(outside, 'theirs.yaml'), 'utf8'), 'kind: A\n');
  });

  it('cannot have it written through a link that was made while the person was asked', async () => {
    const change = await wholeFile(uri('later', 'one.yaml'), 'kind: B\n');
    symlinkSync(outside, join(folder, 'later'));
    await refused(makeChanges([change]));
    assert.deepEqual(readdirSync(outside).toSorted(), ['theirs.env', 'theirs.yaml']);
  });

  it('cannot lead a language model out of the workspace', async () => {
    const ask = async (file: string): Promise<string> => {
      const input = { file };
      const result = await vscode.lm.invokeTool(
        'inspect_token',
        { input, toolInvocationToken: undefined },
        never,
      );
      return result.content
        .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ''))
        .join();
    };
    for (const file of ['hostile/linked.env', 'hostile/folder/theirs.env', join(folder, 'linked.env')]) {
      await assert.rejects(ask(file), /neither open nor a file of the workspace/, file);
    }
    assert.match(await ask('hostile/inside.env'), /kube-system\/mycontroller/);
  });

  it('cannot stop a look through it by a pipe, nor by files that have no end', async () => {
    await promisify(execFile)('mkfifo', [join(outside, '.gitignore'), join(outside, 'pipe.env')]);
    const scan = async (path: string): Promise<Scan> =>
      await scanWorkspace({
        folders: [vscode.Uri.file(path)],
        includesIgnored: false,
        gradesOf,
        isTracked: async () => await Promise.resolve(false),
        cancelled: never,
        onProgress: () => {},
      });
    assert.equal((await scan(outside)).tokens.length, 1);
    // Its files say that they are empty; some of them have no end.
    assert.equal((await scan(`/proc/${process.pid}/task`)).tokens.length, 0);
  });
});
